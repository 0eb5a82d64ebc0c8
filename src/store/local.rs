//! The local file system behind [`Disk`].

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::disk::{Disk, DiskFile, FileId, FileStatus, GroupFlush, LockGuard, LockMode, OpenMode};

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
}

impl Disk for LocalDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Box<dyn DiskFile>> {
        let file = OpenOptions::new()
            .read(true)
            .write(mode != OpenMode::Read)
            .create(mode == OpenMode::Create)
            .mode(self.access.file_mode())
            .open(path)?;
        Ok(Box::new(LocalFile {
            file: Arc::new(file),
            path: path.to_owned(),
            waiter: Mutex::default(),
        }))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn status(&self, path: &Path) -> io::Result<Option<FileStatus>> {
        match fs::metadata(path) {
            Ok(metadata) => Ok(Some(status(&metadata))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
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
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
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

fn status(metadata: &fs::Metadata) -> FileStatus {
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
    /// One that was given up, and waits still.
    waiter: Mutex<Option<Waiter>>,
}

/// A thread that waits for a file's lock. It hands over a file that has it, to whoever listens at that moment.
struct Waiter {
    mode: LockMode,
    locked: Receiver<Result<File, Errno>>,
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

    /// Has a thread wait, the one that waits still if there is one: however often this gives up, a file has one.
    fn wait_for_lock(&self, mode: LockMode, patience: Duration) -> io::Result<LockGuard> {
        let begun = Instant::now();
        loop {
            let waiting = self.given_up().take().filter(|waiter| waiter.mode == mode);
            let waiter = match waiting {
                Some(waiter) => waiter,
                None => self.start_waiter(mode)?,
            };
            let left = patience.saturating_sub(begun.elapsed());
            match waiter.locked.recv_timeout(left) {
                Ok(locked) => return Ok(LockGuard::new(locked?)),
                Err(RecvTimeoutError::Timeout) => {
                    *self.given_up() = Some(waiter);
                    return Err(ErrorKind::TimedOut.into());
                }
                // It got the lock while nobody listened, and let go of it.
                Err(RecvTimeoutError::Disconnected) => {
                    if let Some(guard) = self.try_lock(mode)? {
                        return Ok(guard);
                    }
                }
            }
        }
    }

    fn given_up(&self) -> MutexGuard<'_, Option<Waiter>> {
        self.waiter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `flock` has no deadline of its own, so a thread waits in it, on an open file of its own: when nobody listens any more, the
    /// lock that the thread gets ends with that file and nobody holds it by mistake.
    fn start_waiter(&self, mode: LockMode) -> io::Result<Waiter> {
        let file = File::open(&self.path)?;
        if status(&file.metadata()?).id != self.status()?.id {
            return Err(io::Error::other(
                "the file was replaced while its lock was waited for",
            ));
        }
        // Without room: what is sent is received at that moment, or not at all.
        let (sender, locked) = mpsc::sync_channel(0);
        thread::Builder::new()
            .name("lock-wait".into())
            .spawn(move || {
                let locked = match mode {
                    LockMode::Shared => flock(&file, FlockOperation::LockShared),
                    LockMode::Exclusive => flock(&file, FlockOperation::LockExclusive),
                };
                // When nobody listens, the file is dropped here and the lock with it.
                let _ = sender.try_send(locked.map(|()| file));
            })?;
        Ok(Waiter { mode, locked })
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    use super::{Disk, ErrorKind, LocalDisk, LockMode, OpenMode};

    const LIMIT: Duration = Duration::from_secs(60);

    /// How often this process has a file open.
    #[cfg(target_os = "linux")]
    fn times_open(path: &Path) -> usize {
        let open = fs::read_dir("/proc/self/fd").expect("descriptors");
        let targets = open.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
        targets.filter(|target| target == path).count()
    }

    #[test]
    fn whoever_gives_up_waiting_again_and_again_leaves_one_waiter() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().canonicalize().expect("a path").join("log");
        let open = || LocalDisk::default().open(&path, OpenMode::Create);
        let (holder, waiting) = (open().expect("a file"), open().expect("a file"));
        let held = holder.lock(LockMode::Exclusive, Duration::ZERO);
        let held = held.expect("the lock");
        for _ in 0..20 {
            let given_up = waiting.lock(LockMode::Exclusive, Duration::from_millis(1));
            let error = given_up.err().map(|error| error.kind());
            assert_eq!(error, Some(ErrorKind::TimedOut));
        }
        #[cfg(target_os = "linux")]
        assert_eq!(times_open(&path), 3);
        drop(held);
        // What the waiter got it let go of, since nobody listened.
        for file in [&holder, &waiting] {
            drop(file.lock(LockMode::Exclusive, LIMIT).expect("the lock"));
        }
    }

    #[test]
    fn one_who_gave_up_and_waits_again_gets_the_lock_and_keeps_it() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("log");
        let open = || LocalDisk::default().open(&path, OpenMode::Create);
        let (holder, waiting) = (open().expect("a file"), open().expect("a file"));
        let held = holder.lock(LockMode::Exclusive, Duration::ZERO);
        let held = held.expect("the lock");
        let given_up = waiting.lock(LockMode::Exclusive, Duration::from_millis(1));
        assert!(given_up.is_err());
        let (tell, told) = channel();
        let thread = thread::spawn(move || {
            let got = waiting.lock(LockMode::Exclusive, LIMIT);
            tell.send(got.is_ok()).expect("heard");
            got
        });
        assert!(told.recv_timeout(Duration::from_millis(20)).is_err());
        drop(held);
        assert_eq!(told.recv_timeout(LIMIT), Ok(true));
        let again = holder.lock(LockMode::Exclusive, Duration::ZERO);
        assert!(again.is_err(), "it is held");
        drop(thread.join().expect("no panic"));
        drop(holder.lock(LockMode::Exclusive, LIMIT).expect("the lock"));
    }
}
