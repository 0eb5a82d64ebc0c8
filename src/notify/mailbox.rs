//! What a tracker is told while it is busy or sleeps.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::domain::ChatId;
use crate::domain::bridge::Collections;

/// What came since the last look.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// Boards that may have new events.
    pub changed: BTreeSet<ChatId>,
    /// Chats that wrote.
    pub heard: BTreeSet<ChatId>,
    /// All boards there are, with the lengths of their logs: each is to be compared with what was read.
    pub all: Option<Arc<BTreeMap<ChatId, u64>>>,
}

/// A tracker's mailbox.
#[derive(Default)]
pub struct Mailbox {
    mail: Mutex<Mail>,
    came: Notify,
    /// What the tracker follows; none while that is not settled.
    follows: Mutex<Option<Collections>>,
}

impl Mailbox {
    /// Boards may have new events; none wakes the tracker all the same.
    pub fn changed(&self, chats: impl IntoIterator<Item = ChatId>) {
        self.put(|mail| mail.changed.extend(chats));
    }

    pub fn heard(&self, chats: &BTreeSet<ChatId>) {
        self.put(|mail| mail.heard.extend(chats));
    }

    pub fn all(&self, boards: Arc<BTreeMap<ChatId, u64>>) {
        self.put(|mail| mail.all = Some(boards));
    }

    /// Keeps what could not be used for the next look; wakes nobody.
    pub fn keep(&self, kept: Mail) {
        let mut mail = self.mail.lock().unwrap_or_else(PoisonError::into_inner);
        mail.changed.extend(kept.changed);
        mail.heard.extend(kept.heard);
        mail.all = mail.all.take().or(kept.all);
    }

    /// The tracker follows these boards from now on; none while that is not settled.
    pub fn follow(&self, collections: Option<&Collections>) {
        let mut follows = self.follows.lock().unwrap_or_else(PoisonError::into_inner);
        if follows.as_ref() != collections {
            *follows = collections.cloned();
        }
    }

    /// Those of these boards that the tracker follows; all, while that is not settled.
    pub fn followed<'c>(&self, chats: impl Iterator<Item = &'c ChatId>) -> Vec<ChatId> {
        let follows = self.follows.lock().unwrap_or_else(PoisonError::into_inner);
        let is_followed = |chat: &&ChatId| {
            follows
                .as_ref()
                .is_none_or(|follows| follows.follows(**chat))
        };
        chats.filter(is_followed).copied().collect()
    }

    /// What came; nothing of it is there afterwards.
    pub fn take(&self) -> Mail {
        std::mem::take(&mut *self.mail.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until something comes, or came since this was last waited for.
    pub async fn came(&self) {
        self.came.notified().await;
    }

    fn put(&self, put: impl FnOnce(&mut Mail)) {
        put(&mut self.mail.lock().unwrap_or_else(PoisonError::into_inner));
        self.came.notify_one();
    }
}
