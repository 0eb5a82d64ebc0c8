//! A request on its way, and whom to tell.

use std::sync::Arc;

use crate::domain::ChatId;
use crate::domain::board::{Change, ChatStyle, Command, Query};

use super::flood::FloodGuard;
use super::judged::Judged;
use super::pace::Pace;
use super::request::{Ask, Outcome, Reply, Request, Trouble};
use super::stats::Stats;
use super::tally::{Fate, Kind};

/// A request and whom to tell.
pub struct Job {
    pub request: Request,
    pub reply: ReplyTo,
    pub judged: Judged,
}

/// Whoever waits for a reply. A panic on the way drops this, and then they are told that something went wrong.
pub struct ReplyTo {
    chat: ChatId,
    tell: Option<Box<dyn FnOnce(Reply) + Send>>,
    style: ChatStyle,
    stats: Arc<Stats>,
    kind: Kind,
}

impl ReplyTo {
    /// The reply to this request, told to `tell` and counted.
    pub fn new(request: &Request, stats: &Arc<Stats>, tell: Box<dyn FnOnce(Reply) + Send>) -> Self {
        stats.submitted();
        Self {
            chat: request.chat.id,
            tell: Some(tell),
            style: ChatStyle::default(),
            stats: Arc::clone(stats),
            kind: Kind::of(&request.ask),
        }
    }

    fn send(&mut self, fate: Option<Fate>, outcome: Outcome, partial: bool) {
        if let Some(tell) = self.tell.take() {
            let fate = fate.unwrap_or_else(|| Fate::of(&outcome));
            self.stats.answered(self.kind, fate);
            tell(Reply {
                chat: self.chat,
                outcome,
                style: self.style,
                partial,
            });
        }
    }
}

impl Drop for ReplyTo {
    fn drop(&mut self) {
        self.send(None, Outcome::Trouble(Trouble::Internal), false);
    }
}

impl Job {
    /// Tells what came of it.
    pub fn finish(mut self, outcome: Outcome) {
        self.tell(None, outcome, false);
    }

    /// Tells that it could not be carried out, through no fault of its user: it does not count in the limits.
    pub fn give_up(mut self, trouble: Trouble, pace: &Pace, flood: &mut FloodGuard) {
        self.judged.take_back(&self.request, pace, flood);
        self.finish(Outcome::Trouble(trouble));
    }

    /// As [`Self::finish`], counted as `fate` when that is known better than the outcome says; `partial` when it comes from the readable
    /// part of a damaged record. Nobody is told a second time.
    pub fn tell(&mut self, fate: Option<Fate>, outcome: Outcome, partial: bool) {
        self.reply.send(fate, outcome, partial);
    }

    /// Has its answer worded like this.
    pub fn styled(mut self, style: ChatStyle) -> Self {
        self.reply.style = style;
        self
    }

    /// The same for a group's new id.
    pub fn for_chat(mut self, chat: ChatId) -> Self {
        self.request.chat.id = chat;
        self.reply.chat = chat;
        self
    }

    /// Whether it needs no board.
    pub fn needs_no_board(&self) -> bool {
        let ask = &self.request.ask;
        matches!(ask, Ask::Style | Ask::Command(Command::Query(Query::Help)))
    }

    /// The change that it asks for, when it asks for one.
    pub fn change(&self) -> Option<&Change> {
        self.request.change()
    }
}
