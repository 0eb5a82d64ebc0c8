//! How events change the state of a tracker.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::delivery::{Batch, DeliveryId, Status};
use super::dues::Known;
use super::event::{
    Advanced, Baseline, BoardReplaced, DeliveryEnded, DeliveryStarted, NotifierEvent,
};
use super::queue::{Current, Kept, Queue, Rest, Waiting};
use super::state::{Collection, Notifier};
use crate::domain::bridge::NotificationTargetId;
use crate::domain::{ChatId, Position, Recorded, Timestamp};

impl Notifier {
    /// Applies one event. Total: an event that makes no sense here changes nothing but the position.
    pub fn evolve(&mut self, record: &Recorded<NotifierEvent>) {
        self.seq = record.seq;
        let time = record.time;
        match &record.event {
            NotifierEvent::NotifierOpened(opened) => self.opened = Some(opened.tracker_id),
            NotifierEvent::BaselineSet(set) => {
                if set.covers_all {
                    self.covers_all_since.get_or_insert(time);
                }
                self.begin_all(&set.collections, time);
            }
            NotifierEvent::CollectionsLeft(left) => {
                let since = self.covers_all_since.unwrap_or(time);
                self.covers_all_since = left.covers_all.then_some(since);
                for chat in &left.collections {
                    self.leave(*chat);
                }
            }
            NotifierEvent::FollowingStopped(_) => self.stop(),
            NotifierEvent::Advanced(advanced) => self.advance(advanced, time),
            NotifierEvent::BoardReplaced(replaced) => self.replace(replaced, time),
            NotifierEvent::CollectionMoved(moved) => self.rename(moved.from, moved.to),
            NotifierEvent::RemindersSet(set) => self.set_reminders(set, time),
            NotifierEvent::ReminderMade(made) => self.remind(made, time),
            NotifierEvent::Gathered(gathered) => {
                self.take(gathered.target, &gathered.batch);
                self.keep(gathered.target, &gathered.batch, None);
            }
            NotifierEvent::DeliveryStarted(started) => self.start(started, record.id),
            NotifierEvent::DeliveryRepeated(repeated) => {
                if let Some(current) = self.current(repeated.target, repeated.delivery) {
                    current.attempt = repeated.attempt;
                    current.resting = None;
                }
            }
            NotifierEvent::DeliveryEnded(ended) => self.end(ended, time),
            NotifierEvent::TargetUnreachable(lost) => self.queue_of(lost.target).unreachable = true,
            NotifierEvent::TargetPaused(paused) => self.queue_of(paused.target).paused = true,
            NotifierEvent::TargetFreed(freed) => self.free(freed.target),
            NotifierEvent::TargetsLeft(left) => {
                self.leave_queues(|target| left.targets.contains(&target));
            }
            NotifierEvent::ForwardingTold(told) if told.targets.is_empty() => {
                self.told.remove(&told.collection);
            }
            NotifierEvent::ForwardingTold(told) => {
                self.told.insert(told.collection, told.targets.clone());
            }
            NotifierEvent::DeliveryRetryAsked(asked) => {
                self.last_retry = record.seq;
                self.keep(asked.target, &asked.batch, asked.key);
                self.free(asked.target);
            }
            // A hundred thousand of them cost no memory.
            NotifierEvent::OldStateKept(_) | NotifierEvent::OldEventKept(_) => {}
        }
    }

    pub(super) fn queue_of(&mut self, target: NotificationTargetId) -> &mut Queue {
        self.queues.entry(target).or_default()
    }

    fn current(
        &mut self,
        target: NotificationTargetId,
        delivery: DeliveryId,
    ) -> Option<&mut Current> {
        let current = self.queues.get_mut(&target)?.current.as_mut()?;
        (current.delivery == delivery).then_some(current)
    }

    /// What was read of a board that is not known: nothing, so that it is told from its beginning.
    pub(super) fn known(&mut self, chat: ChatId, since: Timestamp) -> &mut Collection {
        let follows_dues = self.reminders.any();
        self.collections.entry(chat).or_insert_with(|| Collection {
            dues: follows_dues.then(BTreeMap::new),
            ..Collection::begun_at(Position::START, since)
        })
    }

    fn begin_all(&mut self, baselines: &[Baseline], time: Timestamp) {
        let is_new = |baseline: &&Baseline| !self.collections.contains_key(&baseline.collection);
        let new = baselines.iter().filter(is_new);
        let mut new = new
            .map(|baseline| (baseline.collection, Collection::begun_at(baseline.at, time)))
            .collect();
        // Put in at once they take half the room: many trackers may follow many boards.
        self.collections.append(&mut new);
        for baseline in baselines {
            self.begin(baseline, time);
        }
    }

