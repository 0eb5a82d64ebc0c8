//! What a target is told of a board.

use std::collections::BTreeSet;

use super::coalesce::coalesce;
use super::delivery::{Batch, Telling};
use super::event::{DeliveryStarted, Gathered, NotifierEvent};
use super::news::News;
use super::queue::{Kept, Queue};
use super::rules::{Link, Rules};
use super::state::Notifier;
use crate::domain::bridge::EventType;
use crate::domain::bridge::NotificationTargetId;
use crate::domain::{ChatId, Position, Timestamp};

/// The most things that one message tells.
pub const MESSAGE_ENTRIES: usize = 15;
/// The most events that are made short together.
pub const WINDOW: usize = 5_000;

/// What is to be read of a board's log before it can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gathering {
    pub collection: ChatId,
    /// From here on, …
    pub after: Position,
    /// … up to here, …
    pub to: Position,
    /// … and no more than so many events.
    pub limit: usize,
    /// Whether it is made short, because some of it waited for the end of quiet hours. Then every event is to be read, otherwise those
    /// that the tracker tells of.
    pub is_short: bool,
}

impl Gathering {
    /// What is to be read for this board, which waits since then.
    pub fn new(
        state: &Notifier,
        link: &Link,
        collection: ChatId,
        since: Timestamp,
        now: Timestamp,
    ) -> Option<Self> {
        let queue = state.queue(link.target)?;
        let to = state.collections.get(&collection)?.at;
        let is_short = link
            .quiet
            .is_some_and(|quiet| quiet.was_between(since, now));
        Some(Self {
            collection,
            after: queue
                .waiting
                .get(&collection)
                .map_or(to, |waiting| waiting.after),
            to,
            limit: if is_short { WINDOW } else { MESSAGE_ENTRIES },
            is_short,
        })
    }
}

/// The event that settles what a target is told. `news` are what was to be read, in order, as many as the limit allows.
pub fn gather(
    rules: &Rules,
    state: &Notifier,
    target: NotificationTargetId,
    gathering: &Gathering,
    news: Vec<News>,
) -> NotifierEvent {
    let collection = gathering.collection;
    let is_all = news.len() < gathering.limit;
    let last = news.last().map(|news| news.at).filter(|_| !is_all);
    let tells = |kind| rules.tells(kind);
    let news = if gathering.is_short {
        coalesce(news, tells)
    } else {
        news
    };
    let mut told: Vec<Telling> = news.iter().map(News::telling).collect();
    // Reminders come after the events before them.
    if is_all && let Some(queue) = state.queue(target) {
        told.extend(reminders(queue, collection));
    }
    let fits = told.len() <= MESSAGE_ENTRIES;
    let batch = Batch {
        collection,
        after: gathering.after,
        to: last.unwrap_or(gathering.to),
        told,
    };
    if gathering.is_short || !fits || batch.told.is_empty() {
        return NotifierEvent::Gathered(Gathered { target, batch });
    }
    NotifierEvent::DeliveryStarted(DeliveryStarted {
        delivery: state.next_delivery(),
        target,
        kept: false,
        batch,
        key: None,
    })
}

/// The start of the next message of what was settled before, leaving out boards that cannot be read.
pub fn start_kept(
    state: &Notifier,
    target: NotificationTargetId,
    unreadable: &BTreeSet<ChatId>,
) -> Option<NotifierEvent> {
    let Kept { batch: kept, key } = state.queue(target)?.next_kept(unreadable)?;
    let told = kept.told.iter().take(MESSAGE_ENTRIES).cloned().collect();
    Some(NotifierEvent::DeliveryStarted(DeliveryStarted {
        delivery: state.next_delivery(),
        target,
        kept: true,
        batch: Batch {
            told,
            ..kept.clone()
        },
        key: *key,
    }))
}

/// The reminders of a board, without those that a later one of the same due date replaces.
fn reminders(queue: &Queue, collection: ChatId) -> Vec<Telling> {
    let of_it = || {
        queue
            .reminders
            .iter()
            .filter(|reminder| reminder.collection == collection)
    };
    let is_overdue = |reminder: &super::queue::Reminder| {
        of_it().any(|other| {
            other.kind == EventType::Overdue
                && (other.bounty, other.due) == (reminder.bounty, reminder.due)
        })
    };
    of_it()
        .filter(|reminder| reminder.kind == EventType::Overdue || !is_overdue(reminder))
        .map(super::queue::Reminder::telling)
        .collect()
}
