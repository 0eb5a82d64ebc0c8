//! Decides the changes of a batch and makes the lines of their events.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::domain::board::{
    Answer, Board, BoardEvent, BoardOpened, Change, ChatKind, confirm, decide, unchanged,
};
use crate::domain::{Actor, Cause, Event, Recorded, Seq, Timestamp};
use crate::store::{Position, encode};

use super::Settings;
use super::draft::{Draft, Drafted, Reading, context, is_off, read, too_soon};
use super::event_id::new_event_id;
use super::flood::{FloodGuard, Verdict};
use super::job::Job;
use super::judged::Judged;
use super::pace::Pace;
use super::request::{Chat, Outcome, Request, Trouble};
use super::worker::Shared;

/// Few lines are longer, in bytes: most batches have one, which is made in one piece of memory then.
const USUAL_LINE: usize = 512;

/// Decides the jobs of a batch on a state that runs ahead of the disk by this batch.
pub struct Writer<'w> {
    pub settings: &'w Settings,
    pace: &'w Pace,
    flood: &'w mut FloodGuard,
    pub lines: Vec<u8>,
    pub end: Position,
}

impl<'w> Writer<'w> {
    /// A batch without events yet.
    pub fn new(shared: &'w Shared, flood: &'w mut FloodGuard) -> Self {
        Self {
            settings: &shared.settings,
            pace: &shared.pace,
            flood,
            lines: Vec::with_capacity(USUAL_LINE),
            end: Position::START,
        }
    }

    /// What each job comes to, once the events of this batch are durable. `known` are changes that another log already has.
    pub fn decide_all(
        &mut self,
        board: &mut Board,
        jobs: &mut [Job],
        known: &[bool],
    ) -> Vec<Drafted> {
        let one = |(job, known): (&mut Job, &bool)| match job.request.change() {
            Some(_) if *known => Draft::Merged.on(board, None),
            Some(change) => self.change(board, change, &job.request, &mut job.judged),
            None => read(board, job, self.settings, self.end),
        };
        jobs.iter_mut().zip(known).map(one).collect()
    }

    fn change(
        &mut self,
        board: &mut Board,
        change: &Change,
        request: &Request,
        judged: &mut Judged,
    ) -> Drafted {
        let before = self.end.seq;
        let draft = self.decide(board, change, request, judged);
        let event = Some(self.end.seq).filter(|last| *last > before);
        draft.on(board, event)
    }

    fn decide(
        &mut self,
        board: &mut Board,
        change: &Change,
        request: &Request,
        judged: &mut Judged,
    ) -> Draft {
        if is_off(board, request) {
            return Draft::Off;
        }
        if let Some(seq) = request
            .cause
            .delivery()
            .and_then(|delivery| board.seen().event_of(delivery))
        {
            if let Some(limit) = self.flood_limit(change) {
                self.flood.recall(request, limit);
            }
            return Draft::Later(Reading::Again(seq));
        }
        if let Some(refused) = self.limited(change, request, judged) {
            return refused;
        }
        let kind = board.kind().unwrap_or(request.chat.kind);
        let context = context(request, board, kind, self.settings);
        let decided = catch_unwind(AssertUnwindSafe(|| decide(board, change, &context)));
        Draft::Done(match decided {
            Ok(Ok(Some(event))) => self.record(board, event, kind, request),
            Ok(Ok(None)) => Outcome::Answer(unchanged(board, change, kind)),
            Ok(Err(refusal)) => Outcome::Answer(Answer::Refused(refusal)),
            Err(_) => Outcome::Trouble(Trouble::Internal),
        })
    }

    /// What it comes to when a limit stands against it.
    fn limited(
        &mut self,
        change: &Change,
        request: &Request,
        judged: &mut Judged,
    ) -> Option<Draft> {
        let now = self.settings.now;
        let pace = (judged.pace).get_or_insert_with(|| self.pace.judge(request, now));
        if let Some(refused) = too_soon(*pace) {
            return Some(refused);
        }
        let limit = self.flood_limit(change)?;
        let judge = || self.flood.judge(request, limit);
        match *judged.flood.get_or_insert_with(judge) {
            Verdict::Pass => None,
            Verdict::Tell { seconds } => {
                let told = Outcome::Trouble(Trouble::Flood { seconds });
                Some(Draft::Done(told))
            }
            Verdict::Silent => Some(Draft::Flooded),
        }
    }

    /// How many such changes a minute are allowed.
    fn flood_limit(&self, change: &Change) -> Option<u32> {
        self.settings.flood_limit.filter(|_| change.is_guarded())
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
            let time = (self.settings.now)();
            match add_line(&mut self.lines, &mut self.end, time, actor, cause, event) {
                Ok(record) => records.push(record),
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
        }
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

/// Adds the line of an event, recorded now, to lines that reach up to `end`, which follows. An event that is too large for a line
/// is refused with its size; the lines are to be thrown away then.
pub fn add_line<E: Event>(
    lines: &mut Vec<u8>,
    end: &mut Position,
    time: Timestamp,
    actor: Actor,
    cause: Cause,
    event: E,
) -> Result<Recorded<E>, usize> {
    let record = new_record(end.seq.next(), time, actor, cause, event);
    add_record(lines, end, &record)?;
    Ok(record)
}

/// Adds the line of the next event to lines that reach up to `end`, which follows. One that is too large for a line is refused
/// with its size, and nothing of it is added.
pub fn add_record<E: Event>(
    lines: &mut Vec<u8>,
    end: &mut Position,
    record: &Recorded<E>,
) -> Result<(), usize> {
    let before = lines.len();
    let head = encode(record, &end.head, lines)?;
    *end = Position {
        offset: end.offset + (lines.len() - before) as u64,
        seq: record.seq,
        head,
    };
    Ok(())
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
    Recorded {
        seq,
        id: new_event_id(millis),
        time,
        actor,
        cause,
        event,
    }
}
