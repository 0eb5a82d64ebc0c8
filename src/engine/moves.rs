//! The groups' changes of id that are not carried out yet: under way, or failed and to be tried again.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::domain::{Cause, ChatId};

use super::lane::lock;
use super::migrate::Migration;

/// What this process knows of them. The notes in `moved/` say it to others, but a disk that is full takes none.
#[derive(Default)]
pub struct Moves {
    left: Mutex<HashMap<ChatId, (ChatId, Cause)>>,
}

impl Moves {
    /// A group has a new id.
    pub fn begin(&self, migration: &Migration) {
        let Migration { from, to, cause } = migration;
        lock(&self.left).insert(*from, (*to, cause.clone()));
    }

    /// Its board is under the new id.
    pub fn end(&self, from: ChatId) {
        lock(&self.left).remove(&from);
    }

    /// The old ids.
    pub fn chats(&self) -> Vec<ChatId> {
        lock(&self.left).keys().copied().collect()
    }

    /// Those from this id or to it.
    pub fn about(&self, chat: ChatId) -> Vec<Migration> {
        let left = lock(&self.left);
        let about = (left.iter()).filter(|(from, (to, _))| **from == chat || *to == chat);
        let migration = |(from, (to, cause)): (&ChatId, &(ChatId, Cause))| Migration {
            from: *from,
            to: *to,
            cause: cause.clone(),
        };
        about.map(migration).collect()
    }
}
