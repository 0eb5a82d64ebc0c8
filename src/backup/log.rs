//! One log in a backup: it only grows, and is read back as it does.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::Problem;
use super::files::{Side, copy_range};
use crate::audit::MergedNames;
use crate::domain::{Aggregate, Seq};
use crate::store::{
    DamageKind, Disk, DiskFile, IoContext, Layout, Line, OpenMode, Position, Rest, SharedLog,
    StoreError, scan,
};

/// A copied log as far as it was read back and found valid, and the state that it gives.
pub struct LogCopy<S> {
    file: Box<dyn DiskFile>,
    pub path: PathBuf,
    pub state: S,
    /// The logs of merged boards that it speaks of.
    pub merged: MergedNames,
    pub end: Position,
    /// Where it ended before; none when it had no event, as one has that was only just made when a backup was interrupted.
    pub before: Option<Position>,
}

impl<S: Aggregate> LogCopy<S> {
    /// Opens the copy, or makes an empty one, and reads what it has. `resumed`: an unfinished end is cut off, for a backup was
    /// interrupted there.
    pub fn open(disk: &dyn Disk, dir: &Path, resumed: bool) -> Result<Self, Problem> {
        let path = dir.join(Layout::LOG);
        let file = disk.open(&path, OpenMode::Create).at("make", &path)?;
        let mut copy = Self {
            file,
            path,
            state: S::default(),
            merged: MergedNames::default(),
            end: Position::START,
            before: None,
        };
        let len = copy.file.status().at("look at", &copy.path)?.len;
        match copy.read_to(len)? {
            Rest::Nothing => {}
            Rest::Torn(_) if resumed => copy.cut(copy.end)?,
            Rest::Torn(_) => {
                return Err(Problem::Backup(
                    copy.end.damage(&copy.path, DamageKind::Shape),
                ));
            }
            Rest::Damaged(kind) => {
                return Err(Problem::Backup(copy.end.damage(&copy.path, kind)));
            }
        }
        copy.before = Some(copy.end).filter(|end| end.seq > Seq(0));
        Ok(copy)
    }

    /// Whether the live log, `len` bytes long, has this copy's head where this copy ends. With the copy's own chain checked, that
    /// says that the copy is what the live log begins with.
    pub fn is_beginning_of(&self, live: &SharedLog, len: u64) -> Result<bool, StoreError> {
        if self.end.seq == Seq(0) {
            return Ok(true);
        }
        let mut end = self.end.head.as_bytes().to_vec();
        end.extend_from_slice(b"\"}\n");
        let mut found = vec![0; end.len()];
        let at = self.end.offset.saturating_sub(end.len() as u64);
        let read = live
            .file()
            .read_at(&mut found, at)
            .at("read", live.path())?;
        Ok(self.end.offset <= len && read == end.len() && found == end)
    }

    /// Copies the live log from this copy's end up to byte `len`, and reads it back. Answers what stands behind the valid lines.
    pub fn take(
        &mut self,
        live: &SharedLog,
        len: u64,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Rest, Problem> {
        let len = len.max(self.end.offset);
        let source = Side {
            file: live.file(),
            path: live.path(),
        };
        let target = Side {
            file: &*self.file,
            path: &self.path,
        };
        copy_range(source, target, self.end.offset, len, progress)?;
        self.file.set_len(len).at("cut", &self.path)?;
        self.sync()?;
        Ok(self.read_to(len)?)
    }

    fn read_to(&mut self, len: u64) -> Result<Rest, StoreError> {
        let (state, merged) = (&mut self.state, &mut self.merged);
        let mut each = |line: Line<'_, S::Event>| {
            state.evolve(line.record);
            merged.see(line.record);
            ControlFlow::Continue(())
        };
        let scan = scan(&*self.file, self.end, len, &mut each).at("read", &self.path)?;
        self.end = scan.end;
        Ok(scan.rest)
    }

    /// Takes back what was added behind `end`.
    pub fn cut(&self, end: Position) -> Result<(), StoreError> {
        self.file.set_len(end.offset).at("cut", &self.path)?;
        self.sync()
    }

    fn sync(&self) -> Result<(), StoreError> {
        self.file.sync_data().at("flush", &self.path)
    }
}
