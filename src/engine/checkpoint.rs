//! When a board is made from its checkpoint, and when it gets a new one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::domain::ChatId;
use crate::domain::board::{Board, BoardEvent};
use crate::store::{Checkpoint, Disk, Layout, Prefix, StoreError};

use super::board::OpenBoard;

/// A log gets a new checkpoint when it has grown by this share of the length from which on it has one.
const SHARE: u64 = 8;

/// What is known of a board's checkpoint.
pub struct Checkpoints {
    /// How long a log with a checkpoint is at least; none when it gets none.
    over: Option<u64>,
    reads: bool,
    /// Where the log must end for the next one; known to whoever writes one.
    next: Arc<AtomicU64>,
    unverified: Option<(Prefix, Checkpoint)>,
}

impl Checkpoints {
    /// For logs of more than `over` bytes.
    pub fn new(over: u64) -> Self {
        Self {
            over: Some(over),
            reads: true,
            next: Arc::default(),
            unverified: None,
        }
    }

    /// None is read and none is written.
    pub fn unused() -> Self {
        Self {
            over: None,
            ..Self::new(0)
        }
    }

    /// The one that is there is not to be read.
    pub fn read_whole(&mut self) {
        self.reads = false;
    }

    /// Where the log must end for the one after this: when reading what came after it would take a while, but never so
    /// soon that more bytes are written for checkpoints than for the log.
    fn after(&self, checkpoint: &Checkpoint) -> u64 {
        let share = self.over.unwrap_or_default() / SHARE;
        checkpoint.at.offset + share.max(checkpoint.size()).max(1)
    }

    /// What stands before the checkpoint from which the board was made, and that checkpoint: once, to be verified.
    pub fn take_unverified(&mut self) -> Option<(Prefix, Checkpoint)> {
        self.unverified.take()
    }
}

impl OpenBoard {
    /// Makes the state from the checkpoint of a long log of which nothing was read yet, when it fits.
    pub(super) fn begin_at_checkpoint(&mut self) -> Result<(), StoreError> {
        let Some(over) = self.checkpoints.over.filter(|_| self.checkpoints.reads) else {
            return Ok(());
        };
        let Some(checkpoint) = self.log.find_checkpoint(over)? else {
            return Ok(());
        };
        let board = checkpoint.state().and_then(Board::from_checkpoint);
        if let Some(board) = board.filter(|board| board.seq() == checkpoint.at.seq) {
            let prefix = self.log.resume(&checkpoint)?;
            self.state = Some(board);
            let next = self.checkpoints.after(&checkpoint);
            self.checkpoints.next.store(next, Ordering::Relaxed);
            self.checkpoints.unverified = Some((prefix, checkpoint));
        }
        Ok(())
    }

    /// A checkpoint of the board, when its log is long and grew enough since the last one. Called when the board was just
    /// caught up, so that all in it is durable.
    pub(super) fn due_checkpoint(&self) -> Option<DueCheckpoint> {
        let (over, end) = (self.checkpoints.over?, self.log.end().offset);
        let is_due = end > over && end >= self.checkpoints.next.load(Ordering::Relaxed);
        let board = self.state().filter(|_| is_due)?;
        match self.log.checkpoint(board.to_checkpoint()) {
            Ok(checkpoint) => checkpoint.map(|checkpoint| DueCheckpoint {
                chat: self.chat,
                after: self.checkpoints.after(&checkpoint),
                next: Arc::clone(&self.checkpoints.next),
                checkpoint,
            }),
            Err(error) => {
                tracing::warn!(chat = self.chat.0, %error, "a checkpoint could not be made; it is tried again with the next snapshot");
                None
            }
        }
    }
}

/// A checkpoint that is to be written, while the board goes on.
pub struct DueCheckpoint {
    chat: ChatId,
    checkpoint: Checkpoint,
    /// Where the log must end for the one after this.
    after: u64,
    next: Arc<AtomicU64>,
}

impl DueCheckpoint {
    /// Writes it beside the chat's log.
    pub fn write(self, disk: &dyn Disk, layout: &Layout, patience: Duration) {
        let dir = layout.chat(self.chat);
        match (self.checkpoint).publish::<BoardEvent>(disk, &dir, patience) {
            Ok(true) => self.next.store(self.after, Ordering::Relaxed),
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(chat = self.chat.0, %error, "a checkpoint could not be written; it is tried again with the next snapshot");
            }
        }
    }
}
