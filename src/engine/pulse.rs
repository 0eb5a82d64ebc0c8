//! The waiting of a thread that does something now and then.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Settings;
use super::lane::lock;
use super::mend::SOON;

/// The longest time between two rounds.
const EVERY: Duration = Duration::from_secs(15);
/// After a start the first commands go first.
pub const FIRST: Duration = Duration::from_secs(1);

/// The time between two rounds.
pub fn interval(settings: &Settings) -> Duration {
    settings.idle.clamp(Duration::from_millis(10), EVERY)
}

/// When the next round of a thread is that looks after something.
#[derive(Default)]
pub struct Pulse {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Something is to be tried again soon.
    hastened: bool,
    closing: bool,
}

impl Pulse {
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
    pub fn rest(&self, time: Duration) -> bool {
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
