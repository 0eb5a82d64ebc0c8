//! The file work of a repair: a log held under its lock, copies of what is set aside, and the new log in its place.
//!
//! The repaired log is a new file that takes the old one's name in one rename. So a crash leaves the damaged log or the
//! repaired one, never anything between, and a process that has the old file open sees that it is no longer the log.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::disk::{Disk, DiskFile, LockGuard, LockMode, OpenMode};
use super::error::{IoContext, StoreError};
use super::layout::Layout;
use super::named;
use super::read::{EachLine, Scan, read_range, scan};
use crate::domain::Event;
use crate::domain::{Head, Position};

/// How much is copied at once.
const CHUNK: u64 = 1 << 18;
/// Where the new log is written. Only the holder of the log's exclusive lock makes it, so one name is enough.
const NEW_LOG: &str = ".tmp-repair";

/// The name of a file that keeps bytes which had to leave their place: where they were or what they reflect, and the first
/// digits of their SHA-256. The same bytes get the same name.
pub fn kept_name(stem: &str, place: u64, content: &[u8]) -> String {
    marked_name(&format!("{stem}-{place}"), content)
}

/// A name, and the first digits of the SHA-256 of what it names.
pub fn marked_name(name: &str, content: &[u8]) -> String {
    let digest = Head::of_digest(&Sha256::digest(content).into());
    format!("{name}-{}", &digest.as_str()[..8])
}

/// A chat's log while nobody else can write to it.
pub struct HeldLog<'d> {
    disk: &'d dyn Disk,
    dir: PathBuf,
    path: PathBuf,
    file: Box<dyn DiskFile>,
    _guard: LockGuard,
}

impl<'d> HeldLog<'d> {
    /// Opens the log in this directory and takes its lock: shared to read, otherwise exclusive. None when there is no log
    /// and `mode` does not make one.
    pub fn open(
        disk: &'d dyn Disk,
        dir: &Path,
        mode: OpenMode,
        patience: Duration,
    ) -> Result<Option<Self>, StoreError> {
        let path = dir.join(Layout::LOG);
        let held = named::open_locked(disk, &path, mode, patience)?;
        Ok(held.map(|(file, guard)| Self {
            disk,
            dir: dir.to_owned(),
            path,
            file,
            _guard: guard,
        }))
    }

    /// Reads the log from its start.
    pub fn scan<E: Event>(&self, each: EachLine<'_, E>) -> Result<Scan, StoreError> {
        let len = self.len()?;
        scan(&*self.file, Position::START, len, each).at("read", &self.path)
    }

    /// The bytes from this offset to the end.
    pub fn bytes_from(&self, offset: u64) -> Result<Vec<u8>, StoreError> {
        read_range(&*self.file, offset, self.len()?).at("read", &self.path)
    }

    /// Copies these bytes, durably, to a file beside the log; the directory is the caller's to flush.
    pub fn keep(&self, name: &str, content: &[u8]) -> Result<(), StoreError> {
        let path = self.dir.join(name);
        self.disk.replace(&path, content, true).at("write", &path)
    }

    /// Makes the names in the directory durable.
    pub fn sync_dir(&self) -> Result<(), StoreError> {
        self.disk.sync_dir(&self.dir).at("flush", &self.dir)
    }

    /// Puts a log of the first `kept` bytes and these lines in the place of this one, durably. The new log's lock is held
    /// before it has its name: nobody uses it before the returned value is dropped.
    pub fn replace(self, kept: u64, lines: &[u8], patience: Duration) -> Result<Self, StoreError> {
        // A log may be on another file system, by a symbolic link that stays: the new one stands beside the old one there.
        let target = self.disk.target(&self.path).at("look at", &self.path)?;
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let temporary = target.with_file_name(format!("{NEW_LOG}-{name}"));
        let file = self
            .disk
            .open(&temporary, OpenMode::Create)
            .at("make", &temporary)?;
        let guard = named::lock(&temporary, &*file, LockMode::Exclusive, patience)?;
        self.copy_to(&*file, kept)
            .and_then(|()| file.write_at(lines, kept))
            .and_then(|()| file.sync_data())
            .at("write", &temporary)?;
        self.disk
            .rename(&temporary, &target)
            .at("replace", &target)?;
        if let Some(dir) = target.parent() {
            self.disk.sync_dir(dir).at("flush", dir)?;
        }
        Ok(Self {
            disk: self.disk,
            dir: self.dir,
            path: self.path,
            file,
            _guard: guard,
        })
    }

    fn copy_to(&self, target: &dyn DiskFile, len: u64) -> io::Result<()> {
        // What an interrupted repair may have left there.
        target.set_len(0)?;
        let mut offset = 0;
        while offset < len {
            let chunk = read_range(&*self.file, offset, len.min(offset + CHUNK))?;
            if chunk.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            target.write_at(&chunk, offset)?;
            offset += chunk.len() as u64;
        }
        Ok(())
    }

    fn len(&self) -> Result<u64, StoreError> {
        Ok(self.file.status().at("look at", &self.path)?.len)
    }
}
