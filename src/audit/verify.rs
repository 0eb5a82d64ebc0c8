//! Checks every line of a log, and the log against its snapshots, its checkpoint and against a head noted elsewhere.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::str::FromStr;

use crate::domain::board::BoardEvent;
use crate::domain::bridge::BridgeEvent;
use crate::domain::notifier::NotifierEvent;
use crate::domain::{ChatId, Event, Seq, StreamId};
use crate::store::{Damage, Head, Line, Position, Rest, StoreError};

use super::extent::named_chat;
use super::follow::Found;
use super::merged::{MergedNames, MergedProblem, is_in_merged};
use super::reader::Reader;

/// What a check of one log found.
#[derive(Debug)]
pub struct Verdict {
    pub stream: StreamId,
    /// The last valid event.
    pub end: Position,
    pub problem: Option<Problem>,
    /// The ids that its chat has had, the latest last.
    pub ids: Vec<ChatId>,
}

impl Found for Verdict {
    fn ids(&self) -> Option<&[ChatId]> {
        let has_log = !matches!(self.problem, Some(Problem::NoLog { .. }));
        has_log.then_some(&self.ids)
    }
}

/// What is wrong with a log.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error(transparent)]
    Damaged(Damage),
    /// The remainder of a write that was never acknowledged; the bot sets it aside when it opens the log.
    #[error("{} has a torn tail: what stands after line {line}, from byte {offset} on ({bytes} {}), is no complete line; it was never acknowledged, the bot sets it aside when it next uses this chat", path.display(), if *bytes == 1 { "byte" } else { "bytes" })]
    Torn {
        path: PathBuf,
        line: u64,
        offset: u64,
        bytes: usize,
    },
    #[error("{} ends at seq {end}, before the expected seq {expected}: events were cut off, or the log was replaced", path.display())]
    Cut {
        path: PathBuf,
        end: Seq,
        expected: Seq,
    },
    #[error("{} has at line {line} (seq {seq}) the hash {found}, not the expected one: the record was rewritten", path.display())]
    Rewritten {
        path: PathBuf,
        line: u64,
        seq: Seq,
        found: Head,
    },
    /// A board that begins anew under the old id would be nobody's.
    #[error("{} does not lead to chat {to}, which had the id {old} before: write {to} into it, or put it back from a backup", path.display())]
    NotNoted {
        path: PathBuf,
        old: ChatId,
        to: ChatId,
    },
    #[error("chat {chat} has no log: check the id and --data")]
    NoLog { chat: StreamId },
    #[error(transparent)]
    Merged(MergedProblem),
    #[error("{0}")]
    Unreadable(StoreError),
}

/// A head noted elsewhere: `SEQ:HEAD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expectation {
    pub seq: Seq,
    pub head: Head,
}

impl FromStr for Expectation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let explain = || {
            "write it as SEQ:HEAD, for example 17:9f86d0… with all 64 hex digits, as `verify` prints it".to_owned()
        };
        let (seq, head) = text.split_once(':').ok_or_else(explain)?;
        let head = Head::parse(head.to_ascii_lowercase().as_bytes()).ok_or_else(explain)?;
        let seq = seq.parse().map_err(|_| explain())?;
        if seq == Seq(0) && head != Head::ZERO {
            return Err(
                "no event has the seq 0: note a seq and its head as `verify` prints them"
                    .to_owned(),
            );
        }
        Ok(Self { seq, head })
    }
}

