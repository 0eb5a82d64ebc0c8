//! When a stream's state is made from its checkpoint, and when it gets a new one. The same for every kind of stream.

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::domain::{Checkpointed, Event, StreamId};
use crate::store::{Checkpoint, Disk, Layout, Log, StoreError};

use super::checks::{Check, Checks};

/// A log gets a new checkpoint when it has grown by this share of the length from which on it has one.
const SHARE: u64 = 8;

/// How long logs are opened: at their checkpoints, and verified afterwards.
#[derive(Clone)]
pub struct LongLogs {
    /// How many bytes a log must have to be opened at a checkpoint, and to get one.
    pub over: u64,
    pub checks: Arc<Checks>,
}

/// What is known of a log's checkpoint.
pub struct Checkpoints {
    /// How long a log with a checkpoint is at least; none when it gets none.
    over: Option<u64>,
    reads: bool,
    /// Where the log must end for the next one; known to whoever writes one.
    next: Arc<AtomicU64>,
    unverified: Option<Check>,
}

impl LongLogs {
    /// For one stream. Where a checkpoint was not what its log says, the log is read whole.
    pub fn checkpoints(&self, stream: StreamId) -> Checkpoints {
        Checkpoints {
            reads: !self.checks.refuted(stream),
            ..Checkpoints::new(self.over)
        }
    }
}

impl Checkpoints {
    /// For logs of more than `over` bytes.
    fn new(over: u64) -> Self {
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

    /// Where the log must end for the one after this: when reading what came after it would take a while, but never so
    /// soon that more bytes are written for checkpoints than for the log.
    fn after(&self, checkpoint: &Checkpoint) -> u64 {
        let share = self.over.unwrap_or_default() / SHARE;
        checkpoint.at.offset + share.max(checkpoint.size()).max(1)
    }

    /// What stands before the checkpoint from which the state was made, and that checkpoint: once, to be verified.
    pub fn take_unverified(&mut self) -> Option<Check> {
        self.unverified.take()
    }

    /// The state in the checkpoint of a long log of which nothing was read yet, when it fits; the log goes on behind it.
    pub fn begin<A: Checkpointed + 'static>(
        &mut self,
        stream: StreamId,
        log: &mut Log<A::Event>,
    ) -> Result<Option<A>, StoreError> {
        let Some(over) = self.over.filter(|_| self.reads) else {
            return Ok(None);
        };
        let Some(checkpoint) = log.find_checkpoint(over)? else {
            return Ok(None);
        };
        let state = checkpoint.state().and_then(A::from_checkpoint);
        let Some(state) = state.filter(|state| state.seq() == checkpoint.at.seq) else {
            return Ok(None);
        };
        let prefix = log.resume(&checkpoint)?;
        let next = self.after(&checkpoint);
        self.next.store(next, Ordering::Relaxed);
        self.unverified = Some(Check::of::<A>(stream, prefix, checkpoint));
        Ok(Some(state))
    }

    /// A checkpoint of this state, when its log is long and grew enough since the last one. Called when the log was just caught up
    /// with, so that all in it is durable.
    pub fn due<A: Checkpointed>(
        &self,
        stream: StreamId,
        log: &Log<A::Event>,
        state: &A,
    ) -> Option<DueCheckpoint<A::Event>> {
        let (over, end) = (self.over?, log.end().offset);
        if end <= over || end < self.next.load(Ordering::Relaxed) {
            return None;
        }
        match log.checkpoint(state.to_checkpoint()) {
            Ok(checkpoint) => checkpoint.map(|checkpoint| DueCheckpoint {
                stream,
                after: self.after(&checkpoint),
                next: Arc::clone(&self.next),
                checkpoint,
                events: PhantomData,
            }),
            Err(error) => {
                tracing::warn!(%stream, %error, "a checkpoint could not be made; it is tried again with the next snapshot");
                None
            }
        }
    }
}

/// A checkpoint that is to be written, while the stream goes on.
pub struct DueCheckpoint<E> {
    stream: StreamId,
    checkpoint: Checkpoint,
    /// Where the log must end for the one after this.
    after: u64,
    next: Arc<AtomicU64>,
    events: PhantomData<fn() -> E>,
}

impl<E: Event> DueCheckpoint<E> {
    /// Writes it beside the stream's log.
    pub fn write(self, disk: &dyn Disk, layout: &Layout, patience: Duration) {
        let dir = layout.stream(self.stream);
        match self.checkpoint.publish::<E>(disk, &dir, patience) {
            Ok(true) => self.next.store(self.after, Ordering::Relaxed),
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(stream = %self.stream, %error, "a checkpoint could not be written; it is tried again with the next snapshot");
            }
        }
    }
}
