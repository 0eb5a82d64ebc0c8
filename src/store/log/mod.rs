//! One stream's log, open for writing.

mod append;
mod catch_up;
mod claims;
mod open;
mod resume;

use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::disk::{Disk, DiskFile, FileId};
use super::error::{DamageKind, IoContext, StoreError};
use super::layout::Layout;
use super::read::{EachLine, Rest, scan};
use crate::domain::Position;
use crate::domain::{Event, Recorded};

pub use append::{Locked, Written};

use append::Latch;
use catch_up::Foreign;

/// Receives each event that a catch-up finds.
pub type Sink<'s, E> = &'s mut dyn FnMut(&Recorded<E>);

/// A log as this process knows it: everything before [`Log::end`] is valid, and durable unless [`Log::is_in_doubt`].
pub struct Log<E> {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    path: PathBuf,
    file: Option<Box<dyn DiskFile>>,
    /// Which file is open, since it was locked.
    id: Option<FileId>,
    end: Position,
    /// Whether it was opened at its checkpoint.
    is_resumed: bool,
    /// Whether the snapshots were asked if the log had been longer.
    settled: bool,
    /// When the file was last changed, if this process changed it last, and flushed its length before.
    own_change: Option<SystemTime>,
    /// What was read and is not known to be durable.
    foreign: Option<Foreign>,
    latch: Option<Latch>,
    events: PhantomData<fn() -> E>,
}

/// How the file compares to what this process knows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Nothing happened since.
    Current,
    /// Its length differs: another process wrote. Or it is closed, and has to be opened to know.
    Changed,
    /// There is no log.
    Absent,
    /// Another file, or none, has its name.
    Moved,
}

impl<E: Event> Log<E> {
    /// The log in this directory; nothing is opened yet.
    pub fn new(disk: Arc<dyn Disk>, dir: PathBuf) -> Self {
        let path = dir.join(Layout::LOG);
        let events = PhantomData;
        Self {
            disk,
            dir,
            path,
            file: None,
            id: None,
            end: Position::START,
            is_resumed: false,
            settled: false,
            own_change: None,
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

    /// Which file it is, once it was locked.
    pub fn file_id(&self) -> Option<FileId> {
        self.id
    }

    /// Whether an earlier write failed and could not be undone yet.
    pub fn is_latched(&self) -> bool {
        self.latch.is_some()
    }

    /// Whether it was opened at its checkpoint: what stands before that was not read.
    pub fn is_resumed(&self) -> bool {
        self.is_resumed
    }

    /// Whether some events before [`Log::end`] may not be durable: nothing may be told from them.
    pub fn is_in_doubt(&self) -> bool {
        self.foreign.is_some()
    }

    /// Whether it knows of no failed write or flush that must be undone first.
    pub fn is_at_rest(&self) -> bool {
        !self.is_latched() && !self.is_in_doubt()
    }

    /// Looks whether the file is still what this process knows: one system call, no lock.
    pub fn freshness(&self) -> Result<Freshness, StoreError> {
        let at_path = self.disk.status(&self.path).at("look at", &self.path)?;
        let id = match (&self.file, self.id) {
            (Some(file), _) => self.id_of(&**file)?,
            (None, Some(id)) => id,
            (None, None) if at_path.is_none() => return Ok(Freshness::Absent),
            (None, None) => return Ok(Freshness::Changed),
        };
        Ok(match at_path {
            Some(at_path) if at_path.id != id => Freshness::Moved,
            Some(at_path)
                if self.is_open() && at_path.len == self.end.offset && self.is_settled() =>
            {
                Freshness::Current
            }
            Some(_) => Freshness::Changed,
            None => Freshness::Moved,
        })
    }

    /// Fails when nothing has the log's name, though events of it are known: another one is not to begin in its place.
    pub fn refuse_gone(&self) -> Result<(), StoreError> {
        let at_path = self.disk.status(&self.path).at("look at", &self.path)?;
        match at_path {
            None if self.end != Position::START => {
                Err(self.end.damage(&self.path, DamageKind::Gone).into())
            }
            _ => Ok(()),
        }
    }

    /// Takes the lock, which is waited for at most `patience`, and catches up with what other processes wrote. None when
    /// there is no log and `create` is false. On damage the events before it have gone to `sink`, and [`Log::end`]
    /// stands before it.
    pub fn lock(
        &mut self,
        create: bool,
        patience: Duration,
        sink: Sink<'_, E>,
    ) -> Result<Option<Locked<'_, E>>, StoreError> {
        self.unlatch()?;
        if self.file.is_none() && !self.open(create)? {
            return Ok(None);
        }
        let (guard, status) = self.acquire(create, patience)?;
        self.id = Some(status.id);
        self.own_change = self.own_change.filter(|own| *own == status.modified);
        self.catch_up(status.len, sink)?;
        Ok(Some(Locked {
            log: self,
            guard: Some(guard),
        }))
    }

    /// Whether its file is open.
    pub fn is_open(&self) -> bool {
        self.file.is_some()
    }

    /// Lets go of the file until the log is locked or read again. What is known of it stays; another log that has its name by then is
    /// told from it, as while it was open.
    pub fn rest(&mut self) {
        if self.end == Position::START && self.is_at_rest() {
            self.hold(None);
        } else if self.id.is_some() && self.is_at_rest() {
            self.file = None;
        }
    }

    /// Which file the open one is. Until it was locked once, that is asked of it.
    fn id_of(&self, file: &dyn DiskFile) -> Result<FileId, StoreError> {
        match self.id {
            Some(id) => Ok(id),
            None => Ok(file.status().at("look at", &self.path)?.id),
        }
    }

    /// Another file is open from now on, or none.
    fn hold(&mut self, file: Option<Box<dyn DiskFile>>) {
        self.file = file;
        self.id = None;
    }

    /// Reads the events up to the known end again, without a lock: they are durable and never change.
    pub fn read_known(&self, each: EachLine<'_, E>) -> Result<(), StoreError> {
        let reopened;
        let file = match &self.file {
            Some(file) => file,
            None if self.end == Position::START => return Ok(()),
            None => {
                reopened = self.reopen()?;
                &reopened
            }
        };
        let scan = scan(&**file, Position::START, self.end.offset, each).at("read", &self.path)?;
        match scan.rest {
            Rest::Nothing => Ok(()),
            Rest::Torn(_) => Err(scan.end.damage(&self.path, DamageKind::Shape).into()),
            Rest::Damaged(kind) => Err(scan.end.damage(&self.path, kind).into()),
        }
    }
}
