//! The state of a tracker, and how events change it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::delivery::{Batch, DeliveryId, Status};
use super::dues::{Due, Known, Moment, ReminderRules};
use super::event::{
    Advanced, Baseline, BoardReplaced, DeliveryEnded, DeliveryStarted, NamedTarget, NotifierEvent,
};
use super::queue::{Current, Kept, Queue, Waiting};
use crate::domain::bridge::EventType;
use crate::domain::bridge::{NotificationTargetId, NotificationTrackerId};
use crate::domain::{BountyId, Cause, ChatId, Position, Recorded, Seq, Timestamp, UnixTime};

/// What is known of a board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// Up to where it was read.
    pub at: Position,
    /// The due dates of its bounties there; none when they are not followed.
    pub(super) dues: Option<BTreeMap<BountyId, Due>>,
    /// The reminders that were made, by bounty: each due date has each of them once.
    pub(super) made: BTreeMap<BountyId, BTreeSet<(UnixTime, EventType)>>,
}

impl Collection {
    /// A board that was read up to here, whose due dates are not followed.
    fn begun_at(at: Position) -> Self {
        Self {
            at,
            dues: None,
            made: BTreeMap::new(),
        }
    }
}

/// Everything that is known of a tracker's work. Made from its events alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notifier {
    pub(super) opened: Option<NotificationTrackerId>,
    /// The id of its first event that was not imported: no other tracker has it, in no data directory.
    identity: Option<Uuid>,
    pub(super) seq: Seq,
    /// Since when every group's board that is not among the collections is followed from its beginning.
    pub(super) covers_all_since: Option<Timestamp>,
    pub(super) collections: BTreeMap<ChatId, Collection>,
    pub(super) reminders: ReminderRules,
    /// The reminders that are to come.
    pub(super) agenda: BTreeSet<Moment>,
    pub(super) queues: BTreeMap<NotificationTargetId, Queue>,
    pub(super) last_delivery: DeliveryId,
    /// The deliveries that repeat another one, and which that is: the first of them.
    again: BTreeMap<DeliveryId, DeliveryId>,
    /// The chats that know that their boards are forwarded, and to whom.
    pub(super) told: BTreeMap<ChatId, Vec<NamedTarget>>,
}

impl Notifier {
    /// The tracker; none before its first event.
    pub fn tracker(&self) -> Option<NotificationTrackerId> {
        self.opened
    }

    /// What a delivery is known by to whoever receives it: the same for each attempt and for the delivery that repeats it, and no
    /// other's, in no data directory.
    pub fn key(&self, delivery: DeliveryId) -> Uuid {
        Uuid::new_v5(
            &self.identity.unwrap_or_default(),
            self.first_of(delivery).to_string().as_bytes(),
        )
    }

    fn first_of(&self, delivery: DeliveryId) -> DeliveryId {
        self.again.get(&delivery).copied().unwrap_or(delivery)
    }

    /// The last event in it.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// The boards that it read, and up to where.
    pub fn collections(&self) -> impl ExactSizeIterator<Item = (ChatId, &Collection)> {
        self.collections
            .iter()
            .map(|(chat, collection)| (*chat, collection))
    }

    /// Whether groups' boards that it never read are followed from their beginning.
    pub fn covers_all(&self) -> bool {
        self.covers_all_since.is_some()
    }

    /// Since when they are.
    pub fn covers_all_since(&self) -> Option<Timestamp> {
        self.covers_all_since
    }

    /// Which reminders are made.
    pub fn reminders(&self) -> ReminderRules {
        self.reminders
    }

    /// Whether it read this board.
    pub fn has_read(&self, chat: ChatId) -> bool {
        self.collections.contains_key(&chat)
    }

    /// Whether something is on its way to a target.
    pub fn is_sending_to(&self, target: NotificationTargetId) -> bool {
        self.queue(target).is_some_and(Queue::is_sending)
    }

    /// Whether it follows anything.
    pub fn is_following(&self) -> bool {
        self.covers_all() || !self.collections.is_empty()
    }

    /// What each target waits for; targets that never waited have no queue.
    pub fn queues(&self) -> impl ExactSizeIterator<Item = (NotificationTargetId, &Queue)> {
        self.queues.iter().map(|(target, queue)| (*target, queue))
    }

    /// What a target waits for.
    pub fn queue(&self, target: NotificationTargetId) -> Option<&Queue> {
        self.queues.get(&target)
    }

    /// The id that the next delivery gets.
    pub fn next_delivery(&self) -> DeliveryId {
        DeliveryId(self.last_delivery.0.saturating_add(1))
    }

    /// To which targets, by name, their boards are forwarded as far as the chats know.
    pub fn told(&self) -> &BTreeMap<ChatId, Vec<NamedTarget>> {
        &self.told
    }

    /// Applies one event. Total: an event that makes no sense here changes nothing but the position.
    pub fn evolve(&mut self, record: &Recorded<NotifierEvent>) {
        self.seq = record.seq;
        // The same import makes the same ids everywhere.
        if !matches!(record.cause, Cause::Import { .. }) {
            self.identity.get_or_insert(record.id);
        }
        self.apply(&record.event, record.time);
    }

    pub(super) fn apply(&mut self, event: &NotifierEvent, time: Timestamp) {
        match event {
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
            NotifierEvent::DeliveryStarted(started) => self.start(started),
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
                self.queues
                    .retain(|target, _| !left.targets.contains(target));
            }
            NotifierEvent::ForwardingTold(told) if told.targets.is_empty() => {
                self.told.remove(&told.collection);
            }
            NotifierEvent::ForwardingTold(told) => {
                self.told.insert(told.collection, told.targets.clone());
            }
            NotifierEvent::DeliveryRetryAsked(asked) => {
                self.keep(asked.target, &asked.batch, Some(asked.delivery));
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
    pub(super) fn known(&mut self, chat: ChatId) -> &mut Collection {
        let follows_dues = self.reminders.any();
        self.collections.entry(chat).or_insert_with(|| Collection {
            dues: follows_dues.then(BTreeMap::new),
            ..Collection::begun_at(Position::START)
        })
    }

    fn begin_all(&mut self, baselines: &[Baseline], time: Timestamp) {
        let is_new = |baseline: &&Baseline| !self.collections.contains_key(&baseline.collection);
        let new = baselines.iter().filter(is_new);
        let mut new = new
            .map(|baseline| (baseline.collection, Collection::begun_at(baseline.at)))
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
        let collection = self.known(chat);
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
        self.queues.clear();
    }

    fn advance(&mut self, advanced: &Advanced, time: Timestamp) {
        let chat = advanced.collection;
        let collection = self.known(chat);
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
            self.known(chat).made.remove(bounty);
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

    fn keep(&mut self, target: NotificationTargetId, batch: &Batch, again: Option<DeliveryId>) {
        if !batch.told.is_empty() {
            let batch = batch.clone();
            self.queue_of(target).kept.push_back(Kept { batch, again });
        }
    }

    fn start(&mut self, started: &DeliveryStarted) {
        self.last_delivery = self.last_delivery.max(started.delivery);
        if started.kept {
            let kept = self.queue_of(started.target).kept.front();
            if let Some(again) = kept.and_then(|kept| kept.again) {
                self.again.insert(started.delivery, self.first_of(again));
            }
            self.queue_of(started.target)
                .take_kept(started.batch.told.len());
        } else {
            self.take(started.target, &started.batch);
        }
        self.queue_of(started.target).current = Some(Current {
            delivery: started.delivery,
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
                    current.resting = Some(ended.again_at.unwrap_or(time));
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
