//! A progress bar on stderr, for work that takes longer than a second, when stderr is a terminal.

use std::io::{IsTerminal, stderr, stdout};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long work takes before its progress is shown.
const QUIET: Duration = Duration::from_secs(1);

/// The progress of work measured in bytes or in events.
pub struct Progress {
    bar: ProgressBar,
    begun: Instant,
    /// Whether it is shown, or is not to be.
    shown: bool,
}

impl Progress {
    /// Progress over this many bytes; nothing is shown yet.
    pub fn of_bytes(total: u64) -> Self {
        Self::new(
            total,
            "{bar:32} {bytes}/{total_bytes} {bytes_per_sec}, {eta} left",
        )
    }

    /// The same for work that prints as it goes on: on a terminal what it prints is its progress, and a bar would stand in between.
    pub fn of_printed_bytes(total: u64) -> Self {
        let mut progress = Self::of_bytes(total);
        progress.shown |= stdout().is_terminal();
        progress
    }

    /// Progress over this many events; nothing is shown yet.
    #[cfg(feature = "import")]
    pub fn of_events(total: u64) -> Self {
        Self::new(
            total,
            "{bar:32} {human_pos}/{human_len} events, {per_sec}, {eta} left",
        )
    }

    fn new(total: u64, template: &str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self {
            bar,
            begun: Instant::now(),
            shown: !stderr().is_terminal(),
        }
    }

    /// Prints something while no bar stands in the way.
    pub fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }

    /// So many more are done.
    pub fn advance(&mut self, count: u64) {
        self.bar.inc(count);
        if !self.shown && self.begun.elapsed() >= QUIET {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.shown = true;
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
