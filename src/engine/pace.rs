//! How often commands of a category may be used in a chat: so many seconds lie between two uses.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::domain::board::Category;
use crate::domain::{ChatId, Delivery, Timestamp, UnixTime};

use super::flood::Verdict;
use super::lane::lock;
use super::request::Request;

/// More uses than that are not on their way to one chat's log at once, but for a backlog's: only those can be taken back.
const KEPT: usize = 16;

/// The last uses in the chats whose commands have limits, whatever bot they came through.
#[derive(Debug, Default)]
pub struct Pace {
    uses: Mutex<Uses>,
}

#[derive(Debug, Default)]
struct Uses {
    /// The latest last: it counts, and one before it when those behind it are taken back. At most [`KEPT`] for each key.
    known: HashMap<(ChatId, Category), Vec<Use>>,
    /// The longest limit of any config so far, in seconds: after that no use matters any more, whose limit it may be.
    longest: i64,
}

#[derive(Debug)]
struct Use {
    at: UnixTime,
    delivery: Option<Delivery>,
    /// When it came in, by the clock: a backlog's messages are old by then, and still judged by each other.
    came: UnixTime,
    told: bool,
}

impl Pace {
    /// Judges a request by the messages' dates, so that a backlog is judged as it was sent. One that comes again is the same use.
    pub fn judge(&self, request: &Request, now: fn() -> Timestamp) -> Verdict {
        let Some(limit) = request.terms.limit else {
            return Verdict::Pass;
        };
        let (at, seconds) = (request.at, i64::from(limit.seconds));
        let delivery = request.cause.delivery().copied();
        let key = (request.chat.id, limit.category);
        let mut uses = lock(&self.uses);
        uses.longest = uses.longest.max(seconds);
        let known = uses.known.entry(key).or_default();
        if let Some(last) = known.last_mut() {
            let left = last.at.saturating_add(seconds).saturating_sub(at);
            let is_same = delivery.is_some() && last.delivery == delivery;
            if left > 0 && !is_same {
                if std::mem::replace(&mut last.told, true) {
                    return Verdict::Silent;
                }
                let seconds = left.min(seconds);
                return Verdict::Tell { seconds };
            }
        }
        if known.len() == KEPT {
            known.remove(0);
        }
        known.push(Use {
            at,
            delivery,
            came: now().seconds(),
            told: false,
        });
        Verdict::Pass
    }

    /// A request that was judged like this is no use: nothing came of it. What was used before counts again.
    pub fn take_back(&self, request: &Request, verdict: Verdict) {
        let Some(limit) = request.terms.limit else {
            return;
        };
        let mut uses = lock(&self.uses);
        let Some(known) = uses.known.get_mut(&(request.chat.id, limit.category)) else {
            return;
        };
        let delivery = request.cause.delivery();
        let is_it = |one: &Use| one.at == request.at && one.delivery.as_ref() == delivery;
        match verdict {
            Verdict::Pass => {
                let place = known.iter().rposition(is_it);
                place.map(|place| known.remove(place));
            }
            // Nobody was told after all.
            Verdict::Tell { .. } => known.iter_mut().for_each(|one| one.told = false),
            Verdict::Silent => {}
        }
    }

