//! What is sent next to each target.

use std::ops::ControlFlow;

use crate::domain::bridge::NotificationTargetId;
use crate::domain::notifier::{
    Batch, DeliveryId, Gathering, Link, NotifierEvent, Outcome, Step, end, gather, next_step,
    repeat, start_kept,
};
use crate::domain::{ChatId, Timestamp};
use crate::store::StoreError;

use super::super::boards::{Asked, Entry, Found};
use super::super::letter::Letter;
use super::content::{Content, Missing};
use super::{Desk, Order};

/// How many milliseconds a target waits with a repetition for a board that cannot be read.
const BOARD_PATIENCE: i64 = 3_600_000;
/// What is said after that.
const UNREAD: &str = "its board could not be read when it was to be sent again";
/// What is said when the events of a delivery cannot be found any more.
const LOST: &str = "what it tells is not in the board's log any more";

impl Desk<'_, '_> {
    /// Starts what is to be sent now.
    pub fn tell_all(&mut self, order: &Order) -> Result<Vec<Letter>, StoreError> {
        let mut letters = Vec::new();
        for link in &order.links {
            letters.extend(self.tell(order, link)?);
        }
        Ok(letters)
    }

    /// The next letter of a target, started.
    fn tell(&mut self, order: &Order, link: &Link) -> Result<Option<Letter>, StoreError> {
        loop {
            let state = &*self.draft.state;
            let Some(queue) = state.queue(link.target) else {
                return Ok(None);
            };
            let event = match next_step(&order.rules, link, queue, &self.left.unreadable, self.now)
            {
                Step::Rest(_) => return Ok(None),
                Step::Repeat => queue
                    .current
                    .as_ref()
                    .map(|current| repeat(link.target, current)),
                Step::SendKept => start_kept(state, link.target, &self.left.unreadable),
                Step::Gather { collection, since } => {
                    self.gather(order, link, collection, since)?
                }
            };
            let Some(event) = event else { continue };
            if let ControlFlow::Break(letter) = self.start(order, link.target, event)? {
                return Ok(letter);
            }
        }
    }

    /// Records the next step of a target. That ends with the letter that it starts, or with none when the board cannot be read now.
    fn start(
        &mut self,
        order: &Order,
        target: NotificationTargetId,
        event: NotifierEvent,
    ) -> Result<ControlFlow<Option<Letter>>, StoreError> {
        let Some((delivery, batch)) = self.sent_by(target, &event) else {
            self.draft.add(event)?;
            return Ok(ControlFlow::Continue(()));
        };
        // One that was sent before says the same again.
        let content = match self.letters.contains_key(&delivery) {
            true => None,
            false => match self.content(&batch) {
                Ok(content) => Some(content),
                Err(Missing::Forever) => None,
                Err(Missing::Now) => return self.wait_for_board(target, batch.collection),
            },
        };
        self.draft.add(event)?;
        let letter = self.letter(order, target, content);
        if letter.is_none() {
            self.give_up(target, LOST)?;
            return Ok(ControlFlow::Continue(()));
        }
        Ok(ControlFlow::Break(letter))
    }

    /// The delivery that an event starts or repeats, and what it tells.
    fn sent_by(
        &self,
        target: NotificationTargetId,
        event: &NotifierEvent,
    ) -> Option<(DeliveryId, Batch)> {
        match event {
            NotifierEvent::DeliveryStarted(started) => {
                Some((started.delivery, started.batch.clone()))
            }
            NotifierEvent::DeliveryRepeated(repeated) => {
                let current = self.draft.state.queue(target)?.current.as_ref()?;
                Some((repeated.delivery, current.batch.clone()))
            }
            _ => None,
        }
    }

    /// A board cannot be read now that a target is to be told of. It is told of others meanwhile, unless it waits for a repetition.
    /// That it does for a while.
    fn wait_for_board(
        &mut self,
        target: NotificationTargetId,
        collection: ChatId,
    ) -> Result<ControlFlow<Option<Letter>>, StoreError> {
        self.left.unreadable.insert(collection);
        let queue = self.draft.state.queue(target);
        let current = queue.and_then(|queue| queue.current.as_ref());
        let Some(rest) = current.and_then(|current| current.resting) else {
            return Ok(ControlFlow::Continue(()));
        };
        if self.now.millis().saturating_sub(rest.until.millis()) < BOARD_PATIENCE {
            return Ok(ControlFlow::Break(None));
        }
        self.give_up(target, UNREAD)?;
        Ok(ControlFlow::Continue(()))
    }

    fn gather(
        &mut self,
        order: &Order,
        link: &Link,
        collection: ChatId,
        since: Timestamp,
    ) -> Result<Option<NotifierEvent>, StoreError> {
        let Some(gathering) = Gathering::new(self.draft.state, link, collection, since, self.now)
        else {
            self.left.unreadable.insert(collection);
            return Ok(None);
        };
        let is_told = |entry: &Entry| {
            let news = entry.news.as_ref();
            news.is_some_and(|news| gathering.is_short || order.rules.tells(news.kind))
        };
        let asked = Asked {
            to: Some(gathering.to.seq),
            limit: gathering.limit,
            is_meant: &is_told,
        };
        let entries = match self.read(collection, gathering.after, &asked) {
            Found::Entries(entries) => entries,
            Found::Nothing => return Ok(None),
            // A moment ago: what is to be made of that is seen when it is caught up with.
            Found::Replaced | Found::Moved(_) => {
                self.left.unreadable.insert(collection);
                self.catch_up(order, collection)?;
                return Ok(None);
            }
        };
        let news = entries.iter().filter_map(|entry| entry.news.clone());
        let news = news.collect();
        self.gathered = Some((gathering, entries));
        Ok(Some(gather(
            &order.rules,
            self.draft.state,
            link.target,
            &gathering,
            news,
        )))
    }

    /// The letter of the delivery that was just started.
    fn letter(
        &self,
        order: &Order,
        target: NotificationTargetId,
        content: Option<Content>,
    ) -> Option<Letter> {
        let current = self.draft.state.queue(target)?.current.as_ref()?;
        let delivery = current.delivery;
        let entity = order.targets.get(&target)?.clone();
        if let Some(letter) = self.letters.get(&delivery) {
            return Some(Letter {
                target: entity,
                ..letter.clone()
            });
        }
        let content = content?;
        Some(Letter {
            tracker: order.tracker.id,
            delivery,
            key: current.key,
            target: entity,
            locale: order.tracker.locale,
            collection: content.collection,
            title: content.title,
            zone: content.zone,
            told: content.told,
            at: self.now,
        })
    }

    /// What cannot be told ends unsent.
    fn give_up(&mut self, target: NotificationTargetId, reason: &str) -> Result<(), StoreError> {
        let Some(queue) = self.draft.state.queue(target) else {
            return Ok(());
        };
        let Some(current) = &queue.current else {
            return Ok(());
        };
        let outcome = Outcome::Refused {
            reason: reason.to_owned(),
        };
        let events = end(target, queue, current, &outcome, self.now, 0);
        self.draft.add_all(events)
    }
}
