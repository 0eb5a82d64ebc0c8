//! One stream's log, open for writing.

use std::io;
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::disk::{Disk, DiskFile, LockGuard, LockMode, OpenMode};
use super::error::{DamageKind, IoContext, StoreError};
use super::layout::Layout;
use super::position::Position;
use super::read::{CHUNK, EachLine, Line, Rest, busy, read_range, scan};
use super::repair::{is_at, kept_name};
use super::snapshot::{Claims, newest_claim};
use crate::domain::{Event, Recorded};

/// Receives each event that a catch-up finds.
pub type Sink<'s, E> = &'s mut dyn FnMut(&Recorded<E>);

/// A log as this process knows it: everything before [`Log::end`] is valid, and durable unless [`Log::is_in_doubt`].
pub struct Log<E> {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    path: PathBuf,
    patience: Duration,
    file: Option<Box<dyn DiskFile>>,
    end: Position,
    /// Whether the snapshots were asked if the log had been longer.
    settled: bool,
    /// What was read and is not known to be durable.
    foreign: Option<Foreign>,
    latch: Option<Latch>,
    events: PhantomData<fn() -> E>,
}

/// A write failed and its remains could not be cut off. The lock stays held, so that no other process takes them for events.
struct Latch {
    _guard: LockGuard,
}

/// Events that this process read and did not flush itself: another process, or this one before a crash, may have written
/// them without flushing.
#[derive(Clone, Copy)]
struct Foreign {
    /// Where they begin.
    from: u64,
    /// A flush of them failed. The page cache then takes them for clean, so that no later flush makes them durable
    /// unless they are written again.
    lost: bool,
}

/// How the file compares to what this process knows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Nothing happened since.
    Current,
    /// Its length differs: another process wrote.
    Changed,
    /// There is no log.
    Absent,
    /// Another file, or none, has its name.
    Moved,
}

impl<E: Event> Log<E> {
    /// The log in this directory; nothing is opened yet. `patience` is how long its lock is waited for.
    pub fn new(disk: Arc<dyn Disk>, dir: PathBuf, patience: Duration) -> Self {
        let path = dir.join(Layout::LOG);
        let events = PhantomData;
        Self {
            disk,
            dir,
            path,
            patience,
            file: None,
            end: Position::START,
            settled: false,
            foreign: None,
            latch: None,
            events,
        }
    }

    /// The last event known, and where it ends.
    pub fn end(&self) -> Position {
        self.end
    }

    /// The log's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The stream's directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether an earlier write failed and could not be undone yet.
    pub fn is_latched(&self) -> bool {
        self.latch.is_some()
    }

    /// Whether some events before [`Log::end`] may not be durable: nothing may be told from them.
    pub fn is_in_doubt(&self) -> bool {
        self.foreign.is_some()
    }

    /// Looks whether the file is still what this process knows: two system calls, no lock.
    pub fn freshness(&self) -> Result<Freshness, StoreError> {
        let at_path = self.disk.status(&self.path).at("look at", &self.path)?;
        let Some(file) = &self.file else {
            return Ok(if at_path.is_none() {
                Freshness::Absent
            } else {
                Freshness::Changed
            });
        };
        let open = file.status().at("look at", &self.path)?;
        Ok(match at_path {
            Some(at_path) if at_path.id != open.id => Freshness::Moved,
            Some(at_path) if at_path.len == self.end.offset && self.is_settled() => {
                Freshness::Current
            }
            Some(_) => Freshness::Changed,
            None => Freshness::Moved,
        })
    }

