//! The chats that wait for a thread.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use super::lane::{Lane, lock};

/// So many chats wait before a second thread gathers a round beside the first.
const CROWD: usize = 8;

/// Who works on a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A thread that writes for many chats and flushes once.
    Round,
    /// The same, and the one that gives it looks for its next round right after this: no other is woken for it.
    Next,
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
    /// Whether one of them was woken and has not looked yet.
    woken: bool,
    /// Threads that fill a round.
    gathering: usize,
    /// Chats that wait here or are with a thread.
    scheduled: usize,
    closing: bool,
    /// Nothing waited any more when the engine closed: threads end, and none is left for what comes now.
    over: bool,
}

impl Queues {
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

    /// A chat that had nothing to do waits for a thread. When it is over nothing is done: what still looks after streams may come late.
    pub fn begin(&self, lane: Arc<Lane>, way: Way) {
        let mut queues = lock(&self.queues);
        if !queues.over {
            queues.scheduled += 1;
            self.put(queues, lane, way);
        }
    }

    /// A chat that had nothing to do is with a thread already.
    pub fn begin_here(&self) {
        lock(&self.queues).scheduled += 1;
    }

    /// A chat that a thread is done with waits for another.
    pub fn give(&self, lane: Arc<Lane>, way: Way) {
        let queues = lock(&self.queues);
        if queues.over {
            drop(queues);
            self.end();
        } else {
            self.put(queues, lane, way);
        }
    }

    fn put(&self, mut queues: MutexGuard<'_, Queues>, lane: Arc<Lane>, way: Way) {
        if self.has_rounds && way != Way::Alone {
            queues.rounds.push_back(lane);
            if way == Way::Round || queues.rounds.len() >= CROWD {
                self.wake_for_round(&mut queues);
            }
        } else {
            queues.alone.push_back(lane);
            self.alone.notify_one();
        }
    }

    /// A chat that a thread is done with has nothing left to do.
    pub fn end(&self) {
        let mut queues = lock(&self.queues);
        queues.scheduled -= 1;
        self.tell_when_over(&mut queues);
    }

    /// Lets the threads end when nothing waits any more.
    pub fn close(&self) {
        let mut queues = lock(&self.queues);
        queues.closing = true;
        self.tell_when_over(&mut queues);
    }

    fn tell_when_over(&self, queues: &mut MutexGuard<'_, Queues>) {
        if queues.closing && queues.scheduled == 0 {
            queues.over = true;
            self.rounds.notify_all();
            self.alone.notify_all();
        }
    }

    fn wake_for_round(&self, queues: &mut Queues) {
        if queues.resting > 0 && !queues.woken && queues.may_gather() {
            queues.woken = true;
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
            if queues.over {
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
                self.wake_for_round(&mut queues);
                return Some(lane);
            }
            if queues.over {
                return None;
            }
            queues.resting += 1;
            queues = wait(&self.rounds, queues);
            queues.resting -= 1;
            queues.woken = false;
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
        self.wake_for_round(&mut queues);
    }
}

fn wait<'q>(condvar: &Condvar, queues: MutexGuard<'q, Queues>) -> MutexGuard<'q, Queues> {
    condvar
        .wait(queues)
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    use super::{CROWD, Lane, Ready, Way};
    use crate::domain::ChatId;

    #[test]
    fn what_comes_after_the_end_keeps_no_thread_from_ending() {
        for way in [Way::Alone, Way::Round] {
            let ready = Arc::new(Ready::new(true));
            ready.close();
            ready.begin(Arc::new(Lane::new(ChatId(1))), way);
            ready.begin_here();
            ready.give(Arc::new(Lane::new(ChatId(2))), way);
            let (tell, told) = channel();
            thread::spawn(move || {
                let ended = (ready.next_alone().is_none(), ready.next_round().is_none());
                tell.send(ended)
            });
            let ended = told.recv_timeout(Duration::from_secs(60));
            assert_eq!(ended, Ok((true, true)), "{way:?}");
        }
    }

    #[test]
    fn a_crowd_is_gathered_by_two_threads_also_when_it_is_given_back_by_the_first() {
        let ready = Arc::new(Ready::new(true));
        let (tell, told) = channel();
        for _ in 0..2 {
            let (ready, tell) = (Arc::clone(&ready), tell.clone());
            thread::spawn(move || {
                // It gathers and is never done with that.
                if let Some(lane) = ready.next_round() {
                    let _ = tell.send(lane.chat);
                }
            });
        }
        let next = || told.recv_timeout(Duration::from_secs(60));
        ready.begin(Arc::new(Lane::new(ChatId(0))), Way::Round);
        assert_eq!(next(), Ok(ChatId(0)));
        for chat in 1..=CROWD as i64 {
            ready.begin(Arc::new(Lane::new(ChatId(chat))), Way::Next);
        }
        assert_eq!(next(), Ok(ChatId(1)), "the second thread has begun");
    }
}
