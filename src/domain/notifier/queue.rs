//! What one target waits for.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::delivery::{Batch, DeliveryId, Telling};
use crate::domain::bridge::EventType;
use crate::domain::{BountyId, ChatId, Position, Timestamp, UnixTime};

/// A part of a board's log that a target was not told of: from here to where the board was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub after: Position,
    /// When the first event in it was read.
    pub since: Timestamp,
}

/// A reminder that a target was not told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    pub collection: ChatId,
    pub bounty: BountyId,
    pub due: UnixTime,
    pub kind: EventType,
    pub since: Timestamp,
}

impl Reminder {
    /// What is told of it.
    pub fn telling(&self) -> Telling {
        Telling {
            kind: self.kind,
            bounty: self.bounty,
            seqs: Vec::new(),
            due: Some(self.due),
        }
    }

    /// Whether a telling of the same board is of the same due date. One that is overdue is not due soon any more.
    fn is_told_by(&self, told: &Telling) -> bool {
        let kind = self.kind == told.kind || told.kind == EventType::Overdue;
        (self.bounty, Some(self.due)) == (told.bounty, told.due) && kind
    }
}

/// A delivery that was started and did not end, or is to be repeated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Current {
    pub delivery: DeliveryId,
    /// What it is known by to whoever receives it: the same for each attempt and for the delivery that repeats it, and no other's,
    /// also after the data directory was put back from a backup.
    pub key: Uuid,
    pub batch: Batch,
    pub attempt: u32,
    /// Until when it rests; none while it is being sent.
    pub resting: Option<Rest>,
}

/// How long something that could not be sent rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rest {
    pub since: Timestamp,
    pub until: Timestamp,
}

impl Rest {
    /// Whether it is over. One that has not begun began by a clock that was put back since: how much of it is left is not known.
    pub fn is_over(self, now: Timestamp) -> bool {
        !(self.since..self.until).contains(&now)
    }
}

/// What was settled to be told next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub batch: Batch,
    /// The key of the delivery that it repeats, when an operator asked for that.
    pub key: Option<Uuid>,
}

/// What one target waits for, and how it fares.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    pub waiting: BTreeMap<ChatId, Waiting>,
    pub reminders: Vec<Reminder>,
    pub kept: VecDeque<Kept>,
    pub current: Option<Current>,
    /// Failures since something arrived.
    pub failures: u32,
    pub unreachable: bool,
    pub paused: bool,
}

impl Queue {
    /// Whether nothing at all waits.
    pub fn is_empty(&self) -> bool {
        self.current.is_none() && self.has_nothing_else()
    }

    /// Whether nothing waits besides what is on its way, or is to be sent again.
    pub fn has_nothing_else(&self) -> bool {
        self.kept.is_empty() && self.waiting.is_empty() && self.reminders.is_empty()
    }

    /// Whether something is on its way to it.
    pub fn is_sending(&self) -> bool {
        let current = self.current.as_ref();
        current.is_some_and(|current| current.resting.is_none())
    }

    /// Whether nothing is sent to it until something happens.
    pub fn is_stopped(&self) -> bool {
        self.unreachable || self.paused
    }

    /// A batch leaves what waits: its events up to `to`, and its reminders. `read` is how far the board was read.
    pub(super) fn take(&mut self, batch: &Batch, read: Position) {
        if batch.to.seq >= read.seq {
            self.waiting.remove(&batch.collection);
        } else if let Some(waiting) = self.waiting.get_mut(&batch.collection) {
            waiting.after = batch.to;
        }
        self.reminders.retain(|reminder| {
            let is_told = |told: &Telling| reminder.is_told_by(told);
            reminder.collection != batch.collection || !batch.told.iter().any(is_told)
        });
    }

    /// What was settled to be told next, leaving out boards that cannot be read.
    pub fn next_kept(&self, unreadable: &BTreeSet<ChatId>) -> Option<&Kept> {
        let mut kept = self.kept.iter();
        kept.find(|kept| !unreadable.contains(&kept.batch.collection))
    }

    /// So many tellings leave what was settled first of a board.
    pub(super) fn take_kept(&mut self, collection: ChatId, count: usize) {
        let mut all = self.kept.iter();
        let Some(at) = all.position(|kept| kept.batch.collection == collection) else {
            return;
        };
        let told = &mut self.kept[at].batch.told;
        told.drain(..count.min(told.len()));
        if told.is_empty() {
            self.kept.remove(at);
        }
    }

    /// A bounty has another due date, or none: reminders of an earlier one are not told any more. What an operator wants sent again
    /// says what it said.
    pub(super) fn due_changed(
        &mut self,
        collection: ChatId,
        bounty: BountyId,
        due: Option<UnixTime>,
    ) {
        self.reminders.retain(|reminder| {
            let is_of_it = (reminder.collection, reminder.bounty) == (collection, bounty);
            !is_of_it || Some(reminder.due) == due
        });
        let is_told =
            |told: &Telling| told.bounty != bounty || told.due.is_none() || told.due == due;
        self.kept.retain_mut(|kept| {
            if kept.batch.collection == collection && kept.key.is_none() {
                kept.batch.told.retain(is_told);
            }
            !kept.batch.told.is_empty()
        });
    }

    /// A board is gone, or another has its name: nothing of it can be told any more but what is being sent.
    pub(super) fn forget(&mut self, collection: ChatId) {
        self.waiting.remove(&collection);
        self.reminders
            .retain(|reminder| reminder.collection != collection);
        self.kept.retain(|kept| kept.batch.collection != collection);
        let is_resting =
            |current: &Current| current.batch.collection == collection && current.resting.is_some();
        if self.current.as_ref().is_some_and(is_resting) {
            self.current = None;
        }
    }

    /// A board has another id.
    pub(super) fn rename(&mut self, from: ChatId, to: ChatId) {
        self.forget(to);
        if let Some(waiting) = self.waiting.remove(&from) {
            self.waiting.insert(to, waiting);
        }
        let current = self
            .current
            .as_mut()
            .map(|current| &mut current.batch.collection);
        let reminders = self
            .reminders
            .iter_mut()
            .map(|reminder| &mut reminder.collection);
        let kept = self.kept.iter_mut().map(|kept| &mut kept.batch.collection);
        for collection in reminders.chain(kept).chain(current) {
            if *collection == from {
                *collection = to;
            }
        }
    }
}
