//! Opening and locking a log by its name: a lock is worth something only on the file that has the name once it is held.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::disk::{Disk, DiskFile, FileId, FileStatus, LockGuard, LockMode, OpenMode};
use super::error::{IoContext, StoreError};

/// How often a file that is replaced while its lock is waited for is opened anew.
pub const ATTEMPTS: usize = 3;

/// An open file, and the lock on it.
pub type Held = (Box<dyn DiskFile>, LockGuard);

/// Opens the file; none when there is none and `mode` does not make one.
pub fn open(
    disk: &dyn Disk,
    path: &Path,
    mode: OpenMode,
) -> Result<Option<Box<dyn DiskFile>>, StoreError> {
    match disk.open(path, mode) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).at("open", path),
    }
}

/// Opens the file that has this name and takes its lock: shared to read, otherwise exclusive. None as [`open`]; also when the
/// name went away while the lock was waited for.
pub fn open_locked(
    disk: &dyn Disk,
    path: &Path,
    mode: OpenMode,
    patience: Duration,
) -> Result<Option<Held>, StoreError> {
    let lock = match mode {
        OpenMode::Read => LockMode::Shared,
        OpenMode::ReadWrite | OpenMode::Create => LockMode::Exclusive,
    };
    for _ in 0..ATTEMPTS {
        let Some(file) = open(disk, path, mode)? else {
            return Ok(None);
        };
        let id = file.status().at("look at", path)?.id;
        if let Some((guard, _)) = lock_named(disk, path, (&*file, id), lock, patience)? {
            return Ok(Some((file, guard)));
        }
    }
    Err(StoreError::Moved {
        path: path.to_owned(),
    })
}

/// The lock of an open file that has this name, and what it is then; none when another file, or none, has it once the lock
/// was to be had. `id` says which file is open.
pub fn lock_named(
    disk: &dyn Disk,
    path: &Path,
    (file, id): (&dyn DiskFile, FileId),
    mode: LockMode,
    patience: Duration,
) -> Result<Option<(LockGuard, FileStatus)>, StoreError> {
    let locked = lock(path, file, mode, patience);
    match disk.status(path).at("look at", path)? {
        Some(at_path) if at_path.id == id => locked.map(|guard| Some((guard, at_path))),
        _ => Ok(None),
    }
}

/// Makes the names of a new log and of its directory durable.
pub fn sync_names(disk: &dyn Disk, dir: &Path) -> Result<(), StoreError> {
    disk.sync_dir(dir).at("flush", dir)?;
    match dir.parent() {
        Some(parent) => disk.sync_dir(parent).at("flush", parent),
        None => Ok(()),
    }
}

/// The lock of an open file, whatever name it has.
pub fn lock(
    path: &Path,
    file: &dyn DiskFile,
    mode: LockMode,
    patience: Duration,
) -> Result<LockGuard, StoreError> {
    let busy = |error: io::Error| match error.kind() {
        io::ErrorKind::TimedOut => StoreError::Busy {
            path: path.to_owned(),
            waited: patience,
        },
        _ => StoreError::Io {
            doing: "lock",
            path: path.to_owned(),
            error,
        },
    };
    file.lock(mode, patience).map_err(busy)
}
