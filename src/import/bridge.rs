//! What a source has for the bridge, and the events that it becomes there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::check::{Comparison, Records};
use super::kept::KeptRow;
use super::row::Row;
use super::secrets::{self, Secrets};
use super::stream::{Draft, Known, Rows};
use crate::bridge::identities;
use crate::domain::bridge::{
    Bridge, BridgeEvent, BridgeUserId, TELEGRAM, Twins, bot_of_token, missing_from, twins,
};
use crate::domain::{Actor, BotId, Cause, Timestamp};
use crate::store::{Disk, StoreError};

/// What a source has for the bridge.
#[derive(Clone, Debug)]
pub struct BridgeRows {
    pub source: String,
    /// When the source was last changed.
    pub since: Timestamp,
    /// The names of the source's users, by their ids there.
    pub usernames: BTreeMap<u64, String>,
    /// Entities, after those that they need.
    pub entities: Vec<EntityRow>,
    /// What its notification trackers had done.
    pub kept: Vec<KeptRow>,
    /// The secrets of all of them.
    pub secrets: Secrets,
}

/// One entity.
#[derive(Clone, Debug)]
pub struct EntityRow {
    pub row: Row,
    /// Who owned it in the source.
    pub owner: u64,
    pub created: Timestamp,
    /// The event that adds it, with the ids of the source.
    pub event: BridgeEvent,
}

/// The ids that entities have here, by their kind and the id that they had in the source.
pub type EntityIds = HashMap<(&'static str, u64), u64>;

impl BridgeRows {
    fn event_id(&self, row: &Row) -> Uuid {
        row.event_id(&self.source)
    }

    /// Which id each entity has here, or will have. One that is free is kept; the others get fresh ones, above all that are kept.
    pub fn new_ids(&self, known: &Known<Bridge>) -> EntityIds {
        let mut by_kind: BTreeMap<&'static str, Vec<(u64, &EntityRow)>> = BTreeMap::new();
        for entity in &self.entities {
            if let Some(subject) = entity.event.subject() {
                let of_kind = by_kind.entry(subject.entity).or_default();
                of_kind.push((subject.id, entity));
            }
        }
        let mut ids = EntityIds::new();
        // What the program owns itself is the same everywhere.
        ids.insert(("user", BridgeUserId::SYSTEM.0), BridgeUserId::SYSTEM.0);
        for (kind, mut rows) in by_kind {
            rows.sort_unstable_by_key(|(id, _)| *id);
            let first = first_free(&known.state, kind);
            let (mut taken, mut highest) = (Vec::new(), first.saturating_sub(1));
            for (old, row) in rows {
                let new = match known.present.get(&self.event_id(&row.row)) {
                    Some(Some(id)) => *id,
                    _ if old >= first => old,
                    _ => {
                        taken.push(old);
                        continue;
                    }
                };
                highest = highest.max(new);
                ids.insert((kind, old), new);
            }
            let fresh = (highest + 1..).zip(taken);
            ids.extend(fresh.map(|(new, old)| ((kind, old), new)));
        }
        ids
    }

    /// Bots that are one at Telegram when the import is done, of each two one at least of this source.
    pub fn twins(&self, known: &Known<Bridge>) -> Vec<Twins> {
        let mut who = identities(&known.state);
        let mut added = Vec::new();
        for draft in self.missing(known) {
            if let BridgeEvent::TelegramBotAdded(bot) = draft.event {
                who.extend(self.bot_at_telegram(draft.id).map(|id| (bot.id, id)));
                added.push(bot);
            }
        }
        let ids = self.new_ids(known);
        let ours = ids.iter().filter(|((kind, _), _)| *kind == "telegram_bot");
        let ours: BTreeSet<u64> = ours.map(|(_, id)| *id).collect();
        let mut found = twins(known.state.bots.iter().chain(&added), &who);
        found.retain(|twins| ours.contains(&twins.first.id) || ours.contains(&twins.other.id));
        found
    }

    /// Which bot of Telegram's an event adds. The only secret of a bot is its token.
    fn bot_at_telegram(&self, event: Uuid) -> Option<BotId> {
        let secrets = self.secrets.get(&event)?;
        bot_of_token(&secrets.first()?.value)
    }

    fn actor(&self, owner: u64) -> Actor {
        match self.usernames.get(&owner) {
            Some(name) if owner != BridgeUserId::SYSTEM.0 => Actor::Operator { name: name.into() },
            _ => Actor::System {},
        }
    }

    /// The events that open the stream, where it has none.
    fn opening(&self, bridge: &Bridge) -> impl Iterator<Item = Draft<BridgeEvent>> {
        let missing = missing_from(bridge, self.since.seconds());
        missing.into_iter().map(|event| {
            let user = event.subject().map(|subject| subject.id.to_string());
            let row = Row {
                file: String::new(),
                table: "bridge",
                key: user.unwrap_or_default(),
                created: None,
            };
            Draft {
                id: self.event_id(&row),
                time: self.since,
                actor: Actor::System {},
                cause: Cause::System {},
                event,
            }
        })
    }
}

/// The kinds of entities, each after those that it needs.
const KINDS: [&str; 9] = [
    "user",
    "service_provider",
    "telegram_bot",
    "command_config",
    "command_tracker",
    "command_tracker_listener",
    "notification_target",
    "notification_tracker",
    "notification_tracker_target",
];

/// Where an entity comes among the others.
fn place(event: &BridgeEvent) -> (usize, u64) {
    let Some(subject) = event.subject() else {
        return (0, 0);
    };
    let kind = KINDS.iter().position(|kind| *kind == subject.entity);
    (kind.unwrap_or(KINDS.len()), subject.id)
}

/// The lowest id that was never given. Users 0 and 1 are the program's own.
fn first_free(bridge: &Bridge, kind: &str) -> u64 {
    let next = match kind {
        "user" => bridge.users.next_id().0.max(BridgeUserId::OPERATOR.0 + 1),
        "service_provider" => bridge.providers.next_id().0,
        "telegram_bot" => bridge.bots.next_id().0,
        "command_config" => bridge.configs.next_id().0,
        "command_tracker" => bridge.trackers.next_id().0,
        "command_tracker_listener" => bridge.listeners.next_id().0,
        "notification_target" => bridge.targets.next_id().0,
        "notification_tracker" => bridge.notifiers.next_id().0,
        _ => bridge.links.next_id().0,
    };
    next.max(1)
}

/// The event with the ids that its entities have here.
fn renumbered(event: &BridgeEvent, ids: &EntityIds) -> BridgeEvent {
    let mut event = event.clone();
    let put = |kind: &'static str, id: &mut u64| {
        if let Some(new) = ids.get(&(kind, *id)) {
            *id = *new;
        }
    };
    match &mut event {
        BridgeEvent::UserAdded(row) => put("user", &mut row.id.0),
        BridgeEvent::ServiceProviderAdded(row) => {
            put("service_provider", &mut row.id.0);
            put("user", &mut row.user_id.0);
        }
        BridgeEvent::TelegramBotAdded(row) => {
            put("telegram_bot", &mut row.id.0);
            put("user", &mut row.user_id.0);
        }
        BridgeEvent::CommandConfigAdded(row) => {
            put("command_config", &mut row.id.0);
            put("user", &mut row.user_id.0);
        }
        BridgeEvent::CommandTrackerAdded(row) => {
            put("command_tracker", &mut row.id.0);
            put("user", &mut row.user_id.0);
            put("service_provider", &mut row.provider_id.0);
            put("command_config", &mut row.command_config_id.0);
        }
        BridgeEvent::CommandTrackerListenerAdded(row) => {
            put("command_tracker_listener", &mut row.id.0);
            put("command_tracker", &mut row.command_tracker_id.0);
            put("telegram_bot", &mut row.listener_id.0);
        }
        BridgeEvent::NotificationTargetAdded(row) => {
            put("notification_target", &mut row.id.0);
            put("user", &mut row.user_id.0);
            let bot = row.config.get("bot_id").and_then(serde_json::Value::as_u64);
            if let Some(mut bot) = bot.filter(|_| row.target_type == TELEGRAM) {
                put("telegram_bot", &mut bot);
                row.config.insert("bot_id".to_owned(), bot.into());
            }
        }
        BridgeEvent::NotificationTrackerAdded(row) => {
            put("notification_tracker", &mut row.id.0);
            put("user", &mut row.user_id.0);
            put("service_provider", &mut row.provider_id.0);
        }
        BridgeEvent::NotificationTrackerTargetAdded(row) => {
            put("notification_tracker_target", &mut row.id.0);
            put("notification_tracker", &mut row.notification_tracker_id.0);
            put("notification_target", &mut row.target_id.0);
        }
        _ => {}
    }
    event
}

