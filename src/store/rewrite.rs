//! Writing the end of a log once more, as it is: a flush that failed may have marked its pages as clean, so that no later flush
//! makes them durable unless they are written again. Only the process that saw it fail knows of it, and that may be dead.

use std::io;

use super::checkpoint::line_before;
use super::disk::DiskFile;
use super::line::stated;
use super::read::{CHUNK, read_range};
use super::snapshot::Claims;
use crate::domain::{Event, Seq};

/// Writes again what stands between two offsets and is not known to be durable: what no snapshot or checkpoint reflects, as these are
/// only made of durable events. To be called before it is read, so that what is read is what was written, and flushed after.
/// Whoever calls it holds the log's exclusive lock; bytes that are torn or damaged stay what they are.
pub(super) fn rewrite_unclaimed<E: Event>(
    file: &dyn DiskFile,
    claims: &Claims,
    from: u64,
    to: u64,
) -> io::Result<()> {
    let claimed = claims.newest.as_ref().map(|(_, seq)| *seq);
    let from = claimed.map_or(Ok(from), |seq| end_of_seq::<E>(file, seq, from, to))?;
    rewrite(file, from, to)
}

/// Writes again what stands between two offsets.
pub(super) fn rewrite(file: &dyn DiskFile, from: u64, to: u64) -> io::Result<()> {
    for start in (from..to).step_by(CHUNK) {
        let end = to.min(start + CHUNK as u64);
        file.write_at(&read_range(file, start, end)?, start)?;
    }
    Ok(())
}

/// Where the events up to this one end, looked for from the end; `from` when that is not found behind it.
fn end_of_seq<E: Event>(file: &dyn DiskFile, seq: Seq, from: u64, to: u64) -> io::Result<u64> {
    let mut end = to;
    while end > from {
        let Some(line) = line_before(file, end)? else {
            break;
        };
        if stated::<E>(&line).is_some_and(|(found, _)| found <= seq) {
            return Ok(end);
        }
        end -= line.len() as u64 + 1;
    }
    Ok(from)
}
