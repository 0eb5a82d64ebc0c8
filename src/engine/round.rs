//! A round: what waits for many chats is written to their logs, flushed once, then answered.
//!
//! A round never waits for one chat: one whose board is not in memory, whose log another process holds, or which asks for
//! more than a few lines is left to a thread of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use crate::domain::ChatId;

use super::batch::Pending;
use super::flush::{Mark, SharedFlush};
use super::held::{Begun, Held};
use super::lane::Lane;
use super::ready::Way;
use super::stats::Stats;
use super::worker::{ROUNDS, Shared};

/// How many chats a round has at most.
const CHATS: usize = 256;

/// Chats whose events are written and not flushed yet.
struct Round<'s> {
    flush: &'s SharedFlush,
    mark: Mark,
    begun: Instant,
    written: Vec<(Held<'s>, Pending)>,
}

/// Runs rounds until the engine closes.
pub fn run(shared: &Shared, flush: &SharedFlush) {
    let most = CHATS.min(shared.open_logs.share(ROUNDS));
    while let Some(lane) = shared.ready.next_round() {
        let mut round = Round {
            flush,
            mark: flush.mark(),
            begun: Instant::now(),
            written: Vec::new(),
        };
        let (mut lanes, mut room) = (vec![lane], most - 1);
        loop {
            while room > 0
                && let Some(lane) = shared.ready.gather()
            {
                lanes.push(lane);
                room -= 1;
            }
            if lanes.is_empty() {
                break;
            }
            round.join_all(shared, std::mem::take(&mut lanes));
        }
        shared.ready.gathered();
        round.commit(&shared.stats);
    }
}

impl<'s> Round<'s> {
    /// Chats that become active are noted together.
    fn join_all(&mut self, shared: &'s Shared, lanes: Vec<Arc<Lane>>) {
        let mut all: Vec<Held<'s>> = (lanes.into_iter())
            .map(|lane| Held::new(shared, lane))
            .collect();
        let new: Vec<ChatId> = all.iter().filter_map(Held::to_note).collect();
        // Should that fail, each tries it again by itself, and answers what came of it.
        if new.len() > 1
            && let Ok(note) = shared.note(&new)
        {
            // A change may have come meanwhile to a chat that is not among them.
            let is_new = |held: &Held<'_>| held.to_note().is_some_and(|chat| new.contains(&chat));
            let noted = all.iter_mut().filter(|held| is_new(held));
            noted.for_each(|held| held.was_noted(note));
        }
        // One chat alone may wait for more of its own commands; others would have to wait with it.
        if let [held] = all.as_slice()
            && self.written.is_empty()
        {
            held.gather();
        }
        all.into_iter().for_each(|held| self.join(held));
    }

    fn join(&mut self, mut held: Held<'s>) {
        match catch_unwind(AssertUnwindSafe(|| held.begin())) {
            Ok(Begun::Written(pending)) => self.written.push((held, pending)),
            Ok(Begun::Alone) => held.release(Way::Alone),
            Ok(Begun::Done) => held.release(Way::Round),
            Err(_) => held.recover(),
        }
    }

    /// Flushes everything, then tells everyone, then lets go of the chats: who is told asks again meanwhile. A single log is cheaper
    /// flushed by itself.
    fn commit(self, stats: &Stats) {
        let together = (self.written.len() > 1).then(|| self.flush.flush(self.mark));
        if let Some(flushed) = &together {
            let events = self.written.iter().map(|(_, pending)| pending.events);
            stats.commit(flushed, events.sum(), self.begun);
        }
        let mut told = Vec::with_capacity(self.written.len());
        for (mut held, pending) in self.written {
            let flushed = match together {
                Some(flushed) if held.is_covered_by(self.flush) => held.flushed(flushed),
                _ => {
                    let flushed = held.flush();
                    stats.commit(&flushed, pending.events, self.begun);
                    flushed
                }
            };
            match catch_unwind(AssertUnwindSafe(|| held.finish(pending, flushed))) {
                Ok(way) => told.push((held, way)),
                Err(_) => held.recover(),
            }
        }
        told.into_iter().for_each(|(held, way)| held.release(way));
    }
}
