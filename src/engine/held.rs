//! One chat in the hands of one thread.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::domain::ChatId;
use crate::domain::board::{Answer, ChatStyle};
use crate::store::{IoContext, StoreError};

use super::active::Note;
use super::batch::{self, Pending};
use super::board::OpenBoard;
use super::checkpoint::DueCheckpoint;
use super::checks::Check;
use super::flush::SharedFlush;
use super::job::Job;
use super::lane::{Lane, Turn, Work};
use super::migrate::{self, Merged, Migration};
use super::names::current_chat;
use super::publish::publish;
use super::ready::Way;
use super::request::{Ask, Outcome, Trouble};
use super::worker::Shared;

/// How often a batch is begun anew when the log keeps moving.
const ATTEMPTS: usize = 3;
/// A snapshot is written at most once in this many times what the last write of it cost.
const PUBLISH_SHARE: u32 = 20;
/// After a snapshot could not be written, the next attempt waits this long.
const PUBLISH_RETRY: Duration = Duration::from_secs(1);

/// A chat that this thread works on, until it is released.
pub struct Held<'s> {
    shared: &'s Shared,
    lane: Arc<Lane>,
    work: Box<Work>,
    /// Whether its snapshots were written, or could not be: it is known when that is tried again.
    tried_snapshots: bool,
}

/// How far a round came with a chat.
pub enum Begun {
    /// Everyone was answered.
    Done,
    /// Written, to be flushed.
    Written(Pending),
    /// It would have to wait, or take long: nothing was done.
    Alone,
}

impl<'s> Held<'s> {
    /// Takes the board of a chat that was given to this thread.
    pub fn new(shared: &'s Shared, lane: Arc<Lane>) -> Self {
        let work = lane.take();
        Self {
            shared,
            lane,
            work,
            tried_snapshots: false,
        }
    }

    fn chat(&self) -> ChatId {
        self.lane.chat
    }

    /// Gives the chat back, and on to whoever has the next thing to do for it.
    pub fn release(mut self, way: Way) {
        self.work.used = Some(Instant::now());
        self.schedule_check();
        self.schedule_snapshots();
        let due = self.work.overdue.unwrap_or_else(Instant::now);
        let next = self.lane.take_back(self.work);
        self.shared.pass_on(self.lane, next, due, way);
    }

    /// After a panic: the board is made again from its log.
    pub fn recover(mut self) {
        self.work.open = None;
        self.release(Way::Round);
    }

    /// Carries out what waits, as one batch, and waits for whatever that needs.
    pub fn run(&mut self) {
        if self.lane.take_look() {
            self.look_again();
        }
        if let Some(open) = &self.work.open {
            std::mem::take(&mut self.work.late).answer(open);
        }
        match self.lane.next_turn() {
            Turn::Batch(jobs) if jobs.is_empty() => {}
            Turn::Batch(jobs) => self.run_batch(jobs),
            Turn::Migration(job) => self.migrate(*job),
        }
    }

    fn run_batch(&mut self, mut jobs: Vec<Job>) {
        let patience = self.shared.settings.lock_patience;
        for _ in 0..ATTEMPTS {
            let begun = Instant::now();
            match self.ready() {
                Ok(true) => {}
                Ok(false) => return self.forward(jobs),
                Err(error) => return refuse(self.shared, self.chat(), jobs, &error),
            }
            match self.begin_batch(jobs, patience) {
                batch::Begun::Answered(late) => return self.answer_late(late),
                batch::Begun::Written(pending) => {
                    let flushed = self.flush();
                    self.shared.stats.commit(&flushed, pending.events, begun);
                    let late = self.finish_batch(pending, flushed);
                    return self.answer_late(late);
                }
                batch::Begun::NotNow(unanswered) => jobs = unanswered,
            }
            self.work.open = None;
        }
        jobs.into_iter()
            .for_each(|job| job.finish(Outcome::Trouble(Trouble::Busy)));
    }

    /// The same as far as it can be done without waiting, up to the flush.
    pub fn begin(&mut self) -> Begun {
        if !self.work.late.is_empty() || self.lane.wants_look() || !self.is_at_hand() {
            return Begun::Alone;
        }
        let jobs = match self.lane.next_turn() {
            Turn::Batch(jobs) if jobs.is_empty() => return Begun::Done,
            Turn::Batch(jobs) => jobs,
            Turn::Migration(job) => {
                self.lane.put_back(vec![*job]);
                return Begun::Alone;
            }
        };
        match self.begin_batch(jobs, Duration::ZERO) {
            batch::Begun::Answered(late) if late.is_empty() => Begun::Done,
            batch::Begun::Answered(late) => {
                self.work.late = late;
                Begun::Alone
            }
            batch::Begun::Written(pending) => Begun::Written(pending),
            batch::Begun::NotNow(jobs) => {
                self.lane.put_back(jobs);
                Begun::Alone
            }
        }
    }

    /// Ends what was begun, with what came of the flush.
    pub fn finish(&mut self, pending: Pending, flushed: Result<(), StoreError>) -> Way {
        self.work.late = self.finish_batch(pending, flushed);
        if self.work.late.is_empty() {
            Way::Round
        } else {
            Way::Alone
        }
    }

