//! The chat has another id.

use crate::domain::board::{Answer, ChatStyle};
use crate::store::StoreError;

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

    /// Takes the group's new id over.
    pub(super) fn migrate(&mut self, job: Job) {
        let Ask::Migrate { to } = job.request.ask else {
            return;
        };
        if let Err(error) = self.let_go().and_then(|()| self.note()) {
            return job.finish(Outcome::Trouble(Trouble::from(&error)));
        }
        let migration = Migration {
            from: self.chat(),
            to,
            cause: job.request.cause.clone(),
        };
        let done = migrate::run(self.shared, &migration);
        if let Ok(done) = &done {
            self.work.unpublished = !done.is_published;
        }
        let (outcome, style) = match done.map(|done| done.merged) {
            Ok(None) => (Outcome::Silent, ChatStyle::default()),
            Ok(Some(Merged { bounties, style })) => {
                (Outcome::Answer(Answer::Merged { bounties }), style)
            }
            Err(error) => {
                tracing::error!(from = self.chat().0, to = to.0, %error, "a group's new id could not be taken over; it is tried again");
                (
                    Outcome::Trouble(Trouble::from(&error)),
                    ChatStyle::default(),
                )
            }
        };
        job.for_chat(to).styled(style).finish(outcome);
    }

    /// Closes the log. What a failed write left in it is undone first: nobody who opens it anew would know of that.
    fn let_go(&mut self) -> Result<(), StoreError> {
        if self
            .work
            .open
            .as_ref()
            .is_some_and(|open| !open.is_at_rest())
        {
            match self.try_to_write(self.shared.settings.lock_patience) {
                // Another process moved it already, and cut it back when it opened it.
                Ok(()) | Err(StoreError::Moved { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        self.work.open = None;
        Ok(())
    }
}
