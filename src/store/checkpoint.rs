//! The checkpoint: a private file beside a long log, with the whole state as of one event, so that the log need not be read
//! from its start. Three lines: what it is a checkpoint of, the state, the SHA-256 of both.

use std::io;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::disk::{Disk, DiskFile, OpenMode};
use super::error::{IoContext, StoreError};
use super::layout::Layout;
use super::line::{LINE_LIMIT, check};
use super::named;
use super::place::{USUAL_LINE, has_place};
use super::read::read_range;
use super::snapshot::{Claim, is_absent};
use crate::domain::{Event, Seq};
use crate::domain::{Head, Position};

/// The version of the three lines.
const FORMAT: u32 = 1;
/// The version of what stands in the state, and of what made it of the events.
const PROGRAM: &str = env!("CARGO_PKG_VERSION");
/// 64 hex digits and the newline.
const SEAL: usize = 65;

/// The state of a stream as of the event before `at`.
pub struct Checkpoint {
    /// Where in the log it was made. Everything before was durable.
    pub at: Position,
    /// The hash of the log's first line: the stream's name, whatever its directory is called.
    origin: Head,
    program: String,
    state: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    checkpoint: u32,
    program: String,
    origin: Head,
    seq: Seq,
    offset: u64,
    head: Head,
}

impl Checkpoint {
    /// A checkpoint of this log, which is durable up to `at`; `state` is one line. None when the log's first line is not valid.
    pub fn new(log: &dyn DiskFile, at: Position, state: Vec<u8>) -> io::Result<Option<Self>> {
        let checkpoint = |origin| Self {
            at,
            origin,
            program: PROGRAM.to_owned(),
            state,
        };
        Ok(origin(log)?.map(checkpoint))
    }

    /// The state; none when another version of this program made it, which may have understood an event otherwise.
    pub fn state(&self) -> Option<&[u8]> {
        (self.program == PROGRAM).then_some(&self.state)
    }

    /// How many bytes the state has.
    pub fn size(&self) -> u64 {
        self.state.len() as u64
    }

    /// The checkpoint in this directory; none when there is none, or what is there is not what was written.
    pub fn read(disk: &dyn Disk, dir: &Path) -> Result<Option<Self>, StoreError> {
        let path = dir.join(Layout::CHECKPOINT);
        match disk.read(&path) {
            Ok(content) => Ok(Self::parse(&content)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error).at("read", &path),
        }
    }

    /// The last event that the checkpoint in this directory reflects, and its name: the log beside it must be as long. One
    /// of another log says nothing.
    pub fn claim(disk: &dyn Disk, dir: &Path) -> Result<Option<Claim>, StoreError> {
        let Some(checkpoint) = Self::read(disk, dir)? else {
            return Ok(None);
        };
        let path = dir.join(Layout::LOG);
        let origin = match named::open(disk, &path, OpenMode::Read)? {
            Some(log) => origin(&*log).at("read", &path)?,
            None => None,
        };
        let is_of_it = origin.is_none_or(|origin| origin == checkpoint.origin);
        Ok(is_of_it.then(|| Claim {
            path: dir.join(Layout::CHECKPOINT),
            seq: checkpoint.at.seq,
            head: Some(checkpoint.at.head),
        }))
    }

    /// Whether this log has, where the checkpoint was made, the event that it was made after.
    pub fn fits<E: Event>(&self, log: &dyn DiskFile) -> io::Result<bool> {
        Ok(origin(log)? == Some(self.origin) && has_place::<E>(log, self.at)?)
    }

    /// Puts the checkpoint in its place, flushed before. The log's lock is held, shared, only while the name is given: it must
    /// not be given beside a log that was replaced meanwhile. False when the log is not there any more, or is another.
    pub fn publish<E: Event>(
        &self,
        disk: &dyn Disk,
        dir: &Path,
        patience: Duration,
    ) -> Result<bool, StoreError> {
        let content = self.content();
        // Two processes that give their files the same name give the same file.
        let seal = String::from_utf8_lossy(&content[content.len() - SEAL..]);
        let unnamed = dir.join(format!(".tmp-checkpoint-{}", &seal[..16]));
        match disk.replace(&unnamed, &content, true) {
            Err(error) if is_absent(&error) => return Ok(false),
            written => written.at("write", &unnamed)?,
        }
        let named = self.give_name::<E>(disk, dir, &unnamed, patience);
        if !matches!(named, Ok(true)) {
            // It is as useless where it is as anywhere; a name of its own says that it may go.
            let _ = disk.remove_file(&unnamed);
        }
        named
    }

    fn give_name<E: Event>(
        &self,
        disk: &dyn Disk,
        dir: &Path,
        unnamed: &Path,
        patience: Duration,
    ) -> Result<bool, StoreError> {
        let path = dir.join(Layout::LOG);
        let Some((log, _guard)) = named::open_locked(disk, &path, OpenMode::Read, patience)? else {
            return Ok(false);
        };
        if !self.fits::<E>(&*log).at("read", &path)? {
            return Ok(false);
        }
        match disk.rename(unnamed, &dir.join(Layout::CHECKPOINT)) {
            Err(error) if is_absent(&error) => Ok(false),
            renamed => renamed.at("rename", unnamed).map(|()| true),
        }
    }

    fn content(&self) -> Vec<u8> {
        let header = Header {
            checkpoint: FORMAT,
            program: self.program.clone(),
            origin: self.origin,
            seq: self.at.seq,
            offset: self.at.offset,
            head: self.at.head,
        };
        let mut content =
            serde_json::to_vec(&header).expect("strings and integers always have a JSON form");
        content.push(b'\n');
        content.extend_from_slice(&self.state);
        content.push(b'\n');
        let digest = Head::of_digest(&Sha256::digest(&content).into());
        content.extend_from_slice(digest.as_bytes());
        content.push(b'\n');
        content
    }

    /// The checkpoint of these bytes; none for anything but the very bytes that were written.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (content, seal) = bytes.split_at_checked(bytes.len().checked_sub(SEAL)?)?;
        let stated = Head::parse(seal.strip_suffix(b"\n")?)?;
        if Head::of_digest(&Sha256::digest(content).into()) != stated {
            return None;
        }
        let content = content.strip_suffix(b"\n")?;
        let (header, state) = content.split_at(memchr::memchr(b'\n', content)?);
        let header: Header = serde_json::from_slice(header).ok()?;
        (header.checkpoint == FORMAT).then_some(Self {
            at: Position {
                offset: header.offset,
                seq: header.seq,
                head: header.head,
            },
            origin: header.origin,
            program: header.program,
            state: state[1..].to_vec(),
        })
    }
}

/// The hash of a log's first line; none when that is not valid.
fn origin(log: &dyn DiskFile) -> io::Result<Option<Head>> {
    for len in [USUAL_LINE, LINE_LIMIT] {
        let bytes = read_range(log, 0, len as u64)?;
        if let Some(end) = memchr::memchr(b'\n', &bytes) {
            let first = check(&bytes[..end], &Head::ZERO);
            return Ok(first.ok().map(|checked| checked.head));
        }
    }
    Ok(None)
}
