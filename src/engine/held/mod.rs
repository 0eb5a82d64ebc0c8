//! One chat in the hands of one thread.

mod migration;
mod opening;
mod snapshots;

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::domain::ChatId;
use crate::store::{IoContext, StoreError};

use super::active::Note;
use super::batch::{self, Pending};
use super::flush::{Failure, SharedFlush};
use super::job::Job;
use super::lane::{Lane, Turn, Work};
use super::late::Late;
use super::ready::Way;
use super::request::Trouble;
use super::worker::Shared;

/// How often a batch is begun anew when the log keeps moving.
const ATTEMPTS: usize = 3;
/// How long a batch waits for those who were answered just now and ask again at once. It is half of a flush, and saves one when they
/// come.
const GATHER: Duration = Duration::from_micros(100);

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
        shared.take_in_hand();
        let work = lane.take();
        if !work.open.as_ref().is_some_and(|open| open.log.is_open()) {
            shared.room_for_log();
        }
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
        self.shared.put_down();
        self.shared.pass_on(self.lane, next, due, way);
    }

    /// After a panic: the board is made again from its log. A log that knows of a failed write or flush stays until that is undone.
    pub fn recover(mut self) {
        match &mut self.work.open {
            Some(open) if !open.is_at_rest() => open.forget_state(),
            open => *open = None,
        }
        self.release(Way::Round);
    }

    /// When the last batch had many commands, as many are likely to come again: waits until they are there, but not for long.
    pub fn gather(&self) {
        if self.work.crowd > 1 {
            let begun = Instant::now();
            while self.lane.waiting() < self.work.crowd && begun.elapsed() < GATHER {
                std::thread::yield_now();
            }
        }
    }

    fn next_turn(&mut self) -> Turn {
        let turn = self.lane.next_turn();
        if let Turn::Batch(jobs) = &turn {
            self.work.crowd = jobs.len();
        }
        turn
    }

    /// Carries out what waits, as one batch, and waits for whatever that needs.
    pub fn run(&mut self) {
        if self.lane.take_look() {
            self.look_again();
        }
        let late = std::mem::take(&mut self.work.late);
        self.answer_late(late);
        self.gather();
        match self.next_turn() {
            Turn::Batch(jobs) if jobs.is_empty() => {}
            Turn::Batch(jobs) => self.run_batch(jobs),
            Turn::Migration(job) => self.migrate(*job),
        }
    }

    fn run_batch(&mut self, mut jobs: Vec<Job>) {
        let patience = self.shared.settings.lock_patience;
        for _ in 0..ATTEMPTS {
            let begun = Instant::now();
            match self.ready(patience) {
                Ok(true) => {}
                Ok(false) => return self.forward(jobs),
                Err(error) => return self.turn_away(jobs, &error),
            }
            match self.begin_batch(jobs, patience) {
                batch::Begun::Answered(late) => return self.answer_late(late),
                batch::Begun::Written(pending) => {
                    let flushed = self.flush();
                    self.shared.stats.commit(&flushed, pending.events, begun);
                    let late = self.finish_batch(pending, flushed, patience);
                    return self.answer_late(late);
                }
                batch::Begun::NotNow(unanswered) => jobs = unanswered,
            }
            if let Err(error) = self.let_go_moved(patience) {
                return self.turn_away(jobs, &error);
            }
        }
        self.give_up(jobs, Trouble::Busy);
    }

    fn give_up(&mut self, jobs: Vec<Job>, trouble: Trouble) {
        for job in jobs {
            job.give_up(trouble, &self.shared.pace, &mut self.work.flood);
        }
    }

    /// There is no board to carry them out on.
    fn turn_away(&mut self, jobs: Vec<Job>, error: &StoreError) {
        tracing::error!(chat = self.chat().0, %error, "a board could not be opened");
        self.shared.note_obstacle(self.chat(), false, error);
        self.give_up(jobs, Trouble::from(error));
    }

    /// The same as far as it can be done without waiting, up to the flush.
    pub fn begin(&mut self) -> Begun {
        if !self.work.late.is_empty() || self.lane.wants_look() || !self.is_at_hand() {
            return Begun::Alone;
        }
        let jobs = match self.next_turn() {
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
        self.work.late = self.finish_batch(pending, flushed, Duration::ZERO);
        if self.work.late.is_empty() {
            Way::Next
        } else {
            Way::Alone
        }
    }

    fn begin_batch(&mut self, jobs: Vec<Job>, patience: Duration) -> batch::Begun {
        if jobs.iter().any(|job| job.change().is_some())
            && let Err(error) = self.note()
        {
            return self.refuse(jobs, &error, patience);
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
    pub(super) fn note(&mut self) -> Result<(), StoreError> {
        if self.work.note.is_none() {
            self.work.note = Some(self.shared.note(&[self.chat()])?);
        }
        Ok(())
    }

    fn refuse(&mut self, jobs: Vec<Job>, error: &StoreError, patience: Duration) -> batch::Begun {
        let Work { open, flood, .. } = &mut *self.work;
        match open {
            Some(open) => {
                let refused = batch::refuse(open, flood, self.shared, jobs, error, patience);
                batch::Begun::Answered(refused)
            }
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

    fn finish_batch(
        &mut self,
        pending: Pending,
        flushed: Result<(), StoreError>,
        patience: Duration,
    ) -> Late {
        let is_durable = flushed.is_ok();
        let Work { open, flood, .. } = &mut *self.work;
        let Some(open) = open else {
            return Late::default();
        };
        let late = batch::finish(open, flood, self.shared, pending, flushed, patience);
        let end = open.log.end();
        if is_durable {
            self.shared.changes.written(self.chat(), end);
        }
        late
    }

    fn answer_late(&mut self, late: Late) {
        let Work { open, flood, .. } = &mut *self.work;
        late.answer(open.as_ref(), &self.shared.pace, flood);
    }

    /// Whether one flush serves this chat's log too.
    pub fn is_covered_by(&self, flush: &SharedFlush) -> bool {
        let file = self.work.open.as_ref().and_then(|open| open.log.file_id());
        file.is_some_and(|file| flush.covers(file))
    }

    /// What a common flush came to, for this chat.
    pub fn flushed(&self, together: Result<(), Failure>) -> Result<(), StoreError> {
        together
            .map_err(Into::into)
            .at("flush", &self.shared.layout.chat(self.chat()))
    }

    /// Flushes this chat's log by itself.
    pub fn flush(&self) -> Result<(), StoreError> {
        match &self.work.open {
            Some(open) => open.log.flush(),
            None => Ok(()),
        }
    }
}
