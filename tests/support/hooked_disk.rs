//! A disk that tells a test what is about to happen to its files, so that something else happens first, or fails.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bounty_ledger::store::{Disk, DiskFile, FileStatus, GroupFlush, LockGuard, LockMode, OpenMode};

/// What is about to be done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Status,
    /// A whole file.
    Load,
    Read,
    Flush,
    Lock,
    Replace,
}

/// Is called before each such thing; an error is what comes of it.
type Hook = Arc<dyn Fn(About, &Path) -> io::Result<()> + Send + Sync>;

/// A disk with a hook.
pub struct HookedDisk<D> {
    disk: D,
    hook: Hook,
}

impl<D: Disk> HookedDisk<D> {
    pub fn new(
        disk: D,
        hook: impl Fn(About, &Path) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let hook = Arc::new(hook);
        Self { disk, hook }
    }
}

impl<D: Disk> Disk for HookedDisk<D> {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(HookedFile {
            file: self.disk.open(path, mode)?,
            path: path.to_owned(),
            hook: Arc::clone(&self.hook),
        }))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        (self.hook)(About::Load, path)?;
        self.disk.read(path)
    }

    fn status(&self, path: &Path) -> io::Result<Option<FileStatus>> {
        (self.hook)(About::Status, path)?;
        self.disk.status(path)
    }

    fn replace(&self, path: &Path, content: &[u8], durable: bool) -> io::Result<()> {
        (self.hook)(About::Replace, path)?;
        self.disk.replace(path, content, durable)
    }

    fn replace_private(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        self.disk.replace_private(path, content)
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.disk.create_dir(path)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.disk.sync_dir(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.disk.remove_file(path)
    }

    fn group_flush(&self, root: &Path) -> io::Result<Option<Box<dyn GroupFlush>>> {
        self.disk.group_flush(root)
    }

    fn names(&self, path: &Path) -> io::Result<Vec<OsString>> {
        self.disk.names(path)
    }
}

struct HookedFile {
    file: Box<dyn DiskFile>,
    path: PathBuf,
    hook: Hook,
}

impl DiskFile for HookedFile {
    fn status(&self) -> io::Result<FileStatus> {
        self.file.status()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        (self.hook)(About::Read, &self.path)?;
        self.file.read_at(buffer, offset)
    }

    fn write_at(&self, content: &[u8], offset: u64) -> io::Result<()> {
        self.file.write_at(content, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        (self.hook)(About::Flush, &self.path)?;
        self.file.sync_data()
    }

    fn lock(&self, mode: LockMode, patience: Duration) -> io::Result<LockGuard> {
        (self.hook)(About::Lock, &self.path)?;
        self.file.lock(mode, patience)
    }
}
