//! The chat has another id.

use std::time::Duration;

use crate::domain::board::{Answer, ChatStyle};
use crate::store::StoreError;

use super::super::interrupted;
use super::super::job::Job;
use super::super::migrate::{self, Merged, Migration};
use super::super::names::current_chat;
use super::super::request::{Ask, Outcome, Trouble};
use super::Held;

impl Held<'_> {
    /// Hands the jobs to the chat's new id.
    pub(super) fn forward(&mut self, jobs: Vec<Job>) {
        match current_chat(&*self.shared.disk, &self.shared.layout, self.chat()) {
            Ok(current) => jobs
                .into_iter()
                .for_each(|job| self.shared.submit(job.for_chat(current))),
            Err(error) => self.turn_away(jobs, &error),
        }
    }

    /// Takes the group's new id over. When that fails it is tried again, with whatever is asked under either id, and without.
    pub(super) fn migrate(&mut self, job: Job) {
        let Ask::Migrate { to } = job.request.ask else {
            return;
        };
        let migration = Migration {
            from: self.chat(),
            to,
            cause: job.request.cause.clone(),
        };
        let patience = self.shared.settings.lock_patience;
        let (outcome, style) = match self.carry_out(&migration, patience) {
            Ok(None) => (Outcome::Silent, ChatStyle::default()),
            Ok(Some(Merged { bounties, style })) => {
                (Outcome::Answer(Answer::Merged { bounties }), style)
            }
            Err(error) => {
                tracing::error!(from = self.chat().0, to = to.0, %error, "a group's new id could not be taken over; it is tried again");
                self.shared.note_obstacle(self.chat(), false, &error);
                (
                    Outcome::Trouble(Trouble::from(&error)),
                    ChatStyle::default(),
                )
            }
        };
        job.for_chat(to).styled(style).finish(outcome);
    }

    /// Moves the board from this id, or finds that there is nothing to move. What it was merged with, if there was something.
    pub(super) fn carry_out(
        &mut self,
        migration: &Migration,
        patience: Duration,
    ) -> Result<Option<Merged>, StoreError> {
        self.shared.moves.begin(migration);
        self.let_go(patience)?;
        self.note()?;
        let Some(done) = migrate::run(self.shared, migration, patience)? else {
            return Ok(None);
        };
        self.work.unpublished = !done.is_published;
        Ok(done.merged)
    }

    /// Carries out the changes of id that come before anything else is done with the board. True when the chat has another id now.
    pub(super) fn carry_out_moves(&mut self, patience: Duration) -> Result<bool, StoreError> {
        let mut has_left = false;
        for migration in self.shared.moves.before(self.chat()) {
            if migration.from == self.chat() {
                self.carry_out(&migration, patience)?;
                has_left = true;
                continue;
            }
            match interrupted::run_beside(self.shared, &migration, patience) {
                Ok(()) | Err(StoreError::Damaged(_) | StoreError::Foreign { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(has_left)
    }

    /// Closes the log. What a failed write left in it is undone first: nobody who opens it anew would know of that.
    fn let_go(&mut self, patience: Duration) -> Result<(), StoreError> {
        if self
            .work
            .open
            .as_ref()
            .is_some_and(|open| !open.is_at_rest())
        {
            let open = self.work.open.as_mut();
            match open.map_or(Ok(()), |open| open.lock(false, patience).map(|_| ())) {
                // Another process moved it already, and cut it back when it opened it.
                Ok(()) | Err(StoreError::Moved { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        self.work.open = None;
        Ok(())
    }
}
