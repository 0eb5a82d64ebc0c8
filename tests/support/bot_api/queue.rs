//! One bot's queue of updates: kept until confirmed, delivered again until then.
//!
//! The rules are those of `getUpdates` (<https://core.telegram.org/bots/api#getupdates>) and, for an offset that
//! makes no sense, of the real server's queue (tdlib's `TQueue::get` and the Bot API server's fallback).

use std::collections::VecDeque;

use serde_json::Value;

/// The first `update_id`, when the test does not choose one.
const FIRST_ID: i64 = 700_000_001;

/// An offset this much above the next id is taken for one of another numbering and confirms nothing.
const FUTURE_TOLERANCE: i64 = 10;

struct Queued {
    id: i64,
    raw: String,
    /// Came with an id that was confirmed already (numbering restarted, or sent twice): not confirmed unseen.
    spared: bool,
}

/// Updates in the order they came.
#[derive(Default)]
pub struct UpdateQueue {
    waiting: VecDeque<Queued>,
    /// The id after the newest update's.
    next_id: Option<i64>,
    confirmed: Option<i64>,
    /// The newest update had a lower id than the one before it, and no offset was accepted since.
    restarted: bool,
}

impl UpdateQueue {
    /// Queues an update under its own `update_id`, else under the next one; returns it.
    pub fn push(&mut self, mut update: Value) -> i64 {
        let own_id = update["update_id"].as_i64();
        let id = own_id.or(self.next_id).unwrap_or(FIRST_ID);
        update["update_id"] = id.into();
        self.push_raw(id, update.to_string());
        id
    }

    /// Queues a text as it is. A lower id than before starts a new numbering, as after a week without updates.
    pub fn push_raw(&mut self, id: i64, raw: String) {
        self.restarted |= self.next_id.is_some_and(|next_id| id < next_id);
        self.next_id = Some(id + 1);
        let spared = self.confirmed.is_some_and(|confirmed| id < confirmed);
        self.waiting.push_back(Queued { id, raw, spared });
    }

    /// What an `offset` does: a positive one confirms every lower id, a negative one all but the last few.
    pub fn confirm(&mut self, offset: i64) {
        match offset {
            0 => {}
            1.. => self.confirm_below(offset),
            _ => self.keep_last(offset.unsigned_abs() as usize),
        }
    }

    fn confirm_below(&mut self, offset: i64) {
        let in_future = |next_id| offset > next_id + FUTURE_TOLERANCE;
        if self.next_id.is_none_or(in_future) {
            return;
        }
        self.waiting
            .retain(|queued| queued.id >= offset || queued.spared);
        self.note_confirmed(offset);
    }

    fn keep_last(&mut self, count: usize) {
        let surplus = self.waiting.len().saturating_sub(count);
        self.waiting.drain(..surplus);
        if let Some(first) = self.waiting.front() {
            self.note_confirmed(first.id);
        }
    }

    fn note_confirmed(&mut self, offset: i64) {
        let restarted = std::mem::take(&mut self.restarted);
        self.confirmed = match self.confirmed {
            Some(before) if !restarted => Some(before.max(offset)),
            _ => Some(offset),
        };
    }

    pub fn clear(&mut self) {
        self.waiting.clear();
        self.confirmed = self.next_id;
    }

    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// The highest offset that was accepted in the current numbering.
    pub fn confirmed(&self) -> Option<i64> {
        self.confirmed
    }

    /// A JSON array of the oldest unconfirmed updates, put together as text; `None` when there is none.
    pub fn deliver(&mut self, limit: usize) -> Option<String> {
        let batch: Vec<&str> = self.waiting.iter_mut().take(limit).map(seen).collect();
        (!batch.is_empty()).then(|| format!("[{}]", batch.join(",")))
    }
}

fn seen(queued: &mut Queued) -> &str {
    queued.spared = false;
    &queued.raw
}
