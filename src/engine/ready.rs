//! The chats that wait for a thread.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use super::lane::{Lane, lock};

/// So many chats wait before a second thread gathers a round beside the first.
const CROWD: usize = 64;

/// Who works on a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A thread that writes for many chats and flushes once.
    Round,
    /// A thread that works on this one chat and may wait for it.
    Alone,
}

/// The queues of chats with work, and how many chats are in them or with a thread.
pub struct Ready {
    /// Whether there are threads for rounds.
    has_rounds: bool,
    queues: Mutex<Queues>,
    rounds: Condvar,
    alone: Condvar,
}

#[derive(Default)]
struct Queues {
    rounds: VecDeque<Arc<Lane>>,
    alone: VecDeque<Arc<Lane>>,
    /// Threads that wait for a round.
    resting: usize,
    /// Threads that fill a round.
    gathering: usize,
    /// Chats that wait here or are with a thread.
    scheduled: usize,
    closing: bool,
}

impl Queues {
    fn is_over(&self) -> bool {
        self.closing && self.scheduled == 0
    }

    /// Whether a thread may begin to gather: it would find something that nobody gathers already.
    fn may_gather(&self) -> bool {
        !self.rounds.is_empty() && (self.gathering == 0 || self.rounds.len() >= CROWD)
    }
}

impl Ready {
    /// No chats yet. Without rounds every chat is worked on alone.
    pub fn new(has_rounds: bool) -> Self {
        Self {
            has_rounds,
            queues: Mutex::default(),
            rounds: Condvar::new(),
            alone: Condvar::new(),
        }
    }

    /// A chat that had nothing to do waits for a thread.
    pub fn begin(&self, lane: Arc<Lane>, way: Way) {
        let mut queues = lock(&self.queues);
        queues.scheduled += 1;
        self.put(queues, lane, way);
    }

    /// A chat that had nothing to do is with a thread already.
    pub fn begin_here(&self) {
        lock(&self.queues).scheduled += 1;
    }

    /// A chat that a thread is done with waits for another.
    pub fn give(&self, lane: Arc<Lane>, way: Way) {
        self.put(lock(&self.queues), lane, way);
    }

    fn put(&self, mut queues: MutexGuard<'_, Queues>, lane: Arc<Lane>, way: Way) {
        if self.has_rounds && way == Way::Round {
            queues.rounds.push_back(lane);
            self.wake_for_round(&queues);
        } else {
            queues.alone.push_back(lane);
            self.alone.notify_one();
        }
    }

    /// A chat that a thread is done with has nothing left to do.
    pub fn end(&self) {
        let mut queues = lock(&self.queues);
        queues.scheduled -= 1;
        self.tell_when_over(&queues);
    }

    /// Lets the threads end when nothing waits any more.
    pub fn close(&self) {
        let mut queues = lock(&self.queues);
        queues.closing = true;
        self.tell_when_over(&queues);
    }

    fn tell_when_over(&self, queues: &MutexGuard<'_, Queues>) {
        if queues.is_over() {
            self.rounds.notify_all();
            self.alone.notify_all();
        }
    }

    fn wake_for_round(&self, queues: &MutexGuard<'_, Queues>) {
        if queues.resting > 0 && queues.may_gather() {
            self.rounds.notify_one();
        }
    }

    /// Waits for a chat to work on alone; none when the engine closes.
    pub fn next_alone(&self) -> Option<Arc<Lane>> {
        let mut queues = lock(&self.queues);
        loop {
            if let Some(lane) = queues.alone.pop_front() {
                return Some(lane);
            }
            if queues.is_over() {
                return None;
            }
            queues = wait(&self.alone, queues);
        }
    }

    /// Waits for the first chat of a round; none when the engine closes. From then on this thread gathers.
    pub fn next_round(&self) -> Option<Arc<Lane>> {
        let mut queues = lock(&self.queues);
        loop {
            if queues.may_gather()
                && let Some(lane) = queues.rounds.pop_front()
            {
                queues.gathering += 1;
                return Some(lane);
            }
            if queues.is_over() {
                return None;
            }
            queues.resting += 1;
            queues = wait(&self.rounds, queues);
            queues.resting -= 1;
        }
    }

    /// One more chat for a round, if one waits.
    pub fn gather(&self) -> Option<Arc<Lane>> {
        lock(&self.queues).rounds.pop_front()
    }

    /// The round is full or nothing waits: others may gather the next one.
    pub fn gathered(&self) {
        let mut queues = lock(&self.queues);
        queues.gathering -= 1;
        self.wake_for_round(&queues);
    }
}

fn wait<'q>(condvar: &Condvar, queues: MutexGuard<'q, Queues>) -> MutexGuard<'q, Queues> {
    condvar
        .wait(queues)
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
