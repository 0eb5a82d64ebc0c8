//! What the store needs of a file system.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A file system as the store sees it. Errors are the operating system's; callers add the path.
pub trait Disk: Send + Sync + 'static {
    /// Opens a file.
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Box<dyn DiskFile>>;

    /// The whole content of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// What the path leads to now; none when there is nothing. A symbolic link that leads nowhere is an error of another kind than
    /// [`NotFound`](io::ErrorKind::NotFound) here and wherever a path is looked for: what it led to is away, not gone.
    fn status(&self, path: &Path) -> io::Result<Option<FileStatus>>;

    /// The file that the path leads to: another than the path itself when that is a symbolic link. It must be there.
    fn target(&self, path: &Path) -> io::Result<PathBuf> {
        Ok(path.to_owned())
    }

    /// Puts a file with this content in the place of `path`, so that a reader sees the old or the new content and
    /// nothing between. `durable`: the content is flushed first; the directory is the caller's to flush.
    fn replace(&self, path: &Path, content: &[u8], durable: bool) -> io::Result<()>;

    /// The same, flushed, and the file readable by its owner alone, whatever access other new files have.
    fn replace_private(&self, path: &Path, content: &[u8]) -> io::Result<()>;

    /// Makes a directory and those above it; one that is there already is no error.
    fn create_dir(&self, path: &Path) -> io::Result<()>;

    /// Flushes a directory: the names in it are durable.
    fn sync_dir(&self, path: &Path) -> io::Result<()>;

    /// Renames a file or directory; a directory may take the place of an empty one.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    fn remove_file(&self, path: &Path) -> io::Result<()>;

    /// The names in a directory, in no order; none when there is no such directory.
    fn names(&self, path: &Path) -> io::Result<Vec<OsString>>;

    /// One flush for all files below this directory; none where the system has none that tells of every failure.
    fn group_flush(&self, _root: &Path) -> io::Result<Option<Box<dyn GroupFlush>>> {
        Ok(None)
    }
}

/// One flush for everything that was written to a file system, by whomever.
///
/// A failure is told once and names no file: it is the failure of everything written since the last success.
pub trait GroupFlush: Send + Sync {
    /// Flushes content, lengths and names.
    fn flush(&self) -> io::Result<()>;

    /// Whether this file is among those that it flushes.
    fn covers(&self, file: FileId) -> bool;
}

/// An open file.
pub trait DiskFile: Send {
    /// What this descriptor leads to now.
    fn status(&self) -> io::Result<FileStatus>;

    /// Reads as much as there is, at most `buffer`; 0 at the end of the file.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Writes all of it. After an error any part may have been written.
    fn write_at(&self, content: &[u8], offset: u64) -> io::Result<()>;

    /// Cuts (or lengthens) the file.
    fn set_len(&self, len: u64) -> io::Result<()>;

    /// Flushes content and length to the platter.
    fn sync_data(&self) -> io::Result<()>;

    /// Waits for the advisory lock, blocking, at most `patience` (zero: not at all); then `TimedOut`. The lock is between open files,
    /// also within one process. It ends with the guard, and with the process.
    fn lock(&self, mode: LockMode, patience: Duration) -> io::Result<LockGuard>;
}

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenMode {
    Read,
    ReadWrite,
    /// Read and write; made when it is not there.
    Create,
}

/// What others may hold at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockMode {
    /// Others may hold it shared.
    Shared,
    /// Nobody else holds it.
    Exclusive,
}

/// A held lock; dropping it lets go.
pub struct LockGuard {
    _held: Box<dyn Send>,
}

impl LockGuard {
    /// A guard that lets go when `held` is dropped.
    pub fn new(held: impl Send + 'static) -> Self {
        Self {
            _held: Box::new(held),
        }
    }
}

/// Which file it is, whatever its name: device and inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId {
    pub device: u64,
    pub inode: u64,
}

/// What a file is at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileStatus {
    pub id: FileId,
    pub len: u64,
    pub modified: SystemTime,
}
