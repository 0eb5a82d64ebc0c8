//! The queue of one chat, and its board while no thread has it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::domain::ChatId;

use super::active::Note;
use super::board::OpenBoard;
use super::flood::FloodGuard;
use super::job::Job;
use super::late::Late;
use super::request::Ask;

/// How many commands share one write and one flush at most.
const BATCH: usize = 256;

/// One chat: what waits for it, and its board while it is in memory. At most one thread works on it at a time.
pub struct Lane {
    pub chat: ChatId,
    desk: Mutex<Desk>,
}

struct Desk {
    jobs: VecDeque<Job>,
    /// Its snapshots are due.
    publish: bool,
    /// Whether it takes writes again is to be tried.
    look: bool,
    /// Whether a thread has it, or it waits for one.
    scheduled: bool,
    /// None while a thread has it.
    work: Option<Box<Work>>,
}

/// What the thread that works on a chat has of it.
#[derive(Default)]
pub struct Work {
    pub open: Option<OpenBoard>,
    pub flood: FloodGuard,
    pub used: Option<Instant>,
    pub publish_due: Option<Instant>,
    /// Since when the snapshots are due that could not be written yet.
    pub overdue: Option<Instant>,
    pub publish_cost: Duration,
    /// That the chat is noted as active.
    pub note: Option<Note>,
    /// Whether this process wrote to its log since it last wrote its snapshots.
    pub unpublished: bool,
    /// Answers that still need the log to be read.
    pub late: Late,
    /// How many commands the last batch had.
    pub crowd: usize,
}

/// What to do next for a chat, in its order.
pub enum Turn {
    /// Commands that share a write.
    Batch(Vec<Job>),
    /// The group's change of id.
    Migration(Box<Job>),
}

/// What a chat waits for when a thread is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Nothing,
    Jobs,
    Snapshots,
}

impl Lane {
    pub fn new(chat: ChatId) -> Self {
        Self {
            chat,
            desk: Mutex::new(Desk {
                jobs: VecDeque::new(),
                publish: false,
                look: false,
                scheduled: false,
                work: Some(Box::default()),
            }),
        }
    }

    /// Adds a job; true when the chat must be given to a thread.
    pub fn push(&self, job: Job) -> bool {
        let mut desk = lock(&self.desk);
        desk.jobs.push_back(job);
        !std::mem::replace(&mut desk.scheduled, true)
    }

    /// Puts jobs back that come before all others.
    pub fn put_back(&self, jobs: Vec<Job>) {
        let mut desk = lock(&self.desk);
        jobs.into_iter()
            .rev()
            .for_each(|job| desk.jobs.push_front(job));
    }

    /// Asks for its snapshots; true when the thread that writes them has the chat at once, and not when another is done with it.
    pub fn want_snapshots(&self) -> bool {
        let mut desk = lock(&self.desk);
        let is_free = !std::mem::replace(&mut desk.scheduled, true);
        desk.publish |= !is_free;
        is_free
    }

    /// Asks to try whether it takes writes again; true when the chat must be given to a thread that can wait.
    pub fn want_look(&self) -> bool {
        let mut desk = lock(&self.desk);
        desk.look = true;
        !std::mem::replace(&mut desk.scheduled, true)
    }

    /// Whether it is to be tried if it takes writes again.
    pub fn wants_look(&self) -> bool {
        lock(&self.desk).look
    }

    /// The same, once.
    pub fn take_look(&self) -> bool {
        std::mem::take(&mut lock(&self.desk).look)
    }

    /// Takes the board, for the thread that the chat was given to.
    pub fn take(&self) -> Box<Work> {
        lock(&self.desk).work.take().unwrap_or_default()
    }

    /// Takes the board back. Unless nothing waits, the chat must be given to a thread again.
    pub fn take_back(&self, work: Box<Work>) -> Next {
        let mut desk = lock(&self.desk);
        let next = if std::mem::take(&mut desk.publish) {
            Next::Snapshots
        } else if desk.jobs.is_empty() && work.late.is_empty() && !desk.look {
            Next::Nothing
        } else {
            Next::Jobs
        };
        desk.work = Some(work);
        desk.scheduled = next != Next::Nothing;
        next
    }

    /// The jobs up to the next migration, or that migration when it comes first.
    pub fn next_turn(&self) -> Turn {
        let mut desk = lock(&self.desk);
        let is_migration = |job: &Job| matches!(job.request.ask, Ask::Migrate { .. });
        let room = desk.jobs.len().min(BATCH);
        let count = desk.jobs.iter().take(room).position(is_migration);
        if count == Some(0)
            && let Some(job) = desk.jobs.pop_front()
        {
            return Turn::Migration(Box::new(job));
        }
        Turn::Batch(desk.jobs.drain(..count.unwrap_or(room)).collect())
    }

    /// How many jobs wait.
    pub fn waiting(&self) -> usize {
        lock(&self.desk).jobs.len()
    }

    /// Whether a change waits.
    pub fn has_change(&self) -> bool {
        lock(&self.desk)
            .jobs
            .iter()
            .any(|job| job.change().is_some())
    }

    /// When nobody used it for this long and its snapshots have all that this process wrote: takes the note that it is active.
    pub fn settle(&self, calm: Duration) -> Option<Note> {
        let mut desk = lock(&self.desk);
        let is_scheduled = desk.scheduled;
        let work = desk.work.as_mut().filter(|_| !is_scheduled)?;
        let is_calm = work.used.is_none_or(|used| used.elapsed() >= calm);
        (is_calm && !work.unpublished && work.publish_due.is_none())
            .then(|| work.note.take())
            .flatten()
    }

    /// When its log could be closed: whether it waits for a thread, which will open it again, and when it was last used.
    pub fn rests_since(&self) -> Option<(bool, Option<Instant>)> {
        let desk = lock(&self.desk);
        let work = desk.work.as_ref()?;
        let can_rest = work.open.as_ref().is_some_and(OpenBoard::can_rest);
        can_rest.then_some((desk.scheduled, work.used))
    }

    /// Closes its log, until it is used again; not while a thread has it.
    pub fn rest(&self) {
        let mut desk = lock(&self.desk);
        let open = desk.work.as_mut().and_then(|work| work.open.as_mut());
        if let Some(open) = open.filter(|open| open.can_rest()) {
            open.log.rest();
        }
    }

    /// Whether nobody used it for so long that it can leave the memory.
    pub fn is_idle(&self, idle: Duration) -> bool {
        let desk = lock(&self.desk);
        let Some(work) = desk.work.as_ref().filter(|_| !desk.scheduled) else {
            return false;
        };
        let unused = work.used.is_none_or(|used| used.elapsed() >= idle);
        // What a failed flush may have lost must be written again, which only this process knows.
        let in_doubt = work
            .open
            .as_ref()
            .is_some_and(|open| open.log.is_in_doubt());
        work.note.is_none() && work.publish_due.is_none() && unused && !in_doubt
    }
}

/// A panic while a lock was held leaves what it protects usable: boards are made again after one.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{Lane, Next};
    use crate::domain::ChatId;

    #[test]
    fn snapshots_that_are_asked_for_are_written_once() {
        let lane = Lane::new(ChatId(1));
        assert!(lane.want_snapshots(), "nobody has it");
        let work = lane.take();
        assert_eq!(lane.take_back(work), Next::Nothing);
        assert!(lane.want_look());
        let work = lane.take();
        assert!(!lane.want_snapshots(), "somebody has it");
        assert_eq!(lane.take_back(work), Next::Snapshots);
    }
}