    /// Forgets the uses that matter no more.
    pub fn forget(&self, now: UnixTime) {
        let mut uses = lock(&self.uses);
        let longest = uses.longest;
        uses.known.retain(|_, known| {
            known.retain(|one| one.came.saturating_add(longest) > now);
            !known.is_empty()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;
    use crate::domain::board::{Category, ChatKind, Command, Query};
    use crate::domain::{Actor, BotId, Cause, ChatId, Delivery, Timestamp};
    use crate::engine::flood::Verdict::{self, Pass, Silent, Tell};
    use crate::engine::{Ask, Chat, Limit, Request, Terms};

    const NOW: i64 = 5_000;

    fn request(chat: i64, bot: i64, at: i64, limit: Option<Limit>) -> Request {
        let delivery = Delivery {
            bot: BotId(bot),
            update: at,
            message: at,
            date: at,
        };
        Request {
            chat: Chat {
                id: ChatId(chat),
                kind: ChatKind::Group,
                title: None,
            },
            actor: Actor::System {},
            cause: Cause::Update(delivery),
            at,
            ask: Ask::Command(Command::Query(Query::Help)),
            terms: Terms {
                limit,
                ..Terms::default()
            },
        }
    }

    /// The clock, long after the messages' dates.
    fn now() -> Timestamp {
        Timestamp::from_millis(NOW * 1_000)
    }

    fn limit(category: Category, seconds: u32) -> Option<Limit> {
        Some(Limit { category, seconds })
    }

    #[test]
    fn one_that_comes_too_early_is_told_once_the_rest_is_dropped_until_the_time_is_over() {
        let pace = Pace::default();
        let judge = |bot, at| -> Verdict {
            pace.judge(&request(-1, bot, at, limit(Category::Read, 30)), now)
        };
        assert_eq!(judge(1, 100), Pass);
        assert_eq!(judge(1, 100), Pass, "the same update again is the same use");
        assert_eq!(judge(2, 110), Tell { seconds: 20 }, "through another bot");
        assert_eq!(judge(1, 111), Silent);
        assert_eq!(judge(2, 129), Silent);
        assert_eq!(judge(1, 130), Pass);
        assert_eq!(judge(1, 131), Tell { seconds: 29 });
    }

    #[test]
    fn what_is_taken_back_is_no_use_and_who_was_not_told_is_told_later() {
        let pace = Pace::default();
        let request = |at| request(-1, 1, at, limit(Category::Write, 30));
        assert_eq!(pace.judge(&request(100), now), Pass);
        pace.take_back(&request(100), Pass);
        assert_eq!(pace.judge(&request(101), now), Pass);
        let told = pace.judge(&request(102), now);
        assert_eq!(told, Tell { seconds: 29 });
        pace.take_back(&request(102), told);
        assert_eq!(pace.judge(&request(103), now), Tell { seconds: 28 });
        pace.take_back(&request(100), Pass);
        assert_eq!(pace.judge(&request(104), now), Silent, "another's use");
    }

    #[test]
    fn when_uses_are_taken_back_the_one_before_them_counts_again() {
        let pace = Pace::default();
        let request = |bot, at, seconds| request(-1, bot, at, limit(Category::Write, seconds));
        let judge = |bot, at, seconds| pace.judge(&request(bot, at, seconds), now);
        assert_eq!(judge(1, 100, 60), Pass);
        assert_eq!(judge(1, 100, 60), Pass, "it comes again");
        assert_eq!(judge(2, 110, 10), Pass);
        assert_eq!(judge(2, 120, 10), Pass);
        for (bot, at, seconds) in [(2, 110, 10), (2, 120, 10), (1, 100, 60)] {
            pace.take_back(&request(bot, at, seconds), Pass);
        }
        assert_eq!(judge(1, 121, 60), Tell { seconds: 39 });
    }

    #[test]
    fn chats_and_categories_have_times_of_their_own_and_no_limit_is_none() {
        let pace = Pace::default();
        let judge = |chat, at, limit| pace.judge(&request(chat, 1, at, limit), now);
        assert_eq!(judge(-1, 100, limit(Category::Read, 30)), Pass);
        assert_eq!(judge(-2, 101, limit(Category::Read, 30)), Pass);
        assert_eq!(judge(-1, 101, limit(Category::Write, 30)), Pass);
        assert_eq!(judge(-1, 102, None), Pass);
        assert_eq!(
            judge(-1, 103, limit(Category::Read, 30)),
            Tell { seconds: 27 }
        );
    }

    #[test]
    fn a_use_is_forgotten_when_it_matters_to_no_bot_by_the_clock_not_by_its_messages_date() {
        let pace = Pace::default();
        let judge = |bot, at, seconds| {
            let limit = limit(Category::Read, seconds);
            pace.judge(&request(-1, bot, at, limit), now)
        };
        assert_eq!(judge(2, 40, 60), Pass);
        assert_eq!(judge(1, 100, 30), Pass);
        pace.forget(NOW + 59);
        assert_eq!(judge(2, 140, 60), Tell { seconds: 20 });
        pace.forget(NOW + 60);
        assert!(pace.uses.lock().expect("no panic").known.is_empty());
    }
}
