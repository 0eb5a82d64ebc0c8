//! What is watched: one running service.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::SystemTime;

use crate::engine::Monitor;
use crate::telegram::{BotVitals, Roster};

/// An engine and the bots on it.
pub struct Watched {
    pub engine: Monitor,
    /// When the process began, in Unix seconds.
    pub started: f64,
    /// The bots, which come and go.
    pub roster: Roster,
    /// How often a bug ended a notification tracker.
    pub notifier_bugs: Arc<AtomicU64>,
    stopping: AtomicBool,
}

impl Watched {
    /// A service that starts now, without bots yet.
    pub fn new(engine: Monitor) -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Self {
            engine,
            started: since.unwrap_or_default().as_secs_f64(),
            roster: Roster::default(),
            notifier_bugs: Arc::default(),
            stopping: AtomicBool::new(false),
        }
    }

    /// The bots.
    pub fn bots(&self) -> Vec<Arc<BotVitals>> {
        self.roster.all()
    }

    /// Says that the service was told to end.
    pub fn stop(&self) {
        self.stopping.store(true, Relaxed);
    }

    /// Whether it was told to end.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Relaxed)
    }
}
