//! Verifies, in the background, the logs that were opened at their checkpoints.

use std::collections::{HashSet, VecDeque};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

use crate::domain::{Checkpointed, StreamId};
use crate::store::{Checkpoint, Disk, Line, Prefix, StoreError};

use super::lane::lock;

/// How much later than others this thread gets the processor.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// A log that was opened at its checkpoint.
pub struct Check {
    stream: StreamId,
    /// The lines before the checkpoint.
    prefix: Prefix,
    checkpoint: Checkpoint,
    /// By the rules of its kind of stream.
    verify: Verify,
}

/// Whether a checkpoint is what the events before it give; the last argument is whether to end early, which says nothing against it.
type Verify = fn(&Check, &dyn Disk, &dyn Fn() -> bool) -> Result<bool, StoreError>;

impl Check {
    /// A check of a checkpoint with such a state.
    pub fn of<A: Checkpointed>(stream: StreamId, prefix: Prefix, checkpoint: Checkpoint) -> Self {
        Self {
            stream,
            prefix,
            checkpoint,
            verify: Self::verify::<A>,
        }
    }

    fn verify<A: Checkpointed>(
        &self,
        disk: &dyn Disk,
        is_closing: &dyn Fn() -> bool,
    ) -> Result<bool, StoreError> {
        let mut state = A::default();
        let is_whole = self.prefix.verify(disk, &mut |line: Line<'_, A::Event>| {
            state.evolve(line.record);
            if is_closing() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
        Ok(!is_whole || self.checkpoint.state() == Some(&state.to_checkpoint()))
    }
}

/// What waits to be verified, and what was found.
#[derive(Default)]
pub struct Checks {
    waiting: Mutex<VecDeque<Check>>,
    changed: Condvar,
    closing: AtomicBool,
    refuted: Mutex<HashSet<StreamId>>,
}

impl Checks {
    /// Has a log verified.
    pub fn add(&self, check: Check) {
        lock(&self.waiting).push_back(check);
        self.changed.notify_one();
    }

    /// Whether a checkpoint of this stream was not what its log says, or the log is damaged before it. It stays so until the
    /// program starts again: a log that is read whole is always right.
    pub fn refuted(&self, stream: StreamId) -> bool {
        lock(&self.refuted).contains(&stream)
    }

    /// Ends the thread, in the middle of a log too: the next one that opens it verifies it anew.
    pub fn close(&self) {
        let _waiting = lock(&self.waiting);
        self.closing.store(true, Ordering::Relaxed);
        self.changed.notify_all();
    }

    /// Verifies one log after the other; `refuted` is told of those that are to be read whole from then on.
    pub fn run(&self, disk: &dyn Disk, refuted: &dyn Fn(StreamId)) {
        // Where that is not allowed, and where it would be the whole process's, it competes with the commands, as it would with
        // those of other processes.
        #[cfg(target_os = "linux")]
        let _ = rustix::process::setpriority_process(None, NICENESS);
        while let Some(check) = self.next() {
            let stream = check.stream;
            match (check.verify)(&check, disk, &|| self.is_closing()) {
                Ok(true) => {}
                Ok(false) => {
                    tracing::error!(
                        %stream,
                        "a checkpoint was not what its log says; it is not used any more"
                    );
                    lock(&self.refuted).insert(stream);
                    refuted(stream);
                }
                Err(error @ StoreError::Damaged(_)) => {
                    tracing::error!(%stream, %error, "a log is damaged before its checkpoint; it takes no more writes");
                    lock(&self.refuted).insert(stream);
                    refuted(stream);
                }
                Err(error) => {
                    tracing::error!(%stream, %error, "a log could not be verified; it is when it is next opened");
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

    fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }
}
