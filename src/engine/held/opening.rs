//! Having the chat's board in memory, and letting go of one that is not to be trusted.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::store::{Layout, StoreError};

use super::super::board::OpenBoard;
use super::super::interrupted;
use super::super::migrate::Migration;
use super::super::names::current_chat;
use super::super::replaced;
use super::super::worker::Shared;
use super::Held;

impl Held<'_> {
    /// Whether nothing has to be read from disk first: the board is in memory, or there is no board yet.
    pub(super) fn is_at_hand(&mut self) -> bool {
        self.forget_refuted();
        if !self.shared.moves.before(self.chat()).is_empty() {
            return false;
        }
        if self.work.open.as_ref().is_some_and(OpenBoard::has_events) {
            return true;
        }
        let (disk, layout) = (&*self.shared.disk, &self.shared.layout);
        let stays = current_chat(disk, layout, self.chat()).is_ok_and(|now| now == self.chat());
        let is_new = matches!(disk.status(&layout.chat(self.chat())), Ok(None));
        let is_new = stays && is_new && self.shared.check_root().is_ok();
        if is_new && self.work.open.is_none() {
            self.work.open = Some(self.new_board());
        }
        is_new
    }

    /// Has the chat's board at hand; false when the chat has another id now, and then its board is moved, for which locks are waited for
    /// at most `patience`. Until a board has its first event another process may note a new id at any time, so the notes are asked again.
    pub(super) fn ready(&mut self, patience: Duration) -> Result<bool, StoreError> {
        if self.carry_out_moves(patience)? {
            return Ok(false);
        }
        self.forget_refuted();
        if self.work.open.as_ref().is_some_and(OpenBoard::has_events) {
            return Ok(true);
        }
        self.shared.check_root()?;
        let current = current_chat(&*self.shared.disk, &self.shared.layout, self.chat())?;
        if current != self.chat() {
            self.carry_out(&Migration::noted(self.chat(), current), patience)?;
            return Ok(false);
        }
        if self.has_directory_alone() {
            interrupted::finish_to(self.shared, self.chat(), patience)?;
        }
        if self.work.open.is_none() {
            self.work.open = Some(self.new_board());
        }
        Ok(true)
    }

    /// Whether there is a directory of the chat and no log in it. What cannot be looked at is refused when it is opened.
    fn has_directory_alone(&self) -> bool {
        let dir = self.shared.layout.chat(self.chat());
        let status = |path: &Path| self.shared.disk.status(path);
        matches!(status(&dir.join(Layout::LOG)), Ok(None)) && matches!(status(&dir), Ok(Some(_)))
    }

    /// Lets go of a board whose log is not where it was, so that it is opened anew where it is now. Fails when it is nowhere, or
    /// another log is there that lacks what was known: then the chat is not to begin anew, or to go on from there, as if nothing had been
    /// lost, and the board stays known until its log is back.
    pub(super) fn let_go_moved(&mut self, patience: Duration) -> Result<(), StoreError> {
        let (disk, layout) = (&*self.shared.disk, &self.shared.layout);
        if let Some(open) = &self.work.open
            && current_chat(disk, layout, self.chat())? == self.chat()
        {
            if open.log.refuse_gone().is_err() {
                // Another process may have set it aside, to put the log of the group's old id in its place.
                interrupted::finish_to(self.shared, self.chat(), patience)?;
                open.log.refuse_gone()?;
            }
            replaced::refuse_shorter(open, patience)?;
        }
        self.work.open = None;
        Ok(())
    }

    fn new_board(&self) -> OpenBoard {
        let disk = Arc::clone(&self.shared.disk);
        let Shared {
            layout, long_logs, ..
        } = self.shared;
        let checkpoints = long_logs.checkpoints(self.chat().into());
        OpenBoard::new(disk, layout, self.chat(), checkpoints)
    }

    /// Lets go of a board that was made from a checkpoint which turned out not to be what the log says, or whose log is
    /// damaged before it: the log is read whole instead. Not while its log knows of a failed write or flush, which must be
    /// undone first: until then nothing is told from it and it takes no writes.
    pub(super) fn forget_refuted(&mut self) {
        let checks = &self.shared.long_logs.checks;
        let is_refuted = |open: &OpenBoard| {
            open.log.is_resumed() && open.is_at_rest() && checks.refuted(self.chat().into())
        };
        if self.work.open.as_ref().is_some_and(is_refuted) {
            self.work.open = None;
        }
    }

    /// Has what stands before the checkpoint verified, when the board was made from one.
    pub(super) fn schedule_check(&mut self) {
        let open = self.work.open.as_mut();
        if let Some(check) = open.and_then(|open| open.checkpoints.take_unverified()) {
            self.shared.long_logs.checks.add(check);
        }
    }

    /// Tries a stream that took no writes: a latch is undone when that can be done, a repaired log is found. A log that somebody holds
    /// is tried again later: other chats wait for this thread.
    pub(super) fn look_again(&mut self) {
        let mut tried = self.try_to_write(Duration::ZERO);
        if matches!(tried, Err(StoreError::Moved { .. })) {
            let let_go = self.let_go_moved(Duration::ZERO);
            tried = let_go.and_then(|()| self.try_to_write(Duration::ZERO));
        }
        let open = self.work.open.as_ref();
        let latched = open.is_some_and(|open| open.log.is_latched());
        let reports = self.shared.reports();
        reports.tell(self.chat().into(), latched, tried.as_ref().copied());
    }

    /// Takes the log's lock, which is waited for at most `patience`, and catches up, as every write begins.
    pub(super) fn try_to_write(&mut self, patience: Duration) -> Result<(), StoreError> {
        match (self.ready(patience)?, &mut self.work.open) {
            (true, Some(open)) => open.lock(false, patience).map(|_| ()),
            _ => Ok(()),
        }
    }
}
