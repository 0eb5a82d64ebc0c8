//! The entities of notifications; see [`crate::domain::bridge`] for their form.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::collection::Collections;
use super::place::Place;
use super::quiet::{ClockTime, QuietHours};
use crate::domain::Locale;
use crate::domain::UnixTime;
use crate::domain::bridge::choice::{ChatAction, EventType};
use crate::domain::bridge::entity::rows;
use crate::domain::bridge::ids::{
    BridgeUserId, NotificationTargetId, NotificationTrackerId, NotificationTrackerTargetId,
    ServiceProviderId,
};
use crate::domain::bridge::table::Row;

/// Whom something is told. Types `telegram` and `webhook` are served; others are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotificationTarget {
    pub id: NotificationTargetId,
    pub user_id: BridgeUserId,
    #[serde(rename = "type")]
    pub target_type: String,
    pub name: String,
    pub icon: String,
    /// Without secrets. [`NotificationTarget::place`] reads it.
    pub config: Map<String, Value>,
    /// What the bot is shown to be doing before it writes; for `telegram` only.
    pub chat_action: Option<ChatAction>,
    pub created_at: UnixTime,
}

/// Which boards are followed, and what of them is told, how often and in which language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotificationTracker {
    pub id: NotificationTrackerId,
    pub user_id: BridgeUserId,
    pub provider_id: ServiceProviderId,
    pub name: String,
    pub icon: String,
    pub collection_ids: Collections,
    /// Seconds between two looks for what was missed.
    pub scan_interval: u32,
    /// Seconds within which events make one message; 0: each is told at once.
    pub batch_duration: u32,
    pub event_types: BTreeSet<EventType>,
    /// Seconds before a due date at which `due_soon` is told.
    pub due_soon_lead: u32,
    pub locale: Locale,
    pub enabled: bool,
    pub created_at: UnixTime,
}

/// A target that is told what a tracker follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotificationTrackerTarget {
    pub id: NotificationTrackerTargetId,
    pub notification_tracker_id: NotificationTrackerId,
    pub target_id: NotificationTargetId,
    pub enabled: bool,
    /// None when there are no quiet hours, as the end.
    pub quiet_hours_start: Option<ClockTime>,
    pub quiet_hours_end: Option<ClockTime>,
    /// The time zone that they are in, by its IANA name. Such names come and go: one that this program does not know stands for UTC.
    pub quiet_hours_zone: String,
}

impl NotificationTarget {
    /// Where its messages go; none when nothing here can send any.
    pub fn place(&self) -> Option<Place> {
        Place::read(&self.target_type, &self.config)
    }
}

impl NotificationTrackerTarget {
    /// When nothing is to be told.
    pub fn quiet_hours(&self) -> Option<QuietHours> {
        Some(QuietHours {
            start: self.quiet_hours_start?,
            end: self.quiet_hours_end?,
            zone: self.quiet_hours_zone.parse().unwrap_or(Tz::UTC),
        })
    }
}

rows! {
    NotificationTarget(NotificationTargetId),
    NotificationTracker(NotificationTrackerId),
    NotificationTrackerTarget(NotificationTrackerTargetId),
}
