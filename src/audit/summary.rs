//! How much happened: events counted by user, type, chat, day or month. Memory follows the groups, not the events.

use std::collections::HashMap;
use std::convert::Infallible;
use std::ops::ControlFlow;

use chrono::{Datelike, NaiveDate};
use smol_str::SmolStr;

use crate::domain::board::BoardEvent;
use crate::domain::{Actor, ChatId, Event, Recorded, Seq, Timestamp};
use crate::store::{Line, StoreError};

use super::changes::AuditFilter;
use super::follow::{Found, for_each_followed};
use super::reader::Reader;

/// By what events are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupBy {
    User,
    Type,
    Chat,
    Day,
    Month,
}

impl GroupBy {
    fn is_time(self) -> bool {
        matches!(self, Self::Day | Self::Month)
    }

    fn group(self, chat: ChatId, record: &Recorded<BoardEvent>) -> Group {
        match self {
            Self::User => Group::User(Who::of(&record.actor)),
            Self::Type => Group::Type(record.event.name()),
            Self::Chat => Group::Chat(chat),
            Self::Day => Group::Day(record.time.day()),
            Self::Month => Group::Month(first_of_month(record.time.day())),
        }
    }
}

/// What the events of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    User(Who),
    Type(&'static str),
    Chat(ChatId),
    /// In UTC.
    Day(NaiveDate),
    /// In UTC, by its first day.
    Month(NaiveDate),
}

/// Whose events: one actor whatever its name was, an operator by the name of the OS user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// A user or a chat, by its Telegram id.
    Id(i64),
    Operator(SmolStr),
    System,
}

impl Who {
    fn of(actor: &Actor) -> Self {
        match actor {
            Actor::User { id, .. } => Self::Id(id.0),
            Actor::Chat { id, .. } => Self::Id(id.0),
            Actor::Operator { name } => Self::Operator(name.clone()),
            Actor::System {} => Self::System,
        }
    }
}

/// How many events a group has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub events: u64,
    pub added: u64,
    pub edited: u64,
    pub deleted: u64,
    pub tracked: u64,
}

impl Count {
    fn see(&mut self, event: &BoardEvent) {
        self.events += 1;
        match event {
            BoardEvent::BountyAdded(_) => self.added += 1,
            BoardEvent::BountyEdited(_) => self.edited += 1,
            BoardEvent::BountyDeleted(_) => self.deleted += 1,
            BoardEvent::Tracked(_) => self.tracked += 1,
            _ => {}
        }
    }

    fn add(&mut self, other: Self) {
        self.events += other.events;
        self.added += other.added;
        self.edited += other.edited;
        self.deleted += other.deleted;
        self.tracked += other.tracked;
    }
}

/// A name and when it was used; of two at one time, the one in the later chat and event counts.
type Named = (Timestamp, ChatId, Seq, String);

/// The counts of all groups.
#[derive(Debug, Default)]
pub struct Summary {
    counts: HashMap<Vec<Group>, Count>,
    names: HashMap<i64, Named>,
    /// Which logs could not be read to their ends, and why, in the order of the chats.
    pub problems: Vec<(ChatId, String)>,
}

/// One group and its counts.
#[derive(Debug)]
pub struct Row {
    pub groups: Vec<Group>,
    pub count: Count,
}

impl Summary {
    /// A user's or chat's latest name among the events counted.
    pub fn name(&self, id: i64) -> &str {
        self.names.get(&id).map_or("", |(.., name)| name)
    }

    /// All groups: within the group before, by count descending, times ascending.
    pub fn rows(&self, by: &[GroupBy]) -> Vec<Row> {
        let mut totals: HashMap<&[Group], u64> = HashMap::new();
        for (groups, count) in &self.counts {
            for level in 1..=groups.len() {
                *totals.entry(&groups[..level]).or_default() += count.events;
            }
        }
        let mut found: Vec<_> = self.counts.iter().collect();
        found.sort_by_cached_key(|(groups, _)| {
            let rank = |level: usize| {
                let total = totals.get(&groups[..=level]).copied().unwrap_or_default();
                let most_first = if by[level].is_time() {
                    0
                } else {
                    u64::MAX - total
                };
                (most_first, &groups[level])
            };
            (0..groups.len()).map(rank).collect::<Vec<_>>()
        });
        let row = |(groups, count): (&Vec<Group>, &Count)| Row {
            groups: groups.clone(),
            count: *count,
        };
        found.into_iter().map(row).collect()
    }

    fn see(&mut self, chat: ChatId, record: &Recorded<BoardEvent>, by: &[GroupBy]) {
        let groups = by.iter().map(|by| by.group(chat, record)).collect();
        self.counts.entry(groups).or_default().see(&record.event);
        if let Some(id) = record.actor.id().filter(|_| by.contains(&GroupBy::User)) {
            self.name_as(id, (record.time, chat, record.seq), record.actor.name());
        }
    }

    fn name_as(&mut self, id: i64, (time, chat, seq): (Timestamp, ChatId, Seq), name: &str) {
        let latest = self
            .names
            .entry(id)
            .or_insert_with(|| (time, chat, seq, name.to_owned()));
        if (time, chat, seq) > (latest.0, latest.1, latest.2) {
            (latest.0, latest.1, latest.2) = (time, chat, seq);
            if latest.3 != name {
                name.clone_into(&mut latest.3);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        for (groups, count) in other.counts {
            self.counts.entry(groups).or_default().add(count);
        }
        for (id, (time, chat, seq, name)) in other.names {
            self.name_as(id, (time, chat, seq), &name);
        }
        self.problems.extend(other.problems);
    }
}

/// Reads each chat's log once, on all cores, under the id that it has by then. `done` is told of each chat as it is read.
pub fn summarize(
    reader: &Reader<'_>,
    chats: &[ChatId],
    filter: &AuditFilter,
    by: &[GroupBy],
    mut done: impl FnMut(ChatId),
) -> Summary {
    let mut summary = Summary::default();
    let read = |chat| Summary::of_chat(reader, chat, filter, by);
    let Ok(()) = for_each_followed(reader, chats, read, |chat, part| {
        summary.merge(part.counted);
        done(chat);
        Ok::<(), Infallible>(())
    });
    summary
}

/// What one chat has of a summary.
struct Part {
    counted: Summary,
    ids: Option<Vec<ChatId>>,
}

impl Found for Part {
    fn ids(&self) -> Option<&[ChatId]> {
        self.ids.as_deref()
    }
}

impl Summary {
    fn of_chat(reader: &Reader<'_>, chat: ChatId, filter: &AuditFilter, by: &[GroupBy]) -> Part {
        let mut counted = Self::default();
        let read = reader.read_extent(chat, &mut |line: Line<'_, BoardEvent>| {
            if filter.asks_for(line.record) {
                counted.see(chat, line.record, by);
            }
            ControlFlow::Continue(())
        });
        let (problem, ids) = match read {
            Ok(Some(extent)) => (extent.damage.map(StoreError::Damaged), Some(extent.ids)),
            Ok(None) => (None, None),
            Err(error) => (Some(error), Some(Vec::new())),
        };
        let problem = problem.map(|problem| (chat, problem.to_string()));
        counted.problems.extend(problem);
        Part { counted, ids }
    }
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}
