//! What is new on a board.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::notifier::{
    Advanced, BoardReplaced, CollectionMoved, CollectionsLeft, Current, NotifierEvent, Read,
    abandoned, advance, baselines, due_dates, due_reminders, matters, next_reminder, position_of,
};
use crate::domain::{ChatId, Position, Timestamp};
use crate::store::StoreError;

use super::super::boards::{Asked, Beginning, Entry, Found};
use super::super::stream::Draft;
use super::{Desk, Order};

/// The same when the board of a group's old id took the place of that of its new one.
const MERGED: &str =
    "the board became one with that of the group's old id before it could be sent again";
/// So many events are read at once.
const CHUNK: usize = 2_000;
/// After so many events that need not be recorded, how far they reach is recorded all the same.
const UNRECORDED: u64 = 1_000;
/// A board that began at most so many milliseconds before it was followed was perhaps not there yet when the boards were listed.
const LISTED_WITHIN: i64 = 600_000;
/// What is said of a delivery that cannot be repeated.
const REPLACED: &str = "the board's log was replaced before it could be sent again";

impl Desk<'_, '_> {
    /// Reads a board, if it is followed, up to its end.
    pub fn catch_up(&mut self, order: &Order, chat: ChatId) -> Result<(), StoreError> {
        if !order.rules.collections.follows(chat) {
            return Ok(());
        }
        if !self.begin_late(order, chat)? {
            return Ok(());
        }
        while let Some(from) = position_of(self.draft.state, chat) {
            let after = self.seen.get(&chat).copied().unwrap_or(from);
            let asked = Asked {
                to: None,
                limit: CHUNK,
                is_meant: &|_| true,
            };
            match self.read(chat, after, &asked) {
                Found::Entries(entries) if entries.is_empty() => return Ok(()),
                Found::Entries(entries) => {
                    self.advance(order, chat, from, &entries)?;
                    if entries.len() < CHUNK {
                        return Ok(());
                    }
                }
                Found::Nothing => {
                    if after == Position::START {
                        // A chat without a board: there is nothing to be tried again.
                        self.left.unreadable.remove(&chat);
                    }
                    return Ok(());
                }
                Found::Replaced => return self.replace(chat, from),
                Found::Moved(to) if self.draft.state.has_read(chat) => {
                    return self.rename(chat, to);
                }
                Found::Moved(to) => return self.catch_up(order, to),
            }
        }
        Ok(())
    }

    fn advance(
        &mut self,
        order: &Order,
        chat: ChatId,
        from: Position,
        entries: &[Arc<Entry>],
    ) -> Result<(), StoreError> {
        let Some(last) = entries.last() else {
            return Ok(());
        };
        let news: Vec<_> = entries
            .iter()
            .filter_map(|entry| entry.news.clone())
            .collect();
        let dues: Vec<_> = entries
            .iter()
            .filter_map(|entry| entry.due.clone())
            .collect();
        let gone: Vec<_> = entries.iter().filter_map(|entry| entry.gone).collect();
        let read = Read {
            news: &news,
            dues: &dues,
            gone: &gone,
            to: last.at,
        };
        let event = advance(&order.rules, &order.links, self.draft.state, chat, &read);
        let is_news = matches!(&event, NotifierEvent::Advanced(advanced) if matters(advanced));
        if is_news || last.at.seq.0 - from.seq.0 >= UNRECORDED {
            self.seen.remove(&chat);
            self.draft.add(event)
        } else {
            self.seen.insert(chat, last.at);
            Ok(())
        }
    }

    /// Has a board followed from where it is that is older than the tracker, which could not read it when it began: it was not there,
    /// say. False when it is not to be read now.
    fn begin_late(&mut self, order: &Order, chat: ChatId) -> Result<bool, StoreError> {
        let state = &*self.draft.state;
        let since = match state.collection(chat) {
            Some(known) if known.at != Position::START => return Ok(true),
            Some(known) => Some(known.since),
            None => state.covers_all_since().filter(|_| chat.is_group()),
        };
        let is_seen = self.seen.contains_key(&chat);
        let beginning = self.boards.beginning(chat);
        let Some(beginning) = self.found(chat, beginning) else {
            return Ok(false);
        };
        if let Some(earlier) = beginning
            .as_ref()
            .and_then(|board| self.read_as(chat, board))
        {
            self.rename(earlier, chat)?;
            return Ok(false);
        }
        match (beginning, since) {
            (Some(board), Some(since)) if is_seen || self.is_new(board.at, since) => {
                return Ok(true);
            }
            (None, Some(_)) => return Ok(true),
            (Some(_), _) => {}
            (None, None) => {
                let moved = self.boards.moved(chat);
                if let Some(Some(to)) = self.found(chat, moved) {
                    self.catch_up(order, to)?;
                    return Ok(false);
                }
            }
        }
        tracing::info!(
            chat = chat.0,
            "a notification tracker begins to follow a board that it could not read before; what comes from now on is told"
        );
        let baseline = self.baselines_of(&[chat], None);
        let is_read = !baseline.is_empty();
        self.draft.add_all(baselines(baseline, false))?;
        Ok(is_read)
    }

