//! What became of a message, and what follows from it.

use std::time::Duration;

use super::delivery::Status;
use super::event::{
    DeliveryEnded, DeliveryRepeated, NotifierEvent, TargetPaused, TargetUnreachable,
};
use super::queue::{Current, Queue};
use super::state::Notifier;
use crate::domain::Timestamp;
use crate::domain::bridge::NotificationTargetId;

/// A target is paused after so many failures in a row: about an hour of them.
pub const PAUSE_AFTER: u32 = 20;
/// The first repetition comes after this, each later one after twice as long …
const FIRST_REST: i64 = 1_000;
/// … up to this: milliseconds.
const LONGEST_REST: i64 = 300_000;
/// The longest that a target is left alone because it asks for it: milliseconds, a day.
const LONGEST_PAUSE: i64 = 86_400_000;
/// So much of a reason is kept.
const REASON_LIMIT: usize = 300;

/// What came of an attempt to send a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Delivered,
    /// It surely did not arrive and may later; `after` is how many milliseconds the target wants to be left alone.
    Retry {
        after: Option<u64>,
        reason: String,
    },
    /// It surely did not arrive and never will.
    Refused {
        reason: String,
    },
    /// The target does not want to hear from the bot.
    Unreachable {
        reason: String,
    },
    /// It may have arrived or not.
    Unknown {
        reason: String,
    },
}

impl Outcome {
    /// It may arrive later, after the pause that the target wants.
    pub fn retry(after: Option<Duration>, reason: String) -> Self {
        let millis = |pause: Duration| u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        let after = after.map(millis);
        Self::Retry { after, reason }
    }

    /// Why it did not surely arrive.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Delivered => None,
            Self::Retry { reason, .. }
            | Self::Refused { reason }
            | Self::Unreachable { reason }
            | Self::Unknown { reason } => Some(reason.chars().take(REASON_LIMIT).collect()),
        }
    }

    /// What became of the attempt.
    pub fn status(&self) -> Status {
        match self {
            Self::Delivered => Status::Delivered,
            Self::Retry { .. } => Status::Retrying,
            Self::Refused { .. } => Status::Refused,
            Self::Unreachable { .. } => Status::Unreachable,
            Self::Unknown { .. } => Status::Unknown,
        }
    }
}

/// The events of a message's end. `jitter` is a random number from 0 to 999: how much of a quarter a rest is lengthened by.
pub fn end(
    target: NotificationTargetId,
    queue: &Queue,
    current: &Current,
    outcome: &Outcome,
    now: Timestamp,
    jitter: i64,
) -> Vec<NotifierEvent> {
    let reason = outcome.reason();
    let mut events = vec![NotifierEvent::DeliveryEnded(DeliveryEnded {
        delivery: current.delivery,
        target,
        status: outcome.status(),
        reason: reason.clone(),
        again_at: again_at(queue, outcome, now, jitter),
    })];
    let reason = reason.unwrap_or_default();
    match outcome {
        Outcome::Delivered => {}
        Outcome::Unreachable { .. } => {
            events.push(NotifierEvent::TargetUnreachable(TargetUnreachable {
                target,
                reason,
            }));
        }
        _ if queue.failures + 1 >= PAUSE_AFTER && !queue.paused => {
            events.push(NotifierEvent::TargetPaused(TargetPaused { target, reason }));
        }
        _ => {}
    }
    events
}

fn again_at(queue: &Queue, outcome: &Outcome, now: Timestamp, jitter: i64) -> Option<Timestamp> {
    let Outcome::Retry { after, .. } = outcome else {
        return None;
    };
    let doubled = FIRST_REST << queue.failures.min(20);
    let asked = i64::try_from(after.unwrap_or(0)).unwrap_or(i64::MAX);
    let rest = asked.min(LONGEST_PAUSE).max(doubled.min(LONGEST_REST));
    let rest = rest + rest * jitter.clamp(0, 999) / 4_000;
    Some(Timestamp::from_millis(now.millis().saturating_add(rest)))
}

/// The start of the repetition of what rests.
pub fn repeat(target: NotificationTargetId, current: &Current) -> NotifierEvent {
    NotifierEvent::DeliveryRepeated(DeliveryRepeated {
        delivery: current.delivery,
        target,
        attempt: current.attempt.saturating_add(1),
    })
}

/// The ends of what was being sent when the process that sent it ended: nobody knows whether it arrived.
pub fn interrupted(state: &Notifier) -> Vec<NotifierEvent> {
    let ends = state.queues().filter_map(|(target, queue)| {
        let current = queue
            .current
            .as_ref()
            .filter(|current| current.resting.is_none())?;
        Some(NotifierEvent::DeliveryEnded(DeliveryEnded {
            delivery: current.delivery,
            target,
            status: Status::Unknown,
            reason: Some("the program ended while it was being sent".to_owned()),
            again_at: None,
        }))
    });
    ends.collect()
}

/// The ends of what rests and is never sent again, because of `reason`; all that rests, or what is chosen.
pub fn abandoned(
    state: &Notifier,
    reason: &str,
    is_abandoned: impl Fn(NotificationTargetId, &Current) -> bool,
) -> Vec<NotifierEvent> {
    let ends = state.queues().filter_map(|(target, queue)| {
        let current = queue
            .current
            .as_ref()
            .filter(|current| current.resting.is_some())?;
        is_abandoned(target, current).then(|| {
            NotifierEvent::DeliveryEnded(DeliveryEnded {
                delivery: current.delivery,
                target,
                status: Status::Refused,
                reason: Some(reason.to_owned()),
                again_at: None,
            })
        })
    });
    ends.collect()
}
