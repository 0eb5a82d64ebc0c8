//! A tracker's own stream at work: catching up, and plan -> append -> evolve under its log's lock.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::domain::bridge::NotificationTrackerId;
use crate::domain::notifier::{Notifier, NotifierEvent, NotifierOpened};
use crate::domain::{Actor, Cause, Recorded, Seq, StreamId, Timestamp};
use crate::engine::{Checkpoints, LongLogs, add_line, write_files};
use crate::store::{
    Disk, Freshness, Layout, Log, Position, StoreError, make_root, refuse_other_stream,
};

/// How long another process's lock on the log is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// The snapshot is at most this late.
const PUBLISH_EVERY: Duration = Duration::from_secs(5);

/// A tracker's stream as this process knows it.
pub struct OpenNotifier {
    disk: Arc<dyn Disk>,
    layout: Layout,
    tracker: NotificationTrackerId,
    dir: PathBuf,
    log: Log<NotifierEvent>,
    state: Notifier,
    /// None where every log is read whole.
    long_logs: Option<LongLogs>,
    checkpoints: Checkpoints,
    /// The checkpoint that was last given to be verified.
    checked: Option<Seq>,
    /// The last event that the snapshot reflects, and when it was written.
    published: Option<(Seq, Instant)>,
    /// The snapshot is not to be late.
    is_urgent: bool,
    /// The state ran ahead of a write that failed: it is made again from the log.
    is_ahead: bool,
}

/// Events that are about to be recorded: the state runs ahead of the disk.
pub struct Draft<'d> {
    pub state: &'d mut Notifier,
    tracker: NotificationTrackerId,
    lines: Vec<u8>,
    end: Position,
    now: Timestamp,
    path: PathBuf,
}

impl Draft<'_> {
    /// Adds an event by the program itself.
    pub fn add(&mut self, event: NotifierEvent) -> Result<(), StoreError> {
        self.add_by(Actor::System {}, Cause::System {}, event)
    }

    pub fn add_all(&mut self, events: Vec<NotifierEvent>) -> Result<(), StoreError> {
        events.into_iter().try_for_each(|event| self.add(event))
    }

    /// Adds an event, after the one that names the stream when it is the first.
    pub fn add_by(
        &mut self,
        actor: Actor,
        cause: Cause,
        event: NotifierEvent,
    ) -> Result<(), StoreError> {
        if self.state.tracker().is_none() {
            let tracker_id = self.tracker;
            let opened = NotifierEvent::NotifierOpened(NotifierOpened { tracker_id });
            self.put(Actor::System {}, Cause::System {}, opened)?;
        }
        self.put(actor, cause, event)
    }

    fn put(&mut self, actor: Actor, cause: Cause, event: NotifierEvent) -> Result<(), StoreError> {
        let added = add_line(
            &mut self.lines,
            &mut self.end,
            self.now,
            actor,
            cause,
            event,
        );
        let record: Recorded<NotifierEvent> = added.map_err(|bytes| StoreError::LineTooLong {
            path: self.path.clone(),
            bytes,
        })?;
        self.state.evolve(&record);
        Ok(())
    }
}

impl OpenNotifier {
    /// The stream of a tracker, to be read whole; nothing is read or made yet.
    pub fn new(disk: Arc<dyn Disk>, layout: Layout, tracker: NotificationTrackerId) -> Self {
        let dir = layout.stream(StreamId::Notifier(tracker));
        Self {
            log: Log::new(Arc::clone(&disk), dir.clone()),
            disk,
            layout,
            tracker,
            dir,
            state: Notifier::default(),
            long_logs: None,
            checkpoints: Checkpoints::unused(),
            checked: None,
            published: None,
            is_urgent: false,
            is_ahead: false,
        }
    }

    /// Has a long log read from its checkpoint on, and what stands before that verified in the background.
    pub fn with_checkpoints(self, long_logs: LongLogs) -> Self {
        Self {
            checkpoints: long_logs.checkpoints(StreamId::Notifier(self.tracker)),
            long_logs: Some(long_logs),
            ..self
        }
    }

    /// The tracker.
    pub fn tracker(&self) -> NotificationTrackerId {
        self.tracker
    }

    /// How long the log is, as far as it is known.
    pub fn length(&self) -> u64 {
        self.log.end().offset
    }

    /// Whether an earlier write failed and could not be undone yet.
    pub fn is_latched(&self) -> bool {
        self.log.is_latched()
    }

    /// The state as of the last look at the log.
    pub fn state(&self) -> &Notifier {
        &self.state
    }

    /// Sees what is in the log, without making one.
    pub fn refresh(&mut self) -> Result<(), StoreError> {
        self.restore()?;
        self.begin_at_checkpoint()?;
        let state = &mut self.state;
        let mut evolve = |record: &Recorded<NotifierEvent>| state.evolve(record);
        self.log.lock(false, PATIENCE, &mut evolve).map(|_| ())?;
        refuse_other_stream(
            &self.state,
            self.log.path(),
            StreamId::Notifier(self.tracker),
        )
    }

