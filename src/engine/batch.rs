//! The commands that wait on one board: decided one after the other, written and flushed together, then answered.

use std::panic::{AssertUnwindSafe, catch_unwind};

use uuid::{NoContext, Uuid};

use crate::domain::board::{
    Answer, Board, BoardEvent, BoardOpened, Change, ChatKind, Command, Context, EditLine, History,
    HistoryFold, Query, Refusal, answer, confirm, decide, repeat_answer,
};
use crate::domain::{Actor, BountyId, Cause, Recorded, Seq, Timestamp};
use crate::store::{Position, StoreError, encode};

use super::Settings;
use super::board::OpenBoard;
use super::flood::{FloodGuard, Verdict};
use super::request::{Ask, Chat, Outcome, Reply, Request, Trouble};

/// A request and whom to tell.
pub struct Job {
    pub request: Request,
    pub reply: Box<dyn FnOnce(Reply) + Send>,
}

impl Job {
    /// Tells what came of it; `board` is the chat in which it was carried out.
    pub fn finish(self, outcome: Outcome) {
        let chat = self.request.chat.id;
        (self.reply)(Reply { chat, outcome });
    }

    fn is_help(&self) -> bool {
        matches!(self.request.ask, Ask::Command(Command::Query(Query::Help)))
    }

    fn change(&self) -> Option<&Change> {
        match &self.request.ask {
            Ask::Command(Command::Change(change)) => Some(change),
            _ => None,
        }
    }
}

/// What a job comes to, once everything before it is durable.
enum Draft {
    Done(Outcome),
    /// The history of a bounty as of this position: read from the log.
    History {
        id: BountyId,
        until: Position,
    },
    /// The answer of an event that the log already has.
    Again(Seq),
}

/// Carries out the jobs in order and answers each. Gives back the jobs, unanswered, when the log is not where it was.
pub fn run(
    open: &mut OpenBoard,
    flood: &mut FloodGuard,
    settings: &Settings,
    jobs: Vec<Job>,
) -> Result<(), Vec<Job>> {
    if jobs.iter().all(|job| job.change().is_none()) {
        return read(open, settings, jobs);
    }
    let known = match merged_duplicates(open, &jobs) {
        Ok(known) => known,
        Err(error) => return trouble(open, settings, jobs, &error),
    };
    let create = jobs.iter().any(|job| would_begin(job, settings));
    let mut writer = Writer {
        settings,
        flood,
        lines: Vec::new(),
        end: Position::START,
    };
    let drafts = match open.lock(create) {
        Ok(Some((mut locked, board))) => {
            writer.end = locked.end();
            let drafts = writer.decide_all(board, &jobs, &known);
            let written = if writer.lines.is_empty() {
                Ok(())
            } else {
                locked.append(&writer.lines, writer.end)
            };
            if let Err(error) = written {
                drop(locked);
                open.state = None;
                return trouble(open, settings, jobs, &error);
            }
            drafts
        }
        Ok(None) => writer.decide_all(&mut Board::default(), &jobs, &known),
        Err(StoreError::Moved { .. }) => return Err(jobs),
        Err(error) => return trouble(open, settings, jobs, &error),
    };
    answer_all(open, jobs, drafts);
    Ok(())
}

/// Jobs that only read: no lock unless another process wrote.
fn read(open: &mut OpenBoard, settings: &Settings, jobs: Vec<Job>) -> Result<(), Vec<Job>> {
    match open.refresh() {
        Ok(()) => {}
        Err(StoreError::Moved { .. }) => return Err(jobs),
        Err(error) => return trouble(open, settings, jobs, &error),
    }
    read_known(open, settings, jobs);
    Ok(())
}

/// Answers reads from what is known and durable.
fn read_known(open: &OpenBoard, settings: &Settings, jobs: Vec<Job>) {
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
    answer_all(open, jobs, drafts);
}

/// The stream cannot be used as asked: changes are refused; reads are answered when what is readable is this chat's. When
/// nothing is readable they are refused too: an empty list would say that there are no bounties.
fn trouble(
    open: &mut OpenBoard,
    settings: &Settings,
    jobs: Vec<Job>,
    error: &StoreError,
) -> Result<(), Vec<Job>> {
    tracing::error!(chat = open.chat.0, %error, "a board could not be used as asked");
    let trouble = Trouble::from(error);
    let readable = !matches!(error, StoreError::Busy { .. } | StoreError::Foreign { .. })
        && (open.state().is_some() || open.refresh().is_ok())
        && open.check_owner().is_ok();
    let has_events = open.state().is_some_and(|board| board.seq() > Seq(0));
    let is_answered =
        |job: &Job| readable && job.change().is_none() && (has_events || job.is_help());
    let (reads, refused): (Vec<Job>, Vec<Job>) = jobs.into_iter().partition(is_answered);
    refused
        .into_iter()
        .for_each(|job| job.finish(Outcome::Trouble(trouble)));
    read_known(open, settings, reads);
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

fn context<'r>(request: &'r Request, kind: ChatKind, settings: &Settings) -> Context<'r> {
    Context {
        actor: &request.actor,
        at: request.at,
        zone: settings.zone,
        kind,
    }
}

