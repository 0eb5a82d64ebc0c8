//! How actors, bounties and changes are put into words for operators and auditors.

use chrono::TimeZone;
use chrono_tz::Tz;

use crate::audit::Change;
use crate::domain::board::{BoardEvent, BoardRepaired, ChatMigrated, FieldChange};
use crate::domain::{Actor, SettingChange, UnixTime};

use super::output::visible;

/// Who it was: name and id.
pub fn who(actor: &Actor) -> String {
    match (actor.name(), actor.id()) {
        ("", None) => actor.kind().to_owned(),
        ("", Some(id)) => format!("{} {id}", actor.kind()),
        (name, None) => format!("{} {}", actor.kind(), visible(name)),
        (name, Some(id)) => format!("{} ({} {id})", visible(name), actor.kind()),
    }
}

/// So many of something: "1 file", "2 files"; for nouns with a plain plural.
pub fn counted(count: u64, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// One field's change, old to new.
pub fn field(change: &FieldChange, zone: Tz) -> String {
    match change {
        FieldChange::Text { old, new } if old.is_empty() => format!("text {}", quoted(new)),
        FieldChange::Text { old, new } if new.is_empty() => format!("text {}", quoted(old)),
        FieldChange::Text { old, new } => format!("text {} -> {}", quoted(old), quoted(new)),
        FieldChange::Link { old, new } => {
            format!("link {} -> {}", link(old.as_deref()), link(new.as_deref()))
        }
        FieldChange::Due { old, new } => format!("due {} -> {}", due(*old, zone), due(*new, zone)),
    }
}

/// What an event did, on one line.
pub fn what(change: &Change<'_>, zone: Tz) -> String {
    if let Some(setting) = &change.setting {
        return changed_setting(setting);
    }
    match of_the_record(&change.record.event) {
        Some(noted) if noted.old.is_none() => {
            let [_, new] = setting_sides(&noted);
            format!("{} {}", noted.field, visible(&new))
        }
        Some(changed) => changed_setting(&changed),
        None => fields(&change.fields, zone),
    }
}

/// What an event changed that is neither a bounty's nor a setting of the chat: its id, its record, its next id.
pub fn of_the_record(event: &BoardEvent) -> Option<SettingChange> {
    let (field, old, new) = match event {
        BoardEvent::ChatMigrated(ChatMigrated { from, to }) => {
            ("id", Some(from.to_string()), to.to_string())
        }
        BoardEvent::BoardRepaired(BoardRepaired {
            kept_seq,
            set_aside,
            next_id,
        }) => {
            let files = set_aside.join(", ");
            let rest = format!("up to seq {kept_seq}; set aside {files}; next id {next_id}");
            ("kept", None, rest)
        }
        BoardEvent::IdsReserved(reserved) => ("next id", None, reserved.next_id.to_string()),
        _ => return None,
    };
    Some(SettingChange {
        field: field.to_owned(),
        old: old.map(Into::into),
        new: Some(new.into()),
    })
}

/// A chat's setting, old to new: `language - -> ru`.
fn changed_setting(setting: &SettingChange) -> String {
    let [old, new] = setting_sides(setting);
    let or_none = |side: String| {
        if side.is_empty() {
            "-".to_owned()
        } else {
            visible(&side)
        }
    };
    format!("{} {} -> {}", setting.field, or_none(old), or_none(new))
}

/// What a chat's setting was and what it is; empty when it was not set.
pub fn setting_sides(setting: &SettingChange) -> [String; 2] {
    [&setting.old, &setting.new].map(|side| {
        let side = side.as_ref().and_then(serde_json::Value::as_str);
        side.unwrap_or_default().to_owned()
    })
}

/// All of an event's changes on one line.
fn fields(changes: &[FieldChange], zone: Tz) -> String {
    changes
        .iter()
        .map(|change| field(change, zone))
        .collect::<Vec<_>>()
        .join("; ")
}

/// A due date in this zone, `-` when there is none.
pub fn due(due: Option<UnixTime>, zone: Tz) -> String {
    let Some(due) = due else {
        return "-".to_owned();
    };
    match zone.timestamp_opt(due, 0).earliest() {
        Some(moment) => moment.format("%Y-%m-%d %H:%M %Z").to_string(),
        None => due.to_string(),
    }
}

fn link(link: Option<&str>) -> String {
    link.map_or_else(|| "-".to_owned(), visible)
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", visible(text))
}
