//! The local file system behind [`Disk`].

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

use super::disk::{Disk, DiskFile, FileId, FileStatus, GroupFlush, LockGuard, LockMode, OpenMode};
use super::waiter::Waiter;

/// Who may read the files that are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// The service's own user alone: files 0600, directories 0700.
    #[default]
    Owner,
    /// Its group may read too: files 0640, directories 0750.
    Group,
}

impl Access {
    fn file_mode(self) -> u32 {
        match self {
            Self::Owner => 0o600,
            Self::Group => 0o640,
        }
    }

    fn dir_mode(self) -> u32 {
        match self {
            Self::Owner => 0o700,
            Self::Group => 0o750,
        }
    }
}

/// Files on this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalDisk {
    access: Access,
}

impl LocalDisk {
    /// A disk whose new files have this access.
    pub fn new(access: Access) -> Self {
        Self { access }
    }

    /// Opens a file that is there. What is no regular file is refused, and does not make this wait.
    fn open_present(&self, path: &Path, mode: OpenMode) -> io::Result<File> {
        let opened = OpenOptions::new()
            .read(true)
            .write(mode != OpenMode::Read)
            .custom_flags(UNAWAITED)
            .open(path);
        let file = match opened {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                refuse_lost_link(path)?;
                return Err(error);
            }
            opened => opened?,
        };
        require_regular(&file)?;
        Ok(file)
    }

    fn make(&self, path: &Path) -> io::Result<File> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(self.access.file_mode())
            .custom_flags(UNAWAITED)
            .open(path)?;
        require_regular(&file)?;
        Ok(file)
    }
}

/// A named pipe is opened without waiting for its other end; regular files know no difference.
const UNAWAITED: i32 = OFlags::NONBLOCK.bits().cast_signed();

/// A pipe or a device has no content to be read again, and a directory none at all.
fn require_regular(file: &File) -> io::Result<()> {
    let metadata = file.metadata()?;
    if metadata.is_file() {
        Ok(())
    } else if metadata.is_dir() {
        Err(ErrorKind::IsADirectory.into())
    } else {
        Err(io::Error::other("it is no regular file: move it away"))
    }
}

/// Says so when nothing is found at a path because it, or the directory that it is in, is a symbolic link that leads nowhere: what it
/// led to is away, as when a volume is not mounted. That is another thing than that nothing was ever there.
fn refuse_lost_link(path: &Path) -> io::Result<()> {
    for link in path.ancestors().take(2) {
        let is_link = fs::symlink_metadata(link).is_ok_and(|metadata| metadata.is_symlink());
        let is_lost =
            is_link && fs::metadata(link).is_err_and(|error| error.kind() == ErrorKind::NotFound);
        if is_lost {
            let target = fs::read_link(link)?;
            return Err(io::Error::other(format!(
                "{} is a symbolic link to {}, where nothing is: mount or restore what was there, or remove the link",
                link.display(),
                target.display()
            )));
        }
    }
    Ok(())
}

