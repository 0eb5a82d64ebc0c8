//! What is watched: one running service.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::engine::Monitor;
use crate::telegram::BotVitals;

/// An engine and the bots on it.
pub struct Watched {
    pub engine: Monitor,
    /// When the process began, in Unix seconds.
    pub started: f64,
    bots: Mutex<Vec<Arc<BotVitals>>>,
    stopping: AtomicBool,
}

impl Watched {
    /// A service that starts now, without bots yet.
    pub fn new(engine: Monitor) -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Self {
            engine,
            started: since.unwrap_or_default().as_secs_f64(),
            bots: Mutex::default(),
            stopping: AtomicBool::new(false),
        }
    }

    /// Adds a bot.
    pub fn add(&self, bot: Arc<BotVitals>) {
        self.lock().push(bot);
    }

    /// The bots.
    pub fn bots(&self) -> Vec<Arc<BotVitals>> {
        self.lock().clone()
    }

    /// Says that the service was told to end.
    pub fn stop(&self) {
        self.stopping.store(true, Relaxed);
    }

    /// Whether it was told to end.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<BotVitals>>> {
        self.bots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
