//! Where it is said whether streams can be used: boards, and whoever has a stream of another kind beside them.

use std::sync::Arc;

use crate::domain::StreamId;
use crate::store::StoreError;

use super::pulse::Pulse;
use super::stats::Stats;

/// Takes reports, for whoever watches the engine. Does not keep it from closing.
#[derive(Clone)]
pub struct Reports {
    stats: Arc<Stats>,
    upkeep: Arc<Pulse>,
}

impl Reports {
    pub(super) fn new(stats: &Arc<Stats>, upkeep: &Arc<Pulse>) -> Self {
        Self {
            stats: Arc::clone(stats),
            upkeep: Arc::clone(upkeep),
        }
    }

    /// A stream was used, or could not be. `latched`: its failed write still waits to be cut back. What may pass is tried again soon.
    pub fn tell(&self, stream: StreamId, latched: bool, used: Result<(), &StoreError>) {
        let obstacles = &self.stats.obstacles;
        match used {
            Ok(()) => obstacles.clear(stream),
            Err(error) => {
                obstacles.note(stream, latched, error);
                self.try_soon();
            }
        }
    }

    /// Something failed that is no stream's own: when it was for want of room, the disk is tried again soon.
    pub fn tell_disk(&self, error: &StoreError) {
        self.stats.obstacles.note_disk(error);
        self.try_soon();
    }

    fn try_soon(&self) {
        if self.stats.obstacles.is_passing() {
            self.upkeep.hasten();
        }
    }
}
