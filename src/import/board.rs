//! What a source has for one chat, and whether that chat's board has it.

use std::collections::HashMap;

use uuid::Uuid;

use super::check::{Comparison, Records};
use super::row::Row;
use super::stream::{Draft, GONE, Known, Rows};
use super::timeline::Timeline;
use crate::domain::board::{
    Board, BoardEvent, ChatKind, CommandsSwitched, LanguageChosen, Tracked,
};
use crate::domain::{BountyId, ChatId, Locale, Recorded, Timestamp, UnixTime, UserId};

/// What a source has for one chat.
#[derive(Clone, Debug)]
pub struct BoardRows {
    pub source: String,
    /// The chat's id in the source; it may have another one since.
    pub chat: ChatId,
    pub kind: ChatKind,
    pub title: Option<String>,
    /// When the source last had it: the time of what happened nobody knows when.
    pub since: Timestamp,
    pub bounties: Vec<BountyRow>,
    pub tracked: Vec<TrackedRow>,
    pub started: Vec<StartedRow>,
    /// The language that was chosen for the chat.
    pub language: Option<(Row, Locale)>,
    /// The bots that were told whether to answer there.
    pub switched: Vec<(Row, CommandsSwitched)>,
    /// The lowest id that was never given, when the source says so.
    pub next_id: Option<(Row, BountyId)>,
}

/// A bounty of a source.
#[derive(Clone, Debug)]
pub struct BountyRow {
    pub row: Row,
    /// Its id in the source.
    pub id: BountyId,
    /// The Telegram id of the user or chat that added it.
    pub creator: i64,
    /// The creator's name, as far as the source knows it.
    pub name: String,
    pub text: String,
    pub link: Option<String>,
    pub due: Option<UnixTime>,
    pub created: Timestamp,
}

/// That a user tracks a bounty.
#[derive(Clone, Debug)]
pub struct TrackedRow {
    pub row: Row,
    pub user: UserId,
    pub name: String,
    /// The bounty's id in the source.
    pub bounty: BountyId,
    /// When: the source's best knowledge.
    pub time: Timestamp,
}

/// A user who tracks nothing, and whose list is there.
#[derive(Clone, Debug)]
pub struct StartedRow {
    pub row: Row,
    pub user: UserId,
    pub time: Timestamp,
}

/// The ids that bounties have here, by those that they had in the source.
pub type NewIds = HashMap<BountyId, BountyId>;

impl BoardRows {
    /// Nothing yet of this chat.
    pub fn new(source: &str, chat: ChatId, kind: ChatKind, since: Timestamp) -> Self {
        Self {
            source: source.to_owned(),
            chat,
            kind,
            title: None,
            since,
            bounties: Vec::new(),
            tracked: Vec::new(),
            started: Vec::new(),
            language: None,
            switched: Vec::new(),
            next_id: None,
        }
    }

    /// The board's chat has this id by now.
    pub fn now_at(&mut self, chat: ChatId) {
        for bounty in &mut self.bounties {
            if bounty.creator == self.chat.0 && self.chat.is_group() {
                bounty.creator = chat.0;
            }
        }
        self.chat = chat;
    }

    /// The id of a row's event.
    pub fn event_id(&self, row: &Row) -> Uuid {
        row.event_id(&self.source)
    }

    /// Which id each bounty has here, or will have. One that is free is kept; the others get fresh ones, above all that are kept.
    pub fn new_ids(&self, known: &Known<Board>) -> NewIds {
        let (mut ids, mut taken) = (NewIds::new(), Vec::new());
        let next = known.state.next_id();
        for bounty in &self.bounties {
            match known.present.get(&self.event_id(&bounty.row)) {
                Some(Some(id)) => drop(ids.insert(bounty.id, BountyId(*id))),
                _ if bounty.id >= next => drop(ids.insert(bounty.id, bounty.id)),
                _ => taken.push(bounty.id),
            }
        }
        taken.sort_unstable();
        let highest = ids.values().max().copied().unwrap_or_default();
        let mut fresh = next.max(highest.next());
        for old in taken {
            ids.insert(old, fresh);
            fresh = fresh.next();
        }
        ids
    }
}

impl Rows for BoardRows {
    type State = Board;

    fn subject(event: &BoardEvent) -> Option<u64> {
        event.bounty().map(|id| id.0)
    }

    fn missing(&self, known: &Known<Board>) -> Vec<Draft<BoardEvent>> {
        Timeline::of(self, known).missing()
    }

    fn compare(
        &self,
        known: &Known<Board>,
        records: &Records<BoardEvent>,
        comparison: &mut Comparison,
    ) {
        let ids = self.new_ids(known);
        let record = |row: &Row| records.get(&self.event_id(row));
        // One that stands in the log of a board that was merged into this one was compared before.
        let elsewhere = |row: &Row| {
            known
                .present
                .contains_key(&self.event_id(row))
                .then_some(true)
        };
        for bounty in &self.bounties {
            let same = record(&bounty.row).map(|record| self.is_bounty(bounty, record));
            comparison.add(&bounty.row, same.or(elsewhere(&bounty.row)));
        }
        for tracked in &self.tracked {
            let id = ids.get(&tracked.bounty).copied().unwrap_or_default();
            let same = record(&tracked.row).map(|record| is_tracked(tracked, id, record));
            let is_moot = self.is_moot(tracked, id, &known.state);
            let same = same.or(elsewhere(&tracked.row)).or(is_moot.then_some(true));
            comparison.add(&tracked.row, same);
        }
        for started in &self.started {
            let is_there = known.state.list(started.user).is_some();
            comparison.add(&started.row, Some(is_there));
        }
        for (row, switched) in &self.switched {
            let event = BoardEvent::CommandsSwitched(switched.clone());
            let same = record(row).map(|record| record.event == event);
            let is_said = known.state.settings().commands.contains_key(&switched.bot);
            comparison.add(row, same.or(Some(is_said)));
        }
        if let Some((row, language)) = &self.language {
            let language = *language;
            let event = BoardEvent::LanguageChosen(LanguageChosen { language });
            let same = record(row).map(|record| record.event == event);
            let is_chosen = known.state.settings().language.is_some();
            comparison.add(row, same.or(Some(is_chosen)));
        }
    }

    fn len(&self) -> u64 {
        let language = usize::from(self.language.is_some());
        let settings = language + self.switched.len();
        (self.bounties.len() + self.tracked.len() + self.started.len() + settings) as u64
    }
}

fn is_tracked(row: &TrackedRow, id: BountyId, record: &Recorded<BoardEvent>) -> bool {
    record.actor.user() == Some(row.user) && record.event == BoardEvent::Tracked(Tracked { id })
}

impl BoardRows {
    /// Whether the user tracks the bounty here without an import, or it was deleted here since it was imported.
    pub(super) fn is_moot(&self, tracked: &TrackedRow, id: BountyId, board: &Board) -> bool {
        let list = board.list(tracked.user);
        id.0 == GONE
            || board.ever_had(id) && board.bounty(id).is_none()
            || list.is_some_and(|list| list.ids.contains(&id))
    }

    /// Whether an event is what this row became.
    fn is_bounty(&self, row: &BountyRow, record: &Recorded<BoardEvent>) -> bool {
        let BoardEvent::BountyAdded(added) = &record.event else {
            return false;
        };
        record.actor.id() == Some(row.creator)
            && record.time == row.created
            && added.created_at == row.created.seconds()
            && added.text == row.text
            && added.link.as_deref() == row.link.as_deref()
            && added.due_date_ts == row.due
    }
}