    /// The id under which a board was read that is not known under this one: nobody could say yet that it has another.
    fn read_as(&self, chat: ChatId, board: &Beginning) -> Option<ChatId> {
        let state = &*self.draft.state;
        let mut earlier = board.earlier_ids.iter().copied();
        let is_new = !state.has_read(chat);
        earlier.find(|id| is_new && state.has_read(*id))
    }

    /// Whether a board that began then is to be told from its beginning by a tracker that follows it since. When the clock was ahead
    /// every one is.
    fn is_new(&self, began: Timestamp, since: Timestamp) -> bool {
        let listed = since.millis().saturating_sub(LISTED_WITHIN);
        began.millis() >= listed || since > self.now
    }

    /// What is behind a place of a board; nothing when it has no log or cannot be read, which is tried again soon.
    pub fn read(&mut self, chat: ChatId, after: Position, asked: &Asked<'_>) -> Found {
        let read = self.boards.read(chat, after, asked);
        let found = self.found(chat, read).unwrap_or(Found::Nothing);
        if matches!(found, Found::Nothing) {
            self.left.unreadable.insert(chat);
        }
        found
    }

    fn replace(&mut self, chat: ChatId, was: Position) -> Result<(), StoreError> {
        let follows_dues = self.draft.state.reminders().any();
        let look = |board: &_, at| (at, follows_dues.then(|| due_dates(board)));
        let end = self.boards.with_board(chat, look);
        let Some((at, dues)) = self.found(chat, end) else {
            return Ok(());
        };
        self.seen.remove(&chat);
        self.abandon(chat, REPLACED)?;
        tracing::warn!(
            chat = chat.0,
            read = was.seq.0,
            ends = at.seq.0,
            "a board's log is not the one that was read before: it was put back from a backup, or replaced; what is new in it is not told, what comes from now on is"
        );
        self.draft.add(NotifierEvent::BoardReplaced(BoardReplaced {
            collection: chat,
            was,
            at,
            dues,
        }))
    }

    /// Whether a board's log is the one that was read under the first id.
    fn reads_on(&mut self, read_as: ChatId, chat: ChatId) -> bool {
        let known = self.draft.state.collection(read_as);
        let Some(at) = known
            .map(|known| known.at)
            .filter(|at| *at != Position::START)
        else {
            return false;
        };
        let asked = Asked {
            to: None,
            limit: 1,
            is_meant: &|_| true,
        };
        let read = self.boards.read(chat, at, &asked);
        matches!(self.found(chat, read), Some(Found::Entries(_)))
    }

    /// What was read under an id was merged into the board that is read under its new one.
    fn leave_merged(&mut self, from: ChatId) -> Result<(), StoreError> {
        self.seen.remove(&from);
        self.abandon(from, MERGED)?;
        let covers_all = self.draft.state.covers_all();
        let left = CollectionsLeft {
            covers_all,
            collections: vec![from],
        };
        self.draft.add(NotifierEvent::CollectionsLeft(left))
    }

    /// What waits to be sent again of a board whose log is gone never is.
    fn abandon(&mut self, chat: ChatId, reason: &str) -> Result<(), StoreError> {
        let is_of_it = |current: &Current| current.batch.collection == chat;
        let ends = abandoned(self.draft.state, reason, |_, current| is_of_it(current));
        self.draft.add_all(ends)
    }

    /// The same log under another id, as a rule; should the other id's log be another one, that is found when it is read.
    pub fn rename(&mut self, from: ChatId, to: ChatId) -> Result<(), StoreError> {
        if !self.reads_on(from, to) && self.reads_on(to, to) {
            return self.leave_merged(from);
        }
        self.abandon(to, MERGED)?;
        self.seen.remove(&from);
        self.seen.remove(&to);
        self.left.renamed = true;
        // It is read under its new id as soon as that is followed.
        self.left.unreadable.insert(to);
        tracing::info!(
            from = from.0,
            to = to.0,
            "a board that is followed has another chat id"
        );
        let moved = CollectionMoved { from, to };
        self.draft.add(NotifierEvent::CollectionMoved(moved))
    }

    /// Makes the reminders that are due, once their boards were read up to their ends.
    pub fn remind(&mut self, order: &Order) -> Result<(), StoreError> {
        let now = self.now.seconds();
        if next_reminder(self.draft.state).is_none_or(|at| at > now) {
            return Ok(());
        }
        for chat in self.draft.state.reminded_by(now) {
            self.catch_up(order, chat)?;
        }
        let reminders = due_reminders(self.draft.state, &order.links, now);
        self.draft.add_all(reminders)
    }
}

/// Records how far boards were read that had nothing else to be recorded.
pub fn record_seen(
    draft: &mut Draft<'_>,
    seen: HashMap<ChatId, Position>,
) -> Result<(), StoreError> {
    for (collection, to) in seen {
        let advanced = Advanced {
            collection,
            to,
            waiting: Vec::new(),
            dues: Vec::new(),
            gone: Vec::new(),
        };
        draft.add(NotifierEvent::Advanced(advanced))?;
    }
    Ok(())
}
