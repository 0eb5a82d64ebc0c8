//! What the operator reads in the log of what came of letters.

use tracing::Level;

use crate::domain::bridge::NotificationTargetId;
use crate::domain::notifier::{NotifierEvent, Outcome};

const PAUSED: &str = "a notification target failed too often in a row and is paused; `bounty bridge deliveries` shows what failed, `bounty bridge retry` sends it again and ends the pause";
const RETRY: &str = "a notification could not be sent; it is tried again";
const REFUSED: &str =
    "a notification was refused and is not sent again; `bounty bridge retry` does";
const UNREACHABLE: &str = "a notification target does not want to hear from the bot; what is new waits until its chat writes";
const UNKNOWN: &str = "nobody knows whether a notification arrived; it is not sent again by itself";

/// Says what came of a letter, which these events record.
pub fn say(target: NotificationTargetId, outcome: &Outcome, events: &[NotifierEvent]) {
    let (level, reason, what) = match outcome {
        Outcome::Delivered => return,
        Outcome::Retry { reason, .. } => (Level::INFO, reason, RETRY),
        Outcome::Refused { reason } => (Level::ERROR, reason, REFUSED),
        Outcome::Unreachable { reason } => (Level::WARN, reason, UNREACHABLE),
        Outcome::Unknown { reason } => (Level::WARN, reason, UNKNOWN),
    };
    let is_pause = |event: &NotifierEvent| matches!(event, NotifierEvent::TargetPaused(_));
    let (level, what) = match events.iter().any(is_pause) {
        true => (Level::ERROR, PAUSED),
        false => (level, what),
    };
    let target_id = target.0;
    match level {
        Level::ERROR => tracing::error!(target_id, reason, "{what}"),
        Level::WARN => tracing::warn!(target_id, reason, "{what}"),
        _ => tracing::info!(target_id, reason, "{what}"),
    }
}
