//! What the operator wants of a tracker, as far as the plan needs to know it.

use std::collections::BTreeSet;

use super::dues::ReminderRules;
use crate::domain::bridge::{
    Collections, EventType, NotificationTargetId, NotificationTracker, NotificationTrackerTarget,
    QuietHours,
};

/// How a tracker works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    pub collections: Collections,
    /// Of which events it tells, reminders among them.
    pub kinds: BTreeSet<EventType>,
    pub reminders: ReminderRules,
    /// Events within so many seconds make one message; 0: each is told at once.
    pub batch_seconds: u32,
}

impl Rules {
    /// The rules of a tracker.
    pub fn of(tracker: &NotificationTracker) -> Self {
        let wants = |kind| tracker.event_types.contains(&kind);
        Self {
            collections: tracker.collection_ids.clone(),
            kinds: tracker.event_types.clone(),
            reminders: ReminderRules {
                due_soon: wants(EventType::DueSoon).then_some(tracker.due_soon_lead),
                overdue: wants(EventType::Overdue),
            },
            batch_seconds: tracker.batch_duration,
        }
    }

    /// Whether it tells of such events.
    pub fn tells(&self, kind: EventType) -> bool {
        self.kinds.contains(&kind)
    }
}

/// A target that is linked to a tracker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub target: NotificationTargetId,
    pub quiet: Option<QuietHours>,
}

impl From<&NotificationTrackerTarget> for Link {
    fn from(link: &NotificationTrackerTarget) -> Self {
        Self {
            target: link.target_id,
            quiet: link.quiet_hours(),
        }
    }
}
