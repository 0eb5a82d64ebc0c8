//! What a job comes to, before it may be told.

use crate::domain::BountyId;
use crate::domain::Seq;
use crate::domain::board::{
    Answer, Board, ChatKind, ChatStyle, Command, CommandSet, Context, EditLine, PageSize, Query,
    Refusal, answer,
};
use crate::store::Position;

use super::Settings;
use super::flood::Verdict;
use super::job::Job;
use super::request::{Ask, Outcome, Request, Trouble};
use super::tally::Fate;

/// What a job comes to, once everything before it is durable.
pub enum Draft {
    Done(Outcome),
    /// What is read from the log.
    Later(Reading),
    /// Nothing is said to one more of a flood, or to one more that comes too soon.
    Flooded,
    /// Nothing is said and nothing done: the bot does not answer in this chat.
    Off,
    /// Nothing is said: another board's log, merged into this one, already has it.
    Merged,
}

/// An answer that is read from the log.
#[derive(Clone, Copy, Debug)]
pub enum Reading {
    /// The history of a bounty as of this position.
    History { id: BountyId, until: Position },
    /// The answer of an event that the log already has.
    Again(Seq),
}

/// A draft, and how its answer is worded.
pub struct Drafted {
    pub draft: Draft,
    pub style: ChatStyle,
}

impl Draft {
    /// With how its answer is worded when the board is like this. The answer of a change that becomes an event is told with
    /// `event`.
    pub fn on(self, board: &Board, event: Option<Seq>) -> Drafted {
        let event = match self {
            Self::Later(Reading::Again(seq)) => Some(seq),
            _ => event,
        };
        Drafted {
            draft: self,
            style: board.settings().style(event),
        }
    }

    /// What is told, unless that is read from the log.
    pub fn outcome(self) -> Result<Outcome, Reading> {
        match self {
            Self::Done(outcome) => Ok(outcome),
            Self::Off => Ok(Outcome::Off),
            Self::Flooded | Self::Merged => Ok(Outcome::Silent),
            Self::Later(reading) => Err(reading),
        }
    }

    /// What it counts as, where its outcome alone would not say.
    pub fn fate(&self) -> Option<Fate> {
        match self {
            Self::Done(_) | Self::Later(Reading::History { .. }) | Self::Off => None,
            Self::Later(Reading::Again(_)) | Self::Merged => Some(Fate::Duplicate),
            Self::Flooded => Some(Fate::Flood),
        }
    }
}

/// Whether a request came through a bot that does not answer in this chat.
pub fn is_off(board: &Board, request: &Request) -> bool {
    let bot = request.cause.delivery().map(|delivery| delivery.bot);
    bot.is_some_and(|bot| !board.settings().is_answered_by(bot))
}

/// What a request comes to that comes too soon after another; none when it does not.
pub fn too_soon(verdict: Verdict) -> Option<Draft> {
    match verdict {
        Verdict::Pass => None,
        Verdict::Tell { seconds } => {
            let told = Outcome::Trouble(Trouble::TooSoon { seconds });
            Some(Draft::Done(told))
        }
        Verdict::Silent => Some(Draft::Flooded),
    }
}

/// What a decision on this request depends on.
pub fn context<'r>(
    request: &'r Request,
    board: &Board,
    kind: ChatKind,
    settings: &Settings,
) -> Context<'r> {
    Context {
        actor: &request.actor,
        at: request.at,
        zone: board.settings().zone().unwrap_or(settings.zone),
        kind,
    }
}

/// What a job that only reads comes to.
pub fn read(board: &Board, job: &Job, settings: &Settings, end: Position) -> Drafted {
    let off = is_off(board, &job.request).then_some(Draft::Off);
    let draft = off.or_else(|| job.judged.pace.and_then(too_soon));
    let draft = draft.unwrap_or_else(|| query(board, &job.request, settings, end));
    draft.on(board, None)
}

fn query(board: &Board, request: &Request, settings: &Settings, end: Position) -> Draft {
    let kind = board.kind().unwrap_or(request.chat.kind);
    let answered = match &request.ask {
        Ask::Command(Command::Query(Query::History(id))) if board.ever_had(*id) => {
            return Draft::Later(Reading::History {
                id: *id,
                until: end,
            });
        }
        Ask::Command(Command::Query(Query::History(id))) => {
            Some(Answer::Refused(Refusal::UnknownBounty {
                id: *id,
                deleted: false,
            }))
        }
        Ask::Command(Command::Query(Query::Help)) => Some(Answer::Help {
            kind,
            commands: request.terms.commands.unwrap_or_else(CommandSet::all),
            ids: std::iter::once(request.chat.id)
                .chain(board.earlier_ids().iter().copied())
                .collect(),
        }),
        Ask::Command(Command::Query(query)) => answer(
            board,
            *query,
            &context(request, board, kind, settings),
            page_size(request, settings),
        ),
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
        Ask::Command(Command::Change(_)) | Ask::Style | Ask::Migrate { .. } => None,
    };
    Draft::Done(answered.map_or(Outcome::Silent, Outcome::Answer))
}

fn page_size(request: &Request, settings: &Settings) -> PageSize {
    PageSize {
        entries: request.terms.entries.unwrap_or(settings.page.entries),
        ..settings.page
    }
}
