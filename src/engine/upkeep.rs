//! What is looked after now and then: boards that nobody uses leave the memory, snapshots that are whole are flushed and
//! their chats forgotten, and the snapshots that another process left behind are brought up to date.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::ChatId;
use crate::store::{Orphan, StoreError};

use super::active::{Note, flush_snapshots};
use super::board::OpenBoard;
use super::lane::{Lane, lock};
use super::memory;
use super::mend::{self, SOON};
use super::names::current_chat;
use super::publish::publish;
use super::worker::Shared;

/// The longest time between two rounds.
const EVERY: Duration = Duration::from_secs(15);
/// After a start the first commands go first.
const FIRST: Duration = Duration::from_secs(1);
/// Snapshots are flushed when nobody wrote to their chat for so long, or when it leaves the memory.
const CALM: Duration = Duration::from_secs(30);
/// So many chats' snapshots are flushed file by file; more than that share one flush where there is one.
const FEW: usize = 32;

/// When the next round is.
#[derive(Default)]
pub struct Upkeep {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Something is to be tried again soon.
    hastened: bool,
    closing: bool,
}

impl Upkeep {
    /// Ends the thread, at the next chat at the latest.
    pub fn close(&self) {
        lock(&self.state).closing = true;
        self.changed.notify_all();
    }

    /// Has the next round come soon.
    pub fn hasten(&self) {
        let mut state = lock(&self.state);
        if !state.hastened {
            state.hastened = true;
            self.changed.notify_all();
        }
    }

    /// Whether the engine closes.
    pub fn is_closing(&self) -> bool {
        lock(&self.state).closing
    }

    /// Waits, less when it is hastened; false when the engine closes.
    fn rest(&self, time: Duration) -> bool {
        let begun = Instant::now();
        let mut state = lock(&self.state);
        while !state.closing {
            let time = if state.hastened { time.min(SOON) } else { time };
            let left = time.saturating_sub(begun.elapsed());
            if left.is_zero() {
                state.hastened = false;
                return true;
            }
            let waiting = self.changed.wait_timeout(state, left);
            state = waiting.unwrap_or_else(PoisonError::into_inner).0;
        }
        false
    }
}

/// Runs until the engine closes.
pub fn run(shared: &Shared) {
    let every = shared.settings.idle.clamp(Duration::from_millis(10), EVERY);
    let mut wait = every.min(FIRST);
    while shared.upkeep.rest(wait) {
        shared.settle(shared.settings.idle.min(CALM));
        shared.sweep();
        shared.adopt_all();
        wait = if shared.stats.obstacles.is_passing() {
            every.min(SOON)
        } else {
            every
        };
    }
}

impl Shared {
    fn sweep(&self) {
        mend::try_again(self);
        self.pace.forget((self.settings.now)().seconds());
        let is_idle = |chat: &ChatId, lane: &Arc<Lane>| {
            lane.is_idle(self.settings.idle) && !self.stats.obstacles.is_blocked(*chat)
        };
        let mut lanes = lock(&self.lanes);
        let before = lanes.len();
        lanes.retain(|chat, lane| !is_idle(chat, lane));
        let is_fewer = lanes.len() < before;
        drop(lanes);
        if is_fewer {
            memory::give_back();
        }
    }

    /// Flushes the snapshots of the chats that were not used for this long, and forgets that they were active.
    pub fn settle(&self, calm: Duration) {
        let settled: HashMap<ChatId, Note> = lock(&self.lanes)
            .iter()
            .filter_map(|(chat, lane)| Some((*chat, lane.settle(calm)?)))
            .collect();
        if settled.is_empty() {
            return;
        }
        let flushed = self.flush_snapshots(settled.keys().copied());
        if let Err(error) = flushed.and_then(|()| self.active.settle(&settled)) {
            tracing::warn!(%error, "snapshots could not be flushed; the next start looks at them again");
        }
    }

    fn flush_snapshots(
        &self,
        chats: impl ExactSizeIterator<Item = ChatId>,
    ) -> Result<(), StoreError> {
        match &self.flush {
            Some(flush) if chats.len() > FEW => flush.flush_all(self.layout.root()),
            _ => flush_snapshots(&*self.disk, &self.layout, chats),
        }
    }

    /// Brings the snapshots up to date that processes left behind which ended uncleanly.
    fn adopt_all(&self) {
        match Orphan::find(&*self.disk, &self.layout) {
            Ok(orphans) => orphans.into_iter().for_each(|orphan| self.adopt(orphan)),
            Err(error) => {
                tracing::warn!(%error, "snapshots that a crash may have left behind could not be looked for; it is tried again");
            }
        }
    }

    fn adopt(&self, orphan: Orphan) {
        let (begun, chats) = (Instant::now(), orphan.chats.len());
        for chat in &orphan.chats {
            if self.upkeep.is_closing() {
                return;
            }
            match self.adopt_chat(*chat) {
                // A damaged log has no newer snapshots to be written; whoever uses the chat is told.
                Ok(()) | Err(StoreError::Damaged(_) | StoreError::Foreign { .. }) => {}
                Err(error) => {
                    tracing::warn!(chat = chat.0, %error, "a snapshot that a crash may have left behind could not be written; it is tried again");
                    return;
                }
            }
        }
        let flushed = self.flush_snapshots(orphan.chats.iter().copied());
        match flushed.and_then(|()| orphan.remove(&*self.disk)) {
            Ok(()) => {
                let seconds = begun.elapsed().as_secs_f64();
                tracing::info!(
                    chats,
                    seconds,
                    "another process ended uncleanly; the snapshots of its chats are up to date"
                );
            }
            Err(error) => {
                tracing::warn!(%error, "snapshots could not be flushed; it is tried again")
            }
        }
    }

    /// Beside the threads that may work on this very chat: the log's lock keeps them apart, as it does other processes.
    fn adopt_chat(&self, chat: ChatId) -> Result<(), StoreError> {
        let chat = current_chat(&*self.disk, &self.layout, chat)?;
        let disk = Arc::clone(&self.disk);
        let mut open = OpenBoard::new(disk, &self.layout, chat, &self.settings);
        match publish(&mut open, self.settings.lock_patience) {
            // It was moved just now, and whoever moved it writes its snapshots.
            Err(StoreError::Moved { .. }) => Ok(()),
            published => published,
        }
    }
}
