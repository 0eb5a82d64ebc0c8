//! What is to be done next for a target.

use std::collections::BTreeSet;

use super::queue::Queue;
use super::rules::{Link, Rules};
use crate::domain::{ChatId, Timestamp};

/// What is to be done next for a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing before this moment, or before something happens.
    Rest(Option<Timestamp>),
    /// What could not be sent is sent again.
    Repeat,
    /// What was settled is sent.
    SendKept,
    /// What waits of this board since this moment is settled.
    Gather {
        collection: ChatId,
        since: Timestamp,
    },
}

/// The next step, leaving out boards that cannot be read. A rest may be cut short: it is only asked again.
pub fn next_step(
    rules: &Rules,
    link: &Link,
    queue: &Queue,
    unreadable: &BTreeSet<ChatId>,
    now: Timestamp,
) -> Step {
    if queue.is_stopped() || queue.is_empty() || queue.is_sending() {
        return Step::Rest(None);
    }
    if let Some(end) = link.quiet.and_then(|quiet| quiet.until(now)) {
        return Step::Rest(Some(end));
    }
    if let Some(rest) = queue.current.as_ref().and_then(|current| current.resting) {
        return if rest.is_over(now) {
            Step::Repeat
        } else {
            Step::Rest(Some(rest.until))
        };
    }
    if queue.next_kept(unreadable).is_some() {
        return Step::SendKept;
    }
    match ready(rules, queue, unreadable, now) {
        Some((at, collection, since)) if at <= now => Step::Gather { collection, since },
        ready => Step::Rest(ready.map(|(at, ..)| at)),
    }
}

/// Which board's turn it is, and when: the one that waits longest. One that waits since a moment to come began to by a clock that was
/// put back since: it has waited long enough.
fn ready(
    rules: &Rules,
    queue: &Queue,
    unreadable: &BTreeSet<ChatId>,
    now: Timestamp,
) -> Option<(Timestamp, ChatId, Timestamp)> {
    let events = queue
        .waiting
        .iter()
        .map(|(chat, waiting)| (waiting.since, *chat));
    let reminders = queue
        .reminders
        .iter()
        .map(|reminder| (reminder.since, reminder.collection));
    let waiting = events.chain(reminders);
    let readable = waiting.filter(|(_, chat)| !unreadable.contains(chat));
    let batch = i64::from(rules.batch_seconds) * 1_000;
    let at = |since: Timestamp| match since > now {
        true => now,
        false => Timestamp::from_millis(since.millis().saturating_add(batch)),
    };
    let ready = readable.map(|(since, chat)| (at(since), chat, since));
    ready.min()
}
