//! The commands that wait on one board: decided one after the other, written and flushed together, then answered.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use crate::domain::Seq;
use crate::domain::board::{Board, ChatStyle, decide};
use crate::store::{Position, StoreError, Written};

use super::Settings;
use super::board::{LockedBoard, OpenBoard};
use super::draft::{Drafted, context, is_off, read};
use super::flood::FloodGuard;
use super::job::Job;
use super::late::{Answers, Late, answer_all};
use super::request::{Outcome, Trouble};
use super::worker::Shared;
use super::writer::Writer;

/// How far a batch came.
pub enum Begun {
    /// Everyone was answered, but for those whose answers need the log to be read.
    Answered(Late),
    /// Its events are written, to be flushed.
    Written(Pending),
    /// The log is not where it was, or somebody holds it and there is no time to wait: nothing was done.
    NotNow(Vec<Job>),
}

/// A batch whose events are written and not durable yet: nobody was told anything.
pub struct Pending {
    /// How many events were written.
    pub events: u64,
    answers: Answers,
    written: Written,
}

/// Decides the jobs in order and writes their events; the log's lock is waited for at most `patience`.
pub fn begin(
    open: &mut OpenBoard,
    flood: &mut FloodGuard,
    shared: &Shared,
    mut jobs: Vec<Job>,
    patience: Duration,
) -> Begun {
    jobs.iter_mut().for_each(|job| judge(shared, job));
    if jobs.iter().all(|job| job.change().is_none()) {
        return begin_reads(open, flood, shared, jobs, patience);
    }
    let mut writer = Writer::new(shared, flood);
    let mut drafts = Vec::new();
    match write(open, &mut writer, &mut jobs, patience, &mut drafts) {
        Ok(Wrote::Nothing) => Begun::Answered(answer_all(zip(jobs, drafts), false)),
        Ok(Wrote::Lines { written, events }) => Begun::Written(Pending {
            events,
            answers: zip(jobs, drafts),
            written,
        }),
        Ok(Wrote::NotHere) | Err(StoreError::Moved { .. }) => Begun::NotNow(jobs),
        Err(error) => {
            if !writer.lines.is_empty() {
                open.state = None;
                shared.stats.failed_flushes.fetch_add(1, Relaxed);
            }
            trouble(open, flood, shared, jobs, error, patience)
        }
    }
}

/// Judges a job that only reads, once, also when it is put back. Changes are judged when it is known that they are no duplicates.
fn judge(shared: &Shared, job: &mut Job) {
    if job.judged.pace.is_none() && job.change().is_none() {
        job.judged.pace = Some(shared.pace.judge(&job.request, shared.settings.now));
    }
}

fn zip(jobs: Vec<Job>, drafts: Vec<Drafted>) -> Answers {
    let worded = |(job, drafted): (Job, Drafted)| (job.styled(drafted.style), drafted.draft);
    jobs.into_iter().zip(drafts).map(worded).collect()
}

/// What a batch wrote.
enum Wrote {
    /// Nothing, since no board may begin here.
    NotHere,
    /// Nothing: no job came to an event.
    Nothing,
    /// So many events.
    Lines { written: Written, events: u64 },
}

/// Decides all jobs under the log's lock and writes the lines.
fn write(
    open: &mut OpenBoard,
    writer: &mut Writer<'_>,
    jobs: &mut [Job],
    patience: Duration,
    drafts: &mut Vec<Drafted>,
) -> Result<Wrote, StoreError> {
    let create = !open.has_events() && jobs.iter().any(|job| would_begin(job, writer.settings));
    let Some(mut held) = open.lock(create, patience)? else {
        let known = vec![false; jobs.len()];
        *drafts = writer.decide_all(&mut Board::default(), jobs, &known);
        return Ok(Wrote::Nothing);
    };
    // A new id may have been noted since it was looked for: no board begins under the old one then.
    if held.locked.end() == Position::START && held.is_left()? {
        return Ok(Wrote::NotHere);
    }
    let known = merged_duplicates(&mut held, jobs)?;
    let before = held.locked.end();
    writer.end = before;
    *drafts = writer.decide_all(held.board, jobs, &known);
    if writer.lines.is_empty() {
        return Ok(Wrote::Nothing);
    }
    let written = held.locked.write(&writer.lines, writer.end)?;
    let events = writer.end.seq.0 - before.seq.0;
    Ok(Wrote::Lines { written, events })
}