    /// Takes the lock and catches up with what other processes wrote. None when there is no log and `create` is false.
    /// On damage the events before it have gone to `sink`, and [`Log::end`] stands before it.
    pub fn lock(
        &mut self,
        create: bool,
        sink: Sink<'_, E>,
    ) -> Result<Option<Locked<'_, E>>, StoreError> {
        self.unlatch()?;
        if self.file.is_none() && !self.open(create)? {
            return Ok(None);
        }
        let guard = self.acquire(create)?;
        self.catch_up(sink)?;
        Ok(Some(Locked {
            log: self,
            guard: Some(guard),
        }))
    }

    /// Reads the events up to the known end again, without a lock: they are durable and never change.
    pub fn read_known(&self, each: EachLine<'_, E>) -> Result<(), StoreError> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let scan = scan(&**file, Position::START, self.end.offset, each).at("read", &self.path)?;
        match scan.rest {
            Rest::Nothing => Ok(()),
            Rest::Torn(_) => Err(scan.end.damage(&self.path, DamageKind::Shape).into()),
            Rest::Damaged(kind) => Err(scan.end.damage(&self.path, kind).into()),
        }
    }

    /// False when there is no log and none is to be made.
    fn open(&mut self, create: bool) -> Result<bool, StoreError> {
        match self.disk.open(&self.path, OpenMode::ReadWrite) {
            Ok(file) => {
                self.file = Some(file);
                return Ok(true);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => {
                return Err(source).at("open", &self.path);
            }
        }
        self.check_claims(DamageKind::missing)?;
        if !create {
            return Ok(false);
        }
        self.disk.create_dir(&self.dir).at("make", &self.dir)?;
        self.file = Some(
            self.disk
                .open(&self.path, OpenMode::Create)
                .at("make", &self.path)?,
        );
        Ok(true)
    }

    /// The exclusive lock of the very file that has the log's name.
    fn acquire(&mut self, create: bool) -> Result<LockGuard, StoreError> {
        let mut attempts = 0;
        loop {
            let file = self.file()?;
            let locked = file.lock(LockMode::Exclusive, self.patience);
            if is_at(&*self.disk, &self.path, file)? {
                return locked.map_err(|error| busy(error, &self.path, self.patience));
            }
            attempts += 1;
            // A name that is gone was moved with its directory: no new log may take its place unasked. What is known of one log says
            // nothing of another: the open file stays with it, whatever fails here.
            let at_path = self.disk.status(&self.path).at("look at", &self.path)?;
            let replaced = at_path.is_some() && self.end == Position::START;
            if replaced && attempts < 3 {
                self.file = None;
            }
            if self.file.is_some() || !self.open(create)? {
                return Err(StoreError::Moved {
                    path: self.path.clone(),
                });
            }
        }
    }

    fn file(&self) -> Result<&dyn DiskFile, StoreError> {
        self.file.as_deref().ok_or_else(|| StoreError::Moved {
            path: self.path.clone(),
        })
    }

    /// Whether there is nothing to do when the file did not grow.
    fn is_settled(&self) -> bool {
        self.settled && self.foreign.is_none()
    }

    fn catch_up(&mut self, sink: Sink<'_, E>) -> Result<(), StoreError> {
        let len = self.file()?.status().at("look at", &self.path)?.len;
        if len < self.end.offset {
            return Err(self.end.damage(&self.path, DamageKind::Shrunk).into());
        }
        if len == self.end.offset && self.is_settled() {
            return Ok(());
        }
        let start = self.end.offset;
        let mut each = |line: Line<'_, E>| {
            sink(&line.record);
            ControlFlow::Continue(())
        };
        let scan = scan(self.file()?, self.end, len, &mut each).at("read", &self.path)?;
        self.end = scan.end;
        if self.end.offset > start {
            self.foreign.get_or_insert(Foreign {
                from: start,
                lost: false,
            });
        }
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
        if foreign.from == 0 {
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
    fn sync_dirs(&self) -> Result<(), StoreError> {
        self.disk.sync_dir(&self.dir).at("flush", &self.dir)?;
        match self.dir.parent() {
            Some(parent) => self.disk.sync_dir(parent).at("flush", parent),
            None => Ok(()),
        }
    }

    /// Refuses a log that is shorter than its snapshots say it was. Where there is no log, every snapshot is asked, tracking
    /// lists too; beside one the board's own file is enough, which may be asked at each opening.
    fn check_claims(
        &self,
        kind: impl FnOnce(PathBuf, crate::domain::Seq) -> DamageKind,
    ) -> Result<(), StoreError> {
        let Claims { newest, foreign } = if self.file.is_some() {
            newest_claim(&*self.disk, &self.dir, &Layout::BOARD_FILES)?
        } else {
            let mut names = self.disk.names(&self.dir).at("list", &self.dir)?;
            names.retain(|name| Layout::is_snapshot(name));
            newest_claim(&*self.disk, &self.dir, &names)?
        };
        match newest {
            Some((snapshot, claimed)) if claimed > self.end.seq => {
                Err(self.end.damage(&self.path, kind(snapshot, claimed)).into())
            }
            None if self.file.is_none() => {
                foreign.map_or(Ok(()), |path| Err(StoreError::Foreign { path }))
            }
            _ => Ok(()),
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

    /// Cuts the log back to its last durable length, on a descriptor that has not seen the failed flush.
    fn cut_back(&mut self) -> io::Result<()> {
        let file = self.disk.open(&self.path, OpenMode::ReadWrite)?;
        file.set_len(self.end.offset)?;
        file.sync_data()?;
        self.file = Some(file);
        Ok(())
    }

    fn unlatch(&mut self) -> Result<(), StoreError> {
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

impl DamageKind {
    fn missing(snapshot: PathBuf, claimed: crate::domain::Seq) -> Self {
        Self::Missing { snapshot, claimed }
    }

    fn shorter(snapshot: PathBuf, claimed: crate::domain::Seq) -> Self {
        Self::Shorter { snapshot, claimed }
    }
}

/// A log whose exclusive lock is held and which is caught up.
pub struct Locked<'l, E> {
    log: &'l mut Log<E>,
    guard: Option<LockGuard>,
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
