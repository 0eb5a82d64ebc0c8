//! The part of a log before the checkpoint from which it was opened: to be verified after the fact.

use std::path::PathBuf;

use super::disk::{Disk, FileId, OpenMode};
use super::error::{DamageKind, IoContext, StoreError};
use super::layout::Layout;
use super::named;
use super::read::{EachLine, Rest, scan};
use crate::domain::Event;
use crate::domain::Position;

/// Lines that were not verified when their log was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix {
    pub(super) dir: PathBuf,
    /// The log may be replaced or moved meanwhile: then there is nothing to verify here.
    pub(super) file: FileId,
    /// Where the checkpoint was made.
    pub(super) end: Position,
}

impl Prefix {
    /// Reads it without a lock, since durable lines never change, and checks every line. False when the log is not there any
    /// more, or `each` stopped the reading. Fails as opening the whole log does.
    pub fn verify<E: Event>(
        &self,
        disk: &dyn Disk,
        each: EachLine<'_, E>,
    ) -> Result<bool, StoreError> {
        let path = self.dir.join(Layout::LOG);
        let Some(file) = named::open(disk, &path, OpenMode::Read)? else {
            return Ok(false);
        };
        if file.status().at("look at", &path)?.id != self.file {
            return Ok(false);
        }
        let scan = scan(&*file, Position::START, self.end.offset, each).at("read", &path)?;
        let kind = match scan.rest {
            Rest::Nothing if scan.end == self.end => return Ok(true),
            Rest::Nothing if scan.end.offset < self.end.offset => return Ok(false),
            // Valid lines, and others than those on which the rest of the log was built.
            Rest::Nothing => DamageKind::Hash,
            Rest::Damaged(kind) => kind,
            Rest::Torn(_) => DamageKind::Shorter {
                snapshot: self.dir.join(Layout::CHECKPOINT),
                claimed: self.end.seq,
            },
        };
        Err(scan.end.damage(&path, kind).into())
    }
}
