//! The events of a source's rows on their way into one stream's log, whatever kind of stream it is.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::check::{Comparison, Records};
use crate::domain::{Actor, Aggregate, Cause, Event, Recorded, StreamId, Timestamp};
use crate::engine::{SharedFlush, add_record, write_files};
use crate::store::{
    Disk, Layout, Line, Locked, Log, Position, StoreError, Written, is_merged_log, merged_logs,
    read_log, refuse_other_stream,
};

/// How long another process's lock on a log is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most events that are written under one lock: a running bot waits no longer than that for the log.
const CHUNK: usize = 2_000;

/// The id of what was deleted before its board was merged into another.
pub const GONE: u64 = 0;

/// An event that a log does not have yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft<E> {
    pub id: Uuid,
    pub time: Timestamp,
    pub actor: Actor,
    pub cause: Cause,
    pub event: E,
}

/// The imported events that a log has, each with the id of the bounty or entity that it made or is about.
pub type Present = HashMap<Uuid, Option<u64>>;

/// The rows of a source that belong into one stream.
pub trait Rows {
    type State: Aggregate;

    /// The bounty or entity that an event is about.
    fn subject(event: &<Self::State as Aggregate>::Event) -> Option<u64>;

    /// The events that the log does not have yet, in their order. The same for the same log, whatever happened on the way there.
    fn missing(&self, log: &Known<Self::State>) -> Vec<Draft<<Self::State as Aggregate>::Event>>;

    /// How many rows there are.
    fn len(&self) -> u64;

    /// Compares each row with the event that it became.
    fn compare(
        &self,
        known: &Known<Self::State>,
        records: &Records<<Self::State as Aggregate>::Event>,
        comparison: &mut Comparison,
    );

    /// What must be in place before these events are in the log; the log's lock is held.
    fn prepare(
        &self,
        _disk: &dyn Disk,
        _drafts: &[Draft<<Self::State as Aggregate>::Event>],
    ) -> Result<(), StoreError> {
        Ok(())
    }
}

/// What is known of a log.
#[derive(Debug, Default)]
pub struct Known<S> {
    pub state: S,
    pub present: Present,
    /// What came here from the logs of boards that were merged into this one: file and key there, and the id here.
    merged: HashMap<(String, String), u64>,
}

impl<S: Aggregate> Known<S> {
    /// The next event of the log.
    pub fn see<R: Rows<State = S>>(&mut self, record: &Recorded<S::Event>) {
        if let Cause::Import { file, key, .. } = &record.cause {
            let subject = R::subject(&record.event);
            self.present.insert(record.id, subject);
            if let Some(id) = subject.filter(|_| is_merged_log(file.as_ref())) {
                self.merged.insert((file.clone(), key.clone()), id);
            }
        }
        self.state.evolve(record);
    }

    /// What the log of a board that was merged into this one has. Its living bounties came here under other ids.
    fn see_merged<R: Rows<State = S>>(&mut self, file: &str, record: &Recorded<S::Event>) {
        if !matches!(record.cause, Cause::Import { .. }) {
            return;
        }
        let came = |id: u64| {
            let key = (file.to_owned(), format!("bounty {id}"));
            self.merged.get(&key).copied().unwrap_or(GONE)
        };
        let subject = R::subject(&record.event).map(came);
        self.present.entry(record.id).or_insert(subject);
    }

    /// Reads the logs of boards that were merged into the one of this directory, whose own log was read before.
    pub fn see_all_merged<R: Rows<State = S>>(
        &mut self,
        disk: &dyn Disk,
        dir: &Path,
    ) -> Result<(), StoreError> {
        for path in merged_logs(disk, dir)? {
            let Some(file) = path.file_name().and_then(OsStr::to_str) else {
                continue;
            };
            let mut see = |line: Line<'_, S::Event>| {
                self.see_merged::<R>(file, line.record);
                ControlFlow::Continue(())
            };
            read_log(disk, &path, PATIENCE, &mut see)?;
        }
        Ok(())
    }
}

/// One stream's log, open for the events of an import.
pub struct Target<R: Rows> {
    disk: Arc<dyn Disk>,
    stream: StreamId,
    dir: PathBuf,
    log: Log<EventOf<R>>,
    known: Known<R::State>,
    /// What is missing, as of the event that the log ended with.
    missing: Option<(Position, std::vec::IntoIter<Draft<EventOf<R>>>)>,
    /// What was written and not flushed: its log is locked.
    put: Option<(Written, Vec<Recorded<EventOf<R>>>)>,
}

/// What can happen in the stream that these rows belong to.
type EventOf<R> = <<R as Rows>::State as Aggregate>::Event;

