//! Notification targets, trackers, and the links between them, by their names of before the refactor and after it.

use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::record::{Names, Record};
use super::{LINK, NOTIFIER, Reading, TARGET, Taken};
use crate::domain::Locale;
use crate::domain::bridge::{
    BOUNTY, BridgeEvent, BridgeUserId, ChatAction, ClockTime, CollectionId, Collections, EventType,
    NotificationTarget, NotificationTargetId, NotificationTracker, NotificationTrackerId,
    NotificationTrackerTarget, NotificationTrackerTargetId, ServiceProviderId, TELEGRAM, WEBHOOK,
    commands_of,
};
use crate::import::plan::ImportError;
use crate::import::row::Row;
use crate::import::sqlite::Table;

/// The names of the column that refers to a notification tracker.
pub const OF_NOTIFIER: Names = &["notification_tracker_id", "tracker_id"];
const DAY: i64 = 24 * 60 * 60;
/// Seconds between two looks, and within which events make one message: what there is when nothing is said.
const SCAN_INTERVAL: i64 = 60;
const BATCH_DURATION: i64 = 0;
/// Seconds before a due date at which it is due soon.
const DUE_SOON_LEAD: u32 = 24 * 60 * 60;
/// Seconds for an answer of a web hook, and the most.
const TIMEOUT: u64 = 10;
const LONGEST_TIMEOUT: u64 = 60;

