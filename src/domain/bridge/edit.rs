//! The `data` of the events that are no `…Added`: an edit has the id and what changes, an absent field is unchanged.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::choice::{ChatAction, EventType, ResponseMode, UpdateMode};
use super::entity::{CommandConfig, CommandTracker, ServiceProvider, TelegramBot};
use super::ids::{
    CommandConfigId, CommandTrackerId, NotificationTargetId, NotificationTrackerId,
    NotificationTrackerTargetId, ServiceProviderId, TelegramBotId,
};
use super::notify::{
    ClockTime, Collections, NotificationTarget, NotificationTracker, NotificationTrackerTarget,
};
use super::secret::SecretRef;
use crate::domain::Locale;
use crate::domain::record::present;

/// The first event: names the stream, so that logs cannot be swapped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BridgeOpened {}

/// An entity is there no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Removed<Id> {
    pub id: Id,
}

/// Fields of an entity that change.
pub trait Edit: PartialEq + Clone {
    type Row;

    /// Makes the changes.
    fn apply(&self, row: &mut Self::Row);

    /// Only what differs from this entity.
    #[must_use]
    fn without_same(self, row: &Self::Row) -> Self;

    /// Whether nothing changes.
    fn is_empty(&self) -> bool;
}

/// An edit whose fields have the names of the entity's.
macro_rules! edits {
    ($($(#[$doc:meta])* $name:ident of $row:ident($id:ident) {
        $($(#[$attribute:meta])* $field:ident: $type:ty),+ $(,)?
    })+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $name {
                pub id: $id,
                $(
                    $(#[$attribute])*
                    #[serde(default, skip_serializing_if = "Option::is_none")]
                    pub $field: Option<$type>
                ),+
            }

            impl $name {
                /// No change yet.
                pub fn of(id: $id) -> Self {
                    Self { id, $($field: None),+ }
                }
            }

            impl Edit for $name {
                type Row = $row;

                fn apply(&self, row: &mut $row) {
                    $(if let Some(value) = &self.$field {
                        row.$field.clone_from(value);
                    })+
                }

                fn without_same(mut self, row: &$row) -> Self {
                    $(if self.$field.as_ref() == Some(&row.$field) {
                        self.$field = None;
                    })+
                    self
                }

                fn is_empty(&self) -> bool {
                    *self == Self::of(self.id)
                }
            }
        )+
    };
}

edits! {
    /// A provider's type never changes: its trackers' configs are of that type.
    ServiceProviderEdited of ServiceProvider(ServiceProviderId) {
        name: String,
        icon: String,
        config: Map<String, Value>,
    }

    TelegramBotEdited of TelegramBot(TelegramBotId) {
        name: String,
        icon: String,
        token: SecretRef,
        /// `null` clears it.
        #[serde(deserialize_with = "present")]
        bot_username: Option<String>,
        update_mode: UpdateMode,
    }

    /// A config's provider type never changes, as a provider's.
    CommandConfigEdited of CommandConfig(CommandConfigId) {
        name: String,
        icon: String,
        enabled_commands: Vec<String>,
        locale: Locale,
        response_mode: ResponseMode,
        default_count: u8,
        rate_limits: BTreeMap<String, u32>,
    }

    /// Switching a tracker on or off is an edit of `enabled`.
    CommandTrackerEdited of CommandTracker(CommandTrackerId) {
        provider_id: ServiceProviderId,
        command_config_id: CommandConfigId,
        name: String,
        icon: String,
        enabled: bool,
    }

    /// A target's type never changes: its config is of that type.
    NotificationTargetEdited of NotificationTarget(NotificationTargetId) {
        name: String,
        icon: String,
        config: Map<String, Value>,
        /// `null` clears it.
        #[serde(deserialize_with = "present")]
        chat_action: Option<ChatAction>,
    }

    NotificationTrackerEdited of NotificationTracker(NotificationTrackerId) {
        provider_id: ServiceProviderId,
        name: String,
        icon: String,
        collection_ids: Collections,
        scan_interval: u32,
        batch_duration: u32,
        event_types: BTreeSet<EventType>,
        due_soon_lead: u32,
        locale: Locale,
        enabled: bool,
    }

    /// A link's tracker and target never change: it would be another link.
    NotificationTrackerTargetEdited of NotificationTrackerTarget(NotificationTrackerTargetId) {
        enabled: bool,
        /// `null` clears it, together with the end.
        #[serde(deserialize_with = "present")]
        quiet_hours_start: Option<ClockTime>,
        #[serde(deserialize_with = "present")]
        quiet_hours_end: Option<ClockTime>,
        quiet_hours_zone: String,
    }
}