impl Rows for BridgeRows {
    type State = Bridge;

    fn subject(event: &BridgeEvent) -> Option<u64> {
        event.subject().map(|subject| subject.id)
    }

    fn len(&self) -> u64 {
        self.entities.len() as u64
    }

    fn missing(&self, known: &Known<Bridge>) -> Vec<Draft<BridgeEvent>> {
        let ids = self.new_ids(known);
        let draft = |entity: &EntityRow| Draft {
            id: self.event_id(&entity.row),
            time: entity.created,
            actor: self.actor(entity.owner),
            cause: entity.row.cause(&self.source),
            event: renumbered(&entity.event, &ids),
        };
        let drafts = self.entities.iter().map(draft);
        let mut missing: Vec<_> = drafts
            .filter(|draft| !known.present.contains_key(&draft.id))
            .collect();
        // Ids only grow, so that one that is free now still is after an interruption.
        missing.sort_by_key(|draft| place(&draft.event));
        let opening = (!missing.is_empty()).then(|| self.opening(&known.state));
        opening.into_iter().flatten().chain(missing).collect()
    }

    fn compare(
        &self,
        known: &Known<Bridge>,
        records: &Records<BridgeEvent>,
        comparison: &mut Comparison,
    ) {
        let ids = self.new_ids(known);
        for entity in &self.entities {
            let record = records.get(&self.event_id(&entity.row));
            // What the import made itself has no row to differ from.
            let same = record.map(|record| {
                let read = renumbered(&entity.event, &ids);
                entity.row.key == Row::MADE || secrets::are_same(&record.event, &read)
            });
            comparison.add(&entity.row, same);
        }
    }

    /// A bot is not recorded before its token is in place.
    fn prepare(&self, disk: &dyn Disk, drafts: &[Draft<BridgeEvent>]) -> Result<(), StoreError> {
        secrets::put(disk, &self.secrets, drafts)
    }
}
