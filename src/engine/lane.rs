//! The queue and the board of one chat.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::domain::{ChatId, Seq};
use crate::store::StoreError;

use super::batch;
use super::board::OpenBoard;
use super::flood::FloodGuard;
use super::job::Job;
use super::migrate::{self, Migration};
use super::names::current_chat;
use super::publish::publish;
use super::request::{Ask, Outcome, Trouble};
use super::worker::Shared;

/// How many commands share one write and one flush at most.
const BATCH: usize = 256;
/// How often a batch is begun anew when the log keeps moving.
const ATTEMPTS: usize = 3;
/// A snapshot is written at most once in this many times what the last write of it cost.
const PUBLISH_SHARE: u32 = 20;
/// After a snapshot could not be written, the next attempt waits this long.
const PUBLISH_RETRY: Duration = Duration::from_secs(1);

/// One chat: what waits for it, and its board while it is in memory.
pub struct Lane {
    chat: ChatId,
    queue: Mutex<Queue>,
    work: Mutex<Work>,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    /// Whether a worker has it, or it waits for one.
    scheduled: bool,
}

struct Work {
    open: Option<OpenBoard>,
    flood: FloodGuard,
    used: Instant,
    publish_due: Option<Instant>,
    /// Since when the snapshots are due that could not be written yet.
    overdue: Option<Instant>,
    publish_cost: Duration,
}

impl Lane {
    pub fn new(chat: ChatId) -> Self {
        let work = Work {
            open: None,
            flood: FloodGuard::default(),
            used: Instant::now(),
            publish_due: None,
            overdue: None,
            publish_cost: Duration::ZERO,
        };
        Self {
            chat,
            queue: Mutex::default(),
            work: Mutex::new(work),
        }
    }

    /// Adds a job; true when the lane must be given to a worker.
    pub fn push(&self, job: Job) -> bool {
        let mut queue = lock(&self.queue);
        queue.jobs.push_back(job);
        !std::mem::replace(&mut queue.scheduled, true)
    }

    /// Carries out what waits, as one batch. True when more waits.
    pub fn run(&self, shared: &Shared) -> bool {
        let mut work = lock(&self.work);
        let (jobs, migration) = self.next_batch();
        if !jobs.is_empty() {
            self.run_batch(shared, &mut work, jobs);
        }
        if let Some(job) = migration {
            self.migrate(shared, &mut work, job);
        }
        work.used = Instant::now();
        self.schedule_publish(shared, &mut work);
        drop(work);
        let mut queue = lock(&self.queue);
        queue.scheduled = !queue.jobs.is_empty();
        queue.scheduled
    }

    /// The jobs up to the next migration, and that migration when nothing stands before it in this batch's room.
    fn next_batch(&self) -> (Vec<Job>, Option<Job>) {
        let mut queue = lock(&self.queue);
        let is_migration = |job: &Job| matches!(job.request.ask, Ask::Migrate { .. });
        let until = queue.jobs.iter().take(BATCH).position(is_migration);
        let count = until.unwrap_or(queue.jobs.len().min(BATCH));
        let jobs = queue.jobs.drain(..count).collect();
        let migration = until.and_then(|_| queue.jobs.pop_front());
        (jobs, migration)
    }

    fn run_batch(&self, shared: &Shared, work: &mut Work, mut jobs: Vec<Job>) {
        for _ in 0..ATTEMPTS {
            match self.ready(shared, work) {
                Ok(true) => {}
                Ok(false) => return self.forward(shared, jobs),
                Err(error) => return refuse(shared, self.chat, jobs, &error),
            }
            let Some(open) = &mut work.open else { return };
            match batch::run(open, &mut work.flood, shared, jobs) {
                Ok(()) => return,
                Err(unanswered) => jobs = unanswered,
            }
            work.open = None;
        }
        jobs.into_iter()
            .for_each(|job| job.finish(Outcome::Trouble(Trouble::Busy)));
    }

    /// Has the chat's board at hand; false when the chat has another id now. Until a board has its first event another
    /// process may note a new id at any time, so the notes are asked again.
    fn ready(&self, shared: &Shared, work: &mut Work) -> Result<bool, StoreError> {
        let has_events = |open: &OpenBoard| open.state().is_none_or(|board| board.seq() > Seq(0));
        if work.open.as_ref().is_some_and(has_events) {
            return Ok(true);
        }
        let current = current_chat(&*shared.disk, &shared.layout, self.chat)?;
        if current != self.chat {
            work.open = None;
            migrate::finish(shared, self.chat, current)?;
            return Ok(false);
        }
        if work.open.is_none() {
            work.open = Some(OpenBoard::new(
                shared.disk.clone(),
                &shared.layout,
                self.chat,
                &shared.settings,
            ));
        }
        Ok(true)
    }

