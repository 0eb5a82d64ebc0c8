//! Verifies, in the background, the logs that were opened at their checkpoints.

use std::collections::{HashSet, VecDeque};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

use crate::domain::ChatId;
use crate::domain::board::{Board, BoardEvent};
use crate::store::{Checkpoint, Disk, Line, Prefix, StoreError};

use super::lane::lock;

/// How much later than others this thread gets the processor.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// A log that was opened at its checkpoint.
pub struct Check {
    pub chat: ChatId,
    /// The lines before the checkpoint.
    pub prefix: Prefix,
    pub checkpoint: Checkpoint,
}

/// What waits to be verified, and what was found.
#[derive(Default)]
pub struct Checks {
    waiting: Mutex<VecDeque<Check>>,
    changed: Condvar,
    closing: AtomicBool,
    refuted: Mutex<HashSet<ChatId>>,
}

impl Checks {
    /// Has a log verified.
    pub fn add(&self, check: Check) {
        lock(&self.waiting).push_back(check);
        self.changed.notify_one();
    }

    /// Whether a checkpoint of this chat was not what its log says, or the log is damaged before it. It stays so until the
    /// program starts again: a log that is read whole is always right.
    pub fn refuted(&self, chat: ChatId) -> bool {
        lock(&self.refuted).contains(&chat)
    }

    /// Ends the thread, in the middle of a log too: the next one that opens it verifies it anew.
    pub fn close(&self) {
        let _waiting = lock(&self.waiting);
        self.closing.store(true, Ordering::Relaxed);
        self.changed.notify_all();
    }

    /// Verifies one log after the other.
    pub fn run(&self, disk: &dyn Disk) {
        // Where that is not allowed, and where it would be the whole process's, it competes with the commands, as it would with
        // those of other processes.
        #[cfg(target_os = "linux")]
        let _ = rustix::process::setpriority_process(None, NICENESS);
        while let Some(check) = self.next() {
            match self.verify(disk, &check) {
                Ok(true) => {}
                Ok(false) => {
                    tracing::error!(
                        chat = check.chat.0,
                        "a checkpoint was not what its log says; it is not used any more"
                    );
                    lock(&self.refuted).insert(check.chat);
                }
                Err(error @ StoreError::Damaged(_)) => {
                    tracing::error!(chat = check.chat.0, %error, "a log is damaged before its checkpoint; it takes no more writes");
                    lock(&self.refuted).insert(check.chat);
                }
                Err(error) => {
                    tracing::error!(chat = check.chat.0, %error, "a log could not be verified; it is when it is next opened");
                }
            }
        }
    }

    fn next(&self) -> Option<Check> {
        let mut waiting = lock(&self.waiting);
        loop {
            if self.is_closing() {
                return None;
            }
            if let Some(check) = waiting.pop_front() {
                return Some(check);
            }
            waiting = self
                .changed
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether the checkpoint is what the events before it give. A reading that was ended early says nothing against it.
    fn verify(&self, disk: &dyn Disk, check: &Check) -> Result<bool, StoreError> {
        let mut board = Board::default();
        let is_whole = check
            .prefix
            .verify(disk, &mut |line: Line<'_, BoardEvent>| {
                board.evolve(line.record);
                if self.is_closing() {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })?;
        Ok(!is_whole || check.checkpoint.state() == Some(&board.to_checkpoint()))
    }

    fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }
}
