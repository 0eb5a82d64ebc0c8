//! What is new on a board.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::notifier::{
    Advanced, BoardReplaced, Current, NotifierEvent, Read, abandoned, advance, due_dates,
    due_reminders, matters, next_reminder, position_of,
};
use crate::domain::{ChatId, Position};
use crate::store::StoreError;

use super::super::boards::{Asked, Entry, Found};
use super::super::stream::Draft;
use super::{Desk, Order};

/// So many events are read at once.
const CHUNK: usize = 2_000;
/// After so many events that need not be recorded, how far they reach is recorded all the same.
const UNRECORDED: u64 = 1_000;
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

    /// What waits to be sent again of a board whose log is gone never is.
    pub fn abandon(&mut self, chat: ChatId, reason: &str) -> Result<(), StoreError> {
        let is_of_it = |current: &Current| current.batch.collection == chat;
        let ends = abandoned(self.draft.state, reason, |_, current| is_of_it(current));
        self.draft.add_all(ends)
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