    /// Records what `plan` adds for the state as it is: all of it, durably, or nothing.
    pub fn record<T>(
        &mut self,
        now: Timestamp,
        plan: impl FnOnce(&mut Draft<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.restore()?;
        make_root(&*self.disk, self.layout.root())?;
        self.begin_at_checkpoint()?;
        let path = self.log.path().to_owned();
        let state = &mut self.state;
        let mut evolve = |record: &Recorded<NotifierEvent>| state.evolve(record);
        let Some(mut locked) = self.log.lock(true, PATIENCE, &mut evolve)? else {
            return Err(StoreError::Moved { path });
        };
        refuse_other_stream(&self.state, &path, StreamId::Notifier(self.tracker))?;
        let mut draft = Draft {
            state: &mut self.state,
            tracker: self.tracker,
            lines: Vec::new(),
            end: locked.end(),
            now,
            path,
        };
        self.is_ahead = true;
        let planned = plan(&mut draft)?;
        let Draft { lines, end, .. } = draft;
        if !lines.is_empty() {
            locked.append(&lines, end)?;
        }
        self.is_ahead = false;
        let is_due = |at: Instant| self.is_urgent || at.elapsed() >= PUBLISH_EVERY;
        let late = |(seq, at): (Seq, Instant)| seq < end.seq && is_due(at);
        if end.seq > Seq(0) && self.published.is_none_or(late) {
            let before = self.published.map(|(seq, _)| seq);
            match write_files(&*self.disk, &self.dir, &self.state, &end, before) {
                Ok(()) => self.published = Some((end.seq, Instant::now())),
                Err(error) => complain(self.tracker, &error),
            }
            drop(locked);
            self.write_checkpoint();
        }
        Ok(planned)
    }

    fn begin_at_checkpoint(&mut self) -> Result<(), StoreError> {
        let stream = StreamId::Notifier(self.tracker);
        if let Some(state) = self.checkpoints.begin(stream, &mut self.log)? {
            self.state = state;
        }
        let check = self.checkpoints.take_unverified();
        if let Some((check, long_logs)) = check.zip(self.long_logs.as_ref()) {
            // One that was verified or waits for it is not verified once more after each write that failed.
            let begins_at = Some(self.state.seq());
            if std::mem::replace(&mut self.checked, begins_at) != begins_at {
                long_logs.checks.add(check);
            }
        }
        Ok(())
    }

    fn write_checkpoint(&self) {
        let stream = StreamId::Notifier(self.tracker);
        if let Some(due) = self.checkpoints.due(stream, &self.log, &self.state) {
            due.write(&*self.disk, &self.layout, PATIENCE);
        }
    }

    /// Brings the snapshot up to the last event.
    pub fn finish(&mut self) {
        let is_late = |(seq, _): (Seq, Instant)| seq < self.state.seq();
        if self.state.seq() == Seq(0) || !self.published.is_none_or(is_late) {
            return;
        }
        self.is_urgent = true;
        if let Err(error) = self.record(crate::engine::system_time(), |_| Ok(())) {
            complain(self.tracker, &error);
        }
        self.is_urgent = false;
    }

    /// Lets go of the log's file until something is to be recorded.
    pub fn rest(&mut self) {
        self.log.rest();
    }

    /// Forgets the state after a failed write, when another log has the name, and when the checkpoint that it was made from turned out
    /// not to be what the log says: everything is read anew. True when it did.
    pub fn restore(&mut self) -> Result<bool, StoreError> {
        let is_other = matches!(self.log.freshness(), Ok(Freshness::Moved));
        if !is_other && !self.log.is_at_rest() {
            return self.step_back();
        }
        let is_stale = self.is_ahead || is_other || self.is_refuted();
        if is_stale {
            let fresh = Self::new(Arc::clone(&self.disk), self.layout.clone(), self.tracker);
            let checked = self.checked.filter(|_| !is_other);
            let fresh = Self { checked, ..fresh };
            *self = match self.long_logs.take() {
                Some(long_logs) => fresh.with_checkpoints(long_logs),
                None => fresh,
            };
        }
        Ok(is_stale)
    }

    /// The log that knows of a failed write or flush stays until that is undone: read anew, what was refused would count as recorded.
    /// Only the state is made again, from what is known to stand.
    fn step_back(&mut self) -> Result<bool, StoreError> {
        if !self.is_ahead {
            return Ok(false);
        }
        let mut state = Notifier::default();
        self.log.read_known(&mut |line| {
            state.evolve(line.record);
            ControlFlow::Continue(())
        })?;
        self.state = state;
        self.is_ahead = false;
        Ok(true)
    }

    fn is_refuted(&self) -> bool {
        let stream = StreamId::Notifier(self.tracker);
        let long_logs = self.long_logs.as_ref();
        self.log.is_resumed() && long_logs.is_some_and(|long| long.checks.refuted(stream))
    }
}

fn complain(tracker: NotificationTrackerId, error: &StoreError) {
    tracing::warn!(tracker = tracker.0, %error, "a notification tracker's snapshot could not be written; it is with the next change");
}
