//! What an event changed, field by field, seen from the state before it.

use serde::Serialize;
use serde_json::{Map, Value};

use super::event::BridgeEvent;
use super::ids::RowId;
use super::state::Bridge;
use super::table::{Row, Table};
use crate::domain::{Event, SettingChange};

/// Which fields of its entity an event changes, seen from the state `before`.
pub fn changes(before: &Bridge, event: &BridgeEvent) -> Vec<SettingChange> {
    let new = fields(&event.data());
    let old = row_before(before, event).unwrap_or_default();
    let deed = event.subject().map(|subject| subject.deed);
    if deed == Some(Deed::Removed) {
        let gone = |(field, value)| SettingChange {
            field,
            old: Some(value),
            new: None,
        };
        return old.into_iter().map(gone).collect();
    }
    let changed = |(field, value): (String, Value)| SettingChange {
        old: old.get(&field).cloned(),
        new: Some(value),
        field,
    };
    new.into_iter().map(changed).collect()
}

/// The entity that an edit or a removal is about, as it was.
fn row_before(before: &Bridge, event: &BridgeEvent) -> Option<Map<String, Value>> {
    use BridgeEvent as Event;
    match event {
        Event::ServiceProviderEdited(data) => row(&before.providers, data.id),
        Event::ServiceProviderRemoved(data) => row(&before.providers, data.id),
        Event::TelegramBotEdited(data) => row(&before.bots, data.id),
        Event::TelegramBotRemoved(data) => row(&before.bots, data.id),
        Event::CommandConfigEdited(data) => row(&before.configs, data.id),
        Event::CommandConfigRemoved(data) => row(&before.configs, data.id),
        Event::CommandTrackerEdited(data) => row(&before.trackers, data.id),
        Event::CommandTrackerRemoved(data) => row(&before.trackers, data.id),
        Event::CommandTrackerListenerRemoved(data) => row(&before.listeners, data.id),
        Event::NotificationTargetEdited(data) => row(&before.targets, data.id),
        Event::NotificationTargetRemoved(data) => row(&before.targets, data.id),
        Event::NotificationTrackerEdited(data) => row(&before.notifiers, data.id),
        Event::NotificationTrackerRemoved(data) => row(&before.notifiers, data.id),
        Event::NotificationTrackerTargetEdited(data) => row(&before.links, data.id),
        Event::NotificationTrackerTargetRemoved(data) => row(&before.links, data.id),
        Event::BridgeOpened(_)
        | Event::UserAdded(_)
        | Event::ServiceProviderAdded(_)
        | Event::TelegramBotAdded(_)
        | Event::CommandConfigAdded(_)
        | Event::CommandTrackerAdded(_)
        | Event::CommandTrackerListenerAdded(_)
        | Event::NotificationTargetAdded(_)
        | Event::NotificationTrackerAdded(_)
        | Event::NotificationTrackerTargetAdded(_) => None,
    }
}

fn row<R: Row + Serialize>(table: &Table<R>, id: R::Id) -> Option<Map<String, Value>> {
    table.get(id).map(|row| fields(row))
}

/// All fields but the id.
fn fields(data: &impl Serialize) -> Map<String, Value> {
    let Ok(Value::Object(mut fields)) = serde_json::to_value(data) else {
        return Map::new();
    };
    fields.remove("id");
    fields
}

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The entity, by its name in `bridge.json`.
    pub entity: &'static str,
    pub id: u64,
    pub deed: Deed,
}

/// What was done to an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Added,
    Edited,
    Removed,
}

impl BridgeEvent {
    /// What the event is about; none for the one that opens the stream.
    pub fn subject(&self) -> Option<Subject> {
        let (user, provider, bot) = ("user", "service_provider", "telegram_bot");
        let (config, tracker) = ("command_config", "command_tracker");
        let listener = "command_tracker_listener";
        let (target, notifier) = ("notification_target", "notification_tracker");
        let link = "notification_tracker_target";
        let (entity, id, deed) = match self {
            Self::BridgeOpened(_) => return None,
            Self::UserAdded(data) => (user, data.id.number(), Deed::Added),
            Self::ServiceProviderAdded(data) => (provider, data.id.number(), Deed::Added),
            Self::ServiceProviderEdited(data) => (provider, data.id.number(), Deed::Edited),
            Self::ServiceProviderRemoved(data) => (provider, data.id.number(), Deed::Removed),
            Self::TelegramBotAdded(data) => (bot, data.id.number(), Deed::Added),
            Self::TelegramBotEdited(data) => (bot, data.id.number(), Deed::Edited),
            Self::TelegramBotRemoved(data) => (bot, data.id.number(), Deed::Removed),
            Self::CommandConfigAdded(data) => (config, data.id.number(), Deed::Added),
            Self::CommandConfigEdited(data) => (config, data.id.number(), Deed::Edited),
            Self::CommandConfigRemoved(data) => (config, data.id.number(), Deed::Removed),
            Self::CommandTrackerAdded(data) => (tracker, data.id.number(), Deed::Added),
            Self::CommandTrackerEdited(data) => (tracker, data.id.number(), Deed::Edited),
            Self::CommandTrackerRemoved(data) => (tracker, data.id.number(), Deed::Removed),
            Self::CommandTrackerListenerAdded(data) => (listener, data.id.number(), Deed::Added),
            Self::CommandTrackerListenerRemoved(data) => {
                (listener, data.id.number(), Deed::Removed)
            }
            Self::NotificationTargetAdded(data) => (target, data.id.number(), Deed::Added),
            Self::NotificationTargetEdited(data) => (target, data.id.number(), Deed::Edited),
            Self::NotificationTargetRemoved(data) => (target, data.id.number(), Deed::Removed),
            Self::NotificationTrackerAdded(data) => (notifier, data.id.number(), Deed::Added),
            Self::NotificationTrackerEdited(data) => (notifier, data.id.number(), Deed::Edited),
            Self::NotificationTrackerRemoved(data) => (notifier, data.id.number(), Deed::Removed),
            Self::NotificationTrackerTargetAdded(data) => (link, data.id.number(), Deed::Added),
            Self::NotificationTrackerTargetEdited(data) => (link, data.id.number(), Deed::Edited),
            Self::NotificationTrackerTargetRemoved(data) => (link, data.id.number(), Deed::Removed),
        };
        Some(Subject { entity, id, deed })
    }
}
