//! Whether what was typed for a field may stand there, and what stands there then.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use serde_json::{Map, Value, json};

use super::collection::{CollectionId, Collections};
use super::command::{LinkParts, NotifierParts, QuietWish, TargetParts, UrlWish};
use super::entity::{NotificationTarget, NotificationTracker, NotificationTrackerTarget};
use super::place::{TELEGRAM, WEBHOOK};
use super::quiet::ClockTime;
use crate::domain::ChatId;
use crate::domain::bridge::choice::{ChatAction, EventType};
use crate::domain::bridge::command::Change;
use crate::domain::bridge::edit::{
    NotificationTargetEdited, NotificationTrackerEdited, NotificationTrackerTargetEdited,
};
use crate::domain::bridge::judge::{config_object, icon, locale, name, reference, required};
use crate::domain::bridge::refusal::Refusal;
use crate::domain::bridge::secret::has_secret;
use crate::domain::{normalise_link, zone};

const DAY: i64 = 24 * 60 * 60;
/// Seconds between two looks.
const SCANS: RangeInclusive<i64> = 1..=DAY;
/// Seconds within which events make one message.
const BATCHES: RangeInclusive<i64> = 0..=DAY;
/// Seconds before a due date.
const LEADS: RangeInclusive<i64> = 60..=365 * DAY;
/// Seconds for an answer of a web hook.
const TIMEOUTS: RangeInclusive<i64> = 1..=60;

/// What these parts make of a target; whether its bot is there is not judged here.
pub fn target(
    parts: &TargetParts,
    row: &NotificationTarget,
) -> Result<NotificationTargetEdited, Refusal> {
    of_type(parts, &row.target_type)?;
    Ok(NotificationTargetEdited {
        name: parts.name.as_deref().map(name).transpose()?,
        icon: parts.icon.as_deref().map(icon).transpose()?,
        config: Some(config(parts, &row.config)?),
        chat_action: parts.chat_action.as_ref().map(chat_action).transpose()?,
        ..NotificationTargetEdited::of(row.id)
    })
}

/// Every part that is given must be one of the target's type.
fn of_type(parts: &TargetParts, target_type: &str) -> Result<(), Refusal> {
    let is_telegram = target_type == TELEGRAM;
    let is_webhook = target_type == WEBHOOK;
    let given = [
        ("bot", is_telegram, parts.bot.is_some()),
        ("chat", is_telegram, parts.chat.is_some()),
        ("topic", is_telegram, parts.topic.is_some()),
        ("chat-action", is_telegram, parts.chat_action.is_some()),
        ("url", is_webhook, parts.url.is_some()),
        ("key", is_webhook, parts.key.is_some()),
        ("timeout", is_webhook, parts.timeout.is_some()),
        (
            "config",
            !is_telegram && !is_webhook,
            parts.config.is_some(),
        ),
    ];
    let mut foreign = given
        .iter()
        .filter(|(_, is_of, is_given)| *is_given && !is_of);
    match foreign.next() {
        Some((field, ..)) => Err(Refusal::NotOfType {
            field,
            target_type: target_type.to_owned(),
        }),
        None => Ok(()),
    }
}

/// The config with what is given; what else is in it stays.
fn config(parts: &TargetParts, before: &Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    if let Some(whole) = &parts.config {
        return config_object(whole);
    }
    let mut config = before.clone();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            config.insert(name.to_owned(), value);
        }
    };
    put("bot_id", parts.bot.map(|bot| json!(bot)));
    put("chat_id", parts.chat.map(chat).transpose()?);
    put("topic_id", parts.topic.as_ref().map(topic).transpose()?);
    put("url", parts.url.as_ref().map(url).transpose()?);
    let key = parts.key.as_ref().map(|wish| reference("key", wish));
    put("key", key.transpose()?.map(|key| json!(key)));
    let timeout = parts
        .timeout
        .map(|typed| within("timeout", typed, TIMEOUTS));
    put("timeout", timeout.transpose()?.map(Value::from));
    Ok(config)
}

fn chat(chat: ChatId) -> Result<Value, Refusal> {
    match chat {
        ChatId(0) => Err(not_readable("chat", "0")),
        chat => Ok(json!(chat)),
    }
}

fn topic(typed: &Change<i32>) -> Result<Value, Refusal> {
    match typed {
        Change::Clear => Ok(Value::Null),
        Change::Set(topic) if *topic > 0 => Ok(Value::from(*topic)),
        Change::Set(topic) => Err(not_readable("topic", &topic.to_string())),
    }
}

