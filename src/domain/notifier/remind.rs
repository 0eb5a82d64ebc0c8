//! Which reminders are to be made now, and when the next is.

use super::dues::Moment;
use super::event::{NotifierEvent, ReminderMade};
use super::rules::Link;
use super::state::Notifier;
use crate::domain::UnixTime;
use crate::domain::bridge::EventType;

/// The reminders whose time has come, in the order of their times. The boards that they are of were read up to their ends.
pub fn due_reminders(state: &Notifier, links: &[Link], now: UnixTime) -> Vec<NotifierEvent> {
    let come = state.agenda.iter().take_while(|moment| moment.at <= now);
    come.filter_map(|moment| reminder(state, links, moment, now))
        .collect()
}

/// When the next reminder is to be made.
pub fn next_reminder(state: &Notifier) -> Option<UnixTime> {
    state.agenda.first().map(|moment| moment.at)
}

/// Nothing is due soon when it is overdue and that is said: so it is when nothing ran at the time.
fn reminder(
    state: &Notifier,
    links: &[Link],
    moment: &Moment,
    now: UnixTime,
) -> Option<NotifierEvent> {
    let dues = state.collections.get(&moment.collection)?.dues.as_ref()?;
    let due = dues.get(&moment.bounty)?;
    let is_late = moment.kind == EventType::DueSoon && due.overdue.is_some_and(|at| at <= now);
    (!is_late).then(|| {
        NotifierEvent::ReminderMade(ReminderMade {
            collection: moment.collection,
            bounty: moment.bounty,
            due: due.due,
            kind: moment.kind,
            waiting: links.iter().map(|link| link.target).collect(),
        })
    })
}
