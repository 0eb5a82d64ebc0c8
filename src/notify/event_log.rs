//! The event log: what was delivered to whom and what came of it, read from the trackers' own streams, and what an older program
//! recorded there before. A tracker that was removed is in it.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use uuid::Uuid;

use crate::audit::Reader;
use crate::domain::bridge::{NotificationTargetId, NotificationTrackerId};
use crate::domain::notifier::{Batch, DeliveryId, NotifierEvent, OldEventKept, Status};
use crate::domain::{Recorded, StreamId, Timestamp};
use crate::store::{Damage, Disk, Layout, Line, StoreError};

/// A delivery, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub tracker: NotificationTrackerId,
    pub id: DeliveryId,
    /// What it is known by to whoever receives it.
    pub key: Uuid,
    pub target: NotificationTargetId,
    pub started: Timestamp,
    /// 1 when it was sent once.
    pub attempts: u32,
    pub batch: Batch,
    /// What came of the last attempt, and when; none while it is being sent.
    pub ended: Option<(Timestamp, Status)>,
    pub reason: Option<String>,
    /// When it is sent again by itself.
    pub again_at: Option<Timestamp>,
    /// Whether an operator had what it told sent again, which is another delivery.
    pub asked_again: bool,
}

impl Delivery {
    /// What became of it. Of what was started and did not end, nobody knows whether it arrived.
    pub fn status(&self) -> Status {
        self.ended.map_or(Status::Unknown, |(_, status)| status)
    }
}

/// An entry of the event log of the program that was here before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldEntry {
    /// [`NotificationTrackerId::GONE`] when it was gone already.
    pub tracker: NotificationTrackerId,
    pub at: Timestamp,
    pub entry: OldEventKept,
}

/// Which deliveries are asked for; an empty field asks for all.
#[derive(Clone, Debug, Default)]
pub struct DeliveryFilter {
    pub tracker: Option<NotificationTrackerId>,
    pub status: Option<Status>,
    /// Started at this time or later.
    pub since: Option<Timestamp>,
}

impl DeliveryFilter {
    fn asks_for(&self, delivery: &Delivery) -> bool {
        self.status.is_none_or(|wanted| delivery.status() == wanted)
            && self.since.is_none_or(|since| delivery.started >= since)
    }

    /// An older program's entries tell of no status of ours.
    fn asks_for_old(&self, at: Timestamp) -> bool {
        self.status.is_none() && self.since.is_none_or(|since| at >= since)
    }
}

/// Deliveries, and where a log stops being readable.
#[derive(Debug, Default)]
pub struct Deliveries {
    /// By tracker, each's in the order in which they were started.
    pub found: Vec<Delivery>,
    /// What an older program recorded, by tracker.
    pub old: Vec<OldEntry>,
    pub damages: Vec<Damage>,
}

/// The deliveries that are asked for.
pub fn deliveries(
    disk: &dyn Disk,
    layout: &Layout,
    filter: &DeliveryFilter,
) -> Result<Deliveries, StoreError> {
    let reader = Reader::new(disk, layout);
    let trackers = match filter.tracker {
        Some(tracker) => vec![tracker],
        None => reader.notifiers()?,
    };
    let mut all = Deliveries::default();
    for tracker in trackers {
        let mut fold = Fold::new(tracker);
        let stream = StreamId::Notifier(tracker);
        let scan = reader.read(stream, &mut |line: Line<'_, NotifierEvent>| {
            fold.see(line.record);
            if let NotifierEvent::OldEventKept(entry) = &line.record.event
                && filter.asks_for_old(line.record.time)
            {
                all.old.push(OldEntry {
                    tracker,
                    at: line.record.time,
                    entry: entry.clone(),
                });
            }
            ControlFlow::Continue(())
        })?;
        let damage = scan.and_then(|scan| scan.damage(&reader.log_path(stream)));
        all.damages.extend(damage);
        let found = fold.deliveries.into_values();
        all.found
            .extend(found.filter(|delivery| filter.asks_for(delivery)));
    }
    Ok(all)
}

/// Collects deliveries while a stream's events go by.
struct Fold {
    tracker: NotificationTrackerId,
    deliveries: BTreeMap<DeliveryId, Delivery>,
}

impl Fold {
    fn new(tracker: NotificationTrackerId) -> Self {
        Self {
            tracker,
            deliveries: BTreeMap::new(),
        }
    }

    fn see(&mut self, record: &Recorded<NotifierEvent>) {
        match &record.event {
            NotifierEvent::DeliveryStarted(started) => {
                let delivery = Delivery {
                    tracker: self.tracker,
                    id: started.delivery,
                    key: started.key_or(record.id),
                    target: started.target,
                    started: record.time,
                    attempts: 1,
                    batch: started.batch.clone(),
                    ended: None,
                    reason: None,
                    again_at: None,
                    asked_again: false,
                };
                self.deliveries.insert(started.delivery, delivery);
            }
            NotifierEvent::DeliveryRepeated(repeated) => {
                if let Some(delivery) = self.deliveries.get_mut(&repeated.delivery) {
                    delivery.attempts = repeated.attempt;
                    delivery.ended = None;
                }
            }
            NotifierEvent::DeliveryEnded(ended) => {
                if let Some(delivery) = self.deliveries.get_mut(&ended.delivery) {
                    delivery.ended = Some((record.time, ended.status));
                    delivery.reason.clone_from(&ended.reason);
                    delivery.again_at = ended.again_at;
                }
            }
            NotifierEvent::DeliveryRetryAsked(asked) if !asked.batch.told.is_empty() => {
                if let Some(delivery) = self.deliveries.get_mut(&asked.delivery) {
                    delivery.asked_again = true;
                }
            }
            _ => {}
        }
    }
}
