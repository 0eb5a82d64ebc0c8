//! Reading a log from a position on, checking every line.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use super::disk::{Disk, DiskFile, LockMode, OpenMode};
use super::error::{Damage, DamageKind, IoContext, StoreError};
use super::line::{Chain, LINE_LIMIT, check, decode};
use super::named;
use super::tail::is_torn;
use crate::domain::Position;
use crate::domain::{Event, Recorded};

/// How much is read at once.
pub(super) const CHUNK: usize = 1 << 18;

/// How far the valid lines reach, and what stands behind them.
#[derive(Debug)]
pub struct Scan {
    pub end: Position,
    pub rest: Rest,
}

/// What stands after the last valid line.
#[derive(Debug)]
pub enum Rest {
    /// Nothing, or the reader stopped by itself.
    Nothing,
    /// The remainder of a write that never became durable.
    Torn(Vec<u8>),
    /// The record was changed.
    Damaged(DamageKind),
}

/// One line that was read and found valid.
pub struct Line<'l, E> {
    pub record: &'l Recorded<E>,
    /// As it stands in the log, without its newline.
    pub bytes: &'l [u8],
    /// The position after it.
    pub end: Position,
}

/// Receives each valid line, and may stop the reading.
pub type EachLine<'s, E> = &'s mut dyn FnMut(Line<'_, E>) -> ControlFlow<()>;

impl Scan {
    /// The damage as an error that names file, line and seq.
    pub fn damage(&self, path: &Path) -> Option<Damage> {
        match &self.rest {
            Rest::Damaged(kind) => Some(self.end.damage(path, kind.clone())),
            Rest::Nothing | Rest::Torn(_) => None,
        }
    }
}

impl Position {
    /// Damage in the line that should stand here.
    pub fn damage(&self, path: &Path, kind: DamageKind) -> Damage {
        let seq = self.seq.next();
        Damage {
            path: path.to_owned(),
            line: seq.0,
            seq,
            kind,
        }
    }
}

/// Reads the lines between `from` and byte `limit`, handing each to `each`, which may stop.
pub fn scan<E: Event>(
    file: &dyn DiskFile,
    from: Position,
    limit: u64,
    each: EachLine<'_, E>,
) -> io::Result<Scan> {
    let mut end = from;
    let mut chunk = Chunk::new(file, from.offset, limit);
    let mut chain = Chain::after(from.head);
    while let Some((line, next)) = chunk.next_line()? {
        let seq = end.seq.next();
        let checked = chain.check(line, next);
        let head = checked.as_ref().map_or(end.head, |checked| checked.head);
        let record = match checked.and_then(|checked| decode(&checked, seq)) {
            Ok(record) => record,
            Err(kind) => {
                return Ok(Scan {
                    end,
                    rest: rest(file, end, limit, kind)?,
                });
            }
        };
        let offset = end.offset + line.len() as u64 + 1;
        end = Position { offset, seq, head };
        let read = Line {
            record: &record,
            bytes: line,
            end,
        };
        if each(read).is_break() {
            return Ok(Scan {
                end,
                rest: Rest::Nothing,
            });
        }
    }
    if end.offset == limit {
        return Ok(Scan {
            end,
            rest: Rest::Nothing,
        });
    }
    let kind = if limit - end.offset >= LINE_LIMIT as u64 {
        DamageKind::TooLong
    } else {
        DamageKind::LineEnd
    };
    Ok(Scan {
        end,
        rest: rest(file, end, limit, kind)?,
    })
}

/// Judges what stands from `end` on; `kind` is what is wrong with its first line, should it be damage.
fn rest(file: &dyn DiskFile, end: Position, limit: u64, kind: DamageKind) -> io::Result<Rest> {
    // A first line that has an end and no NUL is damage, whatever follows, and much may follow.
    let first = read_range(file, end.offset, limit.min(end.offset + LINE_LIMIT as u64))?;
    let line_end = memchr::memchr(b'\n', &first);
    if line_end.is_some_and(|line_end| !first[..line_end].contains(&0)) {
        return Ok(Rest::Damaged(kind));
    }
    let bytes = read_range(file, end.offset, limit)?;
    let torn = is_torn(&bytes, end.offset, |line| check(line, &end.head).is_ok());
    Ok(if torn {
        Rest::Torn(bytes)
    } else {
        Rest::Damaged(kind)
    })
}

/// The bytes between two offsets, fewer when the file ends before.
pub(super) fn read_range(file: &dyn DiskFile, from: u64, to: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(to - from).map_err(io::Error::other)?];
    let mut filled = 0;
    while filled < bytes.len() {
        match file.read_at(&mut bytes[filled..], from + filled as u64)? {
            0 => break,
            read => filled += read,
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

/// A line without its newline, and the one behind it, if that was read already.
type LineAndNext<'b> = (&'b [u8], Option<&'b [u8]>);

/// A window on the file that always holds the line being read.
struct Chunk<'f> {
    file: &'f dyn DiskFile,
    buffer: Vec<u8>,
    /// Where in `buffer` the next line begins.
    start: usize,
    /// Where in `buffer` it ends, when that is known already.
    newline: Option<usize>,
    /// Where in `buffer` what was read ends.
    filled: usize,
    /// The file's offset behind what was read.
    offset: u64,
    limit: u64,
}

impl<'f> Chunk<'f> {
    fn new(file: &'f dyn DiskFile, offset: u64, limit: u64) -> Self {
        Self {
            file,
            buffer: Vec::new(),
            start: 0,
            newline: None,
            filled: 0,
            offset,
            limit,
        }
    }

    /// The next line that has a newline. A line over the limit ends the reading, unread.
    fn next_line(&mut self) -> io::Result<Option<LineAndNext<'_>>> {
        let Some(end) = self.line_end()? else {
            return Ok(None);
        };
        let start = std::mem::replace(&mut self.start, end + 1);
        self.newline = self.find_newline(self.start);
        let next = self.newline.map(|end| &self.buffer[self.start..end]);
        Ok(Some((&self.buffer[start..end], next)))
    }

    /// Where in `buffer` the line at `start` ends; reads on until it does.
    fn line_end(&mut self) -> io::Result<Option<usize>> {
        let mut end = self.newline;
        while end.is_none() {
            let unread = self.filled - self.start;
            if unread >= LINE_LIMIT || !self.fill()? {
                return Ok(None);
            }
            end = self.find_newline(unread);
        }
        Ok(end)
    }

    fn find_newline(&self, from: usize) -> Option<usize> {
        let found = memchr::memchr(b'\n', &self.buffer[from..self.filled]);
        found.map(|found| from + found)
    }

    /// Moves the begun line to the front and reads on; false at the limit.
    fn fill(&mut self) -> io::Result<bool> {
        self.buffer.copy_within(self.start..self.filled, 0);
        self.filled -= self.start;
        self.start = 0;
        let wanted = usize::try_from(self.limit - self.offset)
            .unwrap_or(CHUNK)
            .min(CHUNK);
        if wanted == 0 {
            return Ok(false);
        }
        let end = self.filled + wanted;
        if self.buffer.len() < end {
            self.buffer.resize(end, 0);
        }
        let read = self
            .file
            .read_at(&mut self.buffer[self.filled..end], self.offset)?;
        self.filled += read;
        self.offset += read as u64;
        Ok(read > 0)
    }
}

/// Reads a whole log without changing anything. A writer may be in the middle of a line, so an unfinished tail is read again
/// under the shared lock, at most `patience` later, before it is called torn. None when there is no log.
pub fn read_log<E: Event>(
    disk: &dyn Disk,
    path: &Path,
    patience: Duration,
    each: EachLine<'_, E>,
) -> Result<Option<Scan>, StoreError> {
    let Some(file) = named::open(disk, path, OpenMode::Read)? else {
        return Ok(None);
    };
    let len = file.status().at("read", path)?.len;
    let first = scan(&*file, Position::START, len, each).at("read", path)?;
    if matches!(first.rest, Rest::Nothing) {
        return Ok(Some(first));
    }
    let _guard = named::lock(path, &*file, LockMode::Shared, patience)?;
    let len = file.status().at("read", path)?.len;
    scan(&*file, first.end, len.max(first.end.offset), each)
        .at("read", path)
        .map(Some)
}
