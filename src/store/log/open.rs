//! Opening a log, and taking the lock of the file that has its name.

use std::time::Duration;

use super::Log;
use crate::domain::Event;
use crate::domain::Position;
use crate::store::disk::{DiskFile, FileStatus, LockGuard, LockMode, OpenMode};
use crate::store::error::{DamageKind, IoContext, StoreError};
use crate::store::named;
use crate::store::place::has_place;

impl<E: Event> Log<E> {
    /// Opens the log's file; false when there is none and none is to be made. Of a log that is known it is the file that it had.
    pub(super) fn open(&mut self, create: bool) -> Result<bool, StoreError> {
        if self.end != Position::START {
            self.file = Some(self.reopen()?);
            return Ok(true);
        }
        self.hold(named::open(&*self.disk, &self.path, OpenMode::ReadWrite)?);
        if self.file.is_some() {
            return Ok(true);
        }
        self.check_claims(self.claims()?, DamageKind::missing)?;
        if !create {
            return Ok(false);
        }
        self.disk.create_dir(&self.dir).at("make", &self.dir)?;
        let made = self.disk.open(&self.path, OpenMode::Create);
        self.hold(Some(made.at("make", &self.path)?));
        Ok(true)
    }

    /// Opens the file of a known log again: the same one, with the last known event where it was. When the file is too short for
    /// that, catching up says so.
    pub(super) fn reopen(&self) -> Result<Box<dyn DiskFile>, StoreError> {
        let file = named::open(&*self.disk, &self.path, OpenMode::ReadWrite)?;
        let file = file.ok_or_else(|| self.moved())?;
        let status = file.status().at("look at", &self.path)?;
        let is_short = status.len < self.end.offset;
        let is_known = self.id == Some(status.id)
            && (is_short || has_place::<E>(&*file, self.end).at("read", &self.path)?);
        if is_known {
            Ok(file)
        } else {
            Err(self.moved())
        }
    }

    /// The exclusive lock of the very file that has the log's name, and what that file is then.
    pub(super) fn acquire(
        &mut self,
        create: bool,
        patience: Duration,
    ) -> Result<(LockGuard, FileStatus), StoreError> {
        for _ in 0..named::ATTEMPTS {
            let (disk, file) = (&*self.disk, self.file()?);
            let (open, mode) = ((file, self.id_of(file)?), LockMode::Exclusive);
            if let Some(locked) = named::lock_named(disk, &self.path, open, mode, patience)? {
                return Ok(locked);
            }
            // A name that is gone was moved with its directory: no new log may take its place unasked. What is known of one
            // log says nothing of another: the open file stays with it, whatever fails here.
            let at_path = self.disk.status(&self.path).at("look at", &self.path)?;
            if at_path.is_none() || self.end != Position::START {
                break;
            }
            self.hold(None);
            self.own_change = None;
            if !self.open(create)? {
                break;
            }
        }
        Err(self.moved())
    }

    pub(super) fn file(&self) -> Result<&dyn DiskFile, StoreError> {
        self.file.as_deref().ok_or_else(|| self.moved())
    }

    fn moved(&self) -> StoreError {
        StoreError::Moved {
            path: self.path.clone(),
        }
    }
}