    fn begin_batch(&mut self, jobs: Vec<Job>, patience: Duration) -> batch::Begun {
        if jobs.iter().any(|job| job.change().is_some())
            && let Err(error) = self.note()
        {
            return self.refuse(jobs, &error);
        }
        let Work { open, flood, .. } = &mut *self.work;
        let begun = match open {
            Some(open) => batch::begin(open, flood, self.shared, jobs, patience),
            None => batch::Begun::NotNow(jobs),
        };
        self.work.unpublished |= matches!(begun, batch::Begun::Written(_));
        begun
    }

    /// Nothing is written to a chat that is not noted as active.
    fn note(&mut self) -> Result<(), StoreError> {
        if self.work.note.is_none() {
            self.work.note = Some(self.shared.active.note(&[self.chat()])?);
        }
        Ok(())
    }

    fn refuse(&mut self, jobs: Vec<Job>, error: &StoreError) -> batch::Begun {
        match &mut self.work.open {
            Some(open) => batch::Begun::Answered(batch::refuse(open, self.shared, jobs, error)),
            None => batch::Begun::NotNow(jobs),
        }
    }

    /// The chat, when a change waits for it and it is not noted as active.
    pub fn to_note(&self) -> Option<ChatId> {
        let is_missing = self.work.note.is_none() && self.lane.has_change();
        is_missing.then(|| self.chat())
    }

    /// It was noted as active together with others.
    pub fn was_noted(&mut self, note: Note) {
        self.work.note = Some(note);
    }

    fn finish_batch(&mut self, pending: Pending, flushed: Result<(), StoreError>) -> batch::Late {
        match &mut self.work.open {
            Some(open) => batch::finish(open, self.shared, pending, flushed),
            None => batch::Late::default(),
        }
    }

    fn answer_late(&self, late: batch::Late) {
        if let Some(open) = &self.work.open {
            late.answer(open);
        }
    }

    /// Whether one flush serves this chat's log too.
    pub fn is_covered_by(&self, flush: &SharedFlush) -> bool {
        let file = self.work.open.as_ref().and_then(|open| open.log.file_id());
        file.is_some_and(|file| flush.covers(file))
    }

    /// What a common flush came to, for this chat.
    pub fn flushed(&self, together: &io::Result<()>) -> Result<(), StoreError> {
        let Err(error) = together else { return Ok(()) };
        let error = match error.raw_os_error() {
            Some(code) => io::Error::from_raw_os_error(code),
            None => error.kind().into(),
        };
        Err(error).at("flush", &self.shared.layout.chat(self.chat()))
    }

    /// Flushes this chat's log by itself.
    pub fn flush(&self) -> Result<(), StoreError> {
        match &self.work.open {
            Some(open) => open.log.flush(),
            None => Ok(()),
        }
    }

    /// Whether nothing has to be read from disk first: the board is in memory, or there is no board yet.
    fn is_at_hand(&mut self) -> bool {
        self.forget_refuted();
        if self.work.open.as_ref().is_some_and(OpenBoard::has_events) {
            return true;
        }
        let (disk, layout) = (&*self.shared.disk, &self.shared.layout);
        let stays = current_chat(disk, layout, self.chat()).is_ok_and(|now| now == self.chat());
        let is_new = matches!(disk.status(&layout.chat(self.chat())), Ok(None));
        if stays && is_new && self.work.open.is_none() {
            self.work.open = Some(self.new_board());
        }
        stays && is_new
    }

    /// Has the chat's board at hand; false when the chat has another id now. Until a board has its first event another
    /// process may note a new id at any time, so the notes are asked again.
    fn ready(&mut self) -> Result<bool, StoreError> {
        self.forget_refuted();
        if self.work.open.as_ref().is_some_and(OpenBoard::has_events) {
            return Ok(true);
        }
        let current = current_chat(&*self.shared.disk, &self.shared.layout, self.chat())?;
        if current != self.chat() {
            self.work.open = None;
            migrate::finish(self.shared, self.chat(), current)?;
            return Ok(false);
        }
        if self.work.open.is_none() {
            self.work.open = Some(self.new_board());
        }
        Ok(true)
    }

    fn new_board(&self) -> OpenBoard {
        let disk = Arc::clone(&self.shared.disk);
        let Shared {
            layout,
            settings,
            checks,
            ..
        } = self.shared;
        let mut open = OpenBoard::new(disk, layout, self.chat(), settings);
        if checks.refuted(self.chat()) {
            open.checkpoints.read_whole();
        }
        open
    }

    /// Lets go of a board that was made from a checkpoint which turned out not to be what the log says, or whose log is
    /// damaged before it: the log is read whole instead. Not while its log knows of a failed write or flush, which must be
    /// undone first: until then nothing is told from it and it takes no writes.
    fn forget_refuted(&mut self) {
        let checks = &self.shared.checks;
        let is_refuted = |open: &OpenBoard| {
            let is_at_rest = !open.log.is_latched() && !open.log.is_in_doubt();
            open.log.is_resumed() && is_at_rest && checks.refuted(self.chat())
        };
        if self.work.open.as_ref().is_some_and(is_refuted) {
            self.work.open = None;
        }
    }

