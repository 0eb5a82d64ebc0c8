//! The rules of notifications: what a command may do, and what event it becomes.

use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::collection::Collections;
use super::command::{LinkParts, NotificationCommand, NotifierParts, TargetParts};
use super::entity::{NotificationTarget, NotificationTracker, NotificationTrackerTarget};
use super::judge;
use super::place::{Place, TELEGRAM, WEBHOOK};
use crate::domain::Locale;
use crate::domain::bridge::BOUNTY;
use crate::domain::bridge::choice::EventType;
use crate::domain::bridge::decide::{Context, added, bot, edited, known, provider, unused};
use crate::domain::bridge::edit::Removed;
use crate::domain::bridge::event::BridgeEvent;
use crate::domain::bridge::ids::{
    NotificationTargetId, NotificationTrackerId, NotificationTrackerTargetId, ServiceProviderId,
    TelegramBotId,
};
use crate::domain::bridge::judge::{name, provider_type};
use crate::domain::bridge::refusal::{EntityKind, Named, Refusal};
use crate::domain::bridge::state::Bridge;

/// Seconds between two looks, unless said otherwise.
const SCAN_INTERVAL: u32 = 60;
/// Seconds before a due date at which it is due soon, unless said otherwise.
const DUE_SOON_LEAD: u32 = 24 * 60 * 60;
/// Seconds for an answer of a web hook, unless said otherwise.
const TIMEOUT: u32 = 10;

/// Judges one command: the event that it becomes, or a refusal that the operator can act on.
pub fn decide(
    bridge: &Bridge,
    command: &NotificationCommand,
    context: &Context,
) -> Result<BridgeEvent, Refusal> {
    use BridgeEvent as Event;
    use NotificationCommand as Command;
    match command {
        Command::AddTarget { target_type, parts } => {
            add_target(bridge, target_type, parts, context).map(Event::NotificationTargetAdded)
        }
        Command::EditTarget(id, parts) => edit_target(bridge, *id, parts),
        Command::RemoveTarget(id) => remove_target(bridge, *id),
        Command::AddNotifier { provider, parts } => {
            let base = new_notifier(bridge, *provider, context);
            add_notifier(bridge, base, parts).map(Event::NotificationTrackerAdded)
        }
        Command::EditNotifier(id, parts) => edit_notifier(bridge, *id, parts),
        Command::RemoveNotifier(id) => {
            notifier(bridge, *id)?;
            Ok(Event::NotificationTrackerRemoved(Removed { id: *id }))
        }
        Command::AddLink {
            notifier,
            target,
            parts,
        } => add_link(bridge, *notifier, *target, parts).map(Event::NotificationTrackerTargetAdded),
        Command::EditLink(id, parts) => {
            let row = link(bridge, *id)?;
            let name = |row: &NotificationTrackerTarget| link_name(bridge, row);
            edited(judge::link(parts, row)?, row, name).map(Event::NotificationTrackerTargetEdited)
        }
        Command::RemoveLink(id) => {
            link(bridge, *id)?;
            Ok(Event::NotificationTrackerTargetRemoved(Removed { id: *id }))
        }
    }
}

fn add_target(
    bridge: &Bridge,
    typed: &str,
    parts: &TargetParts,
    context: &Context,
) -> Result<NotificationTarget, Refusal> {
    let target_type = provider_type(typed)?;
    let base = NotificationTarget {
        id: bridge.targets.next_id(),
        user_id: context.user,
        config: new_config(&target_type),
        target_type,
        name: String::new(),
        icon: String::new(),
        chat_action: None,
        created_at: context.at,
    };
    let row = added(judge::target(parts, &base)?, base);
    name(&row.name)?;
    complete(&row)?;
    bot_is_there(bridge, &row)?;
    Ok(row)
}

/// What a config says that nobody filled in.
fn new_config(target_type: &str) -> Map<String, Value> {
    let field = match target_type {
        TELEGRAM => ("topic_id", Value::Null),
        WEBHOOK => ("timeout", json!(TIMEOUT)),
        _ => return Map::new(),
    };
    Map::from_iter([(field.0.to_owned(), field.1)])
}

/// A new target has all that its type needs.
fn complete(row: &NotificationTarget) -> Result<(), Refusal> {
    let lacks = |field: &str| !row.config.contains_key(field);
    let missing = |field| Err(Refusal::TextMissing { field });
    match row.target_type.as_str() {
        TELEGRAM if lacks("bot_id") => missing("bot"),
        TELEGRAM if lacks("chat_id") => missing("chat"),
        WEBHOOK if lacks("url") => missing("url"),
        WEBHOOK if lacks("key") => Err(Refusal::ReferenceMissing {
            field: "key".to_owned(),
        }),
        _ => Ok(()),
    }
}

fn bot_is_there(bridge: &Bridge, row: &NotificationTarget) -> Result<(), Refusal> {
    match row.place() {
        Some(Place::Telegram(place)) => bot(bridge, place.bot_id).map(|_| ()),
        Some(Place::Webhook(_)) | None => Ok(()),
    }
}

