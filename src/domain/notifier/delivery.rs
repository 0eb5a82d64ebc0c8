//! What one message tells, and what became of it.

use serde::{Deserialize, Serialize};

use crate::domain::bridge::EventType;
use crate::domain::ids::id;
use crate::domain::{BountyId, ChatId, Position, Seq, UnixTime};

id! {
    /// A delivery of one tracker: 1, 2, 3 …, never used twice.
    DeliveryId(u64)
}

/// One thing that a target is told of a board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telling {
    pub kind: EventType,
    pub bounty: BountyId,
    /// The board's events that it tells; more than one where quiet hours made one thing of several. None for a reminder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seqs: Vec<Seq>,
    /// The due date that a reminder is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<UnixTime>,
}

/// What is told of one board, at once or in several messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    pub collection: ChatId,
    /// Where in the board's log the events stand: after this place, …
    pub after: Position,
    /// … up to this one.
    pub to: Position,
    pub told: Vec<Telling>,
}

/// What became of an attempt to deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It arrived.
    Delivered,
    /// It surely did not arrive, and is sent again.
    Retrying,
    /// It surely did not arrive, and sending it again would not help.
    Refused,
    /// It did not arrive: the target does not want to hear from the bot. It waits until the target does.
    Unreachable,
    /// It may have arrived or not. It is not sent again by itself: nobody is to be told twice.
    Unknown,
}

impl Status {
    /// The words there are.
    pub const ALL: [Self; 5] = [
        Self::Delivered,
        Self::Retrying,
        Self::Refused,
        Self::Unreachable,
        Self::Unknown,
    ];

    /// The word for it, as in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Retrying => "retrying",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Unknown => "unknown",
        }
    }
}
