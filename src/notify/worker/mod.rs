//! One tracker at work: a round catches up with the boards that changed, makes the reminders that are due, records all that, and says
//! what is to be sent. Rounds wait for the disk and for nothing else; sending is not done here.

mod begin;
mod catch_up;
mod close;
mod content;
mod desk;
mod hear;
mod notices;
mod order;
mod renamed;
mod said;
mod settle;
mod tell;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::domain::bridge::{Collections, NotificationTargetId};
use crate::domain::notifier::{DeliveryId, Outcome, Step, next_reminder, next_step};
use crate::domain::{ChatId, Position, Timestamp};
use crate::store::StoreError;

use super::boards::Boards;
use super::letter::{Letter, Notice};
use super::stream::OpenNotifier;
use desk::{Desk, Left};
use notices::Notices;
pub use order::Order;

/// What came of a letter.
#[derive(Clone, Debug)]
pub struct Ended {
    pub target: NotificationTargetId,
    pub delivery: DeliveryId,
    pub outcome: Outcome,
}

/// What happened since the last round.
#[derive(Clone, Debug, Default)]
pub struct News {
    /// Boards that may have new events.
    pub changed: BTreeSet<ChatId>,
    /// Chats that wrote.
    pub heard: BTreeSet<ChatId>,
    pub ended: Vec<Ended>,
    /// What came of the notice to a chat.
    pub noticed: Option<(Notice, Outcome)>,
}

/// What a round came to.
#[derive(Debug, Default)]
pub struct Round {
    /// What is to be sent now; that it is, is recorded.
    pub letters: Vec<Letter>,
    /// What a chat is to be told of its board.
    pub notice: Option<Notice>,
    /// When there is to be another round though nothing happened.
    pub next: Option<Timestamp>,
    /// Chats that wake a target when they write.
    pub awaited: BTreeSet<ChatId>,
}

/// What could not be done is tried again after so many milliseconds.
const AGAIN: i64 = 5_000;

/// A tracker at work.
pub struct Worker {
    stream: OpenNotifier,
    boards: Arc<Boards>,
    /// Up to where boards were read without anything that had to be recorded.
    seen: HashMap<ChatId, Position>,
    /// What came of letters, until that is recorded.
    ended: Vec<Ended>,
    /// Letters that are being sent.
    sending: BTreeSet<DeliveryId>,
    /// The letters of deliveries that did not end.
    letters: HashMap<DeliveryId, Letter>,
    notices: Notices,
    /// The order as it was when boards and targets were last compared with it.
    settled: Option<Option<Order>>,
    /// The order as the bridge has it, and with the ids that chats have today.
    resolved: Option<(Order, Order)>,
    /// Changes that a failed round did not see.
    missed: News,
    /// Whether a failed round was to compare the boards there are with what was read.
    unlisted: bool,
    /// Boards of which it was said that they cannot be read.
    complained: BTreeSet<ChatId>,
    /// What the last round left for the next one.
    left: Left,
}

impl Worker {
    pub fn new(stream: OpenNotifier, boards: Arc<Boards>) -> Self {
        Self {
            stream,
            boards,
            seen: HashMap::new(),
            ended: Vec::new(),
            sending: BTreeSet::new(),
            letters: HashMap::new(),
            notices: Notices::default(),
            settled: None,
            resolved: None,
            missed: News::default(),
            unlisted: false,
            complained: BTreeSet::new(),
            left: Left::default(),
        }
    }

    /// The boards that it follows, under the ids that they have; none before its first round, and when it is off.
    pub fn collections(&self) -> Option<&Collections> {
        let order = self.settled.as_ref()?.as_ref()?;
        Some(&order.rules.collections)
    }

    pub fn stream(&self) -> &OpenNotifier {
        &self.stream
    }

    /// One round. `all` are the boards there are, with the lengths of their logs, whenever those are to be compared with what was
    /// read. When it fails nothing is to be sent, and the next round makes up for it.
    pub fn round(
        &mut self,
        order: Option<&Order>,
        happened: News,
        all: Option<&BTreeMap<ChatId, u64>>,
        now: Timestamp,
    ) -> Result<Round, StoreError> {
        self.missed.changed.extend(happened.changed);
        self.missed.heard.extend(happened.heard);
        self.ended.extend(happened.ended);
        self.missed.noticed = happened.noticed.or(self.missed.noticed.take());
        self.unlisted |= all.is_some();
        if self.stream.restore()? {
            self.forget();
        }
        let order = order.map(|order| self.with_todays_ids(order)).transpose();
        let round = order.and_then(|order| self.work(order.as_ref(), all, now));
        match &round {
            Ok(_) => {
                self.missed = News {
                    changed: std::mem::take(&mut self.left.unreadable),
                    heard: std::mem::take(&mut self.left.heard),
                    ..News::default()
                };
                self.ended.clear();
                self.unlisted = false;
            }
            Err(_) => self.forget(),
        }
        round
    }

