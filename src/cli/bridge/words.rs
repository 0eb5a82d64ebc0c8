//! How the bridge's entities and changes are put into words for operators.

use serde_json::Value;

use crate::bridge::Executed;
use crate::cli::output::visible;
use crate::domain::Event;
use crate::domain::SettingChange;
use crate::domain::bridge::{BridgeEvent, Deed, EntityKind, Named, Subject, Twins};

/// The word for a kind of entity on the command line.
pub fn kind(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Provider => "provider",
        EntityKind::Bot => "bot",
        EntityKind::Config => "config",
        EntityKind::Tracker => "tracker",
        EntityKind::Listener => "listener",
        EntityKind::Target => "target",
        EntityKind::Notifier => "notifier",
        EntityKind::Link => "link",
    }
}

/// The word for an entity on the command line, by its name in `bridge.json`.
pub fn entity(name: &str) -> &str {
    match name {
        "service_provider" => "provider",
        "telegram_bot" => "bot",
        "command_config" => "config",
        "command_tracker" => "tracker",
        "command_tracker_listener" => "listener",
        "notification_target" => "target",
        "notification_tracker" => "notifier",
        "notification_tracker_target" => "link",
        other => other,
    }
}

/// One entity: its kind, id and name.
pub fn named(what: &Named) -> String {
    let (word, id) = (kind(what.kind), what.id);
    match (what.kind, visible(&what.name)) {
        (EntityKind::Listener, tracker) => format!("{word} {id} (of tracker \"{tracker}\")"),
        (EntityKind::Link, notifier) => format!("{word} {id} (of notifier \"{notifier}\")"),
        (_, name) => format!("{word} {id} \"{name}\""),
    }
}

/// That two bots are one at Telegram, and what to do.
pub fn same_token(twins: &Twins) -> String {
    let Twins { first, other } = twins;
    format!(
        "{} and {} have the same token, and Telegram gives each update to one poller only: keep one of them; `bounty bridge bot remove {}` removes the other, or says what needs it",
        named(first),
        named(other),
        other.id
    )
}

/// Several entities, with commas.
pub fn all_named(entities: &[Named]) -> String {
    let words: Vec<String> = entities.iter().map(named).collect();
    words.join(", ")
}

/// A field's value on one line; `-` when there is none.
pub fn value(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => visible(text),
        Value::Array(values) if !values.is_empty() => {
            let words: Vec<String> = values.iter().map(self::value).collect();
            words.join(",")
        }
        Value::Object(fields) if !fields.is_empty() => {
            let field = |(name, value): (&String, &Value)| {
                format!("{}={}", visible(name), self::value(value))
            };
            fields.iter().map(field).collect::<Vec<_>>().join(" ")
        }
        Value::Array(_) | Value::Object(_) => "-".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// One setting's change, old to new.
pub fn setting(change: &SettingChange) -> String {
    let quoted = |side: &Value| match side {
        Value::String(text) => format!("\"{}\"", visible(text)),
        other => value(other),
    };
    let field = visible(&change.field);
    match (&change.old, &change.new) {
        (Some(old), Some(new)) => format!("{field} {} -> {}", quoted(old), quoted(new)),
        (Some(only), None) | (None, Some(only)) => format!("{field} {}", quoted(only)),
        (None, None) => field,
    }
}

/// What a command did.
pub fn executed(executed: &Executed) -> String {
    let Executed { event, changes, .. } = executed;
    let Some(Subject { entity, id, deed }) = event.subject() else {
        return event.name().to_owned();
    };
    let what = format!("{} {id}", self::entity(entity));
    let name = changes.iter().find(|change| change.field == "name");
    let name = name.and_then(|change| change.new.as_ref().or(change.old.as_ref()));
    let name = name.map_or_else(String::new, |name| format!(" \"{}\"", value(name)));
    match deed {
        Deed::Added => format!("Added {what}{name}"),
        Deed::Edited => {
            let changes: Vec<String> = changes.iter().map(setting).collect();
            format!("Edited {what}: {}", changes.join("; "))
        }
        Deed::Removed if matches!(event, BridgeEvent::CommandTrackerRemoved(_)) => {
            format!("Removed {what}{name} and its listeners")
        }
        Deed::Removed if matches!(event, BridgeEvent::NotificationTrackerRemoved(_)) => {
            format!("Removed {what}{name} and its links")
        }
        Deed::Removed => format!("Removed {what}{name}"),
    }
}
