//! The chats are told to whom their boards are forwarded: a group's board is private to the group.

use std::collections::BTreeSet;

use crate::domain::board::Board;
use crate::domain::bridge::Destination;
use crate::domain::notifier::{ForwardingTold, NamedTarget, Notifier, NotifierEvent, Outcome};
use crate::domain::{ChatId, Locale, Timestamp};
use crate::store::StoreError;

use super::super::boards::Boards;
use super::super::letter::Notice;
use super::{Desk, Order, later};

/// After so many milliseconds a chat that could not be told is told again.
const AGAIN: i64 = 60_000;

/// Which chats are to be told.
#[derive(Default)]
pub struct Notices {
    /// What was compared with what the chats know.
    compared: Option<(Option<Order>, usize)>,
    left: BTreeSet<ChatId>,
    /// Chats where no bot can write. When something happens there a bot may have come.
    unheard: BTreeSet<ChatId>,
    /// Chats of which it was said that they could not be told.
    complained: BTreeSet<ChatId>,
    is_sending: bool,
    /// Nobody is told before.
    pause: Option<Timestamp>,
}

impl Notices {
    /// Something happened in these chats.
    pub fn changed(&mut self, chats: &BTreeSet<ChatId>) {
        let heard = chats.iter().filter(|chat| self.unheard.remove(chat));
        self.left.extend(heard);
    }

    /// Boards have other ids.
    pub fn compare_anew(&mut self) {
        self.compared = None;
    }

    /// The next chat that is to be told something, in its own language where it chose one, unless one is being told. One whose board
    /// cannot be read is told later: what is on its way to others does not wait for that.
    pub fn next(
        &mut self,
        order: Option<&Order>,
        state: &Notifier,
        boards: &Boards,
        now: Timestamp,
    ) -> Option<Notice> {
        self.compare(order, state);
        // One that is longer than any began by a clock that was ahead.
        self.pause = self
            .pause
            .filter(|pause| (now..=later(now, AGAIN)).contains(pause));
        if self.is_sending || self.pause.is_some() {
            return None;
        }
        while let Some(chat) = self.left.pop_first() {
            if let Some(notice) = notice(order, state, chat) {
                let look = |board: &Board, _| {
                    let bots: Vec<_> = board.seen().bots().collect();
                    (bots, board.settings().language)
                };
                let (bots, language) = match boards.with_board(chat, look) {
                    Ok(found) => found,
                    Err(error) => {
                        self.left.insert(chat);
                        self.pause = Some(later(now, AGAIN));
                        self.complain(&notice, &error.to_string(), "it is tried again");
                        return None;
                    }
                };
                if bots.is_empty() && notice.is_forwarded() {
                    self.unheard.insert(chat);
                    continue;
                }
                self.is_sending = true;
                let locale = language.unwrap_or(notice.locale);
                return Some(Notice {
                    bots,
                    locale,
                    ..notice
                });
            }
        }
        None
    }

    /// When somebody is to be told who could not be told before.
    pub fn again(&self) -> Option<Timestamp> {
        self.pause.filter(|_| !self.left.is_empty())
    }

    /// A chat was told, or could not be.
    pub fn ended(&mut self, notice: &Notice, outcome: &Outcome, now: Timestamp) {
        self.is_sending = false;
        match outcome {
            Outcome::Retry { reason, .. } => {
                self.left.insert(notice.chat);
                self.pause = Some(later(now, AGAIN));
                self.complain(notice, reason, "it is tried again");
            }
            Outcome::Unreachable { reason } if notice.is_forwarded() => {
                self.unheard.insert(notice.chat);
                self.complain(notice, reason, "it is when something happens there");
            }
            _ => {}
        }
    }

    /// Says once of a chat that it could not be told.
    fn complain(&mut self, notice: &Notice, reason: &str, again: &str) {
        let chat = notice.chat.0;
        if self.complained.insert(notice.chat) {
            tracing::warn!(
                chat,
                reason,
                "a chat could not be told to whom its board is forwarded; {again}"
            );
        }
    }

    /// Finds the chats that know something else than what is, when anything changed.
    fn compare(&mut self, order: Option<&Order>, state: &Notifier) {
        let known = self.compared.as_ref();
        let count = state.collections().len();
        if known.is_some_and(|(known, number)| known.as_ref() == order && *number == count) {
            return;
        }
        let followed = state.collections().map(|(chat, _)| chat);
        let chats: BTreeSet<ChatId> = followed.chain(state.told().keys().copied()).collect();
        let differs = |chat: &ChatId| notice(order, state, *chat).is_some();
        self.left = chats.into_iter().filter(differs).collect();
        self.unheard.clear();
        self.compared = Some((order.cloned(), count));
    }
}

impl Desk<'_, '_> {
    /// Records what a chat knows now. That it is forwarded no more is not told for ever to one that cannot be told.
    pub fn noticed(&mut self, notice: &Notice, outcome: &Outcome) -> Result<(), StoreError> {
        let is_told_later = match outcome {
            Outcome::Retry { .. } => true,
            Outcome::Unreachable { .. } => notice.is_forwarded(),
            _ => false,
        };
        if is_told_later {
            return Ok(());
        }
        self.draft
            .add(NotifierEvent::ForwardingTold(ForwardingTold {
                collection: notice.chat,
                targets: notice.now.clone(),
            }))
    }
}

/// What a chat is to be told, if that is anything.
fn notice(order: Option<&Order>, state: &Notifier, chat: ChatId) -> Option<Notice> {
    let now = order
        .map(|order| forwarded(order, chat))
        .unwrap_or_default();
    let before = state.told().get(&chat).cloned().unwrap_or_default();
    // A target that is elsewhere now is another one, also under the same name.
    let only_in = |these: &[NamedTarget], others: &[NamedTarget]| -> Vec<String> {
        let is_in = |one: &NamedTarget| {
            let mut others = others.iter();
            others.any(|other| (other.target, &other.to) == (one.target, &one.to))
        };
        let only = these.iter().filter(|one| !is_in(one));
        only.map(|one| one.name.clone()).collect()
    };
    let (started, stopped) = (only_in(&now, &before), only_in(&before, &now));
    let is_news = !started.is_empty() || !stopped.is_empty();
    is_news.then(|| Notice {
        chat,
        locale: order.map_or(Locale::English, |order| order.tracker.locale),
        started,
        stopped,
        now,
        bots: Vec::new(),
    })
}

/// The targets that are told what happens on this board, but for the chat itself.
fn forwarded(order: &Order, chat: ChatId) -> Vec<NamedTarget> {
    if !order.rules.collections.follows(chat) {
        return Vec::new();
    }
    let targets = order.targets.values().filter_map(|target| {
        Some(NamedTarget {
            target: target.id,
            name: target.name.clone(),
            to: Destination::elsewhere(target, &[chat])?,
        })
    });
    targets.collect()
}
