//! `notifier.json`: up to where each board was read, and how each target fares.

use serde::Serialize;

use super::event::NotifierEvent;
use super::queue::Queue;
use super::state::Notifier;
use crate::domain::bridge::{NotificationTargetId, NotificationTrackerId};
use crate::domain::stream::pretty;
use crate::domain::{Aggregate, ChatId, Checkpointed, Recorded, Seq, StreamId};

/// The name of the snapshot.
const FILE: &str = "notifier.json";

#[derive(Serialize)]
struct NotifierFile<'a> {
    notification_tracker_id: NotificationTrackerId,
    notification_tracker_state: Vec<CollectionRow<'a>>,
    target: Vec<TargetRow>,
    seq: Seq,
    head: &'a str,
}

#[derive(Serialize)]
struct CollectionRow<'a> {
    collection_id: ChatId,
    seq: Seq,
    head: &'a str,
}

#[derive(Serialize)]
struct TargetRow {
    target_id: NotificationTargetId,
    state: &'static str,
    failures: u32,
    /// Boards with events that it was not told of.
    waiting: usize,
    reminders: usize,
}

impl TargetRow {
    fn new(target_id: NotificationTargetId, queue: &Queue) -> Self {
        let state = match queue {
            Queue { paused: true, .. } => "paused",
            Queue {
                unreachable: true, ..
            } => "unreachable",
            Queue { failures: 0, .. } => "ok",
            _ => "failing",
        };
        Self {
            target_id,
            state,
            failures: queue.failures,
            waiting: queue.waiting.len(),
            reminders: queue.reminders.len(),
        }
    }
}

impl Checkpointed for Notifier {}

impl Aggregate for Notifier {
    type Event = NotifierEvent;

    fn stream(&self) -> Option<StreamId> {
        self.opened.map(StreamId::Notifier)
    }

    fn seq(&self) -> Seq {
        self.seq()
    }

    fn evolve(&mut self, record: &Recorded<NotifierEvent>) {
        self.evolve(record);
    }

    fn snapshots(&self) -> Vec<(String, Seq)> {
        let own = self.opened.map(|_| (FILE.to_owned(), self.seq));
        own.into_iter().collect()
    }

    fn snapshot(&self, name: &str, head: &str) -> Option<Vec<u8>> {
        let tracker = self.opened.filter(|_| name == FILE)?;
        let collections = self
            .collections()
            .map(|(collection_id, collection)| CollectionRow {
                collection_id,
                seq: collection.at.seq,
                head: collection.at.head.as_str(),
            });
        let targets = self
            .queues()
            .map(|(target, queue)| TargetRow::new(target, queue));
        Some(pretty(&NotifierFile {
            notification_tracker_id: tracker,
            notification_tracker_state: collections.collect(),
            target: targets.collect(),
            seq: self.seq,
            head,
        }))
    }
}
