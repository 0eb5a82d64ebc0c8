//! What new events of a board mean for a tracker.

use super::event::{Advanced, DueChange, NotifierEvent};
use super::news::News;
use super::rules::{Link, Rules};
use super::state::Notifier;
use crate::domain::board::BoardEvent;
use crate::domain::{BountyId, Cause, ChatId, Position, Recorded, UnixTime};

/// The due date that an event sets, and the bounty that it removes. What is past in a copy of an older event is old news.
pub fn due_changes(record: &Recorded<BoardEvent>) -> (Option<DueChange>, Option<BountyId>) {
    let recorded = record.time.seconds();
    // When it was said: that is what "in 3 days" was seen from.
    let since = record
        .cause
        .delivery()
        .map_or(recorded, |delivery| delivery.date);
    let is_copy = matches!(record.cause, Cause::Import { .. });
    let change = |bounty, due: Option<UnixTime>| {
        let is_old = is_copy && due.is_some_and(|due| due <= recorded);
        (!is_old).then_some(DueChange { bounty, due, since })
    };
    match &record.event {
        BoardEvent::BountyAdded(added) if added.due_date_ts.is_some() => {
            (change(added.id, added.due_date_ts), None)
        }
        BoardEvent::BountyEdited(edited) => match edited.due_date_ts {
            Some(due) => (change(edited.id, due), None),
            None => (None, None),
        },
        BoardEvent::BountyDeleted(deleted) => (None, Some(deleted.id)),
        _ => (None, None),
    }
}

/// The event that records that a board was read up to `to`.
pub fn advance(
    rules: &Rules,
    links: &[Link],
    state: &Notifier,
    collection: ChatId,
    read: &Read<'_>,
) -> NotifierEvent {
    let is_told = read.news.iter().any(|news| rules.tells(news.kind));
    let waiting = if is_told {
        links.iter().map(|link| link.target).collect()
    } else {
        Vec::new()
    };
    let follows_dues = state.reminders.any();
    let of_dues = |count: usize| if follows_dues { count } else { 0 };
    NotifierEvent::Advanced(Advanced {
        collection,
        to: read.to,
        waiting,
        dues: read.dues[..of_dues(read.dues.len())].to_vec(),
        gone: read.gone[..of_dues(read.gone.len())].to_vec(),
    })
}

/// What was read of a board.
#[derive(Clone, Copy, Debug)]
pub struct Read<'r> {
    pub news: &'r [News],
    pub dues: &'r [DueChange],
    pub gone: &'r [BountyId],
    pub to: Position,
}

/// Whether an advance changes anything but the position.
pub fn matters(advanced: &Advanced) -> bool {
    !(advanced.waiting.is_empty() && advanced.dues.is_empty() && advanced.gone.is_empty())
}
