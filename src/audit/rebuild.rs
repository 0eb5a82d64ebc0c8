//! Makes every snapshot again from the log alone.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::board::Board;
use crate::domain::bridge::Bridge;
use crate::domain::notifier::Notifier;
use crate::domain::{Aggregate, Seq, StreamId};
use crate::store::{Disk, IoContext, Layout, Line, Log, Position, StoreError};

use super::reader::Reader;

/// How long a running bot's lock on a log is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// What was made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    pub end: Position,
    /// How many files were written because they were missing or other.
    pub written: usize,
    /// How many were right already.
    pub unchanged: usize,
}

/// Makes the snapshots of one stream again, in its own directory, under the log's lock: safe beside a running bot.
/// None when the stream has no log.
pub fn rebuild(
    disk: &Arc<dyn Disk>,
    layout: &Layout,
    stream: impl Into<StreamId>,
) -> Result<Option<Rebuilt>, StoreError> {
    match stream.into() {
        chat @ StreamId::Chat(_) => rebuild_as::<Board>(disk, layout, chat),
        StreamId::Bridge => rebuild_as::<Bridge>(disk, layout, StreamId::Bridge),
        notifier @ StreamId::Notifier(_) => rebuild_as::<Notifier>(disk, layout, notifier),
    }
}

fn rebuild_as<S: Aggregate>(
    disk: &Arc<dyn Disk>,
    layout: &Layout,
    stream: StreamId,
) -> Result<Option<Rebuilt>, StoreError> {
    match rebuild_once::<S>(disk, layout, stream) {
        // It was renamed or replaced while its lock was waited for.
        Err(StoreError::Moved { .. }) => rebuild_once::<S>(disk, layout, stream),
        rebuilt => rebuilt,
    }
}

fn rebuild_once<S: Aggregate>(
    disk: &Arc<dyn Disk>,
    layout: &Layout,
    stream: StreamId,
) -> Result<Option<Rebuilt>, StoreError> {
    let mut log = Log::<S::Event>::new(Arc::clone(disk), layout.stream(stream));
    let mut state = S::default();
    let Some(locked) = log.lock(false, PATIENCE, &mut |record| state.evolve(record))? else {
        return Ok(None);
    };
    let end = locked.end();
    let reader = Reader::new(&**disk, layout);
    if end.seq > Seq(0) {
        reader.check_owner(stream, state.stream())?;
    }
    reader.refuse_lost_events(stream, &reader.witnesses(stream)?, end, true)?;
    put_all(&**disk, &layout.stream(stream), &state, end).map(Some)
}

/// Makes the snapshots of one stream in another directory; nothing is changed in the data directory.
pub fn rebuild_into(
    reader: &Reader<'_>,
    stream: impl Into<StreamId>,
    out: &Path,
) -> Result<Option<Rebuilt>, StoreError> {
    match stream.into() {
        chat @ StreamId::Chat(_) => rebuild_into_as::<Board>(reader, chat, out),
        StreamId::Bridge => rebuild_into_as::<Bridge>(reader, StreamId::Bridge, out),
        notifier @ StreamId::Notifier(_) => rebuild_into_as::<Notifier>(reader, notifier, out),
    }
}

fn rebuild_into_as<S: Aggregate>(
    reader: &Reader<'_>,
    stream: StreamId,
    out: &Path,
) -> Result<Option<Rebuilt>, StoreError> {
    // Before the log: a snapshot never runs ahead of its log, but that may grow while this reads.
    let witnesses = reader.witnesses(stream)?;
    let mut state = S::default();
    let end = reader.read_whole(stream, &mut |line: Line<'_, S::Event>| {
        state.evolve(line.record);
        ControlFlow::Continue(())
    })?;
    let reached = end.unwrap_or(Position::START);
    if let Some(damage) = reader.lost_for_good(stream, &witnesses, reached, end.is_some()) {
        return Err(damage.into());
    }
    let Some(end) = end else { return Ok(None) };
    let dir = out.join(stream.to_string());
    reader.disk.create_dir(&dir).at("make", &dir)?;
    put_all(reader.disk, &dir, &state, end).map(Some)
}

/// The snapshot files of a state that is at `end`, by their names.
pub fn snapshot_files<S: Aggregate>(state: &S, end: Position) -> BTreeMap<String, Vec<u8>> {
    let content = |name: String| {
        let content = state.snapshot(&name, end.head.as_str())?;
        Some((name, content))
    };
    let names = state.snapshots().into_iter().map(|(name, _)| name);
    names.filter_map(content).collect()
}

/// Writes the snapshot files of a state that are missing or other.
pub(super) fn put_all<S: Aggregate>(
    disk: &dyn Disk,
    dir: &Path,
    state: &S,
    end: Position,
) -> Result<Rebuilt, StoreError> {
    let mut rebuilt = Rebuilt {
        end,
        written: 0,
        unchanged: 0,
    };
    for (name, content) in snapshot_files(state, end) {
        let path = dir.join(name);
        if disk.read(&path).is_ok_and(|present| present == content) {
            rebuilt.unchanged += 1;
        } else {
            disk.replace(&path, &content, false).at("write", &path)?;
            rebuilt.written += 1;
        }
    }
    Ok(rebuilt)
}
