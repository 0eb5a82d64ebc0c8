//! What is looked after now and then: boards that nobody uses leave the memory, snapshots that are whole are flushed and
//! their chats forgotten, what took no writes is tried again.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::ChatId;
use crate::store::StoreError;

use super::active::{Note, flush_snapshots};
use super::flush::{Mark, SharedFlush};
use super::lane::{Lane, lock};
use super::mend::{self, SOON};
use super::names::current_chat;
use super::pulse::{FIRST, interval};
use super::worker::Shared;

/// Snapshots are flushed when nobody wrote to their chat for so long, or when it leaves the memory.
const CALM: Duration = Duration::from_secs(30);
/// So many chats' snapshots are flushed file by file; more than that share one flush where there is one.
const FEW: usize = 32;

/// Runs until the engine closes.
pub fn run(shared: &Shared) {
    let every = interval(&shared.settings);
    let mut wait = every.min(FIRST);
    while shared.upkeep.rest(wait) {
        shared.settle(shared.settings.idle.min(CALM));
        shared.sweep();
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
        lock(&self.lanes).retain(|chat, lane| !is_idle(chat, lane));
    }

    /// Notes chats as active, before they are written to.
    pub fn note(&self, chats: &[ChatId]) -> Result<Note, StoreError> {
        self.check_root()?;
        self.active.note(chats, self.mark())
    }

    /// To be taken before the first write of what is flushed together.
    pub fn mark(&self) -> Mark {
        (self.flush.as_ref()).map_or(Mark::default(), SharedFlush::mark)
    }

    /// Flushes the snapshots of the chats that were not used for this long, and forgets that they were active.
    pub fn settle(&self, calm: Duration) {
        let settled: HashMap<ChatId, Note> = lock(&self.lanes)
            .iter()
            .filter_map(|(chat, lane)| Some((*chat, lane.settle(calm)?)))
            .collect();
        if !settled.is_empty() {
            self.settle_these(&settled);
        }
    }

    /// The same for chats whose snapshots are whole.
    pub fn settle_these(&self, settled: &HashMap<ChatId, Note>) {
        let since = settled.values().map(|note| note.since).min();
        let flushed = self.flush_snapshots(settled.keys().copied(), since.unwrap_or_default());
        if flushed.is_err() {
            self.active.doubt(settled.keys().copied());
        }
        if let Err(error) = flushed.and_then(|()| self.active.settle(settled)) {
            tracing::warn!(%error, "snapshots could not be flushed; the next start looks at them again");
        }
    }

    /// Makes the snapshots of these chats durable, which were written after the mark, where a chat has another id by now under that.
    pub fn flush_snapshots(
        &self,
        chats: impl ExactSizeIterator<Item = ChatId>,
        since: Mark,
    ) -> Result<(), StoreError> {
        match &self.flush {
            Some(flush) if chats.len() > FEW => flush.flush_all(self.layout.root(), since),
            _ => {
                let current = |chat| current_chat(&*self.disk, &self.layout, chat);
                let current: Result<Vec<ChatId>, StoreError> = chats.map(current).collect();
                flush_snapshots(&*self.disk, &self.layout, current?.into_iter())
            }
        }
    }
}
