//! What is sent next to each target.

use crate::domain::bridge::NotificationTargetId;
use crate::domain::notifier::{
    Gathering, Link, NotifierEvent, Outcome, Step, end, gather, next_step, repeat, start_kept,
};
use crate::domain::{ChatId, Timestamp};
use crate::store::StoreError;

use super::super::boards::{Asked, Entry, Found};
use super::super::letter::Letter;
use super::{Desk, Order};

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
                Step::SendKept => start_kept(state, link.target),
                Step::Gather { collection, since } => {
                    self.gather(order, link, collection, since)?
                }
            };
            let Some(event) = event else { continue };
            let is_gathered = matches!(event, NotifierEvent::Gathered(_));
            self.draft.add(event)?;
            if is_gathered {
                continue;
            }
            if let Some(letter) = self.letter(order, link.target)? {
                return Ok(Some(letter));
            }
            self.give_up(link.target)?;
        }
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
            to: gathering.to.seq,
            limit: gathering.limit,
            counted: &is_told,
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
        let told = entries.iter().filter(|entry| is_told(entry));
        let news = told.filter_map(|entry| entry.news.clone()).collect();
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
    ) -> Result<Option<Letter>, StoreError> {
        let queue = self.draft.state.queue(target);
        let Some(current) = queue.and_then(|queue| queue.current.as_ref()) else {
            return Ok(None);
        };
        let Some(entity) = order.targets.get(&target) else {
            return Ok(None);
        };
        if let Some(letter) = self.letters.get(&current.delivery) {
            let target = entity.clone();
            return Ok(Some(Letter {
                target,
                ..letter.clone()
            }));
        }
        let Some(content) = self.content(&current.batch)? else {
            return Ok(None);
        };
        Ok(Some(Letter {
            tracker: order.tracker.id,
            delivery: current.delivery,
            key: self.draft.state.key(current.delivery),
            target: entity.clone(),
            locale: order.tracker.locale,
            collection: current.batch.collection,
            title: content.title,
            zone: content.zone,
            told: content.told,
            at: self.now,
        }))
    }

    /// What cannot be told ends unsent.
    fn give_up(&mut self, target: NotificationTargetId) -> Result<(), StoreError> {
        let Some(queue) = self.draft.state.queue(target) else {
            return Ok(());
        };
        let Some(current) = &queue.current else {
            return Ok(());
        };
        let outcome = Outcome::Refused {
            reason: LOST.to_owned(),
        };
        let events = end(target, queue, current, &outcome, self.now, 0);
        self.draft.add_all(events)
    }
}
