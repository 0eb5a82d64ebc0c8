//! Appending: a write and its flush, and cutting back what failed.

use std::io;

use super::Log;
use crate::domain::Event;
use crate::store::disk::{LockGuard, OpenMode};
use crate::store::error::{IoContext, StoreError};
use crate::store::position::Position;

/// A write failed and its remains could not be cut off. The lock stays held, so that no other process takes them for events.
pub(super) struct Latch {
    _guard: LockGuard,
}

impl<E: Event> Log<E> {
    /// Cuts the log back to its last durable length, on a descriptor that has not seen the failed flush.
    fn cut_back(&mut self) -> io::Result<()> {
        let file = self.disk.open(&self.path, OpenMode::ReadWrite)?;
        file.set_len(self.end.offset)?;
        file.sync_data()?;
        self.file = Some(file);
        Ok(())
    }

    pub(super) fn unlatch(&mut self) -> Result<(), StoreError> {
        if self.latch.is_none() {
            return Ok(());
        }
        match self.cut_back() {
            Ok(()) => {
                self.latch = None;
                tracing::info!(log = %self.path.display(), "the failed write was cut back; the log takes writes again");
                Ok(())
            }
            Err(error) => Err(StoreError::Latched {
                path: self.path.clone(),
                error,
            }),
        }
    }
}

/// A log whose exclusive lock is held and which is caught up.
pub struct Locked<'l, E> {
    pub(super) log: &'l mut Log<E>,
    pub(super) guard: Option<LockGuard>,
}

impl<E: Event> Locked<'_, E> {
    /// The last durable event.
    pub fn end(&self) -> Position {
        self.log.end
    }

    /// Writes whole lines and flushes them; `end` is the position after them. When this fails nothing of it was told to
    /// anyone and nothing of it stays: the log is cut back, or latched until it can be.
    pub fn append(&mut self, lines: &[u8], end: Position) -> Result<(), StoreError> {
        match self.write(lines) {
            Ok(()) => {
                self.log.end = end;
                Ok(())
            }
            Err(error) => {
                if let Err(cut) = self.log.cut_back() {
                    tracing::error!(log = %self.log.path.display(), %cut, "a failed write could not be cut back");
                    self.log.latch = self.guard.take().map(|guard| Latch { _guard: guard });
                }
                Err(error)
            }
        }
    }

    fn write(&self, lines: &[u8]) -> Result<(), StoreError> {
        let (log, file) = (&self.log, self.log.file()?);
        file.write_at(lines, log.end.offset)
            .at("write to", &log.path)?;
        file.sync_data().at("flush", &log.path)?;
        if log.end == Position::START {
            log.sync_dirs()
        } else {
            Ok(())
        }
    }
}
