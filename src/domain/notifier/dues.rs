//! When a bounty's reminders are due.

use serde::{Deserialize, Serialize};

use crate::domain::bridge::EventType;
use crate::domain::{BountyId, ChatId, UnixTime};

/// Which reminders a tracker makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReminderRules {
    /// How many seconds before the due date.
    pub due_soon: Option<u32>,
    /// At the due date.
    pub overdue: bool,
}

impl ReminderRules {
    /// Whether any are made.
    pub fn any(self) -> bool {
        self.due_soon.is_some() || self.overdue
    }

    /// When it is said that something is due soon.
    pub(super) fn soon(self, due: UnixTime) -> Option<UnixTime> {
        let lead = self.due_soon?;
        Some(due.saturating_sub(lead.into()))
    }
}

/// A reminder that is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    pub at: UnixTime,
    pub collection: ChatId,
    pub bounty: BountyId,
    pub kind: EventType,
}

/// A bounty's due date, and when its reminders are to come; none for one that was made, or is not to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    pub due: UnixTime,
    /// One that is past comes at once: no clock that was wrong when the date was set delays it.
    pub soon: Option<UnixTime>,
    pub overdue: Option<UnixTime>,
}

/// How a due date came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It was set at this moment: what should have been said of it before is said at once.
    Set(UnixTime),
    /// It was there at this moment, when the board's dates began to be followed: what should have been said before is old.
    Found(UnixTime),
}

impl Known {
    /// Whether it is said at this moment, or at once when that is past, that the date comes.
    fn is_soon(self, moment: UnixTime, due: UnixTime) -> bool {
        match self {
            Self::Set(since) => since < due,
            Self::Found(since) => moment > since,
        }
    }

    /// Whether it is said that the date is past.
    fn is_overdue(self, due: UnixTime) -> bool {
        match self {
            Self::Set(_) => true,
            Self::Found(since) => due > since,
        }
    }
}

impl Due {
    /// A due date with the reminders that are to come by these rules.
    pub fn new(due: UnixTime, known: Known, rules: ReminderRules) -> Self {
        Self {
            due,
            soon: rules.soon(due).filter(|at| known.is_soon(*at, due)),
            overdue: (rules.overdue && known.is_overdue(due)).then_some(due),
        }
    }

    /// The reminders that are to come.
    pub fn moments(self, collection: ChatId, bounty: BountyId) -> impl Iterator<Item = Moment> {
        let moment = move |at: Option<UnixTime>, kind| {
            at.map(|at| Moment {
                at,
                collection,
                bounty,
                kind,
            })
        };
        let soon = moment(self.soon, EventType::DueSoon);
        soon.into_iter()
            .chain(moment(self.overdue, EventType::Overdue))
    }

    /// Forgets a reminder that was made. After `overdue` there is nothing soon any more.
    pub fn made(&mut self, kind: EventType) {
        self.soon = None;
        if kind == EventType::Overdue {
            self.overdue = None;
        }
    }
}
