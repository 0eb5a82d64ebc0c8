//! A view of a running engine from outside.

use std::sync::Arc;
use std::time::Duration;

use super::stats::Stats;
use super::worker::Shared;

/// Sees an engine, and does not keep it from closing.
#[derive(Clone)]
pub struct Monitor {
    shared: Arc<Shared>,
}

/// The snapshots that are still to be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lag {
    pub waiting: usize,
    /// For how long the oldest has been due; zero when none is due yet.
    pub overdue: Duration,
}

impl Lag {
    /// Of these and of those.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            waiting: self.waiting + other.waiting,
            overdue: self.overdue.max(other.overdue),
        }
    }
}

impl Monitor {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        Self {
            shared: Arc::clone(shared),
        }
    }

    /// The counters.
    pub fn stats(&self) -> &Stats {
        &self.shared.stats
    }

    /// How many chats are in memory.
    pub fn streams(&self) -> usize {
        self.shared.lane_count()
    }

    /// The snapshots that wait.
    pub fn lag(&self) -> Lag {
        self.shared.lag()
    }

    /// Whether the engine is being closed: its threads end then.
    pub fn is_closing(&self) -> bool {
        self.shared.is_closing()
    }
}
