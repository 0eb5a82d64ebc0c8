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

impl Due {
    /// A due date with the reminders that are to come by these rules.
    pub fn new(due: UnixTime, known: Known, rules: ReminderRules) -> Self {
        let lead = rules.due_soon.map(i64::from);
        Self {
            due,
            soon: lead.and_then(|lead| soon(due, due.saturating_sub(lead), known)),
            overdue: if rules.overdue {
                overdue(due, known)
            } else {
                None
            },
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

fn soon(due: UnixTime, moment: UnixTime, known: Known) -> Option<UnixTime> {
    match known {
        Known::Set(since) => (since < due).then(|| moment.max(since)),
        Known::Found(since) => (moment > since).then_some(moment),
    }
}

fn overdue(due: UnixTime, known: Known) -> Option<UnixTime> {
    match known {
        Known::Set(since) => Some(due.max(since)),
        Known::Found(since) => (due > since).then_some(due),
    }
}
