//! The state of a board, and how events change it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::event::{BoardEvent, BoardOpened, BountyAdded, BountyEdited, ChatKind, ChatMigrated};
use super::seen::SeenUpdates;
use super::settings::ChatSettings;
use crate::domain::{Actor, BountyId, Cause, ChatId, Recorded, Seq, UnixTime, UserId};

/// One bounty as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounty {
    pub id: BountyId,
    /// The Telegram id of the user or chat that added it.
    pub created_by: i64,
    pub text: SmolStr,
    pub link: Option<SmolStr>,
    pub due: Option<UnixTime>,
    pub created_at: UnixTime,
}

/// The bounties that one user follows, and the last event that changed the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackingList {
    pub ids: BTreeSet<BountyId>,
    pub seq: Seq,
}

/// Everything that is known of one chat. Made from its events alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    pub(super) opened: Option<BoardOpened>,
    /// The ids that the chat had before.
    pub(super) earlier_ids: Vec<ChatId>,
    pub(super) seq: Seq,
    pub(super) bounties: BTreeMap<BountyId, Bounty>,
    pub(super) last_id: BountyId,
    /// Ids below the last one that the log does not know to have been given: those of events that a repair could not keep, those
    /// that were reserved, and those between the ids that imported bounties keep.
    pub(super) lost_ids: Vec<Range<BountyId>>,
    pub(super) text_bytes: u64,
    pub(super) lists: BTreeMap<UserId, TrackingList>,
    pub(super) started: BTreeSet<UserId>,
    pub(super) names: BTreeMap<i64, SmolStr>,
    pub(super) seen: SeenUpdates,
    pub(super) settings: ChatSettings,
}

impl Board {
    /// The chat that this board belongs to; none before its first event.
    pub fn chat_id(&self) -> Option<ChatId> {
        self.opened.as_ref().map(|opened| opened.chat_id)
    }

    /// The ids that the chat had before it became a supergroup.
    pub fn earlier_ids(&self) -> &[ChatId] {
        &self.earlier_ids
    }

    /// What the chat was called when its board was opened.
    pub fn title(&self) -> Option<&str> {
        self.opened.as_ref()?.title.as_deref()
    }

    /// Whose board it is; none before its first event.
    pub fn kind(&self) -> Option<ChatKind> {
        self.opened.as_ref().map(|opened| opened.kind)
    }

    /// The last event in it.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// The living bounties, ascending by id.
    pub fn bounties(&self) -> impl ExactSizeIterator<Item = &Bounty> {
        self.bounties.values()
    }

    /// One living bounty.
    pub fn bounty(&self, id: BountyId) -> Option<&Bounty> {
        self.bounties.get(&id)
    }

    /// Whether the id was given to a bounty once, living or deleted, as far as the log knows.
    pub fn ever_had(&self, id: BountyId) -> bool {
        let is_lost = self.lost_ids.iter().any(|lost| lost.contains(&id));
        id.0 >= 1 && id <= self.last_id && !is_lost
    }

    /// The id that the next bounty gets.
    pub fn next_id(&self) -> BountyId {
        self.last_id.next()
    }

    /// The tracking lists, by user.
    pub fn lists(&self) -> impl ExactSizeIterator<Item = (UserId, &TrackingList)> {
        self.lists.iter().map(|(user, list)| (*user, list))
    }

    /// One user's tracking list; none when the user never started or tracked here.
    pub fn list(&self, user: UserId) -> Option<&TrackingList> {
        self.lists.get(&user)
    }

    /// The name by which a user or chat was last seen here; their id when they never were.
    pub fn name_of(&self, id: i64) -> String {
        let known = self.known_name(id);
        known.map_or_else(|| id.to_string(), str::to_owned)
    }

    /// The name by which a user or chat was last seen here.
    pub fn known_name(&self, id: i64) -> Option<&str> {
        let known = self.names.get(&id).filter(|name| !name.is_empty());
        known.map(SmolStr::as_str)
    }

    /// Which updates became events here.
    pub fn seen(&self) -> &SeenUpdates {
        &self.seen
    }

    /// What the chat chose for itself.
    pub fn settings(&self) -> &ChatSettings {
        &self.settings
    }

