//! What the fake server knows, and how others learn that it changed.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::bots::Bot;
use super::chats::Chats;
use super::faults::FaultPlan;
use super::log::CallLog;

/// The whole state, behind one lock.
#[derive(Default)]
pub struct State {
    pub bots: HashMap<String, Bot>,
    pub chats: Chats,
    pub faults: FaultPlan,
    pub log: CallLog,
    pub slow_repeated_polls: bool,
}

impl State {
    /// The bot of a token that the test made known.
    pub fn bot(&self, token: &str) -> &Bot {
        self.bots
            .get(token)
            .expect("add_bot was called for this token")
    }

    /// The same, to change it.
    pub fn bot_mut(&mut self, token: &str) -> &mut Bot {
        self.bots
            .get_mut(token)
            .expect("add_bot was called for this token")
    }
}

/// The state as the test's thread and the server's thread share it.
pub struct Shared {
    state: Mutex<State>,
    /// Counts the changes; wakes the long polls.
    version: watch::Sender<u64>,
    /// Wakes the test.
    changed: Condvar,
}

impl Shared {
    pub fn new() -> Self {
        Self {
            state: Mutex::default(),
            version: watch::Sender::new(0),
            changed: Condvar::new(),
        }
    }

    pub fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the state and wakes all who wait for a change.
    pub fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        let result = change(&mut state);
        self.version.send_modify(|version| *version += 1);
        self.changed.notify_all();
        result
    }

    /// The number of changes so far.
    pub fn version(&self) -> u64 {
        *self.version.borrow()
    }

    /// Sees every change from now on.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// Blocks until there is a newer version than `seen`, at most for `limit`.
    pub fn wait_for_change(&self, seen: u64, limit: Duration) {
        let unchanged = |_: &mut State| self.version() == seen;
        let waited = self
            .changed
            .wait_timeout_while(self.lock(), limit, unchanged);
        drop(waited);
    }

    /// A test that panicked under the lock must still be able to stop the server and to print the calls.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
