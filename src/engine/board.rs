//! One board in memory, with its log.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::domain::board::{Board, BoardEvent};
use crate::domain::{ChatId, Delivery, Recorded, Seq};
use crate::store::{DamageKind, Disk, Freshness, Layout, Locked, Log, Position, StoreError};

use super::checkpoint::Checkpoints;
use super::merged::MergedLogs;
use super::names::current_chat;

/// A board and the log it was made from. `state` is none after a failed write, until it is made again from the log.
pub struct OpenBoard {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) chat: ChatId,
    pub(super) dir: PathBuf,
    pub(super) log: Log<BoardEvent>,
    pub(super) state: Option<Board>,
    /// The last event that the snapshot files reflect; none before they were looked at.
    pub(super) published: Option<Seq>,
    pub(super) checkpoints: Checkpoints,
    merged: MergedLogs,
}

impl OpenBoard {
    /// The board of this chat; nothing is read yet.
    pub fn new(
        disk: Arc<dyn Disk>,
        layout: &Layout,
        chat: ChatId,
        checkpoints: Checkpoints,
    ) -> Self {
        let dir = layout.chat(chat);
        let log = Log::new(Arc::clone(&disk), dir.clone());
        Self {
            disk,
            chat,
            dir,
            log,
            state: Some(Board::default()),
            published: None,
            checkpoints,
            merged: MergedLogs::default(),
        }
    }

    /// The state as far as it is known.
    pub fn state(&self) -> Option<&Board> {
        self.state.as_ref()
    }

    /// Whether it has events.
    pub fn has_events(&self) -> bool {
        self.state().is_none_or(|board| board.seq() > Seq(0))
    }

    /// Has every snapshot file written again, also one that is seen to be right: whoever wrote it may have seen its flush fail, which
    /// nobody else is told, and then it is not on the platter.
    pub fn doubt_snapshots(&mut self) {
        self.published = Some(Seq(0));
    }

    /// Whether the snapshot files reflect all that is known.
    pub fn is_published(&self) -> bool {
        let reflects = |board: &Board| self.published == Some(board.seq());
        !self.has_events() || self.state().is_some_and(reflects)
    }

    /// Sees what other processes wrote, for a command that only reads: without a lock when nothing happened.
    /// While a failed write waits to be undone, what is known is what is durable.
    pub fn refresh(&mut self, patience: Duration) -> Result<(), StoreError> {
        self.restore()?;
        if self.log.is_latched() {
            return Ok(());
        }
        match self.log.freshness()? {
            Freshness::Current => self.check_owner(),
            Freshness::Absent | Freshness::Changed => self.lock(false, patience).map(|_| ()),
            Freshness::Moved => Err(StoreError::Moved {
                path: self.log.path().to_owned(),
            }),
        }
    }

    /// Takes the log's lock, which is waited for at most `patience`, and catches up. None when the chat has no log and
    /// `create` is false. On damage the events before it are in the state.
    pub fn lock(
        &mut self,
        create: bool,
        patience: Duration,
    ) -> Result<Option<LockedBoard<'_>>, StoreError> {
        self.restore()?;
        if let Some(state) = self.checkpoints.begin(self.chat.into(), &mut self.log)? {
            self.state = Some(state);
        }
        let (disk, dir, chat) = (&*self.disk, self.dir.as_path(), self.chat);
        let board = self.state.get_or_insert_default();
        let caught_up = self
            .log
            .lock(create, patience, &mut |record| board.evolve(record));
        let locked = match caught_up {
            // Whose the log is may stand in what could not be read.
            Err(error) if !matches!(error, StoreError::Damaged(_)) => return Err(error),
            locked => locked,
        };
        owner(disk, board, chat, dir)?;
        Ok(locked?.map(|locked| LockedBoard {
            disk,
            dir,
            chat,
            locked,
            board,
            merged: &mut self.merged,
        }))
    }

    /// Whether its log knows of no failed write or flush that must be undone first.
    pub fn is_at_rest(&self) -> bool {
        self.log.is_at_rest()
    }

    /// Whether its log is open, and nothing is in the way of closing that: a state that has to be made again is made from it.
    pub fn can_rest(&self) -> bool {
        self.log.is_open() && self.log.is_at_rest() && self.state.is_some()
    }

    /// Has the state made again from the log.
    pub fn forget_state(&mut self) {
        self.state = None;
    }

    /// Refuses a log that belongs to another chat.
    pub fn check_owner(&self) -> Result<(), StoreError> {
        self.state.as_ref().map_or(Ok(()), |board| {
            owner(&*self.disk, board, self.chat, &self.dir)
        })
    }

    /// Makes the state again from the durable part of the log, after a failed write.
    fn restore(&mut self) -> Result<(), StoreError> {
        if self.state.is_none() {
            let mut board = Board::default();
            self.read_until(self.log.end().seq, |record| board.evolve(record))?;
            self.state = Some(board);
        }
        Ok(())
    }

    /// Reads the log's durable events up to and including `last`.
    pub fn read_until(
        &self,
        last: Seq,
        mut each: impl FnMut(&Recorded<BoardEvent>),
    ) -> Result<(), StoreError> {
        if last == Seq(0) {
            return Ok(());
        }
        self.log.read_known(&mut |line| {
            each(line.record);
            if line.record.seq >= last {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
    }
}

/// A board whose log's lock is held, and which is caught up.
pub struct LockedBoard<'b> {
    disk: &'b dyn Disk,
    dir: &'b Path,
    chat: ChatId,
    pub locked: Locked<'b, BoardEvent>,
    pub board: &'b mut Board,
    merged: &'b mut MergedLogs,
}

impl LockedBoard<'_> {
    /// Whether this update became an event of a board that was merged into this one.
    pub fn is_in_merged_log(&mut self, delivery: &Delivery) -> Result<bool, StoreError> {
        self.merged.have(self.disk, self.dir, delivery)
    }

    /// Whether the chat has another id by now.
    pub fn is_left(&self) -> Result<bool, StoreError> {
        let layout = self.dir.parent().map(Layout::new);
        let current = layout.map(|layout| current_chat(self.disk, &layout, self.chat));
        Ok(current
            .transpose()?
            .is_some_and(|current| current != self.chat))
    }
}

/// Refuses a log of another chat. One that says that the chat has a new id, as the note does, only waits for the end of
/// its migration: [`StoreError::Moved`].
pub fn owner(disk: &dyn Disk, board: &Board, chat: ChatId, dir: &Path) -> Result<(), StoreError> {
    let named = board.chat_id();
    if board.seq() == Seq(0) || named == Some(chat) {
        return Ok(());
    }
    let path = dir.join(Layout::LOG);
    let layout = dir.parent().map(Layout::new);
    let current = layout.map(|layout| current_chat(disk, &layout, chat));
    if named.is_some() && current.transpose()? == named {
        return Err(StoreError::Moved { path });
    }
    let found = named.map_or_else(|| "unknown".to_owned(), |id| id.to_string());
    Err(Position::START
        .damage(&path, DamageKind::WrongStream { found })
        .into())
}