fn edit_target(
    bridge: &Bridge,
    id: NotificationTargetId,
    parts: &TargetParts,
) -> Result<BridgeEvent, Refusal> {
    let row = target(bridge, id)?;
    let edit = edited(judge::target(parts, row)?, row, target_name)?;
    bot_is_there(bridge, &added(edit.clone(), row.clone()))?;
    Ok(BridgeEvent::NotificationTargetEdited(edit))
}

fn remove_target(bridge: &Bridge, id: NotificationTargetId) -> Result<BridgeEvent, Refusal> {
    let row = target(bridge, id)?;
    let users = bridge.links.iter().filter(|row| row.target_id == id);
    unused(target_name(row), users.map(|row| link_name(bridge, row)))?;
    Ok(BridgeEvent::NotificationTargetRemoved(Removed { id }))
}

fn new_notifier(
    bridge: &Bridge,
    provider: ServiceProviderId,
    context: &Context,
) -> NotificationTracker {
    NotificationTracker {
        id: bridge.notifiers.next_id(),
        user_id: context.user,
        provider_id: provider,
        name: String::new(),
        icon: String::new(),
        collection_ids: Collections::default(),
        scan_interval: SCAN_INTERVAL,
        batch_duration: 0,
        event_types: EventType::DEFAULT.into(),
        due_soon_lead: DUE_SOON_LEAD,
        locale: Locale::English,
        enabled: true,
        created_at: context.at,
    }
}

fn add_notifier(
    bridge: &Bridge,
    base: NotificationTracker,
    parts: &NotifierParts,
) -> Result<NotificationTracker, Refusal> {
    let row = added(judge::notifier(parts, &base)?, base);
    name(&row.name)?;
    follows(bridge, &row)?;
    Ok(row)
}

fn edit_notifier(
    bridge: &Bridge,
    id: NotificationTrackerId,
    parts: &NotifierParts,
) -> Result<BridgeEvent, Refusal> {
    let row = notifier(bridge, id)?;
    let edit = edited(judge::notifier(parts, row)?, row, notifier_name)?;
    follows(bridge, &added(edit.clone(), row.clone()))?;
    Ok(BridgeEvent::NotificationTrackerEdited(edit))
}

/// A notification tracker's provider must be there, and have what the tracker follows.
fn follows(bridge: &Bridge, row: &NotificationTracker) -> Result<(), Refusal> {
    let provider = provider(bridge, row.provider_id)?;
    if row.collection_ids.is_empty() {
        return Err(Refusal::FollowsNothing);
    }
    let mut foreign = row.collection_ids.iter().filter(|id| !id.is_board());
    match foreign.next() {
        Some(id) if provider.provider_type == BOUNTY => Err(Refusal::NoBoard {
            collection: id.to_string(),
        }),
        _ => Ok(()),
    }
}

fn add_link(
    bridge: &Bridge,
    notifier_id: NotificationTrackerId,
    target_id: NotificationTargetId,
    parts: &LinkParts,
) -> Result<NotificationTrackerTarget, Refusal> {
    let (notifier, target) = (notifier(bridge, notifier_id)?, target(bridge, target_id)?);
    let is_same = |link: &&NotificationTrackerTarget| link.target_id == target_id;
    if let Some(present) = bridge.links_of(notifier_id).find(is_same) {
        return Err(Refusal::DuplicateLink {
            link: present.id.0,
            notifier: notifier_name(notifier),
            target: target_name(target),
        });
    }
    let base = NotificationTrackerTarget {
        id: bridge.links.next_id(),
        notification_tracker_id: notifier_id,
        target_id,
        enabled: true,
        quiet_hours_start: None,
        quiet_hours_end: None,
        quiet_hours_zone: Tz::UTC.name().to_owned(),
    };
    Ok(added(judge::link(parts, &base)?, base))
}

fn target(bridge: &Bridge, id: NotificationTargetId) -> Result<&NotificationTarget, Refusal> {
    known(&bridge.targets, EntityKind::Target, id)
}

fn notifier(bridge: &Bridge, id: NotificationTrackerId) -> Result<&NotificationTracker, Refusal> {
    known(&bridge.notifiers, EntityKind::Notifier, id)
}

fn link(
    bridge: &Bridge,
    id: NotificationTrackerTargetId,
) -> Result<&NotificationTrackerTarget, Refusal> {
    known(&bridge.links, EntityKind::Link, id)
}

/// The targets that this bot writes to.
pub fn targets_of(
    bridge: &Bridge,
    bot: TelegramBotId,
) -> impl Iterator<Item = &NotificationTarget> {
    let is_of = move |place| matches!(place, Place::Telegram(place) if place.bot_id == bot);
    let targets = bridge.targets.iter();
    targets.filter(move |row| row.place().is_some_and(is_of))
}

pub fn target_name(row: &NotificationTarget) -> Named {
    Named::new(EntityKind::Target, row, &row.name)
}

pub fn notifier_name(row: &NotificationTracker) -> Named {
    Named::new(EntityKind::Notifier, row, &row.name)
}

/// A link has its notification tracker's name.
pub fn link_name(bridge: &Bridge, row: &NotificationTrackerTarget) -> Named {
    let notifier = bridge.notifiers.get(row.notification_tracker_id);
    let name = notifier.map_or("", |notifier| &notifier.name);
    Named::new(EntityKind::Link, row, name)
}