    fn begin(&mut self, baseline: &Baseline, time: Timestamp) {
        let chat = baseline.collection;
        self.forget_dues(chat);
        let collection = self.known(chat, time);
        collection.at = baseline.at;
        collection.dues = baseline.dues.as_ref().map(|_| BTreeMap::new());
        for known in baseline.dues.iter().flatten() {
            let known_since = Known::Found(time.seconds());
            self.put_due(chat, known.bounty, Some(known.due), known_since);
        }
    }

    fn leave(&mut self, chat: ChatId) {
        self.forget_dues(chat);
        self.collections.remove(&chat);
        for queue in self.queues.values_mut() {
            queue.forget(chat);
        }
    }

    fn stop(&mut self) {
        self.covers_all_since = None;
        self.collections.clear();
        self.agenda.clear();
        self.leave_queues(|_| true);
    }

    /// Nothing waits for these targets any more. What is on its way to them comes to its end.
    fn leave_queues(&mut self, is_left: impl Fn(NotificationTargetId) -> bool) {
        self.queues
            .retain(|target, queue| !is_left(*target) || queue.is_sending());
        for (target, queue) in &mut self.queues {
            if is_left(*target) {
                *queue = Queue {
                    current: queue.current.take(),
                    ..Queue::default()
                };
            }
        }
    }

    fn advance(&mut self, advanced: &Advanced, time: Timestamp) {
        let chat = advanced.collection;
        let collection = self.known(chat, time);
        let after = std::mem::replace(&mut collection.at, advanced.to);
        for target in &advanced.waiting {
            let waiting = Waiting { after, since: time };
            self.queue_of(*target)
                .waiting
                .entry(chat)
                .or_insert(waiting);
        }
        for change in &advanced.dues {
            self.put_due(chat, change.bounty, change.due, Known::Set(change.since));
        }
        for bounty in &advanced.gone {
            self.put_due(chat, *bounty, None, Known::Found(time.seconds()));
            self.known(chat, time).made.remove(bounty);
        }
    }

    /// Reminders that were made stay made: the bounties of a board that was put back are those that it had.
    fn replace(&mut self, replaced: &BoardReplaced, time: Timestamp) {
        for queue in self.queues.values_mut() {
            queue.forget(replaced.collection);
        }
        let baseline = Baseline {
            collection: replaced.collection,
            at: replaced.at,
            dues: replaced.dues.clone(),
        };
        self.begin(&baseline, time);
    }

    fn rename(&mut self, from: ChatId, to: ChatId) {
        let Some(collection) = self.collections.remove(&from) else {
            return;
        };
        self.forget_dues(to);
        self.collections.insert(to, collection);
        self.rename_dues(from, to);
        for queue in self.queues.values_mut() {
            queue.rename(from, to);
        }
        if let Some(told) = self.told.remove(&from) {
            self.told.insert(to, told);
        }
    }

    fn take(&mut self, target: NotificationTargetId, batch: &Batch) {
        let read = self
            .collections
            .get(&batch.collection)
            .map(|known| known.at);
        if let Some(queue) = self.queues.get_mut(&target) {
            queue.take(batch, read.unwrap_or(batch.to));
        }
    }

    fn keep(&mut self, target: NotificationTargetId, batch: &Batch, key: Option<Uuid>) {
        if !batch.told.is_empty() {
            let batch = batch.clone();
            self.queue_of(target).kept.push_back(Kept { batch, key });
        }
    }

    fn start(&mut self, started: &DeliveryStarted, id: Uuid) {
        self.last_delivery = self.last_delivery.max(started.delivery);
        if started.kept {
            let (of, count) = (started.batch.collection, started.batch.told.len());
            self.queue_of(started.target).take_kept(of, count);
        } else {
            self.take(started.target, &started.batch);
        }
        self.queue_of(started.target).current = Some(Current {
            delivery: started.delivery,
            key: started.key_or(id),
            batch: started.batch.clone(),
            attempt: 1,
            resting: None,
        });
    }

    fn end(&mut self, ended: &DeliveryEnded, time: Timestamp) {
        if self.current(ended.target, ended.delivery).is_none() {
            return;
        }
        let queue = self.queue_of(ended.target);
        queue.failures = match ended.status {
            Status::Delivered => 0,
            Status::Unreachable => queue.failures,
            Status::Retrying | Status::Refused | Status::Unknown => {
                queue.failures.saturating_add(1)
            }
        };
        match ended.status {
            Status::Delivered | Status::Refused | Status::Unknown => queue.current = None,
            Status::Retrying | Status::Unreachable => {
                if let Some(current) = &mut queue.current {
                    current.resting = Some(Rest {
                        since: time,
                        until: ended.again_at.unwrap_or(time),
                    });
                }
            }
        }
    }

    fn free(&mut self, target: NotificationTargetId) {
        let queue = self.queue_of(target);
        queue.unreachable = false;
        queue.paused = false;
        queue.failures = 0;
    }
}
