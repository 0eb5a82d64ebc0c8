//! When the chat's snapshots are written, and writing them.

use std::time::{Duration, Instant};

use crate::domain::board::BoardEvent;
use crate::store::StoreError;

use super::super::checkpoint::DueCheckpoint;
use super::super::publish::publish;
use super::Held;

/// A snapshot is written at most once in this many times what the last write of it cost.
const PUBLISH_SHARE: u32 = 20;
/// After a snapshot could not be written, the next attempt waits this long.
const PUBLISH_RETRY: Duration = Duration::from_secs(1);

impl Held<'_> {
    pub(super) fn schedule_snapshots(&mut self) {
        // Without the board in memory, as after a panic, it is opened for them.
        let is_behind = match &self.work.open {
            Some(open) => !open.is_published(),
            None => self.work.unpublished,
        };
        if self.tried_snapshots || !is_behind || self.work.publish_due.is_some() {
            return;
        }
        let delay = self.shared.settings.snapshot_delay;
        self.snapshots_in(delay.max(self.work.publish_cost * PUBLISH_SHARE));
    }

    fn snapshots_in(&mut self, delay: Duration) {
        let due = Instant::now() + delay;
        self.work.publish_due = Some(due);
        let since = *self.work.overdue.get_or_insert(due);
        self.shared.publish_at(due, since, self.chat());
    }

    /// Writes the snapshots that are due; the log's lock is waited for at most `patience`. Answers the checkpoint that is due too, to
    /// be written when the chat is released.
    pub fn publish(&mut self, patience: Duration) -> Option<DueCheckpoint<BoardEvent>> {
        self.tried_snapshots = true;
        self.work.publish_due = None;
        let since = self.work.overdue.take();
        self.forget_refuted();
        let (shared, chat) = (self.shared, self.chat());
        let begun = Instant::now();
        match self.write_snapshots(patience) {
            Ok(()) => {
                self.work.publish_cost = begun.elapsed();
                self.work.unpublished = false;
                let open = self.work.open.as_mut()?;
                return open.checkpoints.due(chat.into(), &open.log, open.state()?);
            }
            Err(StoreError::Moved { .. }) => {
                // Whoever moved it writes them.
                self.work.unpublished = false;
                if let Err(error) = self.let_go_moved(patience) {
                    shared.note_obstacle(chat, false, &error);
                }
            }
            Err(error @ StoreError::Damaged(_)) => shared.note_obstacle(chat, false, &error),
            Err(StoreError::Busy { .. }) => {
                tracing::debug!(
                    chat = chat.0,
                    "a snapshot waits: somebody holds the log's lock"
                );
                self.publish_again(since.unwrap_or(begun));
            }
            Err(error) => {
                let open = self.work.open.as_ref();
                let latched = open.is_some_and(|open| open.log.is_latched());
                shared.note_obstacle(chat, latched, &error);
                tracing::warn!(chat = chat.0, %error, "a snapshot could not be written; it is tried again");
                self.publish_again(since.unwrap_or(begun));
            }
        }
        None
    }

    fn write_snapshots(&mut self, patience: Duration) -> Result<(), StoreError> {
        if self.work.open.is_none() && self.work.unpublished && !self.ready(patience)? {
            // Whoever moved it writes them.
            return Ok(());
        }
        match &mut self.work.open {
            Some(open) => publish(open, patience),
            None => Ok(()),
        }
    }

    /// They could not be written, and are due since then.
    fn publish_again(&mut self, since: Instant) {
        self.work.overdue = Some(since);
        self.snapshots_in(PUBLISH_RETRY);
    }
}