impl Reader<'_> {
    /// Checks one stream's log.
    pub fn verify(&self, stream: impl Into<StreamId>, expected: Option<Expectation>) -> Verdict {
        match stream.into() {
            chat @ StreamId::Chat(_) => self.verify_as::<BoardEvent>(chat, expected),
            StreamId::Bridge => self.verify_as::<BridgeEvent>(StreamId::Bridge, expected),
            notifier @ StreamId::Notifier(_) => self.verify_as::<NotifierEvent>(notifier, expected),
        }
    }

    fn verify_as<E: Event>(&self, stream: StreamId, expected: Option<Expectation>) -> Verdict {
        let mut verdict = Verdict {
            stream,
            end: Position::START,
            problem: None,
            ids: Vec::new(),
        };
        verdict.problem = self
            .find_problem::<E>(expected, &mut verdict)
            .unwrap_or_else(|error| Some(Problem::from(error)));
        verdict
    }

    fn find_problem<E: Event>(
        &self,
        expected: Option<Expectation>,
        Verdict {
            stream, end, ids, ..
        }: &mut Verdict,
    ) -> Result<Option<Problem>, StoreError> {
        let stream = *stream;
        let path = self.log_path(stream);
        // Before the log: a snapshot never runs ahead of its log, but that may grow while this reads.
        let witnesses = self.witnesses(stream);
        let (mut noted, mut merged) = (None, MergedNames::default());
        let scan = self.read(stream, &mut |line: Line<'_, E>| {
            ids.extend(named_chat(line.record));
            if expected.is_some_and(|expected| expected.seq == line.end.seq) {
                noted = Some(line.end.head);
            }
            merged.see(line.record);
            *end = line.end;
            ControlFlow::Continue(())
        })?;
        let (has_log, torn) = match scan.map(|scan| scan.rest) {
            Some(Rest::Damaged(kind)) => {
                return Ok(Some(Problem::Damaged(end.damage(&path, kind))));
            }
            Some(Rest::Torn(rest)) => (true, Some(rest.len())),
            Some(Rest::Nothing) => (true, None),
            None => (false, None),
        };
        let witnesses = witnesses?;
        if let Some(damage) = self.lost_for_good(stream, &witnesses, *end, has_log) {
            return Ok(Some(Problem::Damaged(damage)));
        }
        if !has_log {
            let foreign = witnesses.into_iter().find(|file| file.seq().is_none());
            let path = foreign.map(|file| self.layout.stream(stream).join(file.name));
            return Ok(Some(path.map_or(Problem::NoLog { chat: stream }, |path| {
                Problem::Unreadable(StoreError::Foreign { path })
            })));
        }
        let dir = self.layout.stream(stream);
        if let Some(expected) = expected
            && let Some(problem) = unexpected(expected, noted, end, &path)
            && !is_in_merged(self.disk, &dir, expected)?
        {
            return Ok(Some(problem));
        }
        if let Some(bytes) = torn {
            let (line, offset) = (end.seq.0, end.offset);
            return Ok(Some(Problem::Torn {
                path,
                line,
                offset,
                bytes,
            }));
        }
        match merged.problem(self.disk, &dir, &dir)? {
            Some(problem) => Ok(Some(Problem::Merged(problem))),
            None => self.not_noted(ids),
        }
    }

    /// The first of the ids that a chat had, the latest last, that does not lead where the latest does.
    fn not_noted(&self, ids: &[ChatId]) -> Result<Option<Problem>, StoreError> {
        let Some((&to, before)) = ids.split_last() else {
            return Ok(None);
        };
        for &old in before {
            if self.current(old)? != self.current(to)? {
                let path = self.layout.moved(old);
                return Ok(Some(Problem::NotNoted { path, old, to }));
            }
        }
        Ok(None)
    }
}

fn unexpected(
    expected: Expectation,
    noted: Option<Head>,
    end: &Position,
    path: &std::path::Path,
) -> Option<Problem> {
    let path = path.to_owned();
    match noted {
        Some(found) if found == expected.head => None,
        Some(found) => Some(Problem::Rewritten {
            path,
            line: expected.seq.0,
            seq: expected.seq,
            found,
        }),
        None if expected.seq == Seq(0) && expected.head == Head::ZERO => None,
        None => Some(Problem::Cut {
            path,
            end: end.seq,
            expected: expected.seq,
        }),
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Damaged(damage) => Self::Damaged(damage),
            other => Self::Unreadable(other),
        }
    }
}
