//! What an event changed, field by field, seen from the state before it.

use serde::Serialize;
use serde_json::{Map, Value};

use super::event::BridgeEvent;
use super::ids::RowId;
use super::state::Bridge;
use super::table::{Row, Table};
use crate::domain::Event;

/// One field's change. A new entity's fields come from nothing, a removed one's go to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingChange {
    pub field: String,
    pub old: Option<Value>,
    pub new: Option<Value>,
}

/// Which fields of its entity an event changes, seen from the state `before`.
pub fn changes(before: &Bridge, event: &BridgeEvent) -> Vec<SettingChange> {
    let new = fields(&event.data());
    let old = row_before(before, event);
    let is_removal = old.is_some() && new.is_empty();
    let old = old.unwrap_or_default();
    if is_removal {
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
        Event::BridgeOpened(_)
        | Event::UserAdded(_)
        | Event::ServiceProviderAdded(_)
        | Event::TelegramBotAdded(_)
        | Event::CommandConfigAdded(_)
        | Event::CommandTrackerAdded(_)
        | Event::CommandTrackerListenerAdded(_) => None,
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

impl BridgeEvent {
    /// The entity that the event is about: its name, as in `bridge.json`, and its id.
    pub fn subject(&self) -> Option<(&'static str, u64)> {
        let (entity, id) = match self {
            Self::BridgeOpened(_) => return None,
            Self::UserAdded(data) => ("user", data.id.number()),
            Self::ServiceProviderAdded(data) => ("service_provider", data.id.number()),
            Self::ServiceProviderEdited(data) => ("service_provider", data.id.number()),
            Self::ServiceProviderRemoved(data) => ("service_provider", data.id.number()),
            Self::TelegramBotAdded(data) => ("telegram_bot", data.id.number()),
            Self::TelegramBotEdited(data) => ("telegram_bot", data.id.number()),
            Self::TelegramBotRemoved(data) => ("telegram_bot", data.id.number()),
            Self::CommandConfigAdded(data) => ("command_config", data.id.number()),
            Self::CommandConfigEdited(data) => ("command_config", data.id.number()),
            Self::CommandConfigRemoved(data) => ("command_config", data.id.number()),
            Self::CommandTrackerAdded(data) => ("command_tracker", data.id.number()),
            Self::CommandTrackerEdited(data) => ("command_tracker", data.id.number()),
            Self::CommandTrackerRemoved(data) => ("command_tracker", data.id.number()),
            Self::CommandTrackerListenerAdded(data) => {
                ("command_tracker_listener", data.id.number())
            }
            Self::CommandTrackerListenerRemoved(data) => {
                ("command_tracker_listener", data.id.number())
            }
        };
        Some((entity, id))
    }
}
