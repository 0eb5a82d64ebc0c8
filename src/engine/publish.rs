//! Writes a board's snapshot files.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::{Aggregate, Seq};
use crate::store::{Disk, IoContext, Position, StoreError, publish as put};

use super::board::OpenBoard;

/// Brings the snapshot files up to the log's last event, under the log's lock. The board's own file is written last, so
/// that its `seq` says that the tracking lists up to it are there too.
pub fn publish(open: &mut OpenBoard, patience: Duration) -> Result<(), StoreError> {
    let (disk, dir, published) = (Arc::clone(&open.disk), open.dir.clone(), open.published);
    let Some(held) = open.lock(false, patience)? else {
        return Ok(());
    };
    let (end, seq) = (held.locked.end(), held.board.seq());
    if published == Some(end.seq) || seq == Seq(0) {
        return Ok(());
    }
    write_files(&*disk, &dir, held.board, &end, published)?;
    drop(held);
    open.published = Some(end.seq);
    Ok(())
}

/// Writes the snapshot files that are behind. The log's lock is held, and every event in `state` is durable.
pub fn write_files<S: Aggregate>(
    disk: &dyn Disk,
    dir: &Path,
    state: &S,
    end: &Position,
    published: Option<Seq>,
) -> Result<(), StoreError> {
    // The first time every file is compared: a power cut may have emptied one that the main file promises.
    let is_late = |seq: Seq| published.is_none_or(|published| seq > published);
    for (name, seq) in state.snapshots() {
        if is_late(seq)
            && let Some(content) = state.snapshot(&name, end.head.as_str())
        {
            write_file(disk, &dir.join(name), seq, &content, published)?;
        }
    }
    Ok(())
}

/// What is there needs no look when it is known to be older: under the log's lock nobody knows more than this board.
fn write_file(
    disk: &dyn Disk,
    path: &Path,
    seq: Seq,
    content: &[u8],
    published: Option<Seq>,
) -> Result<(), StoreError> {
    match published {
        Some(_) => disk.replace(path, content, false).at("write", path),
        None => put(disk, path, seq, content).map(|_| ()),
    }
}
