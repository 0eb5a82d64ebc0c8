//! What an operator has sent again.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::bridge::NotificationTrackerId;
use crate::domain::notifier::{DeliveryId, DeliveryRetryAsked, NotifierEvent, Status, interrupted};
use crate::domain::{Actor, Cause, Timestamp};
use crate::store::{Disk, IoContext, Layout, LockMode, OpenMode, StoreError};

use super::event_log::{DeliveryFilter, deliveries};
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
    let unknown = || RetryError::Unknown {
        tracker,
        delivery: id,
    };
    let mut stream = OpenNotifier::new(Arc::clone(disk), layout.clone(), tracker);
    stream.refresh()?;
    end_interrupted(&**disk, layout, &mut stream, now)?;
    let filter = DeliveryFilter {
        tracker: Some(tracker),
        ..DeliveryFilter::default()
    };
    let all = deliveries(&**disk, layout, &filter)?;
    let delivery = all.found.into_iter().find(|delivery| delivery.id == id);
    let delivery = delivery.ok_or_else(unknown)?;
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

/// While no process sends, nobody knows what became of what one was sending when it ended: that is recorded, as the next start would.
fn end_interrupted(
    disk: &dyn Disk,
    layout: &Layout,
    stream: &mut OpenNotifier,
    now: Timestamp,
) -> Result<(), StoreError> {
    if interrupted(stream.state()).is_empty() {
        return Ok(());
    }
    let (dir, path) = (layout.locks_dir(), layout.notifier_lock());
    disk.create_dir(&dir).at("make", &dir)?;
    let file = disk.open(&path, OpenMode::Create).at("open", &path)?;
    match file.lock(LockMode::Exclusive, Duration::ZERO) {
        Ok(_alone) => stream.record(now, |draft| draft.add_all(interrupted(draft.state))),
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
