//! A round: what waits for many chats is written to their logs, flushed once, then answered.
//!
//! A round never waits for one chat: one whose board is not in memory, whose log another process holds, or which asks for
//! more than a few lines is left to a thread of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::batch::Pending;
use super::flush::{Mark, SharedFlush};
use super::held::{Begun, Held};
use super::ready::Way;
use super::worker::Shared;

/// How many chats a round has at most.
const CHATS: usize = 256;

/// Chats whose events are written and not flushed yet.
struct Round<'s> {
    flush: &'s SharedFlush,
    mark: Mark,
    written: Vec<(Held<'s>, Pending)>,
}

/// Runs rounds until the engine closes.
pub fn run(shared: &Shared, flush: &SharedFlush) {
    while let Some(lane) = shared.ready.next_round() {
        let mut round = Round {
            flush,
            mark: flush.mark(),
            written: Vec::new(),
        };
        round.join(Held::new(shared, lane));
        for lane in std::iter::from_fn(|| shared.ready.gather()).take(CHATS - 1) {
            round.join(Held::new(shared, lane));
        }
        shared.ready.gathered();
        round.commit();
    }
}

impl<'s> Round<'s> {
    fn join(&mut self, mut held: Held<'s>) {
        match catch_unwind(AssertUnwindSafe(|| held.begin())) {
            Ok(Begun::Written(pending)) => self.written.push((held, pending)),
            Ok(Begun::Alone) => held.release(Way::Alone),
            Ok(Begun::Done) => held.release(Way::Round),
            Err(_) => held.recover(),
        }
    }

    /// Flushes everything, then tells everyone. A single log is cheaper flushed by itself.
    fn commit(self) {
        let together = (self.written.len() > 1).then(|| self.flush.flush(self.mark));
        for (mut held, pending) in self.written {
            let flushed = match &together {
                Some(flushed) if held.is_covered_by(self.flush) => held.flushed(flushed),
                _ => held.flush(),
            };
            let done = catch_unwind(AssertUnwindSafe(|| held.finish(pending, flushed)));
            match done {
                Ok(way) => held.release(way),
                Err(_) => held.recover(),
            }
        }
    }
}
