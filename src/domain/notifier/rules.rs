//! What the operator wants of a tracker, as far as the plan needs to know it.

use std::collections::BTreeSet;

use super::dues::ReminderRules;
use super::news::NewsKind;
use super::quiet::QuietHours;
use crate::domain::ChatId;
use crate::domain::bridge::NotificationTargetId;

/// Which boards a tracker follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Collections {
    All,
    These(BTreeSet<ChatId>),
}

/// How a tracker works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    pub collections: Collections,
    /// Of which events it tells, apart from reminders.
    pub kinds: BTreeSet<NewsKind>,
    pub reminders: ReminderRules,
    /// Events within so many seconds make one message; 0: each is told at once.
    pub batch_seconds: u32,
}

impl Rules {
    /// Whether it tells of such events.
    pub fn tells(&self, kind: NewsKind) -> bool {
        self.kinds.contains(&kind)
    }
}

/// A target that is linked to a tracker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub target: NotificationTargetId,
    pub quiet: Option<QuietHours>,
}
