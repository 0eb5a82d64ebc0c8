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

/// The longest pause: a disk that was slow once does not hold up all chats for long.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What the thread that writes snapshots has to do.
pub enum Task {
    /// This chat's snapshots are due.
    Due(ChatId),
    /// It is over, and this chat's could not be written yet.
    Last(ChatId),
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
    /// Which could not be written since it is closing: since when, and which.
    left: VecDeque<(Instant, ChatId)>,
    /// What is left is being tried for the last time.
    ending: bool,
}

impl Agenda {
    /// Adds a chat whose snapshots are due at this time; `since` is when they were first due. At the end what could not be written is tried
    /// once more after all others: `replay` writes what then could not be.
    pub fn add(&self, due: Instant, since: Instant, chat: ChatId) {
        let mut state = lock(&self.state);
        if state.ending {
            return;
        }
        if state.closing {
            state.left.push_back((since, chat));
        } else {
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

    /// Nothing that is due is begun for this long, after the pause that there is already, but never for very long; what is given
    /// is.
    pub fn pause(&self, time: Duration) {
        let (mut state, now) = (lock(&self.state), Instant::now());
        let end = state.paused.map_or(now, |end| end.max(now));
        state.paused = Some((end + time.min(LONGEST_PAUSE)).min(now + LONGEST_PAUSE));
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
        let left = state.left.iter().map(|(since, _)| *since);
        let oldest = due.chain(given).chain(left).chain(state.writing).min();
        let waiting = state.due.len() + state.given.len() + state.left.len();
        Lag {
            waiting: waiting + usize::from(state.writing.is_some()),
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
                state.ending = true;
                let (since, chat) = state.left.pop_front()?;
                state.writing = Some(since);
                return Some(Task::Last(chat));
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

    use super::{Agenda, LONGEST_PAUSE, Task, lock};
    use crate::domain::ChatId;

    #[test]
    fn a_short_pause_does_not_end_a_long_one() {
        let (agenda, begun) = (Agenda::default(), Instant::now());
        agenda.pause(Duration::from_secs(3));
        agenda.pause(Duration::ZERO);
        agenda.pause(Duration::from_secs(1));
        let end = lock(&agenda.state).paused;
        assert!(end >= Some(begun + Duration::from_secs(4)), "{end:?}");
    }

    #[test]
    fn no_pause_is_very_long() {
        let agenda = Agenda::default();
        agenda.pause(Duration::MAX);
        agenda.pause(Duration::from_secs(60));
        let end = lock(&agenda.state).paused;
        assert!(end <= Some(Instant::now() + LONGEST_PAUSE), "{end:?}");
    }

    #[test]
    fn at_the_end_what_could_not_be_written_comes_once_more_after_all_others() {
        let (agenda, now) = (Agenda::default(), Instant::now());
        let add = |chat| agenda.add(now, now, ChatId(chat));
        let next = || {
            agenda.next().map(|task| match task {
                Task::Due(chat) => (chat.0, false),
                Task::Last(chat) => (chat.0, true),
                Task::Given(lane) => unreachable!("{} was never given", lane.chat),
            })
        };
        (1..=3).for_each(add);
        agenda.close();
        assert_eq!(next(), Some((1, false)));
        add(1);
        assert_eq!((next(), next()), (Some((2, false)), Some((3, false))));
        assert_eq!(next(), Some((1, true)));
        add(1);
        assert_eq!(next(), None);
    }
}