    /// Has what stands before the checkpoint verified, when the board was made from one.
    fn schedule_check(&mut self) {
        let chat = self.chat();
        let open = self.work.open.as_mut();
        if let Some((prefix, checkpoint)) = open.and_then(|open| open.checkpoints.take_unverified())
        {
            self.shared.checks.add(Check {
                chat,
                prefix,
                checkpoint,
            });
        }
    }

    /// Hands the jobs to the chat's new id.
    fn forward(&self, jobs: Vec<Job>) {
        match current_chat(&*self.shared.disk, &self.shared.layout, self.chat()) {
            Ok(current) => jobs
                .into_iter()
                .for_each(|job| self.shared.submit(job.for_chat(current))),
            Err(error) => refuse(self.shared, self.chat(), jobs, &error),
        }
    }

    fn migrate(&mut self, job: Job) {
        let Ask::Migrate { to } = job.request.ask else {
            return;
        };
        self.work.open = None;
        let migration = Migration {
            from: self.chat(),
            to,
            cause: job.request.cause.clone(),
        };
        let (outcome, style) = match migrate::run(self.shared, &migration) {
            Ok(None) => (Outcome::Silent, ChatStyle::default()),
            Ok(Some(Merged { bounties, style })) => {
                (Outcome::Answer(Answer::Merged { bounties }), style)
            }
            Err(error) => {
                tracing::error!(from = self.chat().0, to = to.0, %error, "a group's new id could not be taken over; it is tried again");
                (
                    Outcome::Trouble(Trouble::from(&error)),
                    ChatStyle::default(),
                )
            }
        };
        job.for_chat(to).styled(style).finish(outcome);
    }

    /// Tries a stream that took no writes: a latch is undone when that can be done, a repaired log is found.
    fn look_again(&mut self) {
        let mut tried = self.try_to_write();
        if matches!(tried, Err(StoreError::Moved { .. })) {
            self.work.open = None;
            tried = self.try_to_write();
        }
        let (open, obstacles) = (&self.work.open, &self.shared.stats.obstacles);
        let latched = open.as_ref().is_some_and(|open| open.log.is_latched());
        match tried {
            Ok(()) => obstacles.clear(self.chat()),
            Err(error) => obstacles.note(self.chat(), latched, &error),
        }
    }

    /// Takes the log's lock and catches up, as every write begins.
    fn try_to_write(&mut self) -> Result<(), StoreError> {
        let patience = self.shared.settings.lock_patience;
        match (self.ready()?, &mut self.work.open) {
            (true, Some(open)) => open.lock(false, patience).map(|_| ()),
            _ => Ok(()),
        }
    }

    fn schedule_snapshots(&mut self) {
        let Some(open) = &self.work.open else { return };
        if self.tried_snapshots || open.is_published() || self.work.publish_due.is_some() {
            return;
        }
        let delay = self.shared.settings.snapshot_delay;
        self.snapshots_in(delay.max(self.work.publish_cost * PUBLISH_SHARE));
    }

    fn snapshots_in(&mut self, delay: Duration) {
        let due = Instant::now() + delay;
        self.work.publish_due = Some(due);
        let since = *self.work.overdue.get_or_insert(due);
        self.shared.publish_at(due, since, self.chat());
    }

    /// Writes the snapshots that are due. Answers the checkpoint that is due too, to be written when the chat is released.
    pub fn publish(&mut self) -> Option<DueCheckpoint> {
        self.tried_snapshots = true;
        self.work.publish_due = None;
        let since = self.work.overdue.take();
        self.forget_refuted();
        let (shared, chat) = (self.shared, self.chat());
        let patience = self.shared.settings.lock_patience;
        let open = self.work.open.as_mut()?;
        let begun = Instant::now();
        match publish(open, patience) {
            Ok(()) => {
                self.work.publish_cost = begun.elapsed();
                self.work.unpublished = false;
                return open.due_checkpoint();
            }
            Err(StoreError::Moved { .. }) => self.work.open = None,
            Err(error @ StoreError::Damaged(_)) => shared.note_obstacle(chat, false, &error),
            Err(error) => {
                shared.note_obstacle(chat, open.log.is_latched(), &error);
                tracing::warn!(chat = chat.0, %error, "a snapshot could not be written; it is tried again");
                self.work.overdue = Some(since.unwrap_or(begun));
                self.snapshots_in(PUBLISH_RETRY);
            }
        }
        None
    }
}

fn refuse(shared: &Shared, chat: ChatId, jobs: Vec<Job>, error: &StoreError) {
    tracing::error!(chat = chat.0, %error, "a board could not be opened");
    shared.note_obstacle(chat, false, error);
    let trouble = Trouble::from(error);
    jobs.into_iter()
        .for_each(|job| job.finish(Outcome::Trouble(trouble)));
}
