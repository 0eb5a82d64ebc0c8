//! The event log: what was delivered to whom and what came of it, read from the trackers' own streams, and what an older program
//! recorded there before. A tracker that was removed is in it.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::audit::Reader;
use crate::domain::bridge::{NotificationTargetId, NotificationTrackerId};
use crate::domain::notifier::{
    Batch, DeliveryId, DeliveryRetryAsked, NotifierEvent, OldEventKept, Status,
};
use crate::domain::{Actor, Cause, Recorded, StreamId, Timestamp};
use crate::store::{Damage, Disk, IoContext, Layout, Line, StoreError};

use super::stream::OpenNotifier;

/// A delivery, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub tracker: NotificationTrackerId,
    pub id: DeliveryId,
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

/// Why a delivery is not sent again.
#[derive(Debug, thiserror::Error)]
pub enum RetryError {
    #[error(
        "there is no delivery {delivery} of notifier {tracker}; `bounty bridge deliveries` lists them"
    )]
    Unknown {
        tracker: NotificationTrackerId,
        delivery: DeliveryId,
    },
    #[error("delivery {0} arrived; it is not sent again")]
    Arrived(DeliveryId),
    #[error("delivery {0} was to be sent again before; that is another delivery")]
    AskedAlready(DeliveryId),
    #[error(
        "delivery {0} is on its way or waits to be sent again by itself; one that was on its way when the program ended can be sent again once `bounty run` works again"
    )]
    UnderWay(DeliveryId),
    #[error(transparent)]
    Store(#[from] StoreError),
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

/// Has a delivery sent again that did not arrive, or of which nobody knows whether it did. A target that was paused is sent what waits
/// again too. The process that sends notifications does so within seconds; when none runs, the next does.
pub fn ask_retry(
    disk: &Arc<dyn Disk>,
    layout: &Layout,
    tracker: NotificationTrackerId,
    id: DeliveryId,
    by: (Actor, Cause),
    now: Timestamp,
) -> Result<(), RetryError> {
    let unknown = || RetryError::Unknown {
        tracker,
        delivery: id,
    };
    let filter = DeliveryFilter {
        tracker: Some(tracker),
        ..DeliveryFilter::default()
    };
    let all = deliveries(&**disk, layout, &filter)?;
    let delivery = all.found.into_iter().find(|delivery| delivery.id == id);
    let delivery = delivery.ok_or_else(unknown)?;
    let mut stream = OpenNotifier::new(Arc::clone(disk), layout.clone(), tracker);
    stream.refresh()?;
    let queue = stream.state().queue(delivery.target);
    let is_stopped = queue.is_some_and(|queue| queue.is_stopped());
    match delivery.ended {
        Some((_, Status::Delivered)) => return Err(RetryError::Arrived(id)),
        Some(_) if delivery.asked_again => return Err(RetryError::AskedAlready(id)),
        Some((_, Status::Refused | Status::Unknown)) => {}
        // What rests at a target that is stopped goes on with it.
        Some((_, Status::Retrying | Status::Unreachable)) if is_stopped => {}
        Some(_) | None => return Err(RetryError::UnderWay(id)),
    }
    let is_over = matches!(delivery.ended, Some((_, Status::Refused | Status::Unknown)));
    let mut batch = delivery.batch;
    if !is_over {
        batch.told.clear();
    }
    stream.record(now, |draft| {
        let (actor, cause) = by;
        let asked = DeliveryRetryAsked {
            delivery: id,
            target: delivery.target,
            batch,
        };
        draft.add_by(actor, cause, NotifierEvent::DeliveryRetryAsked(asked))
    })?;
    ring(&**disk, layout)?;
    Ok(())
}

/// Tells the process that sends notifications that there is something new in a tracker's stream.
fn ring(disk: &dyn Disk, layout: &Layout) -> Result<(), StoreError> {
    let (dir, bell) = (layout.locks_dir(), layout.notifier_bell());
    disk.create_dir(&dir).at("make", &dir)?;
    disk.replace(&bell, b"", false).at("write", &bell)
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
