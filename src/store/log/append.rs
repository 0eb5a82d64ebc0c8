//! Appending: a write and its flush, and cutting back what failed.

use super::Log;
use crate::domain::Event;
use crate::domain::Position;
use crate::store::disk::LockGuard;
use crate::store::error::{IoContext, StoreError};
use crate::store::named;
use crate::store::rewrite::flush_anew;

/// A write failed and its remains could not be cut off. The lock stays held, so that no other process takes them for events.
pub(super) struct Latch {
    _guard: LockGuard,
    /// Where that write would have ended.
    reach: u64,
}

impl<E: Event> Log<E> {
    /// Cuts the log back to its last durable length, on a descriptor that has not seen the failed flush. What this process did not write
    /// is not cut: another file may have the log's name, or others may have written to it where the lock did not hold them off, as after
    /// its file system was mounted anew. Then it is not known any more, or catching up says what is there.
    fn cut_back(&mut self, reach: u64) -> Result<(), StoreError> {
        let reopened = self.reopen();
        if matches!(reopened, Err(StoreError::Moved { .. })) {
            self.file = None;
        }
        let file = reopened?;
        let len = file.status().at("look at", &self.path)?.len;
        if (self.end.offset..=reach).contains(&len) {
            file.set_len(self.end.offset)
                .and_then(|()| file.sync_data())
                .at("cut", &self.path)?;
        }
        self.file = Some(file);
        Ok(())
    }

    /// Flushes what was written, and the log's name when it is new.
    pub fn flush(&self) -> Result<(), StoreError> {
        self.file()?.sync_data().at("flush", &self.path)?;
        if self.end == Position::START {
            named::sync_names(&*self.disk, &self.dir)
        } else {
            Ok(())
        }
    }

    /// Makes the length durable before a write, unless this process changed the file last: whoever did may have cut off a failed write,
    /// seen the flush of that cut fail too, and ended. The platter then still has what was cut off, and the rest of it could come to
    /// stand behind this write.
    pub(super) fn flush_len(&mut self) -> Result<(), StoreError> {
        if self.own_change.is_some() {
            return Ok(());
        }
        flush_anew(self.file()?).at("flush", &self.path)?;
        self.note_change();
        Ok(())
    }

    /// To be called while the lock is held, after a change of the file whose length was flushed before. Should the file not tell its
    /// time, that length is flushed once more. Two changes within one tick of the kernel's clock have the same time, but for multigrain
    /// timestamps: since Linux 6.13, on ext4, XFS, Btrfs and tmpfs.
    pub(super) fn note_change(&mut self) {
        let status = self.file.as_ref().and_then(|file| file.status().ok());
        self.own_change = status.map(|status| status.modified);
    }

    /// After a write, or a write and its flush: it stands, or it is cut off, or the lock is kept until it can be.
    fn settle(
        &mut self,
        flushed: Result<(), StoreError>,
        end: Position,
        guard: &mut Option<LockGuard>,
    ) -> Result<(), StoreError> {
        match flushed {
            Ok(()) => self.end = end,
            Err(_) => match self.cut_back(end.offset) {
                Ok(()) | Err(StoreError::Moved { .. }) => {}
                Err(cut) => {
                    tracing::error!(log = %self.path.display(), %cut, "a failed write could not be cut back");
                    self.latch = guard.take().map(|guard| Latch {
                        _guard: guard,
                        reach: end.offset,
                    });
                }
            },
        }
        flushed
    }

    /// Cuts back what could not be before.
    pub(super) fn unlatch(&mut self) -> Result<(), StoreError> {
        let Some(Latch { reach, .. }) = self.latch else {
            return Ok(());
        };
        match self.cut_back(reach) {
            Ok(()) => {
                self.latch = None;
                tracing::info!(log = %self.path.display(), "the failed write was cut back; the log takes writes again");
                Ok(())
            }
            Err(moved @ StoreError::Moved { .. }) => {
                self.latch = None;
                Err(moved)
            }
            Err(StoreError::Io { error, .. }) => Err(StoreError::Latched {
                path: self.path.clone(),
                error,
            }),
            Err(error) => Err(error),
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
        let flushed = self.put(lines).and_then(|()| self.log.flush());
        self.log.settle(flushed, end, &mut self.guard)
    }

    /// Writes whole lines and does not flush them; `end` is the position after them. The lock stays held, and nothing of it
    /// may be told to anyone, until [`Written::settle`].
    pub fn write(mut self, lines: &[u8], end: Position) -> Result<Written, StoreError> {
        let put = self.put(lines);
        if put.is_err() {
            self.log.settle(put, end, &mut self.guard)?;
        }
        let guard = self.guard;
        Ok(Written { guard, end })
    }

    fn put(&mut self, lines: &[u8]) -> Result<(), StoreError> {
        self.log.flush_len()?;
        let (file, offset) = (self.log.file()?, self.log.end.offset);
        file.write_at(lines, offset)
            .at("write to", &self.log.path)?;
        self.log.note_change();
        Ok(())
    }
}

/// Events that are in a log and may not be durable yet. Dropping it gives the lock back: whoever opens the log next flushes them.
#[must_use]
pub struct Written {
    guard: Option<LockGuard>,
    end: Position,
}

impl Written {
    /// Ends the write, with what came of the flush: the events are durable now, or they are undone like those of a
    /// failed [`Locked::append`].
    pub fn settle<E: Event>(
        mut self,
        log: &mut Log<E>,
        flushed: Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        log.settle(flushed, self.end, &mut self.guard)
    }
}
