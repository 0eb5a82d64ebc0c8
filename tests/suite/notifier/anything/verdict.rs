//! How it ends: everything is mended and everything arrives; then nothing is missing, nothing waits and every log is sound.

use std::collections::BTreeMap;

use bounty_ledger::domain::ChatId;
use bounty_ledger::domain::bridge::EventType;
use bounty_ledger::domain::notifier::Status;
use bounty_ledger::notify::{Delivery, DeliveryFilter, deliveries};

use super::oracle::{Known, Oracle};
use super::plan::TARGETS;
use super::told::{Item, REASON};
use super::world::World;
use crate::library::{disk, layout};

/// So many hours go by at the end: more than any due date is ahead.
const HOURS: usize = 60;
/// What the tracker says of what it gives up because a board was away too long.
const UNREAD: &str = "its board could not be read when it was to be sent again";

impl World {
    /// Everything is mended, and everything arrives.
    pub fn settle(&mut self) {
        self.block(false);
        (0..self.boards.len()).for_each(|at| self.mend(at));
        self.round(true);
        for _ in 0..HOURS {
            self.lab.pass(3_600);
            self.happened.heard.extend([ChatId(-901), ChatId(-902)]);
            self.free_paused();
            for _ in 0..3 {
                self.answer(u8::MAX, super::op::Answer::Delivered);
                self.round(true);
            }
        }
        while !self.pending.is_empty() || self.notice.is_some() {
            self.answer(u8::MAX, super::op::Answer::Delivered);
            self.round(true);
        }
    }

    fn free_paused(&mut self) {
        let queues = self.lab.worker.stream().state().queues();
        let paused = queues.filter(|(_, queue)| queue.paused);
        let current = paused.filter_map(|(_, queue)| Some(queue.current.as_ref()?.delivery.0));
        for delivery in current.collect::<Vec<_>>() {
            let _ = super::super::deliveries::retry(&self.lab, delivery);
        }
    }

    pub fn check(&mut self) {
        let now = self.lab.time();
        self.lab.worker.close(Default::default(), now);
        let all = deliveries(
            &*disk(),
            &layout(&self.lab.data),
            &DeliveryFilter::default(),
        );
        let all: BTreeMap<u64, Delivery> = all
            .expect("read")
            .found
            .into_iter()
            .map(|delivery| (delivery.id.0, delivery))
            .collect();
        for (id, delivery) in &all {
            self.check_delivery(*id, delivery);
        }
        for known in self.oracle.events.values() {
            (0..TARGETS).for_each(|target| self.check_event(known, target));
        }
        self.check_reminders();
        // What was put back came without snapshots.
        for board in self
            .boards
            .iter()
            .filter(|board| board.restored > 0 && !board.is_gone)
        {
            let id = board.id.to_string();
            self.lab.data.run(&["replay", "--", &id]).ok();
        }
        self.lab.data.run(&["verify"]).ok();
        self.lab.data.run(&["replay", "--check"]).ok();
    }

    /// It has an end; what must be told was not given up but by the target.
    fn check_delivery(&self, id: u64, delivery: &Delivery) {
        let ended = delivery.ended.map(|(_, status)| status);
        let is_over = matches!(
            ended,
            Some(Status::Delivered | Status::Refused | Status::Unknown)
        );
        assert!(is_over, "it has no end: {delivery:?}");
        let reason = delivery.reason.as_deref();
        if ended != Some(Status::Refused) || matches!(reason, Some(REASON | UNREAD)) {
            return;
        }
        let target = delivery.target.0 as usize - 1;
        for item in self.told.items.get(&id).into_iter().flatten() {
            if let Item::Event(hash) = item {
                let known = &self.oracle.events[hash];
                let expected = known.to[target];
                let is_given_up = expected.is_certain && expected.told == Some(id);
                assert!(!is_given_up, "given up: {delivery:?}, {known:?}");
            }
        }
    }

    fn check_event(&self, known: &Known, target: usize) {
        let expected = known.to[target];
        let is_missing = expected.is_certain && expected.told.is_none();
        assert!(
            !is_missing || (expected.is_quiet && is_made_short(&self.oracle, known, target)),
            "target {}: missing: {known:?}",
            target + 1
        );
    }

    fn check_reminders(&self) {
        for (key, due) in &self.oracle.dues {
            for target in 0..TARGETS {
                let [soon, overdue] = due.told[target];
                let [soon_certain, overdue_certain] = due.certain[target];
                let of = format!("target {}: {key:?}, {due:?}", target + 1);
                assert!(overdue || !overdue_certain, "not said to be overdue: {of}");
                assert!(
                    soon || overdue || !soon_certain,
                    "not said to be due soon: {of}"
                );
            }
        }
    }
}

/// Whether quiet hours may have made it short: what came and went, and what was undone.
fn is_made_short(oracle: &Oracle, known: &Known, target: usize) -> bool {
    let of_it =
        |other: &&Known| other.board == known.board && other.event.bounty == known.event.bounty;
    let mut others = oracle.events.values().filter(of_it);
    match known.event.kind {
        Some(EventType::Deleted) => others.any(|other| {
            other.event.kind == Some(EventType::Added) && other.to[target].told.is_none()
        }),
        Some(kind) => others.any(|other| {
            let is_gone = other.event.kind == Some(EventType::Deleted);
            let is_undone = matches!(kind, EventType::Tracked | EventType::Untracked)
                && matches!(
                    other.event.kind,
                    Some(EventType::Tracked | EventType::Untracked)
                )
                && other.event.kind != Some(kind)
                && other.event.user == known.event.user;
            is_undone || (is_gone && other.event.seq > known.event.seq)
        }),
        None => true,
    }
}