impl Disk for LocalDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Box<dyn DiskFile>> {
        let file = match self.open_present(path, mode) {
            // Not made through a link that leads nowhere.
            Err(error) if error.kind() == ErrorKind::NotFound && mode == OpenMode::Create => {
                self.make(path)?
            }
            opened => opened?,
        };
        Ok(Box::new(LocalFile {
            file: Arc::new(file),
            path: path.to_owned(),
        }))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        self.open_present(path, OpenMode::Read)?
            .read_to_end(&mut content)?;
        Ok(content)
    }

    fn status(&self, path: &Path) -> io::Result<Option<FileStatus>> {
        match fs::metadata(path) {
            Ok(metadata) => Ok(Some(status(&metadata))),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                refuse_lost_link(path)?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn target(&self, path: &Path) -> io::Result<PathBuf> {
        match fs::symlink_metadata(path)?.is_symlink() {
            true => fs::canonicalize(path),
            false => Ok(path.to_owned()),
        }
    }

    fn replace(&self, path: &Path, content: &[u8], durable: bool) -> io::Result<()> {
        replace(path, content, durable, self.access)
    }

    fn replace_private(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        replace(path, content, true, Access::Owner)
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        DirBuilder::new()
            .recursive(true)
            .mode(self.access.dir_mode())
            .create(path)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn names(&self, path: &Path) -> io::Result<Vec<OsString>> {
        match fs::read_dir(path) {
            Ok(entries) => entries.map(|entry| Ok(entry?.file_name())).collect(),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                refuse_lost_link(path)?;
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }

    #[cfg(target_os = "linux")]
    fn group_flush(&self, root: &Path) -> io::Result<Option<Box<dyn GroupFlush>>> {
        let flush = super::group::SyncFs::new(root)?;
        Ok(flush.map(|flush| Box::new(flush) as Box<dyn GroupFlush>))
    }

    #[cfg(not(target_os = "linux"))]
    fn group_flush(&self, _root: &Path) -> io::Result<Option<Box<dyn GroupFlush>>> {
        Ok(None)
    }
}

fn replace(path: &Path, content: &[u8], durable: bool, access: Access) -> io::Result<()> {
    let dir = path.parent().ok_or(ErrorKind::InvalidInput)?;
    let mut file = tempfile::Builder::new()
        .prefix(".tmp-")
        .permissions(Permissions::from_mode(access.file_mode()))
        .tempfile_in(dir)?;
    file.write_all(content)?;
    if durable {
        file.as_file().sync_data()?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// What a file with this metadata is.
pub(super) fn status(metadata: &fs::Metadata) -> FileStatus {
    FileStatus {
        id: FileId {
            device: metadata.dev(),
            inode: metadata.ino(),
        },
        len: metadata.len(),
        modified: metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
    }
}

struct LocalFile {
    file: Arc<File>,
    path: PathBuf,
}

impl DiskFile for LocalFile {
    fn status(&self) -> io::Result<FileStatus> {
        Ok(status(&self.file.metadata()?))
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        loop {
            match self.file.read_at(buffer, offset) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }

    fn write_at(&self, content: &[u8], offset: u64) -> io::Result<()> {
        self.file.write_all_at(content, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn lock(&self, mode: LockMode, patience: Duration) -> io::Result<LockGuard> {
        match self.try_lock(mode)? {
            Some(guard) => Ok(guard),
            None if patience.is_zero() => Err(ErrorKind::TimedOut.into()),
            None => self.wait_for_lock(mode, patience),
        }
    }
}

impl LocalFile {
    /// The lock, unless somebody holds it.
    fn try_lock(&self, mode: LockMode) -> io::Result<Option<LockGuard>> {
        let at_once = match mode {
            LockMode::Shared => FlockOperation::NonBlockingLockShared,
            LockMode::Exclusive => FlockOperation::NonBlockingLockExclusive,
        };
        match flock(&*self.file, at_once) {
            Ok(()) => Ok(Some(LockGuard::new(Unlock(Arc::clone(&self.file))))),
            Err(Errno::WOULDBLOCK) => Ok(None),
            Err(errno) => Err(errno.into()),
        }
    }

    fn wait_for_lock(&self, mode: LockMode, patience: Duration) -> io::Result<LockGuard> {
        let (id, begun) = (self.status()?.id, Instant::now());
        loop {
            let waiter = Waiter::join(&self.path, id, mode)?;
            let left = patience.saturating_sub(begun.elapsed());
            if let Some(locked) = waiter.wait(left)? {
                return Ok(LockGuard::new(locked));
            }
            if let Some(guard) = self.try_lock(mode)? {
                return Ok(guard);
            }
        }
    }
}

/// Lets go of the lock that an open file holds, though the file stays open.
struct Unlock(Arc<File>);

impl Drop for Unlock {
    fn drop(&mut self) {
        if let Err(errno) = flock(&*self.0, FlockOperation::Unlock) {
            tracing::error!(%errno, "a log's lock could not be let go");
        }
    }
}