    /// What the state said may be gone with it.
    fn forget(&mut self) {
        self.seen.clear();
        self.settled = None;
    }

    fn work(
        &mut self,
        order: Option<&Order>,
        all: Option<&BTreeMap<ChatId, u64>>,
        now: Timestamp,
    ) -> Result<Round, StoreError> {
        let listed;
        let all = match all {
            None if self.unlisted => {
                listed = self.boards.lengths()?;
                Some(&listed)
            }
            all => all,
        };
        let is_settled = self
            .settled
            .as_ref()
            .is_some_and(|settled| settled.as_ref() == order);
        let missed = std::mem::take(&mut self.missed);
        let recorded = self.record(now, missed.noticed.as_ref(), |desk| match order {
            Some(order) => desk.work(order, &missed, all, is_settled),
            None => desk.stop().map(|()| Vec::new()),
        });
        self.missed = missed;
        let (letters, left) = recorded?;
        self.settled = Some(order.cloned()).filter(|_| !left.renamed);
        self.take_letters(&letters);
        if left.renamed {
            self.notices.compare_anew();
        }
        let notice = self.notice(now);
        let pause = if left.renamed { 0 } else { AGAIN };
        let again = (!left.unreadable.is_empty()).then(|| later(now, pause));
        let next = order.and_then(|order| self.next(order, now));
        let round = Round {
            next: next
                .into_iter()
                .chain(again)
                .chain(self.notices.again())
                .min(),
            awaited: order.map(|order| self.awaited(order)).unwrap_or_default(),
            notice,
            letters,
        };
        self.left = left;
        if self.sending.is_empty() {
            self.stream.rest();
        }
        Ok(round)
    }

    /// Keeps the letters of deliveries that did not end: they may have to be sent again as they are.
    fn take_letters(&mut self, started: &[Letter]) {
        for letter in started {
            self.sending.insert(letter.delivery);
            self.letters.insert(letter.delivery, letter.clone());
        }
        let queues = self.stream.state().queues();
        let current = queues.filter_map(|(_, queue)| Some(queue.current.as_ref()?.delivery));
        let current: BTreeSet<DeliveryId> = current.collect();
        self.letters
            .retain(|delivery, _| current.contains(delivery));
    }

    /// What a chat is to be told now of where its board is forwarded.
    fn notice(&mut self, now: Timestamp) -> Option<Notice> {
        if let Some((notice, outcome)) = &self.missed.noticed {
            self.notices.ended(notice, outcome, now);
        }
        self.notices.changed(&self.missed.changed);
        // By what is settled: a chat is not to be told of a change of its id.
        let order = self.settled.as_ref()?.as_ref();
        let state = self.stream.state();
        self.notices.next(order, state, &self.boards, now)
    }

    /// When something is to be done though nothing happens.
    fn next(&self, order: &Order, now: Timestamp) -> Option<Timestamp> {
        let state = self.stream.state();
        let steps = order.links.iter().filter_map(|link| {
            let queue = state.queue(link.target)?;
            match next_step(&order.rules, link, queue, &BTreeSet::new(), now) {
                Step::Rest(until) => until,
                // Everything that can be done was done.
                Step::Repeat | Step::SendKept | Step::Gather { .. } => Some(later(now, AGAIN)),
            }
        });
        let reminder = next_reminder(state);
        let reminder = reminder.map(|at| Timestamp::from_millis(at.saturating_mul(1_000)));
        steps.chain(reminder).min()
    }

    /// Whether a tracker that is off has nothing left to do.
    pub fn is_wound_up(&self) -> bool {
        let state = self.stream.state();
        let is_idle = self.sending.is_empty() && self.missed.changed.is_empty();
        is_idle && !state.is_following() && state.told().is_empty()
    }
}

fn later(now: Timestamp, by: i64) -> Timestamp {
    Timestamp::from_millis(now.millis().saturating_add(by))
}
