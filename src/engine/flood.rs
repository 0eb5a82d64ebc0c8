//! The flood guard: how many changing commands one actor may send to one chat within a minute of message dates.

use std::collections::{HashMap, VecDeque};

use crate::domain::UnixTime;

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
    dates: VecDeque<UnixTime>,
    told: bool,
}

impl FloodGuard {
    /// Judges a command of this actor, sent at this date.
    pub fn judge(&mut self, actor: Option<i64>, at: UnixTime, limit: u32) -> Verdict {
        let window = self.actors.entry(actor).or_default();
        let limit = limit as usize;
        while window
            .dates
            .front()
            .is_some_and(|date| date.saturating_add(WINDOW) <= at)
        {
            window.dates.pop_front();
        }
        if window.dates.len() < limit {
            window.dates.push_back(at);
            window.told = false;
            return Verdict::Pass;
        }
        if window.told {
            return Verdict::Silent;
        }
        window.told = true;
        let oldest = window.dates.front().copied().unwrap_or(at);
        Verdict::Tell {
            seconds: oldest.saturating_add(WINDOW).saturating_sub(at).max(1),
        }
    }

    /// A command that was judged like this does not count: nothing came of it.
    pub fn take_back(&mut self, actor: Option<i64>, at: UnixTime, verdict: Verdict) {
        let Some(window) = self.actors.get_mut(&actor) else {
            return;
        };
        match verdict {
            Verdict::Pass => {
                let place = window.dates.iter().rposition(|date| *date == at);
                place.and_then(|place| window.dates.remove(place));
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

    #[test]
    fn the_first_command_too_many_is_told_the_rest_is_dropped_until_there_is_room() {
        let mut guard = FloodGuard::default();
        assert_eq!(guard.judge(Some(1), 100, 2), Verdict::Pass);
        assert_eq!(guard.judge(Some(1), 110, 2), Verdict::Pass);
        assert_eq!(guard.judge(Some(1), 120, 2), Verdict::Tell { seconds: 40 });
        assert_eq!(guard.judge(Some(1), 121, 2), Verdict::Silent);
        assert_eq!(
            guard.judge(Some(2), 121, 2),
            Verdict::Pass,
            "another user has a window of their own"
        );
        assert_eq!(guard.judge(Some(1), 160, 2), Verdict::Pass);
        assert_eq!(guard.judge(Some(1), 161, 2), Verdict::Tell { seconds: 9 });
    }

    #[test]
    fn what_is_taken_back_does_not_count_and_who_was_not_told_is_told_later() {
        let mut guard = FloodGuard::default();
        assert_eq!(guard.judge(Some(1), 100, 1), Verdict::Pass);
        guard.take_back(Some(1), 100, Verdict::Pass);
        assert_eq!(guard.judge(Some(1), 101, 1), Verdict::Pass);
        let told = guard.judge(Some(1), 102, 1);
        assert_eq!(told, Verdict::Tell { seconds: 59 });
        guard.take_back(Some(1), 102, told);
        assert_eq!(guard.judge(Some(1), 103, 1), Verdict::Tell { seconds: 58 });
        assert_eq!(guard.judge(Some(1), 104, 1), Verdict::Silent);
    }
}