impl Reading<'_> {
    pub fn targets(&mut self, tables: &[Table<'_>]) -> Result<(), ImportError> {
        self.entities(tables, TARGET, |reading, record, taken| {
            let id = record.id()?;
            let (row, created) = reading.row_of(TARGET, record)?;
            let owner = reading.owner(record)?;
            let target_type = record.needed_text(&["type", "target_type"])?;
            let target_type = taken.clean(target_type).to_lowercase();
            let config = record.object(&["config"])?;
            let chat_action = chat_action(record, &config, taken)?;
            let target = NotificationTarget {
                id: NotificationTargetId(id),
                user_id: BridgeUserId(owner),
                name: taken.clean(record.text(&["name"])?),
                icon: taken.clean(record.text(&["icon"])?),
                config: reading.target_config(&row, &target_type, config),
                chat_action: chat_action.filter(|_| target_type == TELEGRAM),
                target_type,
                created_at: created.seconds(),
            };
            let is_served = target.place().is_some();
            if !is_served {
                taken.say(unserved(&target.target_type));
            }
            reading.targets.insert(id, is_served);
            let event = BridgeEvent::NotificationTargetAdded(target);
            reading.add(row, owner, created, event);
            Ok(())
        })
    }

    /// What a target's config says, in the form that it has here, and whatever else is in it.
    fn target_config(
        &mut self,
        row: &Row,
        target_type: &str,
        mut config: Map<String, Value>,
    ) -> Map<String, Value> {
        match target_type {
            TELEGRAM => self.telegram_config(&mut config),
            WEBHOOK => self.webhook_config(row, &mut config),
            _ => {}
        }
        self.vault.hide(row, &config)
    }

    fn telegram_config(&self, config: &mut Map<String, Value>) {
        if let Some(chat) = config.get("chat_id").and_then(number) {
            config.insert("chat_id".to_owned(), json!(chat));
        }
        let topic = take_first(config, &["topic_id", "message_thread_id", "thread_id"]);
        let topic = topic.as_ref().and_then(number);
        config.insert("topic_id".to_owned(), json!(topic));
        let named = take_first(config, &["bot_id", "telegram_bot_id"]);
        let named = named.as_ref().and_then(number);
        let named = named.and_then(|bot| u64::try_from(bot).ok());
        let by_token = |token: &str| {
            let mut bots = self.bots.iter();
            bots.find(|(_, bot)| bot.token.trim() == token.trim())
                .map(|(id, _)| *id)
        };
        let token = config.get("bot_token").and_then(Value::as_str);
        let by_token = token.and_then(by_token);
        let bot = named.filter(|bot| self.bots.contains_key(bot)).or(by_token);
        if by_token.is_some() {
            config.remove("bot_token");
        }
        if let Some(bot) = bot {
            config.insert("bot_id".to_owned(), json!(bot));
        }
    }

    fn webhook_config(&mut self, row: &Row, config: &mut Map<String, Value>) {
        let key = take_first(
            config,
            &["key", "secret", "signing_secret", "webhook_secret"],
        );
        if let Some(Value::String(key)) = key.filter(|key| key != "") {
            let place = self.vault.keep(row, "key", &key);
            config.insert("key".to_owned(), json!(place));
        }
        let timeout = config
            .get("timeout")
            .and_then(Value::as_u64)
            .unwrap_or(TIMEOUT);
        config.insert(
            "timeout".to_owned(),
            json!(timeout.clamp(1, LONGEST_TIMEOUT)),
        );
    }

    pub fn notifiers(&mut self, tables: &[Table<'_>]) -> Result<(), ImportError> {
        self.entities(tables, NOTIFIER, |reading, record, taken| {
            let id = record.id()?;
            let (row, created) = reading.row_of(NOTIFIER, record)?;
            let owner = reading.owner(record)?;
            let provider = record.reference(&["provider_id"])?;
            let provider_type = reading.provider_type(provider)?;
            let is_served = commands_of(&provider_type).is_some();
            let enabled = record.flag(&["enabled"], true)?;
            if enabled && !is_served {
                taken.say(format!(
                    "switched off: nothing here serves the type {provider_type}"
                ));
            }
            let tracker = NotificationTracker {
                id: NotificationTrackerId(id),
                user_id: BridgeUserId(owner),
                provider_id: ServiceProviderId(provider),
                name: taken.clean(record.text(&["name"])?),
                icon: taken.clean(record.text(&["icon"])?),
                collection_ids: collections(record, &provider_type, taken)?,
                scan_interval: seconds(record, &["scan_interval"], (SCAN_INTERVAL, 1), taken)?,
                batch_duration: seconds(record, &["batch_duration"], (BATCH_DURATION, 0), taken)?,
                event_types: EventType::DEFAULT.into(),
                due_soon_lead: DUE_SOON_LEAD,
                locale: Locale::English,
                enabled: enabled && is_served,
                created_at: created.seconds(),
            };
            reading.notifiers.insert(id);
            let event = BridgeEvent::NotificationTrackerAdded(tracker);
            reading.add(row, owner, created, event);
            Ok(())
        })
    }

    pub fn links(&mut self, tables: &[Table<'_>]) -> Result<(), ImportError> {
        self.entities(tables, LINK, |reading, record, taken| {
            let id = record.id()?;
            let notifier = record.reference(OF_NOTIFIER)?;
            let target = record.reference(&["target_id", "notification_target_id"])?;
            if !reading.notifiers.contains(&notifier) {
                return Err(format!("there is no notification_tracker {notifier}"));
            }
            let is_served = reading.targets.get(&target).copied();
            let is_served =
                is_served.ok_or_else(|| format!("there is no notification_target {target}"))?;
            if record
                .cell(&["commands_config"])
                .filled_text("commands_config")?
                .is_some()
            {
                taken.say("its commands_config is dropped: nothing ever used it");
            }
            if reading.links.contains(&(notifier, target)) {
                taken.dropped = Some(format!(
                    "notification_target {target} is linked to it already"
                ));
                return Ok(());
            }
            let enabled = record.flag(&["enabled"], true)?;
            if enabled && !is_served {
                taken.say("switched off: nothing here can write to its target");
            }
            let created = record.cell(&["created_at"]).optional_moment("created_at")?;
            let (start, end) = quiet_hours(record, taken)?;
            let link = NotificationTrackerTarget {
                id: NotificationTrackerTargetId(id),
                notification_tracker_id: NotificationTrackerId(notifier),
                target_id: NotificationTargetId(target),
                enabled: enabled && is_served,
                quiet_hours_start: start,
                quiet_hours_end: end,
                quiet_hours_zone: zone(record, taken)?.name().to_owned(),
            };
            reading.links.insert((notifier, target));
            let row = reading.row(LINK, id.to_string(), created);
            let moment = created.unwrap_or(reading.rows.since);
            let event = BridgeEvent::NotificationTrackerTargetAdded(link);
            reading.add(row, BridgeUserId::SYSTEM.0, moment, event);
            Ok(())
        })
    }
}

fn unserved(target_type: &str) -> String {
    match target_type {
        TELEGRAM => "its bot or chat is not there: nothing is told to it until `bounty bridge target edit` names them".to_owned(),
        WEBHOOK => "its address or key is not there: nothing is told to it until `bounty bridge target edit` names them".to_owned(),
        other => format!("nothing here writes to the type {other}: it is kept"),
    }
}

fn chat_action(
    record: &Record<'_>,
    config: &Map<String, Value>,
    taken: &mut Taken,
) -> Result<Option<ChatAction>, String> {
    let of_config = config.get("chat_action").and_then(Value::as_str);
    let word = record.cell(&["chat_action"]).filled_text("chat_action")?;
    let Some(word) = word.or(of_config.map(str::to_owned)) else {
        return Ok(None);
    };
    let action = ChatAction::read(word.trim());
    if action.is_none() {
        taken.say("its chat_action is none of Telegram's");
    }
    Ok(action)
}

/// What it follows; of boards only the chats' ids mean something.
fn collections(
    record: &Record<'_>,
    provider_type: &str,
    taken: &mut Taken,
) -> Result<Collections, String> {
    let mut ids = Vec::new();
    for value in record.list(&["collection_ids"])? {
        let id = match &value {
            Value::String(text) => CollectionId::read(&taken.clean(text.clone())),
            value => match value.as_i64() {
                Some(number) => CollectionId::read(&number.to_string()),
                None => {
                    return Err(
                        "collection_ids has an id that is neither text nor number".to_owned()
                    );
                }
            },
        };
        if provider_type == BOUNTY && !id.is_board() {
            taken.say("a collection that is no chat is dropped");
        } else {
            ids.push(id);
        }
    }
    Ok(Collections::of(ids))
}

/// Whole seconds of a day at most; `bounds` are the default and the least.
fn seconds(
    record: &Record<'_>,
    names: Names,
    bounds: (i64, i64),
    taken: &mut Taken,
) -> Result<u32, String> {
    let (default, least) = bounds;
    let stated = record
        .cell(names)
        .optional_integer(names[0])?
        .unwrap_or(default);
    let nearest = stated.clamp(least, DAY);
    if nearest != stated {
        taken.say(format!("its {} {stated} becomes {nearest}", names[0]));
    }
    u32::try_from(nearest).map_err(|_| format!("{} {stated} is no number of seconds", names[0]))
}

/// Both, or none.
fn quiet_hours(
    record: &Record<'_>,
    taken: &mut Taken,
) -> Result<(Option<ClockTime>, Option<ClockTime>), String> {
    let time = |names: Names| record.cell(names).filled_text(names[0]);
    let (start, end) = (time(&["quiet_hours_start"])?, time(&["quiet_hours_end"])?);
    if start.is_none() && end.is_none() {
        return Ok((None, None));
    }
    let read = |text: Option<String>| text.and_then(|text| text.trim().parse().ok());
    let hours: Option<(ClockTime, ClockTime)> = read(start).zip(read(end));
    match hours.filter(|(start, end)| start != end) {
        Some((start, end)) => Ok((Some(start), Some(end))),
        None => {
            taken.say("its quiet hours are no times of day: it has none");
            Ok((None, None))
        }
    }
}

fn zone(record: &Record<'_>, taken: &mut Taken) -> Result<Tz, String> {
    let names: Names = &["quiet_hours_zone", "quiet_hours_timezone", "timezone"];
    let Some(name) = record.cell(names).filled_text(names[0])? else {
        return Ok(Tz::UTC);
    };
    Ok(name.trim().parse().unwrap_or_else(|_| {
        taken.say("the time zone of its quiet hours is not known here: UTC");
        Tz::UTC
    }))
}

/// A number, also as text.
fn number(value: &Value) -> Option<i64> {
    let as_text = || value.as_str()?.trim().parse().ok();
    value.as_i64().or_else(as_text)
}

/// The first of these fields that has a value; all of them are taken out.
fn take_first(config: &mut Map<String, Value>, names: &[&str]) -> Option<Value> {
    let mut values = names
        .iter()
        .map(|name| config.remove(*name))
        .collect::<Vec<_>>()
        .into_iter()
        .flatten();
    values.find(|value| !value.is_null())
}
