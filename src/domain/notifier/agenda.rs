//! The reminders that are to come, and those that were made.

use std::collections::BTreeSet;

use super::dues::{Due, Known, Moment, ReminderRules};
use super::event::{ReminderMade, RemindersSet};
use super::queue::Reminder;
use super::state::Notifier;
use crate::domain::bridge::EventType;
use crate::domain::{BountyId, ChatId, Timestamp, UnixTime};

impl Notifier {
    /// The boards that have reminders whose time has come.
    pub fn reminded_by(&self, now: UnixTime) -> BTreeSet<ChatId> {
        let come = self.agenda.iter().take_while(|moment| moment.at <= now);
        come.map(|moment| moment.collection).collect()
    }

    pub(super) fn set_reminders(&mut self, set: &RemindersSet, time: Timestamp) {
        let before = self.reminders;
        let rules = ReminderRules {
            due_soon: set.due_soon,
            overdue: set.overdue,
        };
        self.reminders = rules;
        self.agenda.clear();
        for (chat, collection) in &mut self.collections {
            if !rules.any() {
                collection.dues = None;
            }
            let made = &collection.made;
            for (bounty, due) in collection.dues.iter_mut().flatten() {
                let fresh = Due::new(due.due, Known::Found(time.seconds()), rules);
                let fresh = without_made(fresh, made.get(bounty));
                // What was to come already comes, only at another time.
                if before.due_soon != rules.due_soon {
                    due.soon = match due.soon {
                        Some(_) => rules.soon(due.due),
                        None => fresh.soon,
                    };
                }
                if before.overdue != rules.overdue {
                    due.overdue = fresh.overdue;
                }
                self.agenda.extend(due.moments(*chat, *bounty));
            }
        }
    }

    pub(super) fn remind(&mut self, made: &ReminderMade, time: Timestamp) {
        let (chat, bounty) = (made.collection, made.bounty);
        self.known(chat, time)
            .made
            .entry(bounty)
            .or_default()
            .insert((made.due, made.kind));
        let dues = self
            .collections
            .get_mut(&chat)
            .and_then(|known| known.dues.as_mut());
        if let Some(due) = dues
            .and_then(|dues| dues.get_mut(&bounty))
            .filter(|due| due.due == made.due)
        {
            for moment in due.moments(chat, bounty) {
                self.agenda.remove(&moment);
            }
            due.made(made.kind);
            self.agenda.extend(due.moments(chat, bounty));
        }
        let reminder = Reminder {
            collection: chat,
            bounty,
            due: made.due,
            kind: made.kind,
            since: time,
        };
        for target in &made.waiting {
            self.queue_of(*target).reminders.push(reminder);
        }
    }

    /// A bounty has this due date, or none, from now on.
    pub(super) fn put_due(
        &mut self,
        chat: ChatId,
        bounty: BountyId,
        due: Option<UnixTime>,
        known: Known,
    ) {
        let rules = self.reminders;
        let Some(collection) = self.collections.get_mut(&chat) else {
            return;
        };
        let Some(dues) = &mut collection.dues else {
            return;
        };
        let before = dues.get(&bounty).copied();
        if before.map(|before| before.due) == due {
            return;
        }
        for moment in before
            .into_iter()
            .flat_map(|before| before.moments(chat, bounty))
        {
            self.agenda.remove(&moment);
        }
        match due {
            Some(due) => {
                let due = Due::new(due, known, rules);
                let due = without_made(due, collection.made.get(&bounty));
                dues.insert(bounty, due);
                self.agenda.extend(due.moments(chat, bounty));
            }
            None => {
                dues.remove(&bounty);
            }
        }
        for queue in self.queues.values_mut() {
            queue.due_changed(chat, bounty, due);
        }
    }

    pub(super) fn forget_dues(&mut self, chat: ChatId) {
        let dues = self.collections.get(&chat);
        for (bounty, due) in dues
            .into_iter()
            .flat_map(|known| known.dues.iter().flatten())
        {
            for moment in due.moments(chat, *bounty) {
                self.agenda.remove(&moment);
            }
        }
    }

    /// The reminders of a board come under its other id.
    pub(super) fn rename_dues(&mut self, from: ChatId, to: ChatId) {
        let rename = |moment: Moment| match moment.collection == from {
            true => Moment {
                collection: to,
                ..moment
            },
            false => moment,
        };
        let agenda = std::mem::take(&mut self.agenda);
        self.agenda = agenda.into_iter().map(rename).collect();
    }
}

/// A due date without the reminders of it that were made before.
fn without_made(mut due: Due, made: Option<&BTreeSet<(UnixTime, EventType)>>) -> Due {
    for (date, kind) in made.into_iter().flatten() {
        if *date == due.due {
            due.made(*kind);
        }
    }
    due
}
