//! Which snapshots are due when.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::ChatId;

use super::lane::{Lane, lock};

/// With nothing due the thread rests so long, or until something is.
const REST: Duration = Duration::from_secs(3_600);

/// What the thread that writes snapshots has to do.
pub enum Task {
    /// This chat's snapshots are due.
    Due(ChatId),
    /// A chat whose snapshots are due was given to this thread.
    Given(Arc<Lane>),
}

/// The snapshots that are due, in the order of their time.
#[derive(Default)]
pub struct Agenda {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    due: BinaryHeap<Reverse<(Instant, i64)>>,
    given: VecDeque<Arc<Lane>>,
    closing: bool,
}

impl Agenda {
    /// Adds a chat whose snapshots are due at this time. At the end each is tried once: `replay` writes what could not be.
    pub fn add(&self, due: Instant, chat: ChatId) {
        let mut state = lock(&self.state);
        if !state.closing {
            let is_next = state
                .due
                .peek()
                .is_none_or(|Reverse((next, _))| due < *next);
            state.due.push(Reverse((due, chat.0)));
            if is_next {
                self.changed.notify_one();
            }
        }
    }

    /// Gives a chat to the thread that writes snapshots.
    pub fn give(&self, lane: Arc<Lane>) {
        lock(&self.state).given.push_back(lane);
        self.changed.notify_one();
    }

    /// What is left is due now, and then it is over.
    pub fn close(&self) {
        lock(&self.state).closing = true;
        self.changed.notify_all();
    }

    /// Waits for the next task; none at the end.
    pub fn next(&self) -> Option<Task> {
        let mut state = lock(&self.state);
        loop {
            if let Some(lane) = state.given.pop_front() {
                return Some(Task::Given(lane));
            }
            let now = Instant::now();
            let next = state.due.peek().map(|Reverse((due, _))| *due);
            if next.is_some_and(|due| due <= now || state.closing) {
                let chat = state.due.pop();
                return chat.map(|Reverse((_, chat))| Task::Due(ChatId(chat)));
            }
            if state.closing {
                return None;
            }
            let wait = next.map_or(REST, |due| due - now);
            let waiting = self.changed.wait_timeout(state, wait);
            state = waiting.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
