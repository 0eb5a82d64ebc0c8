//! A round while it is being made: what it decides is recorded as a whole, or not at all.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::domain::notifier::{DeliveryId, Gathering, Outcome};
use crate::domain::{ChatId, Position, Timestamp};
use crate::store::StoreError;

use super::super::boards::{Boards, Entry};
use super::super::letter::{Letter, Notice};
use super::super::stream::Draft;
use super::{News, Order, Worker};

/// What a round leaves for the next one.
#[derive(Default)]
pub struct Left {
    /// Boards that cannot be read now.
    pub unreadable: BTreeSet<ChatId>,
    /// Chats that wrote while something was on its way to them.
    pub heard: BTreeSet<ChatId>,
    /// Whether a board has another id, under which it is to be followed at once.
    pub renamed: bool,
}

/// A round while it is being made.
pub struct Desk<'d, 's> {
    pub draft: &'d mut Draft<'s>,
    pub boards: &'d Boards,
    pub seen: &'d mut HashMap<ChatId, Position>,
    pub sending: &'d BTreeSet<DeliveryId>,
    pub letters: &'d HashMap<DeliveryId, Letter>,
    /// The events that were gathered last, and from where in which board's log.
    pub gathered: Option<(Gathering, Vec<Arc<Entry>>)>,
    /// Boards of which it was said that they cannot be read.
    pub complained: &'d mut BTreeSet<ChatId>,
    pub left: Left,
    pub now: Timestamp,
}

impl Desk<'_, '_> {
    /// Everything that a tracker does in a round; returns the letters that are started.
    pub fn work(
        &mut self,
        order: &Order,
        missed: &News,
        all: Option<&BTreeMap<ChatId, u64>>,
        is_settled: bool,
    ) -> Result<Vec<Letter>, StoreError> {
        self.hear(order, &missed.heard)?;
        self.leave_targets(order)?;
        if !is_settled || all.is_some() {
            self.settle(order, all)?;
        }
        // Those that were read first: one of them may be found to have the id of one that was not.
        let is_known = |chat: &ChatId| self.draft.state.has_read(*chat);
        let (known, new): (Vec<ChatId>, Vec<ChatId>) =
            missed.changed.iter().copied().partition(is_known);
        for chat in known.into_iter().chain(new) {
            self.catch_up(order, chat)?;
        }
        self.learn_dues(order, missed.changed.iter().copied())?;
        self.remind(order)?;
        self.tell_all(order)
    }

    /// What was found on a board. One that cannot be read keeps nothing else waiting: it is tried again soon. That is said once, until
    /// it can be read again.
    pub fn found<T>(&mut self, chat: ChatId, found: Result<T, StoreError>) -> Option<T> {
        match found {
            Ok(found) => {
                self.complained.remove(&chat);
                Some(found)
            }
            Err(error) => {
                self.left.unreadable.insert(chat);
                if self.complained.insert(chat) {
                    tracing::warn!(chat = chat.0, %error, "a board that is followed could not be read; it is tried again");
                }
                None
            }
        }
    }
}

impl Worker {
    /// Records what came of letters and of the notice to a chat, and what `work` adds: all of it, or nothing.
    pub(super) fn record<T>(
        &mut self,
        now: Timestamp,
        noticed: Option<&(Notice, Outcome)>,
        work: impl FnOnce(&mut Desk<'_, '_>) -> Result<T, StoreError>,
    ) -> Result<(T, Left), StoreError> {
        for end in &self.ended {
            self.sending.remove(&end.delivery);
        }
        self.stream.record(now, |draft| {
            let mut desk = Desk {
                draft,
                boards: &self.boards,
                seen: &mut self.seen,
                sending: &self.sending,
                letters: &self.letters,
                gathered: None,
                complained: &mut self.complained,
                left: Left::default(),
                now,
            };
            desk.end_all(&self.ended)?;
            if let Some((notice, outcome)) = noticed {
                desk.noticed(notice, outcome)?;
            }
            Ok((work(&mut desk)?, desk.left))
        })
    }
}