/// What may be a secret is not repeated.
fn url(wish: &UrlWish) -> Result<Value, Refusal> {
    let typed = match wish {
        UrlWish::Plain(typed) => typed.trim(),
        UrlWish::Hidden(wish) => return reference("url", wish).map(|found| json!(found)),
    };
    let link = normalise_link(typed).map_err(|_| Refusal::NoUrl)?;
    if has_secret(&link) {
        return Err(Refusal::Secret {
            field: "url".to_owned(),
        });
    }
    Ok(Value::from(link))
}

fn chat_action(typed: &Change<String>) -> Result<Option<ChatAction>, Refusal> {
    match typed {
        Change::Clear => Ok(None),
        Change::Set(word) => match ChatAction::read(word) {
            Some(action) => Ok(Some(action)),
            None => Err(Refusal::UnknownWord {
                field: "chat-action",
                word: word.clone(),
                known: ChatAction::WORDS,
            }),
        },
    }
}

/// What these parts make of a notification tracker; whether its collections fit its provider is not judged here.
pub fn notifier(
    parts: &NotifierParts,
    row: &NotificationTracker,
) -> Result<NotificationTrackerEdited, Refusal> {
    let seconds = |field, typed: Option<i64>, range| typed.map(|typed| within(field, typed, range));
    Ok(NotificationTrackerEdited {
        provider_id: parts.provider,
        name: parts.name.as_deref().map(name).transpose()?,
        icon: parts.icon.as_deref().map(icon).transpose()?,
        collection_ids: parts.collections.as_deref().map(collections).transpose()?,
        scan_interval: seconds("scan-interval", parts.scan_interval, SCANS).transpose()?,
        batch_duration: seconds("batch-duration", parts.batch_duration, BATCHES).transpose()?,
        event_types: parts.event_types.as_deref().map(event_types).transpose()?,
        due_soon_lead: seconds("due-soon-lead", parts.due_soon_lead, LEADS).transpose()?,
        locale: parts.locale.as_deref().map(locale).transpose()?,
        enabled: parts.enabled,
        ..NotificationTrackerEdited::of(row.id)
    })
}

fn collections(typed: &[String]) -> Result<Collections, Refusal> {
    let read = |typed: &String| required("collection", typed).map(|word| CollectionId::read(&word));
    let ids: Vec<CollectionId> = typed.iter().map(read).collect::<Result<_, _>>()?;
    Ok(Collections::of(ids))
}

fn event_types(typed: &[String]) -> Result<BTreeSet<EventType>, Refusal> {
    let unknown = |word: &str| Refusal::UnknownWord {
        field: "events",
        word: word.to_owned(),
        known: EventType::WORDS,
    };
    if typed.is_empty() {
        return Err(unknown(""));
    }
    let read = |typed: &String| EventType::read(typed.trim()).ok_or_else(|| unknown(typed));
    typed.iter().map(read).collect()
}

/// What these parts make of a link.
pub fn link(
    parts: &LinkParts,
    row: &NotificationTrackerTarget,
) -> Result<NotificationTrackerTargetEdited, Refusal> {
    let hours = parts.quiet_hours.as_ref().map(quiet_hours).transpose()?;
    Ok(NotificationTrackerTargetEdited {
        enabled: parts.enabled,
        quiet_hours_start: hours.map(|hours| hours.map(|(start, _)| start)),
        quiet_hours_end: hours.map(|hours| hours.map(|(_, end)| end)),
        quiet_hours_zone: parts.zone.as_deref().map(quiet_zone).transpose()?,
        ..NotificationTrackerTargetEdited::of(row.id)
    })
}

/// Hours that end as they start could be all day or no time at all.
fn quiet_hours(typed: &Change<QuietWish>) -> Result<Option<(ClockTime, ClockTime)>, Refusal> {
    let Change::Set(QuietWish { start, end }) = typed else {
        return Ok(None);
    };
    let hours = start.trim().parse().ok().zip(end.trim().parse().ok());
    match hours.filter(|(start, end)| start != end) {
        Some(hours) => Ok(Some(hours)),
        None => Err(not_readable("quiet-hours", &format!("{start}-{end}"))),
    }
}

fn quiet_zone(typed: &str) -> Result<String, Refusal> {
    let found = zone::find(typed).map(|zone| zone.name().to_owned());
    found.ok_or_else(|| not_readable("quiet-zone", typed))
}

fn within(field: &'static str, typed: i64, range: RangeInclusive<i64>) -> Result<u32, Refusal> {
    let number = u32::try_from(typed).ok().filter(|_| range.contains(&typed));
    number.ok_or(Refusal::OutOfRange {
        field,
        number: typed,
        least: *range.start(),
        most: *range.end(),
    })
}

fn not_readable(field: &'static str, typed: &str) -> Refusal {
    Refusal::NotReadable {
        field,
        typed: typed.to_owned(),
    }
}