    /// Hands the jobs to the lane of the chat's new id.
    fn forward(&self, shared: &Shared, jobs: Vec<Job>) {
        match current_chat(&*shared.disk, &shared.layout, self.chat) {
            Ok(current) => {
                jobs.into_iter()
                    .for_each(|job| shared.submit(job.for_chat(current)));
            }
            Err(error) => refuse(shared, self.chat, jobs, &error),
        }
    }

    fn migrate(&self, shared: &Shared, work: &mut Work, job: Job) {
        let Ask::Migrate { to } = job.request.ask else {
            return;
        };
        work.open = None;
        let migration = Migration {
            from: self.chat,
            to,
            cause: job.request.cause.clone(),
        };
        let outcome = match migrate::run(shared, &migration) {
            Ok(outcome) => outcome.map_or(Outcome::Silent, Outcome::Answer),
            Err(error) => {
                tracing::error!(from = self.chat.0, to = to.0, %error, "a group's new id could not be taken over; it is tried again");
                Outcome::Trouble(Trouble::from(&error))
            }
        };
        job.for_chat(to).finish(outcome);
    }

    fn schedule_publish(&self, shared: &Shared, work: &mut Work) {
        let Some(open) = &work.open else { return };
        let reflected = open
            .state()
            .is_none_or(|board| board.seq() == Seq(0) || open.published == Some(board.seq()));
        if reflected || work.publish_due.is_some() {
            return;
        }
        let due = Instant::now()
            + shared
                .settings
                .snapshot_delay
                .max(work.publish_cost * PUBLISH_SHARE);
        work.publish_due = Some(due);
        let since = *work.overdue.get_or_insert(due);
        shared.publish_at(due, since, self.chat);
    }

    /// Writes the snapshots that are due.
    pub fn publish(&self, shared: &Shared) {
        let mut work = lock(&self.work);
        work.publish_due = None;
        let since = work.overdue.take();
        let Some(open) = &mut work.open else { return };
        let begun = Instant::now();
        match publish(open) {
            Ok(()) => work.publish_cost = begun.elapsed(),
            Err(StoreError::Moved { .. }) => work.open = None,
            Err(error @ StoreError::Damaged(_)) => shared.note_obstacle(self.chat, false, &error),
            Err(error) => {
                shared.note_obstacle(self.chat, open.log.is_latched(), &error);
                tracing::warn!(chat = self.chat.0, %error, "a snapshot could not be written; it is tried again");
                let due = Instant::now() + PUBLISH_RETRY;
                work.publish_due = Some(due);
                let since = since.unwrap_or(begun);
                work.overdue = Some(since);
                shared.publish_at(due, since, self.chat);
            }
        }
    }

    /// Tries a stream that took no writes: a latch is undone when that can be done, a repaired log is found.
    pub fn look_again(&self, shared: &Shared) {
        let mut work = lock(&self.work);
        let mut tried = self.try_to_write(shared, &mut work);
        if matches!(tried, Err(StoreError::Moved { .. })) {
            work.open = None;
            tried = self.try_to_write(shared, &mut work);
        }
        let latched = work.open.as_ref().is_some_and(|open| open.log.is_latched());
        match tried {
            Ok(()) => shared.stats.obstacles.clear(self.chat),
            Err(error) => shared.stats.obstacles.note(self.chat, latched, &error),
        }
    }

    /// Takes the log's lock and catches up, as every write begins.
    fn try_to_write(&self, shared: &Shared, work: &mut Work) -> Result<(), StoreError> {
        match (self.ready(shared, work)?, &mut work.open) {
            (true, Some(open)) => open.lock(false).map(|_| ()),
            _ => Ok(()),
        }
    }

    /// Whether nobody used it for so long that it can leave the memory.
    pub fn is_idle(&self, shared: &Shared) -> bool {
        let idle = shared.settings.idle;
        let Ok(work) = self.work.try_lock() else {
            return false;
        };
        !lock(&self.queue).scheduled
            && work.publish_due.is_none()
            && !shared.stats.obstacles.is_blocked(self.chat)
            && work.used.elapsed() >= idle
    }

    /// After a panic in a worker: the board is made again from its log.
    pub fn recover(&self) -> bool {
        lock(&self.work).open = None;
        let mut queue = lock(&self.queue);
        queue.scheduled = !queue.jobs.is_empty();
        queue.scheduled
    }
}

fn refuse(shared: &Shared, chat: ChatId, jobs: Vec<Job>, error: &StoreError) {
    tracing::error!(chat = chat.0, %error, "a board could not be opened");
    shared.note_obstacle(chat, false, error);
    let trouble = Trouble::from(error);
    jobs.into_iter()
        .for_each(|job| job.finish(Outcome::Trouble(trouble)));
}

/// A panic while a lock was held leaves what it protects usable: boards are made again by [`Lane::recover`].
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
