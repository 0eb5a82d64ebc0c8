//! Catching up with what other processes wrote, or this one before it last ended.

use std::io;
use std::ops::ControlFlow;

use super::{Log, Sink};
use crate::domain::Event;
use crate::store::disk::OpenMode;
use crate::store::error::{DamageKind, IoContext, StoreError};
use crate::store::layout::Layout;
use crate::store::read::{CHUNK, Line, Rest, read_range, scan};
use crate::store::repair::kept_name;

/// Events that this process read and did not flush itself: another process, or this one before a crash, may have written
/// them without flushing.
#[derive(Clone, Copy)]
pub(super) struct Foreign {
    /// Where they begin.
    from: u64,
    /// A flush of them failed. The page cache then takes them for clean, so that no later flush makes them durable
    /// unless they are written again.
    lost: bool,
}

impl Foreign {
    /// What stands from this offset on.
    pub(super) fn from(from: u64) -> Self {
        Self { from, lost: false }
    }
}

impl<E: Event> Log<E> {
    /// Whether there is nothing to do when the file did not grow.
    pub(super) fn is_settled(&self) -> bool {
        self.settled && self.foreign.is_none()
    }

    /// Reads, and makes durable, what is new in the file of this length; cuts off a torn tail. The lock is held.
    pub(super) fn catch_up(&mut self, len: u64, sink: Sink<'_, E>) -> Result<(), StoreError> {
        if len < self.end.offset {
            return Err(self.end.damage(&self.path, DamageKind::Shrunk).into());
        }
        if len == self.end.offset && self.is_settled() {
            return Ok(());
        }
        let start = self.end.offset;
        let mut reached = self.end;
        let mut each = |line: Line<'_, E>| {
            reached = line.end;
            sink(line.record);
            ControlFlow::Continue(())
        };
        let scan = scan(self.file()?, self.end, len, &mut each).at("read", &self.path);
        // Also when the reading failed: what went to the sink must not go there again.
        self.end = reached;
        if self.end.offset > start {
            self.foreign.get_or_insert(Foreign::from(start));
        }
        let scan = scan?;
        self.flush_foreign()?;
        if let Rest::Damaged(kind) = scan.rest {
            return Err(self.end.damage(&self.path, kind).into());
        }
        self.check_claims(DamageKind::shorter)?;
        if let Rest::Torn(rest) = scan.rest {
            self.set_aside(&rest)?;
        }
        self.settled = true;
        Ok(())
    }

    /// Makes durable what others wrote: they may have ended before their flush.
    fn flush_foreign(&mut self) -> Result<(), StoreError> {
        let Some(foreign) = self.foreign else {
            return Ok(());
        };
        let lost = foreign.lost || self.file()?.sync_data().is_err();
        if lost {
            self.foreign = Some(Foreign { lost, ..foreign });
            self.write_again(foreign.from).at("flush", &self.path)?;
        }
        if foreign.from == 0 || !self.settled {
            self.sync_dirs()?;
        }
        self.foreign = None;
        Ok(())
    }

    /// Writes and flushes the events from this offset on once more, on a descriptor that has not seen the failed flush.
    fn write_again(&mut self, from: u64) -> io::Result<()> {
        let file = self.disk.open(&self.path, OpenMode::ReadWrite)?;
        for start in (from..self.end.offset).step_by(CHUNK) {
            let end = self.end.offset.min(start + CHUNK as u64);
            file.write_at(&read_range(&*file, start, end)?, start)?;
        }
        file.sync_data()
    }

    /// Makes the names of a new log and of its directory durable.
    pub(super) fn sync_dirs(&self) -> Result<(), StoreError> {
        self.disk.sync_dir(&self.dir).at("flush", &self.dir)?;
        match self.dir.parent() {
            Some(parent) => self.disk.sync_dir(parent).at("flush", parent),
            None => Ok(()),
        }
    }

    /// Copies a torn tail to a file of its own, then cuts it off.
    fn set_aside(&self, rest: &[u8]) -> Result<(), StoreError> {
        let stem = format!("{}.torn", Layout::LOG);
        let aside = self.dir.join(kept_name(&stem, self.end.offset, rest));
        self.disk.replace(&aside, rest, true).at("write", &aside)?;
        self.disk.sync_dir(&self.dir).at("flush", &self.dir)?;
        let file = self.file()?;
        file.set_len(self.end.offset)
            .and_then(|()| file.sync_data())
            .at("cut", &self.path)?;
        tracing::warn!(
            log = %self.path.display(), kept_in = %aside.display(), bytes = rest.len(), after_seq = self.end.seq.0,
            "an unfinished write was cut from the end of a log; its bytes were kept"
        );
        Ok(())
    }
}
