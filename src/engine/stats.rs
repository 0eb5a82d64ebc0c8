//! What an engine counts of its work, for whoever watches it: a few atomic adds per command, no locks. How it is shown is not
//! known here.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use super::histogram::Histogram;
use super::obstacles::Obstacles;
use super::tally::{Fate, Kind, Tally};

/// Bounds of a commit's duration, in microseconds.
const COMMIT_BOUNDS: &[u64] = &[
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
    5_000_000,
];
/// Bounds of the events in one flush.
const BATCH_BOUNDS: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/// The counters of one engine.
#[derive(Debug)]
pub struct Stats {
    pub commands: Tally,
    /// From a batch's begin until its events were durable, in microseconds.
    pub commit_micros: Histogram,
    /// Events per flush.
    pub batch_events: Histogram,
    pub failed_flushes: AtomicU64,
    pub obstacles: Obstacles,
    /// Commands that were submitted and not answered.
    waiting: AtomicU64,
    /// When a command was last answered, or began to wait when none did: milliseconds since `begun`.
    progressed: AtomicU64,
    begun: Instant,
    /// Threads that were started, and those that have ended.
    started: AtomicUsize,
    ended: AtomicUsize,
}

impl Default for Stats {
    fn default() -> Self {
        Self {
            commands: Tally::default(),
            commit_micros: Histogram::new(COMMIT_BOUNDS),
            batch_events: Histogram::new(BATCH_BOUNDS),
            failed_flushes: AtomicU64::new(0),
            obstacles: Obstacles::default(),
            waiting: AtomicU64::new(0),
            progressed: AtomicU64::new(0),
            begun: Instant::now(),
            started: AtomicUsize::new(0),
            ended: AtomicUsize::new(0),
        }
    }
}

impl Stats {
    /// A command came in.
    pub fn submitted(&self) {
        if self.waiting.fetch_add(1, Relaxed) == 0 {
            self.progress();
        }
    }

    /// A command is answered.
    pub fn answered(&self, kind: Kind, fate: Fate) {
        self.commands.add(kind, fate);
        self.waiting.fetch_sub(1, Relaxed);
        self.progress();
    }

    /// What one flush of so many events came to, whose batch began then.
    pub fn commit<E>(&self, flushed: &Result<(), E>, events: u64, begun: Instant) {
        if flushed.is_err() {
            self.failed_flushes.fetch_add(1, Relaxed);
            return;
        }
        let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.commit_micros.observe(micros);
        self.batch_events.observe(events);
    }

    /// Commands that were submitted and not answered.
    pub fn waiting(&self) -> u64 {
        self.waiting.load(Relaxed)
    }

    /// How long commands have been waiting without any being answered; zero when none waits.
    pub fn stalled(&self) -> Duration {
        if self.waiting() == 0 {
            return Duration::ZERO;
        }
        let last = Duration::from_millis(self.progressed.load(Relaxed));
        self.begun.elapsed().saturating_sub(last)
    }

    /// Counts a thread until the guard is dropped.
    pub fn thread(&self) -> ThreadGuard<'_> {
        self.started.fetch_add(1, Relaxed);
        ThreadGuard(self)
    }

    /// Threads that were started, and how many of them have ended.
    pub fn threads(&self) -> (usize, usize) {
        (self.started.load(Relaxed), self.ended.load(Relaxed))
    }

    fn progress(&self) {
        let now = self.begun.elapsed().as_millis();
        self.progressed
            .store(u64::try_from(now).unwrap_or(u64::MAX), Relaxed);
    }
}

/// A thread that runs; also one that ends by a panic is counted as ended.
pub struct ThreadGuard<'s>(&'s Stats);

impl Drop for ThreadGuard<'_> {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Relaxed);
    }
}
