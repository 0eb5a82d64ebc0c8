//! When a board is made from its checkpoint, and when it gets a new one.

use crate::domain::board::Board;
use crate::store::{Checkpoint, Prefix, StoreError};

use super::board::OpenBoard;

/// A log gets a new checkpoint when it has grown by this share of the length from which on it has one.
const SHARE: u64 = 8;

/// What is known of a board's checkpoint.
pub struct Checkpoints {
    /// How long a log with a checkpoint is at least; none when it gets none.
    over: Option<u64>,
    reads: bool,
    /// Where the log must end for the next one.
    next: u64,
    unverified: Option<(Prefix, Checkpoint)>,
}

impl Checkpoints {
    /// For logs of more than `over` bytes.
    pub fn new(over: u64) -> Self {
        Self {
            over: Some(over),
            reads: true,
            next: 0,
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

    /// This checkpoint is there now. The next one is due when reading what came after it would take a while, but never so
    /// soon that more bytes are written for checkpoints than for the log.
    pub fn was_written(&mut self, checkpoint: &Checkpoint) {
        let share = self.over.unwrap_or_default() / SHARE;
        self.next = checkpoint.at.offset + share.max(checkpoint.size()).max(1);
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
            self.checkpoints.was_written(&checkpoint);
            self.checkpoints.unverified = Some((prefix, checkpoint));
        }
        Ok(())
    }

    /// A checkpoint of the board, when its log is long and grew enough since the last one. Called when the board was just
    /// caught up, so that all in it is durable.
    pub(super) fn due_checkpoint(&self) -> Option<Checkpoint> {
        let (over, end) = (self.checkpoints.over?, self.log.end().offset);
        let board = self
            .state()
            .filter(|_| end > over && end >= self.checkpoints.next)?;
        match self.log.checkpoint(board.to_checkpoint()) {
            Ok(checkpoint) => checkpoint,
            Err(error) => {
                tracing::warn!(chat = self.chat.0, %error, "a checkpoint could not be made; it is tried again with the next snapshot");
                None
            }
        }
    }
}
