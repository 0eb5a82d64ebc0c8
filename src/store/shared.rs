//! A log that is read beside its writers, up to what is durable.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::disk::{Disk, DiskFile, LockMode, OpenMode};
use super::error::{IoContext, StoreError};
use super::named;

/// A log open for reading. It stays readable when its directory is renamed.
pub struct SharedLog {
    file: Box<dyn DiskFile>,
    path: PathBuf,
    patience: Duration,
}

impl SharedLog {
    /// Opens the log that has this name, and tells its settled length. None when there is none, or none any more once its
    /// lock was to be had: its directory was renamed.
    pub fn open(
        disk: &dyn Disk,
        path: &Path,
        patience: Duration,
    ) -> Result<Option<(Self, u64)>, StoreError> {
        let Some((file, _guard)) = named::open_locked(disk, path, OpenMode::Read, patience)? else {
            return Ok(None);
        };
        let log = Self {
            file,
            path: path.to_owned(),
            patience,
        };
        let len = log.settled_len()?;
        Ok(Some((log, len)))
    }

    /// Runs `take` with the log's length while nobody writes: everything before it is durable, unless whoever wrote it failed to flush it
    /// and died ([`super::make_durable`]); and what is no event there is the remainder of a crash.
    pub fn settled<T, E: From<StoreError>>(
        &self,
        take: impl FnOnce(u64) -> Result<T, E>,
    ) -> Result<T, E> {
        let _guard = named::lock(&self.path, &*self.file, LockMode::Shared, self.patience)?;
        take(self.settled_len()?)
    }

    /// The length of what is durable; to be called while the lock is held.
    fn settled_len(&self) -> Result<u64, StoreError> {
        self.file.sync_data().at("flush", &self.path)?;
        Ok(self.file.status().at("look at", &self.path)?.len)
    }

    /// The open file.
    pub fn file(&self) -> &dyn DiskFile {
        &*self.file
    }

    /// The name by which it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