impl<R: Rows> Target<R> {
    /// The log of this stream; nothing is read yet.
    pub fn new(disk: &Arc<dyn Disk>, layout: &Layout, stream: StreamId) -> Self {
        let dir = layout.stream(stream);
        Self {
            disk: Arc::clone(disk),
            stream,
            log: Log::new(Arc::clone(disk), dir.clone()),
            dir,
            known: Known::default(),
            missing: None,
            put: None,
        }
    }

    /// Writes what the log does not have, a part at a time: between two parts others may use the stream. Then the snapshots.
    pub fn write(&mut self, rows: &R, written: &mut dyn FnMut(u64)) -> Result<(), StoreError> {
        while self.put(rows, PATIENCE)? {
            let flushed = self.flush();
            written(self.settle(flushed)?);
        }
        self.publish()
    }

    /// Writes the next part of what the log does not have and does not flush it: the log stays locked until [`Self::settle`]. False
    /// when nothing is missing. The lock is waited for at most `patience`.
    pub fn put(&mut self, rows: &R, patience: Duration) -> Result<bool, StoreError> {
        let (path, dir) = (self.log.path().to_owned(), self.dir.clone());
        let (disk, mut before) = (Arc::clone(&self.disk), self.missing.take());
        let Some((locked, known)) = self.lock(true, patience)? else {
            return Ok(false);
        };
        if before.is_none() {
            known.see_all_merged::<R>(&*disk, &dir)?;
        }
        let end = locked.end();
        let mut missing = match before.take() {
            Some((at, missing)) if at == end => missing,
            _ => rows.missing(known).into_iter(),
        };
        let part: Vec<_> = missing.by_ref().take(CHUNK).collect();
        if part.is_empty() {
            return Ok(false);
        }
        rows.prepare(&*disk, &part)?;
        let (lines, end, records) = encoded(part, end, &path)?;
        let written = locked.write(&lines, end)?;
        self.put = Some((written, records));
        self.missing = Some((end, missing));
        Ok(true)
    }

    /// Flushes what was written.
    pub fn flush(&self) -> Result<(), StoreError> {
        self.log.flush()
    }

    /// Whether a flush of many files flushes this log too.
    pub fn is_covered_by(&self, flush: &SharedFlush) -> bool {
        self.log.file_id().is_some_and(|file| flush.covers(file))
    }

    /// Ends a write, with what came of its flush: how many events are durable now.
    pub fn settle(&mut self, flushed: Result<(), StoreError>) -> Result<u64, StoreError> {
        let Some((written, records)) = self.put.take() else {
            return Ok(0);
        };
        written.settle(&mut self.log, flushed)?;
        for record in &records {
            self.known.see::<R>(record);
        }
        Ok(records.len() as u64)
    }

    /// Brings the snapshots up to the log's last event, also those that an interrupted import left behind.
    pub fn publish(&mut self) -> Result<(), StoreError> {
        let (disk, dir) = (Arc::clone(&self.disk), self.dir.clone());
        match self.lock(false, PATIENCE)? {
            Some((locked, known)) if locked.end() != Position::START => {
                write_files(&*disk, &dir, &known.state, &locked.end(), None)
            }
            _ => Ok(()),
        }
    }

    /// Takes the log's lock and catches up. None when there is no log and `create` is false.
    #[expect(clippy::type_complexity, reason = "the two halves of a locked stream")]
    fn lock(
        &mut self,
        create: bool,
        patience: Duration,
    ) -> Result<Option<(Locked<'_, EventOf<R>>, &mut Known<R::State>)>, StoreError> {
        let path = self.log.path().to_owned();
        let known = &mut self.known;
        let locked = self
            .log
            .lock(create, patience, &mut |record| known.see::<R>(record))?;
        refuse_other_stream(&known.state, &path, self.stream)?;
        Ok(locked.map(|locked| (locked, known)))
    }
}

/// The lines of events that come after `end`, and where they end.
#[expect(
    clippy::type_complexity,
    reason = "lines, where they end, and what they say"
)]
fn encoded<E: Event>(
    drafts: Vec<Draft<E>>,
    mut end: Position,
    path: &Path,
) -> Result<(Vec<u8>, Position, Vec<Recorded<E>>), StoreError> {
    let (mut lines, mut records) = (Vec::new(), Vec::with_capacity(drafts.len()));
    for draft in drafts {
        let record = Recorded {
            seq: end.seq.next(),
            id: draft.id,
            time: draft.time,
            actor: draft.actor,
            cause: draft.cause,
            event: draft.event,
        };
        let added = add_record(&mut lines, &mut end, &record);
        added.map_err(|bytes| StoreError::LineTooLong {
            path: path.to_owned(),
            bytes,
        })?;
        records.push(record);
    }
    Ok((lines, end, records))
}