/// Ends a batch, with what came of its flush: everyone is told.
pub fn finish(
    open: &mut OpenBoard,
    flood: &mut FloodGuard,
    shared: &Shared,
    pending: Pending,
    flushed: Result<(), StoreError>,
    patience: Duration,
) -> Late {
    let Pending {
        answers, written, ..
    } = pending;
    match written.settle(&mut open.log, flushed) {
        Ok(()) => answer_all(answers, false),
        Err(error) => {
            open.state = None;
            let jobs = answers.into_iter().map(|(job, _)| job).collect();
            refuse(open, flood, shared, jobs, &error, patience)
        }
    }
}

/// Jobs that only read: no lock unless another process wrote.
fn begin_reads(
    open: &mut OpenBoard,
    flood: &mut FloodGuard,
    shared: &Shared,
    jobs: Vec<Job>,
    patience: Duration,
) -> Begun {
    match open.refresh(patience) {
        Ok(()) => Begun::Answered(read_known(open, &shared.settings, jobs, false)),
        Err(StoreError::Moved { .. }) => Begun::NotNow(jobs),
        Err(error) => trouble(open, flood, shared, jobs, error, patience),
    }
}

/// The stream cannot be used as asked. What somebody holds is left for a thread that can wait.
fn trouble(
    open: &mut OpenBoard,
    flood: &mut FloodGuard,
    shared: &Shared,
    jobs: Vec<Job>,
    error: StoreError,
    patience: Duration,
) -> Begun {
    match error {
        StoreError::Busy { .. } if patience.is_zero() => Begun::NotNow(jobs),
        error => Begun::Answered(refuse(open, flood, shared, jobs, &error, patience)),
    }
}

/// Answers reads from what is known and durable.
fn read_known(open: &OpenBoard, settings: &Settings, jobs: Vec<Job>, partial: bool) -> Late {
    let Some(board) = open.state() else {
        jobs.into_iter()
            .for_each(|job| job.finish(Outcome::Trouble(Trouble::Storage)));
        return Late::default();
    };
    let end = open.log.end();
    let drafts = jobs.iter().map(|job| read(board, job, settings, end));
    let drafts = drafts.collect();
    answer_all(zip(jobs, drafts), partial)
}

/// Refuses changes; reads are answered when what is readable is this chat's: all of the log, or what stands before its damage. When
/// nothing is readable they are refused too: an empty list would say that there are no bounties. What is refused does not count in the
/// limits.
pub fn refuse(
    open: &mut OpenBoard,
    flood: &mut FloodGuard,
    shared: &Shared,
    jobs: Vec<Job>,
    error: &StoreError,
    patience: Duration,
) -> Late {
    tracing::error!(chat = open.chat.0, %error, "a board could not be used as asked");
    shared.note_obstacle(open.chat, open.log.is_latched(), error);
    let settings = &shared.settings;
    let trouble = Trouble::from(error);
    let is_readable = !matches!(error, StoreError::Busy { .. } | StoreError::Foreign { .. });
    let is_fresh = is_readable
        && match open.refresh(patience) {
            Ok(()) => true,
            Err(error) => matches!(error, StoreError::Damaged(_)),
        };
    let is_own = is_readable
        && open.state().is_some()
        && !open.log.is_in_doubt()
        && open.check_owner().is_ok();
    let has_events = open.state().is_some_and(|board| board.seq() > Seq(0));
    let is_answered = |job: &Job| {
        job.change().is_none() && is_own && (is_fresh && has_events || job.needs_no_board())
    };
    let (reads, refused): (Vec<Job>, Vec<Job>) = jobs.into_iter().partition(is_answered);
    let style =
        (open.state()).map_or_else(ChatStyle::default, |board| board.settings().style(None));
    for job in refused {
        let off = open
            .state()
            .is_some_and(|board| is_off(board, &job.request));
        let job = job.styled(style);
        if off {
            job.finish(Outcome::Off);
        } else {
            job.give_up(trouble, &shared.pace, flood);
        }
    }
    read_known(open, settings, reads, trouble == Trouble::Damaged)
}

/// Whether the job would be the first event of a board that has none.
fn would_begin(job: &Job, settings: &Settings) -> bool {
    let Some(change) = job.change() else {
        return false;
    };
    let board = Board::default();
    let context = context(&job.request, &board, job.request.chat.kind, settings);
    let decided = catch_unwind(AssertUnwindSafe(|| decide(&board, change, &context)));
    matches!(decided, Ok(Ok(Some(_))))
}

/// Which jobs were already carried out on a board that was merged into this one.
fn merged_duplicates(held: &mut LockedBoard<'_>, jobs: &[Job]) -> Result<Vec<bool>, StoreError> {
    let is_known = |job: &Job| {
        let delivery = job.request.cause.delivery();
        delivery.map_or(Ok(false), |delivery| held.is_in_merged_log(delivery))
    };
    jobs.iter().map(is_known).collect()
}
