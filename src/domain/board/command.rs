//! What a person can ask of a board, as typed values.

use crate::domain::due::DueExpr;
use crate::domain::{BotId, BountyId};

/// Anything that a message can ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Something that changes the board, by one event.
    Change(Change),
    /// Something that only reads it.
    Query(Query),
}

/// A command that, when accepted, becomes one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Start,
    Add(NewBounty),
    Edit(BountyId, EditParts),
    Delete(BountyId),
    Track(BountyId),
    Untrack(BountyId),
    /// As typed.
    ChooseLanguage(String),
    /// As typed: an IANA name, a city, or a distance from UTC.
    ChooseTimezone(String),
    /// Whether a bot answers in the chat: the operator's to say, no message asks for it.
    SwitchCommands {
        bot: BotId,
        enabled: bool,
    },
}

/// The parts of a new bounty as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBounty {
    pub text: String,
    pub link: Option<String>,
    pub due: Option<DueExpr>,
}

/// The parts of an edit as typed: none means "as it was".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EditParts {
    pub text: Option<String>,
    /// `Some(None)` clears the link.
    pub link: Option<Option<String>>,
    pub due: Option<DueWish>,
}

/// What an edit wants of the due date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DueWish {
    Clear,
    Set(DueExpr),
}

/// A command that reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Query {
    /// The bounties of the chat, page by page from 1.
    List {
        page: u64,
    },
    /// What this user tracks here; in a DM the user's bounties.
    Mine {
        page: u64,
    },
    Help,
    /// In which language the chat is answered.
    Language,
    /// In which time zone its dates are.
    Timezone,
    /// Every change of one bounty.
    History(BountyId),
}

impl Change {
    /// Whether the flood guard counts it: `/start` changes at most once and is not worth guarding.
    pub fn is_guarded(&self) -> bool {
        !matches!(self, Self::Start)
    }
}
