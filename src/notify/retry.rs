//! What an operator has sent again.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::bridge::NotificationTrackerId;
use crate::domain::notifier::{
    DeliveryId, DeliveryRetryAsked, Notifier, NotifierEvent, Queue, Status, interrupted,
};
use crate::domain::{Actor, Cause, Timestamp};
use crate::store::{Disk, IoContext, Layout, LockMode, OpenMode, StoreError};

use super::event_log::{Delivery, DeliveryFilter, deliveries};
use super::stream::OpenNotifier;

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
    #[error("delivery {0} is on its way, or waits to be sent again by itself")]
    UnderWay(DeliveryId),
    #[error(transparent)]
    Store(#[from] StoreError),
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
    let mut stream = OpenNotifier::new(Arc::clone(disk), layout.clone(), tracker);
    stream.refresh()?;
    end_interrupted(&**disk, layout, &mut stream, id, now)?;
    while !ask(&**disk, layout, &mut stream, id, &by, now)? {}
    ring(&**disk, layout)?;
    Ok(())
}

/// Asks for it, by what the log says; false when somebody else asked for something since that was read.
fn ask(
    disk: &dyn Disk,
    layout: &Layout,
    stream: &mut OpenNotifier,
    id: DeliveryId,
    by: &(Actor, Cause),
    now: Timestamp,
) -> Result<bool, RetryError> {
    let delivery = find(disk, layout, stream.tracker(), id)?;
    let deciding = |state: &Notifier| {
        let queue = state.queue(delivery.target);
        (state.last_retry(), queue.is_some_and(Queue::is_stopped))
    };
    let (last_retry, is_stopped) = deciding(stream.state());
    let event = NotifierEvent::DeliveryRetryAsked(asked(&delivery, is_stopped)?);
    let recorded = stream.record(now, |draft| {
        if deciding(draft.state) != (last_retry, is_stopped) {
            return Ok(false);
        }
        let (actor, cause) = by.clone();
        draft.add_by(actor, cause, event).map(|()| true)
    });
    Ok(recorded?)
}

fn find(
    disk: &dyn Disk,
    layout: &Layout,
    tracker: NotificationTrackerId,
    id: DeliveryId,
) -> Result<Delivery, RetryError> {
    let filter = DeliveryFilter {
        tracker: Some(tracker),
        ..DeliveryFilter::default()
    };
    let all = deliveries(disk, layout, &filter)?;
    let delivery = all.found.into_iter().find(|delivery| delivery.id == id);
    delivery.ok_or(RetryError::Unknown {
        tracker,
        delivery: id,
    })
}

/// What is asked for a delivery, if it can be sent again.
fn asked(delivery: &Delivery, is_stopped: bool) -> Result<DeliveryRetryAsked, RetryError> {
    let id = delivery.id;
    let is_over = match delivery.ended {
        Some((_, Status::Delivered)) => return Err(RetryError::Arrived(id)),
        Some(_) if delivery.asked_again => return Err(RetryError::AskedAlready(id)),
        Some((_, Status::Refused | Status::Unknown)) => true,
        // What rests at a target that is stopped goes on with it.
        Some((_, Status::Retrying | Status::Unreachable)) if is_stopped => false,
        Some(_) | None => return Err(RetryError::UnderWay(id)),
    };
    let mut batch = delivery.batch.clone();
    if !is_over {
        batch.told.clear();
    }
    Ok(DeliveryRetryAsked {
        delivery: id,
        target: delivery.target,
        batch,
        key: is_over.then_some(delivery.key),
    })
}

/// While no process sends, nobody knows what became of a delivery that one was sending when it ended: that is recorded, as the next
/// start would.
fn end_interrupted(
    disk: &dyn Disk,
    layout: &Layout,
    stream: &mut OpenNotifier,
    id: DeliveryId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let end_of_it = |state: &Notifier| {
        let mut ends = interrupted(state);
        ends.retain(
            |event| matches!(event, NotifierEvent::DeliveryEnded(end) if end.delivery == id),
        );
        ends
    };
    if end_of_it(stream.state()).is_empty() {
        return Ok(());
    }
    let (dir, path) = (layout.locks_dir(), layout.notifier_lock());
    disk.create_dir(&dir).at("make", &dir)?;
    let file = disk.open(&path, OpenMode::Create).at("open", &path)?;
    match file.lock(LockMode::Exclusive, Duration::ZERO) {
        Ok(_alone) => stream.record(now, |draft| draft.add_all(end_of_it(draft.state))),
        Err(error) if error.kind() == io::ErrorKind::TimedOut => Ok(()),
        Err(error) => Err(error).at("lock", &path),
    }
}

/// Tells the process that sends notifications that there is something new in a tracker's stream.
fn ring(disk: &dyn Disk, layout: &Layout) -> Result<(), StoreError> {
    let (dir, bell) = (layout.locks_dir(), layout.notifier_bell());
    disk.create_dir(&dir).at("make", &dir)?;
    disk.replace(&bell, b"", false).at("write", &bell)
}
