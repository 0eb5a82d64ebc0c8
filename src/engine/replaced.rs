//! Another log took the place of one that was known: whether it goes on from it.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use uuid::Uuid;

use crate::domain::board::BoardEvent;
use crate::domain::{Position, Recorded};
use crate::store::{
    DamageKind, Disk, IoContext, OpenMode, StoreError, has_place, merged_logs, open_named, read_log,
};

use super::board::OpenBoard;

/// Fails when the log that has the name of this one now lacks events that were known, and nothing says why: they would be lost
/// without a word. A repaired log says so itself, and the log of a board that was merged stands beside the one that goes on.
pub fn refuse_shorter(open: &OpenBoard, patience: Duration) -> Result<(), StoreError> {
    let (disk, log, known) = (&*open.disk, &open.log, open.log.end());
    if known == Position::START || goes_on(disk, log.path(), known)? {
        return Ok(());
    }
    for merged in merged_logs(disk, log.dir())? {
        if goes_on(disk, &merged, known)? {
            return Ok(());
        }
    }
    if is_repaired(open, patience)? {
        return Ok(());
    }
    Err(known.damage(log.path(), DamageKind::Replaced).into())
}

/// Whether the log of this name has the event that was the last one known, where it was. One that is not there lacks nothing.
fn goes_on(disk: &dyn Disk, path: &Path, known: Position) -> Result<bool, StoreError> {
    match open_named(disk, path, OpenMode::Read)? {
        Some(file) => has_place::<BoardEvent>(&*file, known).at("read", path),
        None => Ok(true),
    }
}

/// Whether the log has a repair among the events that were known, which was not known. A damaged one is said to be when it is opened.
fn is_repaired(open: &OpenBoard, patience: Duration) -> Result<bool, StoreError> {
    let (last, mut repairs) = (open.log.end().seq, BTreeSet::new());
    let scan = read_log::<BoardEvent>(&*open.disk, open.log.path(), patience, &mut |line| {
        if line.record.seq > last {
            return ControlFlow::Break(());
        }
        repairs.extend(repair(line.record));
        ControlFlow::Continue(())
    })?;
    if !repairs.is_empty() {
        // When its file is not open any more, any repair will do.
        let _ = open.log.read_known(&mut |line| {
            repair(line.record).map(|id| repairs.remove(&id));
            ControlFlow::Continue(())
        });
    }
    let is_damaged = scan.is_some_and(|scan| scan.damage(open.log.path()).is_some());
    Ok(is_damaged || !repairs.is_empty())
}

fn repair(record: &Recorded<BoardEvent>) -> Option<Uuid> {
    matches!(record.event, BoardEvent::BoardRepaired(_)).then_some(record.id)
}
