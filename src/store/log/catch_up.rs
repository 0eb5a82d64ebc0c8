//! Catching up with what other processes wrote, or this one before it last ended.

use std::ops::ControlFlow;

use super::{Log, Sink};
use crate::domain::{Event, Position};
use crate::store::disk::OpenMode;
use crate::store::error::{DamageKind, IoContext, StoreError};
use crate::store::layout::Layout;
use crate::store::named;
use crate::store::read::{Line, Rest, scan};
use crate::store::repair::kept_name;
use crate::store::rewrite::rewrite;

/// Events that this process read and did not flush itself: another process, or this one before a crash, may have written
/// them without flushing.
#[derive(Clone, Copy)]
pub(super) struct Foreign {
    /// Where they begin.
    from: Position,
    /// Behind the last of them that a snapshot or checkpoint reflects: these are only made of durable events. Of the others whoever
    /// wrote them may have seen a flush fail, and died before they could be undone.
    unclaimed: Position,
    /// A flush of them failed. The page cache then takes them for clean, so that no later flush makes them durable
    /// unless they are written again.
    lost: bool,
}

impl Foreign {
    /// What stands from this place on.
    pub(super) fn from(from: Position) -> Self {
        Self {
            from,
            unclaimed: from,
            lost: false,
        }
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
        let (claims, start) = (self.claims()?, self.end);
        let (mut reached, mut claimed) = (start, None);
        let mut each = |line: Line<'_, E>| {
            reached = line.end;
            if claims.reach(&line.end) {
                claimed = Some(line.end);
            }
            sink(line.record);
            ControlFlow::Continue(())
        };
        let scan = scan(self.file()?, start, len, &mut each).at("read", &self.path);
        // Also when the reading failed: what went to the sink must not go there again.
        self.end = reached;
        if self.end != start {
            let foreign = self.foreign.get_or_insert(Foreign::from(start));
            foreign.unclaimed = claimed.unwrap_or(foreign.unclaimed);
        }
        let scan = scan?;
        self.flush_foreign()?;
        if let Rest::Damaged(kind) = scan.rest {
            return Err(self.end.damage(&self.path, kind).into());
        }
        self.check_claims(claims, DamageKind::shorter)?;
        if let Rest::Torn(rest) = scan.rest {
            self.set_aside(&rest)?;
        }
        // A log without events may be removed, or another put in its place: that it has none must be durable.
        if self.end == Position::START {
            self.flush_len()?;
        }
        self.settled = true;
        Ok(())
    }

    /// Makes durable what others wrote: they may have ended before their flush.
    fn flush_foreign(&mut self) -> Result<(), StoreError> {
        let Some(foreign) = self.foreign else {
            return Ok(());
        };
        let (mut from, to) = (foreign.unclaimed, self.end);
        let lost = foreign.lost || rewrite::<E>(self.file()?, from, to).is_err();
        if lost {
            from = foreign.from;
            self.foreign = Some(Foreign { lost, ..foreign });
            // On a descriptor that has not seen the failed flush.
            let file = self.disk.open(&self.path, OpenMode::ReadWrite);
            file.and_then(|file| rewrite::<E>(&*file, from, to))
                .at("flush", &self.path)?;
        }
        // The length was flushed with them.
        if from != to {
            self.note_change();
        }
        if foreign.from == Position::START || !self.settled {
            named::sync_names(&*self.disk, &self.dir)?;
        }
        self.foreign = None;
        Ok(())
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
