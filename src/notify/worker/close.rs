//! The end of a tracker's work in this process.

use crate::domain::Timestamp;

use super::catch_up::record_seen;
use super::{News, Worker};

impl Worker {
    /// Records what came of letters, and starts none: the process ends.
    pub fn close(&mut self, happened: News, now: Timestamp) {
        self.ended.extend(happened.ended);
        let recorded = self.record(now, happened.noticed.as_ref(), |_| Ok(()));
        if let Err(error) = recorded {
            tracing::warn!(tracker = self.stream.tracker().0, %error, "what came of the last notifications could not be recorded: they are unknown");
        }
        self.finish(now);
    }

    /// Records how far boards were read, and brings the snapshot up to date, when the process ends.
    fn finish(&mut self, now: Timestamp) {
        if !self.seen.is_empty() {
            let seen = std::mem::take(&mut self.seen);
            let recorded = self.stream.record(now, |draft| record_seen(draft, seen));
            if let Err(error) = recorded {
                tracing::warn!(tracker = self.stream.tracker().0, %error, "it could not be recorded how far a notification tracker read; it reads that again");
            }
        }
        self.stream.finish();
    }
}
