//! Boards that have another chat id.

use crate::domain::notifier::{CollectionMoved, CollectionsLeft, NotifierEvent};
use crate::domain::{ChatId, Position};
use crate::store::StoreError;

use super::super::boards::{Asked, Beginning, Found};
use super::Desk;

/// What is said of a delivery that cannot be repeated when the board of a group's old id took the place of that of its new one.
const MERGED: &str =
    "the board became one with that of the group's old id before it could be sent again";

impl Desk<'_, '_> {
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

    /// A board that is to be left, or is not there when others begin to be followed, may be there under another id: then it goes on.
    pub fn rename_first(&mut self, is_doubtful: impl Fn(ChatId) -> bool) -> Result<(), StoreError> {
        let known = self.draft.state.collections().map(|(chat, _)| chat);
        let doubtful: Vec<ChatId> = known.filter(|chat| is_doubtful(*chat)).collect();
        for chat in doubtful {
            let moved = self.boards.moved(chat);
            if let Some(Some(to)) = self.found(chat, moved) {
                self.rename(chat, to)?;
            }
        }
        Ok(())
    }

    /// The id under which a board was read that is not known under this one: nobody could say yet that it has another.
    pub fn read_as(&self, chat: ChatId, board: &Beginning) -> Option<ChatId> {
        let state = &*self.draft.state;
        let mut earlier = board.earlier_ids.iter().copied();
        let is_new = !state.has_read(chat);
        earlier.find(|id| is_new && state.has_read(*id))
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
}