/// What a job that only reads comes to.
fn query(board: &Board, request: &Request, settings: &Settings, end: Position) -> Draft {
    let answered = match &request.ask {
        Ask::Command(Command::Query(Query::History(id))) if board.ever_had(*id) => {
            return Draft::History {
                id: *id,
                until: end,
            };
        }
        Ask::Command(Command::Query(Query::History(id))) => {
            Some(Answer::Refused(Refusal::UnknownBounty {
                id: *id,
                deleted: false,
            }))
        }
        Ask::Command(Command::Query(query)) => {
            let kind = board.kind().unwrap_or(request.chat.kind);
            answer(
                board,
                *query,
                &context(request, kind, settings),
                settings.page,
            )
        }
        Ask::MessageEdited { bounty, arguments } => {
            let by_message = || {
                request
                    .cause
                    .delivery()
                    .and_then(|delivery| board.seen().bounty_of_message(delivery))
            };
            let bounty = bounty
                .or_else(by_message)
                .filter(|id| board.bounty(*id).is_some());
            Some(Answer::MessageEdited(EditLine {
                bounty,
                arguments: arguments.clone(),
            }))
        }
        Ask::Command(Command::Change(_)) | Ask::Migrate { .. } => None,
    };
    Draft::Done(answered.map_or(Outcome::Silent, Outcome::Answer))
}

/// Decides the jobs of a batch on a state that runs ahead of the disk by this batch.
struct Writer<'w> {
    settings: &'w Settings,
    flood: &'w mut FloodGuard,
    lines: Vec<u8>,
    end: Position,
}

impl Writer<'_> {
    fn decide_all(&mut self, board: &mut Board, jobs: &[Job], known: &[bool]) -> Vec<Draft> {
        let one = |(job, known): (&Job, &bool)| match job.change() {
            Some(_) if *known => Draft::Done(Outcome::Silent),
            Some(change) => self.change(board, change, &job.request),
            None => query(board, &job.request, self.settings, self.end),
        };
        jobs.iter().zip(known).map(one).collect()
    }

    fn change(&mut self, board: &mut Board, change: &Change, request: &Request) -> Draft {
        if let Some(seq) = request
            .cause
            .delivery()
            .and_then(|delivery| board.seen().event_of(delivery))
        {
            return Draft::Again(seq);
        }
        if let Some(outcome) = self.flooded(change, request) {
            return Draft::Done(outcome);
        }
        let kind = board.kind().unwrap_or(request.chat.kind);
        let context = context(request, kind, self.settings);
        let decided = catch_unwind(AssertUnwindSafe(|| decide(board, change, &context)));
        Draft::Done(match decided {
            Ok(Ok(Some(event))) => self.record(board, event, kind, request),
            Ok(Ok(None)) => Outcome::Answer(Answer::Welcome { kind }),
            Ok(Err(refusal)) => Outcome::Answer(Answer::Refused(refusal)),
            Err(_) => Outcome::Trouble(Trouble::Internal),
        })
    }

    fn flooded(&mut self, change: &Change, request: &Request) -> Option<Outcome> {
        let limit = self.settings.flood_limit.filter(|_| change.is_guarded())?;
        match self.flood.judge(request.actor.id(), request.at, limit) {
            Verdict::Pass => None,
            Verdict::Tell { seconds } => Some(Outcome::Trouble(Trouble::Flood { seconds })),
            Verdict::Silent => Some(Outcome::Silent),
        }
    }

    /// Adds the event to the batch, after the one that opens the board when it is the first.
    fn record(
        &mut self,
        board: &mut Board,
        event: BoardEvent,
        kind: ChatKind,
        request: &Request,
    ) -> Outcome {
        let start = (self.lines.len(), self.end);
        let opening = (board.kind().is_none()).then(|| opened(&request.chat));
        let answer = confirm(board, &event, kind);
        let opening = opening.map(|event| (Actor::System {}, Cause::System {}, event));
        let main = (request.actor.clone(), request.cause.clone(), event);
        let mut records = Vec::with_capacity(2);
        for (actor, cause, event) in opening.into_iter().chain([main]) {
            let record = new_record(
                self.end.seq.next(),
                (self.settings.now)(),
                actor,
                cause,
                event,
            );
            match encode(&record, &self.end.head, &mut self.lines) {
                Ok(head) => {
                    self.end = Position {
                        offset: 0,
                        seq: record.seq,
                        head,
                    }
                }
                Err(bytes) => {
                    tracing::error!(
                        chat = request.chat.id.0,
                        bytes,
                        "an event is too large for a log's line"
                    );
                    self.lines.truncate(start.0);
                    self.end = start.1;
                    return Outcome::Trouble(Trouble::Storage);
                }
            }
            records.push(record);
        }
        self.end.offset = start.1.offset + (self.lines.len() - start.0) as u64;
        records.iter().for_each(|record| board.evolve(record));
        answer.map_or(Outcome::Silent, Outcome::Answer)
    }
}

fn opened(chat: &Chat) -> BoardEvent {
    BoardEvent::BoardOpened(BoardOpened {
        chat_id: chat.id,
        kind: chat.kind,
        title: chat.title.clone(),
    })
}

/// An event as it is recorded now, under a new id.
pub fn new_record<E>(
    seq: Seq,
    time: Timestamp,
    actor: Actor,
    cause: Cause,
    event: E,
) -> Recorded<E> {
    let millis = u64::try_from(time.millis()).unwrap_or(0);
    let nanos = u32::try_from(millis % 1_000).unwrap_or(0) * 1_000_000;
    let id = Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, millis / 1_000, nanos));
    Recorded {
        seq,
        id,
        time,
        actor,
        cause,
        event,
    }
}

/// Everything before is durable: reads what the drafts still need, and tells everyone.
fn answer_all(open: &OpenBoard, jobs: Vec<Job>, drafts: Vec<Draft>) {
    for (job, draft) in jobs.into_iter().zip(drafts) {
        let outcome = match draft {
            Draft::Done(outcome) => outcome,
            Draft::History { id, until } => or_trouble(history(open, id, until)),
            Draft::Again(seq) => or_trouble(again(open, seq, job.request.chat.kind)),
        };
        job.finish(outcome);
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
