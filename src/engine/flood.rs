//! The flood guard: how many changing commands one actor may send to one chat within a minute of message dates.

use std::collections::{HashMap, VecDeque};

use crate::domain::{Delivery, UnixTime};

use super::request::Request;

/// The window, in seconds.
const WINDOW: i64 = 60;

/// What the guard says to one command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Pass,
    /// The first one too many: say so, with the seconds until there is room.
    Tell {
        seconds: i64,
    },
    /// One more of them: say nothing.
    Silent,
}

/// The windows of one chat. By the messages' dates, so that a backlog is judged as it was sent.
#[derive(Debug, Default)]
pub struct FloodGuard {
    actors: HashMap<Option<i64>, Window>,
}

#[derive(Debug, Default)]
struct Window {
    /// The oldest first.
    uses: VecDeque<Use>,
    told: bool,
}

#[derive(Debug, PartialEq, Eq)]
struct Use {
    at: UnixTime,
    delivery: Option<Delivery>,
}

impl Use {
    fn of(request: &Request) -> Self {
        Self {
            at: request.at,
            delivery: request.cause.delivery().copied(),
        }
    }
}

impl FloodGuard {
    /// Judges a command by who sent it and when.
    pub fn judge(&mut self, request: &Request, limit: u32) -> Verdict {
        let window = self.actors.entry(request.actor.id()).or_default();
        let (at, limit) = (request.at, limit as usize);
        while window
            .uses
            .front()
            .is_some_and(|oldest| oldest.at.saturating_add(WINDOW) <= at)
        {
            window.uses.pop_front();
        }
        if window.uses.len() < limit {
            window.uses.push_back(Use::of(request));
            window.told = false;
            return Verdict::Pass;
        }
        if window.told {
            return Verdict::Silent;
        }
        window.told = true;
        let oldest = window.uses.front().map_or(at, |oldest| oldest.at);
        Verdict::Tell {
            seconds: oldest.saturating_add(WINDOW).saturating_sub(at).max(1),
        }
    }

    /// A command that comes again and was recorded before counts too, once: a process that starts knows of no other one, and what was
    /// refused before it started is not to be carried out now.
    pub fn recall(&mut self, request: &Request, limit: u32) {
        let window = self.actors.entry(request.actor.id()).or_default();
        let again = Use::of(request);
        if window.uses.contains(&again) {
            return;
        }
        let place = window.uses.partition_point(|other| other.at <= again.at);
        window.uses.insert(place, again);
        if window.uses.len() > limit as usize {
            window.uses.pop_front();
        }
    }

    /// A command that was judged like this does not count: nothing came of it.
    pub fn take_back(&mut self, request: &Request, verdict: Verdict) {
        let Some(window) = self.actors.get_mut(&request.actor.id()) else {
            return;
        };
        match verdict {
            Verdict::Pass => {
                let it = Use::of(request);
                let place = window.uses.iter().rposition(|other| *other == it);
                place.and_then(|place| window.uses.remove(place));
            }
            // Nobody was told after all.
            Verdict::Tell { .. } => window.told = false,
            Verdict::Silent => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FloodGuard, Verdict};
    use crate::domain::board::{ChatKind, Command, Query};
    use crate::domain::{Actor, BotId, Cause, ChatId, Delivery, UserId};
    use crate::engine::{Ask, Chat, Request, Terms};

    /// What this user sent at this date, once.
    fn sent(user: i64, at: i64) -> Request {
        let (id, kind) = (ChatId(-1), ChatKind::Group);
        Request {
            chat: Chat {
                id,
                kind,
                title: None,
            },
            actor: Actor::User {
                id: UserId(user),
                name: "Ada".into(),
            },
            cause: Cause::Update(Delivery {
                bot: BotId(7),
                update: at,
                message: at,
                date: at,
            }),
            at,
            ask: Ask::Command(Command::Query(Query::Help)),
            terms: Terms::default(),
        }
    }

    #[test]
    fn the_first_command_too_many_is_told_the_rest_is_dropped_until_there_is_room() {
        let mut guard = FloodGuard::default();
        let mut judge = |user, at| guard.judge(&sent(user, at), 2);
        assert_eq!(judge(1, 100), Verdict::Pass);
        assert_eq!(judge(1, 110), Verdict::Pass);
        assert_eq!(judge(1, 120), Verdict::Tell { seconds: 40 });
        assert_eq!(judge(1, 121), Verdict::Silent);
        assert_eq!(
            judge(2, 121),
            Verdict::Pass,
            "another user has a window of their own"
        );
        assert_eq!(judge(1, 160), Verdict::Pass);
        assert_eq!(judge(1, 161), Verdict::Tell { seconds: 9 });
    }

    #[test]
    fn what_is_taken_back_does_not_count_and_who_was_not_told_is_told_later() {
        let mut guard = FloodGuard::default();
        assert_eq!(guard.judge(&sent(1, 100), 1), Verdict::Pass);
        guard.take_back(&sent(1, 100), Verdict::Pass);
        assert_eq!(guard.judge(&sent(1, 101), 1), Verdict::Pass);
        let told = guard.judge(&sent(1, 102), 1);
        assert_eq!(told, Verdict::Tell { seconds: 59 });
        guard.take_back(&sent(1, 102), told);
        assert_eq!(guard.judge(&sent(1, 103), 1), Verdict::Tell { seconds: 58 });
        assert_eq!(guard.judge(&sent(1, 104), 1), Verdict::Silent);
    }

    #[test]
    fn what_comes_again_after_a_restart_counts_once_and_only_within_its_minute() {
        let mut guard = FloodGuard::default();
        for at in [100, 40, 110, 100, 110] {
            guard.recall(&sent(1, at), 3);
        }
        assert_eq!(guard.judge(&sent(1, 120), 3), Verdict::Pass, "40 is over");
        guard.recall(&sent(1, 120), 3);
        let told = guard.judge(&sent(1, 121), 3);
        assert_eq!(told, Verdict::Tell { seconds: 39 });
        assert_eq!(guard.judge(&sent(1, 160), 3), Verdict::Pass);
    }

    #[test]
    fn of_more_than_the_limit_the_latest_count() {
        let mut guard = FloodGuard::default();
        for at in [100, 110, 120] {
            guard.recall(&sent(1, at), 2);
        }
        assert_eq!(guard.judge(&sent(1, 130), 2), Verdict::Tell { seconds: 40 });
    }
}
