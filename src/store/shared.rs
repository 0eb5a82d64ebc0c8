//! A log that is read beside its writers, up to what is durable.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::disk::{Disk, DiskFile, LockMode, OpenMode};
use super::error::{IoContext, StoreError};
use super::read::busy;

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
        loop {
            let file = match disk.open(path, OpenMode::Read) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error).at("open", path),
            };
            let log = Self {
                file,
                path: path.to_owned(),
                patience,
            };
            let len = log.settled(Ok);
            let open = log.file.status().at("look at", path)?.id;
            match disk.status(path).at("look at", path)? {
                Some(at_path) if at_path.id == open => return len.map(|len| Some((log, len))),
                Some(_) => {}
                None => return Ok(None),
            }
        }
    }

    /// Runs `take` with the log's length while nobody writes: everything before it is durable, and what is no event there is
    /// the remainder of a crash.
    pub fn settled<T, E: From<StoreError>>(
        &self,
        take: impl FnOnce(u64) -> Result<T, E>,
    ) -> Result<T, E> {
        let _guard = self
            .file
            .lock(LockMode::Shared, self.patience)
            .map_err(|error| busy(error, &self.path, self.patience))?;
        self.file.sync_data().at("flush", &self.path)?;
        take(self.file.status().at("look at", &self.path)?.len)
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
