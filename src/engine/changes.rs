//! Which chats something was written to, for whoever tells others of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use crate::domain::{ChatId, Position};

use super::lane::lock;

/// So many chats are kept that were heard before it was known whether anybody waits for them.
const MOST_EARLY: usize = 10_000;

/// The chats that changed since they were last asked for. While nobody listens, noting one costs nothing.
#[derive(Clone, Default)]
pub struct Changes(Arc<Inner>);

#[derive(Default)]
struct Inner {
    listened: AtomicBool,
    /// Whether any chat is awaited, or may be.
    awaited: AtomicBool,
    state: Mutex<State>,
    noted: Notify,
}

#[derive(Default)]
struct State {
    written: BTreeMap<ChatId, Position>,
    heard: BTreeSet<ChatId>,
    /// Who waits for which chats to say something.
    awaited: HashMap<u64, BTreeSet<ChatId>>,
    /// What was heard before all have said for which chats they wait; none afterwards.
    early: Option<Early>,
}

#[derive(Default)]
struct Early {
    heard: BTreeSet<ChatId>,
    /// Who has not said it; none while that is not known.
    silent: Option<BTreeSet<u64>>,
}

/// What happened since it was last asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Chats that have new events, each with the place up to which its log is known to be durable; its start, when nothing is known.
    pub written: BTreeMap<ChatId, Position>,
    /// Awaited chats from which something came.
    pub heard: BTreeSet<ChatId>,
}

impl Changes {
    /// From now on chats are noted: somebody asks for them.
    pub fn listen(&self) {
        self.0.listened.store(true, Ordering::Relaxed);
    }

    /// From now on every chat is kept from which something comes, for those who are yet to say for which they wait.
    pub fn hear_all(&self) {
        let mut state = lock(&self.0.state);
        state.early.get_or_insert_default();
        self.0.note(&mut state);
    }

    /// These are to say for which chats they wait. Once each has said it, only those chats are heard.
    pub fn expect(&self, whoever: BTreeSet<u64>) {
        let mut state = lock(&self.0.state);
        if let Some(early) = &mut state.early {
            early.silent = Some(whoever);
        }
        self.0.note(&mut state);
    }

    /// A chat has new events, which are durable up to this place.
    pub(super) fn written(&self, chat: ChatId, durable: Position) {
        if self.0.listened.load(Ordering::Relaxed) {
            lock(&self.0.state).written.insert(chat, durable);
            self.0.noted.notify_one();
        }
    }

    /// Something came from a chat.
    pub(super) fn heard(&self, chat: ChatId) {
        if !self.0.awaited.load(Ordering::Relaxed) {
            return;
        }
        let mut state = lock(&self.0.state);
        let early = state.early.as_mut().map(|early| &mut early.heard);
        if let Some(early) = early.filter(|early| early.len() < MOST_EARLY) {
            early.insert(chat);
        }
        if state.awaited.values().any(|chats| chats.contains(&chat)) {
            state.heard.insert(chat);
            self.0.noted.notify_one();
        }
    }

    /// Has these chats awaited, in the place of those that the same one awaited before.
    pub fn wait_for(&self, whoever: u64, chats: BTreeSet<ChatId>) {
        let mut state = lock(&self.0.state);
        let early = state.heard_before(whoever, &chats);
        if !early.is_empty() {
            state.heard.extend(early);
            self.0.noted.notify_one();
        }
        if chats.is_empty() {
            state.awaited.remove(&whoever);
        } else {
            state.awaited.insert(whoever, chats);
        }
        self.0.note(&mut state);
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

impl Inner {
    /// What was heard early is forgotten when nobody is to say anything any more; then a chat that nobody waits for costs nothing.
    fn note(&self, state: &mut State) {
        let is_over = |early: &mut Early| early.silent.as_ref().is_some_and(BTreeSet::is_empty);
        state.early.take_if(is_over);
        let is_awaited = state.early.is_some() || !state.awaited.is_empty();
        self.awaited.store(is_awaited, Ordering::Relaxed);
    }
}

impl State {
    /// Those of these chats that were heard before whoever waits for them said so for the first time.
    fn heard_before(&mut self, whoever: u64, chats: &BTreeSet<ChatId>) -> Vec<ChatId> {
        let Some(early) = &mut self.early else {
            return Vec::new();
        };
        let silent = early.silent.as_mut();
        if !silent.is_some_and(|silent| silent.remove(&whoever)) {
            return Vec::new();
        }
        early.heard.intersection(chats).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Changes, ChatId, MOST_EARLY, lock};

    /// What was heard since the last look.
    fn heard(changes: &Changes) -> Vec<i64> {
        let heard = std::mem::take(&mut lock(&changes.0.state).heard);
        heard.into_iter().map(|chat| chat.0).collect()
    }

    fn hear(changes: &Changes, chats: impl IntoIterator<Item = i64>) {
        for chat in chats {
            changes.heard(ChatId(chat));
        }
    }

    fn wait_for(changes: &Changes, whoever: u64, chat: i64) {
        changes.wait_for(whoever, [ChatId(chat)].into());
    }

    #[test]
    fn what_came_before_it_is_said_who_is_awaited_is_heard_once_by_each_who_waits_for_it() {
        let changes = Changes::default();
        changes.hear_all();
        hear(&changes, [1, 2]);
        changes.expect([10, 20].into());
        wait_for(&changes, 10, 1);
        assert_eq!(heard(&changes), [1]);
        wait_for(&changes, 10, 1);
        assert!(heard(&changes).is_empty(), "it knows that");
        hear(&changes, [3]);
        wait_for(&changes, 20, 3);
        assert_eq!(heard(&changes), [3]);
        hear(&changes, [2]);
        wait_for(&changes, 30, 2);
        assert!(heard(&changes).is_empty(), "all had said it by then");
        hear(&changes, [2]);
        assert_eq!(heard(&changes), [2]);
    }

    #[test]
    fn nothing_is_kept_when_nobody_is_to_wait_for_anything() {
        let changes = Changes::default();
        hear(&changes, [1]);
        assert!(lock(&changes.0.state).early.is_none());
        changes.hear_all();
        changes.expect([].into());
        hear(&changes, [1]);
        wait_for(&changes, 10, 1);
        assert!(heard(&changes).is_empty());
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let changes = Changes::default();
        changes.hear_all();
        hear(&changes, 0..=MOST_EARLY as i64);
        let state = lock(&changes.0.state);
        assert_eq!(
            state.early.as_ref().map(|early| early.heard.len()),
            Some(MOST_EARLY)
        );
    }
}
