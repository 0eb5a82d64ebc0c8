//! The queue and the board of one chat.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::domain::board::BoardEvent;
use crate::domain::{ChatId, Seq};
use crate::store::{Checkpoint, StoreError};

use super::batch;
use super::board::OpenBoard;
use super::checks::Check;
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
    publish_cost: Duration,
}

impl Lane {
    pub fn new(chat: ChatId) -> Self {
        let work = Work {
            open: None,
            flood: FloodGuard::default(),
            used: Instant::now(),
            publish_due: None,
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
        self.schedule_check(shared, &mut work);
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
                Err(error) => return refuse(self.chat, jobs, &error),
            }
            let Some(open) = &mut work.open else { return };
            match batch::run(open, &mut work.flood, &shared.settings, jobs) {
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
        self.forget_refuted(shared, work);
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
            work.open = Some(self.open(shared));
        }
        Ok(true)
    }

    fn open(&self, shared: &Shared) -> OpenBoard {
        let disk = shared.disk.clone();
        let mut open = OpenBoard::new(disk, &shared.layout, self.chat, &shared.settings);
        if shared.checks.refuted(self.chat) {
            open.checkpoints.read_whole();
        }
        open
    }

    /// Lets go of a board that was made from a checkpoint which turned out not to be what the log says, or whose log is
    /// damaged before it: the log is read whole instead. Not while its log knows of a failed write or flush, which must be
    /// undone first: until then nothing is told from it and it takes no writes.
    fn forget_refuted(&self, shared: &Shared, work: &mut Work) {
        let is_refuted = |open: &OpenBoard| {
            let is_at_rest = !open.log.is_latched() && !open.log.is_in_doubt();
            open.log.is_resumed() && is_at_rest && shared.checks.refuted(self.chat)
        };
        if work.open.as_ref().is_some_and(is_refuted) {
            work.open = None;
        }
    }

    /// Has what stands before the checkpoint verified, when the board was made from one.
    fn schedule_check(&self, shared: &Shared, work: &mut Work) {
        let unverified = work
            .open
            .as_mut()
            .and_then(|open| open.checkpoints.take_unverified());
        if let Some((prefix, checkpoint)) = unverified {
            let chat = self.chat;
            shared.checks.add(Check {
                chat,
                prefix,
                checkpoint,
            });
        }
    }

    /// Hands the jobs to the lane of the chat's new id.
    fn forward(&self, shared: &Shared, jobs: Vec<Job>) {
        match current_chat(&*shared.disk, &shared.layout, self.chat) {
            Ok(current) => {
                jobs.into_iter()
                    .for_each(|job| shared.submit(job.for_chat(current)));
            }
            Err(error) => refuse(self.chat, jobs, &error),
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
        shared.publish_at(due, self.chat);
    }

    /// Writes the snapshots that are due, and the checkpoint when it is.
    pub fn publish(&self, shared: &Shared) {
        if let Some(checkpoint) = self.publish_snapshots(shared) {
            self.publish_checkpoint(shared, &checkpoint);
        }
    }

    /// Answers the checkpoint that is to be written, without holding up the lane's commands.
    fn publish_snapshots(&self, shared: &Shared) -> Option<Checkpoint> {
        let mut work = lock(&self.work);
        work.publish_due = None;
        self.forget_refuted(shared, &mut work);
        let open = work.open.as_mut()?;
        let begun = Instant::now();
        match publish(open) {
            Ok(()) => {
                work.publish_cost = begun.elapsed();
                return work.open.as_ref()?.due_checkpoint();
            }
            Err(StoreError::Moved { .. }) => work.open = None,
            Err(StoreError::Damaged(_)) => {}
            Err(error) => {
                tracing::warn!(chat = self.chat.0, %error, "a snapshot could not be written; it is tried again");
                let due = Instant::now() + PUBLISH_RETRY;
                work.publish_due = Some(due);
                shared.publish_at(due, self.chat);
            }
        }
        None
    }

    fn publish_checkpoint(&self, shared: &Shared, checkpoint: &Checkpoint) {
        let (dir, patience) = (shared.layout.chat(self.chat), shared.settings.lock_patience);
        match checkpoint.publish::<BoardEvent>(&*shared.disk, &dir, patience) {
            Ok(true) => {
                if let Some(open) = &mut lock(&self.work).open {
                    open.checkpoints.was_written(checkpoint);
                }
            }
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(chat = self.chat.0, %error, "a checkpoint could not be written; it is tried again with the next snapshot");
            }
        }
    }

    /// Whether nobody used it for so long that it can leave the memory.
    pub fn is_idle(&self, idle: Duration) -> bool {
        let Ok(work) = self.work.try_lock() else {
            return false;
        };
        let latched = work.open.as_ref().is_some_and(|open| open.log.is_latched());
        !lock(&self.queue).scheduled
            && work.publish_due.is_none()
            && !latched
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

fn refuse(chat: ChatId, jobs: Vec<Job>, error: &StoreError) {
    tracing::error!(chat = chat.0, %error, "a board could not be opened");
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
