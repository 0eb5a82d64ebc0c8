//! Which snapshots are due when.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::ChatId;

use super::lane::{Lane, lock};
use super::monitor::Lag;

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
    /// When, since when, for which chat.
    due: BinaryHeap<Reverse<(Instant, Instant, i64)>>,
    /// Since when, and which.
    given: VecDeque<(Instant, Arc<Lane>)>,
    /// Since when those are due that are being written.
    writing: Option<Instant>,
    /// Nothing that is due is begun before.
    paused: Option<Instant>,
    closing: bool,
}

impl Agenda {
    /// Adds a chat whose snapshots are due at this time; `since` is when they were first due. At the end each is tried once: `replay` writes what could not be.
    pub fn add(&self, due: Instant, since: Instant, chat: ChatId) {
        let mut state = lock(&self.state);
        if !state.closing {
            let is_next = state
                .due
                .peek()
                .is_none_or(|Reverse((next, ..))| due < *next);
            state.due.push(Reverse((due, since, chat.0)));
            if is_next {
                self.changed.notify_one();
            }
        }
    }

    /// Gives a chat to the thread that writes snapshots, which are due since then.
    pub fn give(&self, lane: Arc<Lane>, since: Instant) {
        lock(&self.state).given.push_back((since, lane));
        self.changed.notify_one();
    }

    /// Nothing that is due is begun for this long, after the pause that there is already; what is given is.
    pub fn pause(&self, time: Duration) {
        let (mut state, now) = (lock(&self.state), Instant::now());
        let end = state.paused.map_or(now, |end| end.max(now));
        state.paused = Some(end + time);
    }

    /// What is left is due now, and then it is over.
    pub fn close(&self) {
        lock(&self.state).closing = true;
        self.changed.notify_all();
    }

    /// The snapshots that wait.
    pub fn lag(&self) -> Lag {
        let state = lock(&self.state);
        let due = state.due.iter().map(|Reverse((_, since, _))| *since);
        let given = state.given.iter().map(|(since, _)| *since);
        let oldest = due.chain(given).chain(state.writing).min();
        Lag {
            waiting: state.due.len() + state.given.len() + usize::from(state.writing.is_some()),
            overdue: oldest.map_or(Duration::ZERO, |since| since.elapsed()),
        }
    }

    /// Waits for the next task; none at the end.
    pub fn next(&self) -> Option<Task> {
        let mut state = lock(&self.state);
        state.writing = None;
        loop {
            if let Some((since, lane)) = state.given.pop_front() {
                state.writing = Some(since);
                return Some(Task::Given(lane));
            }
            let now = Instant::now();
            let next = state.due.peek().map(|Reverse((due, ..))| *due);
            let next = next.max(next.and(state.paused));
            if next.is_some_and(|due| due <= now || state.closing) {
                let next = state.due.pop();
                state.writing = next.map(|Reverse((_, since, _))| since);
                return next.map(|Reverse((.., chat))| Task::Due(ChatId(chat)));
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

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Agenda, lock};

    #[test]
    fn a_short_pause_does_not_end_a_long_one() {
        let (agenda, begun) = (Agenda::default(), Instant::now());
        agenda.pause(Duration::from_secs(60));
        agenda.pause(Duration::ZERO);
        agenda.pause(Duration::from_secs(1));
        let end = lock(&agenda.state).paused;
        assert!(end >= Some(begun + Duration::from_secs(61)), "{end:?}");
    }
}
