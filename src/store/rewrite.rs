//! Writing events once more where they stand. A flush that failed may have marked their pages as clean: what is seen is not on the
//! platter, and no later flush puts it there unless it is written again. Only the process that saw the flush fail knows of it, and
//! that may be dead.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use super::disk::{Disk, DiskFile, OpenMode};
use super::error::{IoContext, StoreError};
use super::named;
use super::read::{Line, scan};
use crate::domain::{Event, Position};

/// Makes the events between two places of a log durable, and its name with the first, whatever became of them before. False when there
/// is no log any more.
pub fn make_durable<E: Event>(
    disk: &dyn Disk,
    path: &Path,
    from: Position,
    to: Position,
    patience: Duration,
) -> Result<bool, StoreError> {
    let Some((file, _guard)) = named::open_locked(disk, path, OpenMode::ReadWrite, patience)?
    else {
        return Ok(false);
    };
    rewrite::<E>(&*file, from, to).at("flush", path)?;
    if from == Position::START
        && let Some(dir) = path.parent()
    {
        named::sync_names(disk, dir)?;
    }
    Ok(true)
}

/// Writes each event between two places again, as it was read and checked at this moment, and flushes. The log's exclusive lock is
/// held. The bytes are those that stand there, so that nothing is lost however far it comes.
pub(super) fn rewrite<E: Event>(
    file: &dyn DiskFile,
    from: Position,
    to: Position,
) -> io::Result<()> {
    if from == to {
        return file.sync_data();
    }
    let mut written = Ok(());
    let mut each = |line: Line<'_, E>| {
        let whole = [line.bytes, b"\n"].concat();
        written = file.write_at(&whole, line.end.offset - whole.len() as u64);
        match &written {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    };
    let scan = scan(file, from, to.offset, &mut each)?;
    written?;
    if scan.end != to {
        return Err(io::Error::other("what was read is not there any more"));
    }
    flush_anew(file)
}

/// Flushes a file, and its length whether that changed or not: a length that a failed flush dropped counts as clean too. The log's
/// exclusive lock is held.
pub(super) fn flush_anew(file: &dyn DiskFile) -> io::Result<()> {
    file.set_len(file.status()?.len)?;
    file.sync_data()
}
