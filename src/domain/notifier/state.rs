//! The state of a tracker.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::delivery::DeliveryId;
use super::dues::{Due, Moment, ReminderRules};
use super::event::NamedTarget;
use super::queue::Queue;
use crate::domain::bridge::{EventType, NotificationTargetId, NotificationTrackerId};
use crate::domain::{BountyId, ChatId, Position, Seq, Timestamp, UnixTime};

/// What is known of a board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// Up to where it was read.
    pub at: Position,
    /// Since when it is followed.
    pub since: Timestamp,
    /// The due dates of its bounties there; none when they are not followed.
    pub(super) dues: Option<BTreeMap<BountyId, Due>>,
    /// The reminders that were made, by bounty: each due date has each of them once.
    pub(super) made: BTreeMap<BountyId, BTreeSet<(UnixTime, EventType)>>,
}

impl Collection {
    /// A board that was read up to here, whose due dates are not followed.
    pub(super) fn begun_at(at: Position, since: Timestamp) -> Self {
        Self {
            at,
            since,
            dues: None,
            made: BTreeMap::new(),
        }
    }
}

/// Everything that is known of a tracker's work. Made from its events alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notifier {
    pub(super) opened: Option<NotificationTrackerId>,
    pub(super) seq: Seq,
    /// Since when every group's board that is not among the collections is followed from its beginning.
    pub(super) covers_all_since: Option<Timestamp>,
    pub(super) collections: BTreeMap<ChatId, Collection>,
    pub(super) reminders: ReminderRules,
    /// The reminders that are to come.
    pub(super) agenda: BTreeSet<Moment>,
    pub(super) queues: BTreeMap<NotificationTargetId, Queue>,
    pub(super) last_delivery: DeliveryId,
    /// The last event by which an operator had something sent again.
    pub(super) last_retry: Seq,
    /// The chats that know that their boards are forwarded, and to whom.
    pub(super) told: BTreeMap<ChatId, Vec<NamedTarget>>,
}

impl Notifier {
    /// The tracker; none before its first event.
    pub fn tracker(&self) -> Option<NotificationTrackerId> {
        self.opened
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

    /// What it knows of a board.
    pub fn collection(&self, chat: ChatId) -> Option<&Collection> {
        self.collections.get(&chat)
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

    /// The last event by which an operator had something sent again; 0 when there is none.
    pub fn last_retry(&self) -> Seq {
        self.last_retry
    }

    /// To which targets, by name, their boards are forwarded as far as the chats know.
    pub fn told(&self) -> &BTreeMap<ChatId, Vec<NamedTarget>> {
        &self.told
    }
}
