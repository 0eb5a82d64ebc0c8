//! Telling everyone what their jobs came to, some of them with answers that are read from the log first.

use crate::domain::board::{Answer, Board, ChatKind, History, HistoryFold, repeat_answer};
use crate::domain::{BountyId, Seq};
use crate::store::{Position, StoreError};

use super::board::OpenBoard;
use super::draft::{Draft, Reading};
use super::flood::FloodGuard;
use super::job::Job;
use super::pace::Pace;
use super::request::{Outcome, Trouble};

/// Jobs, and what each comes to.
pub type Answers = Vec<(Job, Draft)>;

/// Answers that still need the log to be read, in their order.
#[derive(Default)]
pub struct Late {
    answers: Answers,
    /// They come from the readable part of a damaged record.
    partial: bool,
}

/// Everything before is durable: tells everyone, up to the first whose answer needs the log to be read. They are told one right
/// after the other, and what their jobs had is dropped after that: so somebody who waits for many of them is woken once.
pub fn answer_all(mut answers: Answers, partial: bool) -> Late {
    let mut told = 0;
    for (job, draft) in &mut answers {
        let fate = draft.fate();
        match std::mem::replace(draft, Draft::Off).outcome() {
            Ok(outcome) => job.tell(fate, outcome, partial),
            Err(reading) => {
                *draft = Draft::Later(reading);
                break;
            }
        }
        told += 1;
    }
    let late = answers.split_off(told);
    Late {
        answers: late,
        partial,
    }
}

impl Late {
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// Reads what the answers need, and tells everyone. A board that left the memory meanwhile cannot be asked any more. What could not
    /// be read does not count in the limits.
    pub fn answer(self, open: Option<&OpenBoard>, pace: &Pace, flood: &mut FloodGuard) {
        for (mut job, draft) in self.answers {
            let fate = draft.fate();
            let answered = match (draft.outcome(), open) {
                (Ok(outcome), _) => Ok(outcome),
                (Err(reading), Some(open)) => read(open, reading, &job).map_err(trouble),
                (Err(_), None) => Err(Trouble::Busy),
            };
            match answered {
                Ok(outcome) => job.tell(fate, outcome, self.partial),
                Err(trouble) => job.give_up(trouble, pace, flood),
            }
        }
    }
}

fn trouble(error: StoreError) -> Trouble {
    tracing::error!(%error, "a log could not be read again");
    Trouble::from(&error)
}

fn read(open: &OpenBoard, reading: Reading, job: &Job) -> Result<Outcome, StoreError> {
    match reading {
        Reading::History { id, until } => history(open, id, until).map(Outcome::Answer),
        Reading::Again(seq) => again(open, seq, job.request.chat.kind),
    }
}

fn history(open: &OpenBoard, id: BountyId, until: Position) -> Result<Answer, StoreError> {
    let mut fold = HistoryFold::new(id);
    open.read_until(until.seq, |record| fold.see(record))?;
    let (seq, head) = (until.seq, until.head.to_string());
    Ok(Answer::History(History {
        id,
        entries: fold.into_entries(),
        seq,
        head,
    }))
}

fn again(open: &OpenBoard, seq: Seq, kind: ChatKind) -> Result<Outcome, StoreError> {
    let (mut before, mut answer) = (Board::default(), None);
    open.read_until(seq, |record| {
        answer = repeat_answer(&mut before, record, seq, kind)
    })?;
    Ok(answer.map_or(Outcome::Silent, Outcome::Answer))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::channel;

    use super::{Draft, FloodGuard, Job, Late, Outcome, Pace, Reading, Trouble};
    use crate::domain::board::{ChatKind, Command, Query};
    use crate::domain::{Actor, Cause, ChatId, Seq};
    use crate::engine::job::ReplyTo;
    use crate::engine::judged::Judged;
    use crate::engine::request::{Ask, Chat, Request, Terms};
    use crate::engine::stats::Stats;

    #[test]
    fn answers_are_given_though_the_board_left_the_memory() {
        let stats = Arc::new(Stats::default());
        let (tell, told) = channel();
        let drafts = [
            Draft::Done(Outcome::Silent),
            Draft::Later(Reading::Again(Seq(1))),
        ];
        let answers = drafts.map(|draft| {
            let request = Request {
                chat: Chat {
                    id: ChatId(1),
                    kind: ChatKind::Private,
                    title: None,
                },
                actor: Actor::System {},
                cause: Cause::System {},
                at: 0,
                ask: Ask::Command(Command::Query(Query::Help)),
                terms: Terms::default(),
            };
            let tell = tell.clone();
            let tell = move |reply| tell.send(reply).expect("the test listens");
            let reply = ReplyTo::new(&request, &stats, Box::new(tell));
            let job = Job {
                request,
                reply,
                judged: Judged::default(),
            };
            (job, draft)
        });
        let late = Late {
            answers: answers.into(),
            partial: false,
        };
        late.answer(None, &Pace::default(), &mut FloodGuard::default());
        drop(tell);
        let outcomes: Vec<Outcome> = told.iter().map(|reply| reply.outcome).collect();
        assert_eq!(outcomes, [Outcome::Silent, Outcome::Trouble(Trouble::Busy)]);
    }
}
