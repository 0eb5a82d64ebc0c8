//! How many logs are open at once. When there are too many, those are closed that were not used for longest; their boards stay in
//! memory.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use super::lane::lock;
use super::worker::Shared;

/// Counts the logs that are open.
#[derive(Debug)]
pub struct OpenLogs {
    most: usize,
    /// How many there are at most: one that was closed otherwise, or never opened, counts until they are counted anew.
    open: AtomicUsize,
    /// How many chats threads took in hand so far.
    taken: AtomicUsize,
    /// How many of them they put down.
    put_down: AtomicUsize,
    counting: Mutex<()>,
}

impl OpenLogs {
    /// None yet, of so many.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            open: AtomicUsize::default(),
            taken: AtomicUsize::default(),
            put_down: AtomicUsize::default(),
            counting: Mutex::default(),
        }
    }

    /// How many chats may be in hand at once without their logs alone being too many, when so many threads have some.
    pub fn share(&self, threads: usize) -> usize {
        (self.most / (2 * threads)).max(1)
    }

    fn is_over(&self) -> bool {
        self.open.load(Relaxed) > self.most
    }
}

impl Shared {
    /// A thread is about to take a chat in hand.
    pub fn take_in_hand(&self) {
        self.open_logs.taken.fetch_add(1, Relaxed);
    }

    /// Room for one more log, which is about to be opened.
    pub fn room_for_log(&self) {
        self.open_logs.open.fetch_add(1, Relaxed);
        if self.open_logs.is_over() {
            self.close_oldest();
        }
    }

    /// A thread is done with a chat.
    pub fn put_down(&self) {
        self.open_logs.put_down.fetch_add(1, Relaxed);
    }

    /// Closes those that were not used for longest, a quarter more than is needed, and counts the others.
    fn close_oldest(&self) {
        let OpenLogs {
            most,
            open,
            taken,
            put_down,
            counting,
        } = &self.open_logs;
        let _alone = lock(counting);
        if !self.open_logs.is_over() {
            return;
        }
        let put_down = put_down.load(Relaxed);
        let mut resting: Vec<_> = lock(&self.lanes)
            .values()
            .filter_map(|lane| Some((lane.rests_since()?, Arc::clone(lane))))
            .collect();
        resting.sort_unstable_by_key(|(since, _)| *since);
        // Also those that were taken or put down meanwhile: rather twice than not at all.
        let in_hand = taken.load(Relaxed).wrapping_sub(put_down);
        let kept = (most - most / 4).saturating_sub(in_hand).min(resting.len());
        let closed = resting.len() - kept;
        resting[..closed].iter().for_each(|(_, lane)| lane.rest());
        open.store(kept + in_hand, Relaxed);
        tracing::debug!(
            closed,
            open = kept + in_hand,
            "logs were closed, to stay below the limit of open files"
        );
    }
}
