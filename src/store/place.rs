//! Places in a log that were noted elsewhere: whether they are still there, and where a log ends.

use std::io;

use super::disk::DiskFile;
use super::line::{LINE_LIMIT, stated, states};
use super::read::read_range;
use crate::domain::{Event, Position};

/// Most lines of a log are shorter than this.
pub(super) const USUAL_LINE: usize = 1 << 12;

/// Whether a log has, before this place, the event that the place names. As the hash of an event is made of all before it, what stands
/// there is what stood there when the place was noted.
pub fn has_place<E: Event>(log: &dyn DiskFile, place: Position) -> io::Result<bool> {
    if place == Position::START {
        return Ok(true);
    }
    if place.offset > log.status()?.len {
        return Ok(false);
    }
    let last = line_before(log, place.offset)?;
    Ok(last.is_some_and(|line| states::<E>(&line, place.seq, place.head)))
}

/// The place at the end of a log that is `len` bytes long, as its last line says; none when it does not end in an event.
pub fn end_of<E: Event>(log: &dyn DiskFile, len: u64) -> io::Result<Option<Position>> {
    if len == 0 {
        return Ok(Some(Position::START));
    }
    let line = line_before(log, len)?;
    Ok(line
        .and_then(|line| stated::<E>(&line))
        .map(|(seq, head)| Position {
            offset: len,
            seq,
            head,
        }))
}

/// The line that ends at this byte of a log, without its newline; none when none ends there.
pub(super) fn line_before(log: &dyn DiskFile, end: u64) -> io::Result<Option<Vec<u8>>> {
    for len in [USUAL_LINE, LINE_LIMIT + 1] {
        let from = end.saturating_sub(len as u64);
        let bytes = read_range(log, from, end)?;
        let Some(line) = bytes.strip_suffix(b"\n") else {
            return Ok(None);
        };
        match memchr::memrchr(b'\n', line) {
            Some(before) => return Ok(Some(line[before + 1..].to_vec())),
            None if from == 0 => return Ok(Some(line.to_vec())),
            None => {}
        }
    }
    Ok(None)
}
