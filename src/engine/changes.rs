//! Which chats something was written to, for whoever tells others of it.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use crate::domain::ChatId;

use super::lane::lock;

/// The chats that changed since they were last asked for. While nobody listens, noting one costs nothing.
#[derive(Clone, Default)]
pub struct Changes(Arc<Inner>);

#[derive(Default)]
struct Inner {
    listened: AtomicBool,
    /// Whether any chat is awaited.
    awaited: AtomicBool,
    state: Mutex<State>,
    noted: Notify,
}

#[derive(Default)]
struct State {
    written: BTreeSet<ChatId>,
    heard: BTreeSet<ChatId>,
    /// Who waits for which chats to say something.
    awaited: HashMap<u64, BTreeSet<ChatId>>,
}

/// What happened since it was last asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Chats that have new durable events.
    pub written: BTreeSet<ChatId>,
    /// Awaited chats from which something came.
    pub heard: BTreeSet<ChatId>,
}

impl Changes {
    /// From now on chats are noted: somebody asks for them.
    pub fn listen(&self) {
        self.0.listened.store(true, Ordering::Relaxed);
    }

    /// A chat has new durable events.
    pub(super) fn written(&self, chat: ChatId) {
        if self.0.listened.load(Ordering::Relaxed) {
            lock(&self.0.state).written.insert(chat);
            self.0.noted.notify_one();
        }
    }

    /// Something came from a chat.
    pub(super) fn heard(&self, chat: ChatId) {
        if !self.0.awaited.load(Ordering::Relaxed) {
            return;
        }
        let mut state = lock(&self.0.state);
        if state.awaited.values().any(|chats| chats.contains(&chat)) {
            state.heard.insert(chat);
            self.0.noted.notify_one();
        }
    }

    /// Has these chats awaited, in the place of those that the same one awaited before.
    pub fn wait_for(&self, whoever: u64, chats: BTreeSet<ChatId>) {
        let mut state = lock(&self.0.state);
        if chats.is_empty() {
            state.awaited.remove(&whoever);
        } else {
            state.awaited.insert(whoever, chats);
        }
        self.0
            .awaited
            .store(!state.awaited.is_empty(), Ordering::Relaxed);
    }

    /// Waits until something happened, and says what.
    pub async fn next(&self) -> Changed {
        loop {
            self.0.noted.notified().await;
            let mut state = lock(&self.0.state);
            let changed = Changed {
                written: std::mem::take(&mut state.written),
                heard: std::mem::take(&mut state.heard),
            };
            if changed != Changed::default() {
                return changed;
            }
        }
    }
}
