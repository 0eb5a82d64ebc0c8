//! The commands that wait on one board: decided one after the other, written and flushed together, then answered.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use crate::domain::board::{Answer, Board, ChatKind, History, HistoryFold, decide, repeat_answer};
use crate::domain::{BountyId, Seq};
use crate::store::{Position, StoreError};

use super::Settings;
use super::board::OpenBoard;
use super::draft::{Draft, context, query};
use super::flood::FloodGuard;
use super::job::Job;
use super::request::{Outcome, Trouble};
use super::worker::Shared;
use super::writer::Writer;

/// Carries out the jobs in order and answers each. Gives back the jobs, unanswered, when the log is not where it was.
pub fn run(
    open: &mut OpenBoard,
    flood: &mut FloodGuard,
    shared: &Shared,
    jobs: Vec<Job>,
) -> Result<(), Vec<Job>> {
    let (settings, begun) = (&shared.settings, Instant::now());
    if jobs.iter().all(|job| job.change().is_none()) {
        return read(open, shared, jobs);
    }
    let known = match merged_duplicates(open, &jobs) {
        Ok(known) => known,
        Err(error) => return trouble(open, shared, jobs, &error),
    };
    let create = jobs.iter().any(|job| would_begin(job, settings));
    let mut writer = Writer::new(settings, flood);
    let place = open.place();
    let drafts = match open.lock(create) {
        // A new id may have been noted since it was looked for: no board begins under the old one then.
        Ok(Some((locked, _))) if locked.end() == Position::START && place.is_left() => {
            return Err(jobs);
        }
        Ok(Some((mut locked, board))) => {
            writer.end = locked.end();
            let drafts = writer.decide_all(board, &jobs, &known);
            let events = writer.end.seq.0 - locked.end().seq.0;
            let written = if writer.lines.is_empty() {
                Ok(())
            } else {
                let appended = locked.append(&writer.lines, writer.end);
                appended.inspect(|()| shared.stats.flushed(events, begun.elapsed()))
            };
            if let Err(error) = written {
                shared.stats.flush_failed();
                drop(locked);
                open.state = None;
                return trouble(open, shared, jobs, &error);
            }
            drafts
        }
        Ok(None) => writer.decide_all(&mut Board::default(), &jobs, &known),
        Err(StoreError::Moved { .. }) => return Err(jobs),
        Err(error) => return trouble(open, shared, jobs, &error),
    };
    answer_all(open, jobs, drafts, false);
    Ok(())
}

/// Jobs that only read: no lock unless another process wrote.
fn read(open: &mut OpenBoard, shared: &Shared, jobs: Vec<Job>) -> Result<(), Vec<Job>> {
    match open.refresh() {
        Ok(()) => {}
        Err(StoreError::Moved { .. }) => return Err(jobs),
        Err(error) => return trouble(open, shared, jobs, &error),
    }
    read_known(open, &shared.settings, jobs, false);
    Ok(())
}

/// Answers reads from what is known and durable.
fn read_known(open: &OpenBoard, settings: &Settings, jobs: Vec<Job>, partial: bool) {
    let Some(board) = open.state() else {
        return jobs
            .into_iter()
            .for_each(|job| job.finish(Outcome::Trouble(Trouble::Storage)));
    };
    let end = open.log.end();
    let drafts = jobs
        .iter()
        .map(|job| query(board, &job.request, settings, end))
        .collect();
    answer_all(open, jobs, drafts, partial);
}

/// The stream cannot be used as asked: changes are refused; reads are answered when what is readable is this chat's. When
/// nothing is readable they are refused too: an empty list would say that there are no bounties.
fn trouble(
    open: &mut OpenBoard,
    shared: &Shared,
    jobs: Vec<Job>,
    error: &StoreError,
) -> Result<(), Vec<Job>> {
    tracing::error!(chat = open.chat.0, %error, "a board could not be used as asked");
    shared.note_obstacle(open.chat, open.log.is_latched(), error);
    let trouble = Trouble::from(error);
    let readable = !matches!(error, StoreError::Busy { .. } | StoreError::Foreign { .. })
        && (open.state().is_some() || open.refresh().is_ok())
        && !open.log.is_in_doubt()
        && open.check_owner().is_ok();
    let has_events = open.state().is_some_and(|board| board.seq() > Seq(0));
    let is_answered =
        |job: &Job| readable && job.change().is_none() && (has_events || job.is_help());
    let (reads, refused): (Vec<Job>, Vec<Job>) = jobs.into_iter().partition(is_answered);
    refused
        .into_iter()
        .for_each(|job| job.finish(Outcome::Trouble(trouble)));
    read_known(open, &shared.settings, reads, trouble == Trouble::Damaged);
    Ok(())
}

/// Whether the job would be the first event of a board that has none.
fn would_begin(job: &Job, settings: &Settings) -> bool {
    let Some(change) = job.change() else {
        return false;
    };
    let context = context(&job.request, job.request.chat.kind, settings);
    let decided = catch_unwind(AssertUnwindSafe(|| {
        decide(&Board::default(), change, &context)
    }));
    matches!(decided, Ok(Ok(Some(_))))
}

/// Which jobs were already carried out on a board that was merged into this one.
fn merged_duplicates(open: &mut OpenBoard, jobs: &[Job]) -> Result<Vec<bool>, StoreError> {
    let is_known = |job: &Job| {
        job.request
            .cause
            .delivery()
            .map_or(Ok(false), |delivery| open.is_in_merged_log(delivery))
    };
    jobs.iter().map(is_known).collect()
}

/// Everything before is durable: reads what the drafts still need, and tells everyone.
fn answer_all(open: &OpenBoard, jobs: Vec<Job>, drafts: Vec<Draft>, partial: bool) {
    for (job, draft) in jobs.into_iter().zip(drafts) {
        let job = job.counted_as(draft.fate());
        let outcome = match draft {
            Draft::Done(outcome) => outcome,
            Draft::Flooded | Draft::Merged => Outcome::Silent,
            Draft::History { id, until } => or_trouble(history(open, id, until)),
            Draft::Again(seq) => or_trouble(again(open, seq, job.request.chat.kind)),
        };
        job.finish_with(outcome, partial);
    }
}

fn or_trouble(answer: Result<Option<Answer>, StoreError>) -> Outcome {
    match answer {
        Ok(answer) => answer.map_or(Outcome::Silent, Outcome::Answer),
        Err(error) => {
            tracing::error!(%error, "a log could not be read again");
            Outcome::Trouble(Trouble::from(&error))
        }
    }
}

fn history(open: &OpenBoard, id: BountyId, until: Position) -> Result<Option<Answer>, StoreError> {
    let mut fold = HistoryFold::new(id);
    open.read_until(until.seq, |record| fold.see(record))?;
    let (seq, head) = (until.seq, until.head.to_string());
    Ok(Some(Answer::History(History {
        id,
        entries: fold.into_entries(),
        seq,
        head,
    })))
}

fn again(open: &OpenBoard, seq: Seq, kind: ChatKind) -> Result<Option<Answer>, StoreError> {
    let (mut before, mut answer) = (Board::default(), None);
    open.read_until(seq, |record| {
        answer = repeat_answer(&mut before, record, seq, kind)
    })?;
    Ok(answer)
}