    /// Applies one event. Total: an event that makes no sense here changes nothing but the position.
    pub fn evolve(&mut self, record: &Recorded<BoardEvent>) {
        self.seq = record.seq;
        self.remember(record);
        self.note_first_due(record);
        match &record.event {
            BoardEvent::BoardOpened(opened) => self.opened = Some(opened.clone()),
            BoardEvent::UserStarted(_) => self.start(&record.actor),
            BoardEvent::BountyAdded(added) => self.add(added, &record.actor),
            BoardEvent::BountyEdited(edited) => self.edit(edited),
            BoardEvent::BountyDeleted(deleted) => self.delete(deleted.id),
            BoardEvent::Tracked(tracked) => self.track(tracked.id, &record.actor),
            BoardEvent::Untracked(untracked) => self.untrack(untracked.id, &record.actor),
            BoardEvent::ChatMigrated(moved) => self.migrate(moved),
            BoardEvent::BoardRepaired(repaired) => self.skip_to(repaired.next_id),
            BoardEvent::IdsReserved(reserved) => self.skip_to(reserved.next_id),
            BoardEvent::LanguageChosen(chosen) => self.settings.language = Some(chosen.language),
            BoardEvent::TimezoneChosen(chosen) => {
                self.settings.timezone = Some(chosen.timezone.clone());
            }
            BoardEvent::CommandsSwitched(switched) => {
                let commands = &mut self.settings.commands;
                commands.insert(switched.bot, switched.enabled);
            }
        }
    }

    fn remember(&mut self, record: &Recorded<BoardEvent>) {
        if let Some(delivery) = record.cause.delivery() {
            let added = match &record.event {
                BoardEvent::BountyAdded(added) => Some(added.id),
                _ => None,
            };
            self.seen.remember(delivery, record.seq, added);
        }
        if let Some(id) = record.actor.id()
            && self
                .names
                .get(&id)
                .is_none_or(|known| known != record.actor.name())
        {
            self.names.insert(id, record.actor.name().into());
        }
    }

    fn start(&mut self, actor: &Actor) {
        if let Some(user) = actor.user() {
            self.started.insert(user);
            let seq = self.seq;
            self.lists.entry(user).or_insert_with(|| TrackingList {
                ids: BTreeSet::new(),
                seq,
            });
        }
    }

    fn add(&mut self, added: &BountyAdded, actor: &Actor) {
        let bounty = Bounty {
            id: added.id,
            created_by: actor.id().unwrap_or(0),
            text: added.text.clone(),
            link: added.link.clone(),
            due: added.due_date_ts,
            created_at: added.created_at,
        };
        self.text_bytes += bounty.text.len() as u64;
        self.skip_to(added.id);
        self.last_id = self.last_id.max(added.id);
        if let Some(replaced) = self.bounties.insert(added.id, bounty) {
            self.text_bytes = self.text_bytes.saturating_sub(replaced.text.len() as u64);
        }
    }

    fn edit(&mut self, edited: &BountyEdited) {
        let Some(bounty) = self.bounties.get_mut(&edited.id) else {
            return;
        };
        if let Some(text) = &edited.text {
            self.text_bytes =
                self.text_bytes.saturating_sub(bounty.text.len() as u64) + text.len() as u64;
            bounty.text.clone_from(text);
        }
        if let Some(link) = &edited.link {
            bounty.link.clone_from(link);
        }
        if let Some(due) = edited.due_date_ts {
            bounty.due = due;
        }
    }

    /// What was brought over from elsewhere was not read here in any zone.
    fn note_first_due(&mut self, record: &Recorded<BoardEvent>) {
        let due = match &record.event {
            BoardEvent::BountyAdded(added) => added.due_date_ts,
            BoardEvent::BountyEdited(edited) => edited.due_date_ts.flatten(),
            _ => None,
        };
        if due.is_some() && !matches!(record.cause, Cause::Import { .. }) {
            self.settings.first_due.get_or_insert(record.seq);
        }
    }

    fn delete(&mut self, id: BountyId) {
        let Some(bounty) = self.bounties.remove(&id) else {
            return;
        };
        self.text_bytes = self.text_bytes.saturating_sub(bounty.text.len() as u64);
        for list in self.lists.values_mut() {
            if list.ids.remove(&id) {
                list.seq = self.seq;
            }
        }
    }

    fn track(&mut self, id: BountyId, actor: &Actor) {
        if let Some(user) = actor.user() {
            let list = self.lists.entry(user).or_default();
            list.ids.insert(id);
            list.seq = self.seq;
        }
    }

    fn untrack(&mut self, id: BountyId, actor: &Actor) {
        if let Some(list) = actor.user().and_then(|user| self.lists.get_mut(&user))
            && list.ids.remove(&id)
        {
            list.seq = self.seq;
        }
    }

    /// The next bounty gets this id, unless ids beyond it were given.
    fn skip_to(&mut self, id: BountyId) {
        let next = self.next_id();
        if id > next {
            self.lost_ids.push(next..id);
            self.last_id = BountyId(id.0 - 1);
        }
    }

    fn migrate(&mut self, moved: &ChatMigrated) {
        if let Some(opened) = &mut self.opened {
            opened.chat_id = moved.to;
        }
        self.earlier_ids.push(moved.from);
        for bounty in self
            .bounties
            .values_mut()
            .filter(|bounty| bounty.created_by == moved.from.0)
        {
            bounty.created_by = moved.to.0;
        }
        if let Some(name) = self.names.remove(&moved.from.0) {
            self.names.insert(moved.to.0, name);
        }
    }
}
