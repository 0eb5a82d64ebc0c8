//! Which boards a tracker follows, and from where.

use std::collections::BTreeSet;

use super::event::{Baseline, BaselineSet, CollectionsLeft, DueDate, NotifierEvent, RemindersSet};
use super::rules::Rules;
use super::state::Notifier;
use crate::domain::board::Board;
use crate::domain::{ChatId, Position, Timestamp};

/// About how many boards and due dates one event names: its line stays far below what a log takes.
const CHUNK: usize = 2_000;

/// A board that began at most so many milliseconds before it was followed was perhaps not there yet when the boards were listed.
const LISTED_WITHIN: i64 = 600_000;

/// How the boards that are followed differ from those that are to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Following {
    /// What is to be recorded first.
    pub events: Vec<NotifierEvent>,
    /// The boards that are to be followed from where they are now.
    pub from_now: Vec<ChatId>,
    /// Whether the baselines of these boards make every board followed.
    pub covers_all: bool,
}

impl Following {
    /// Whether nothing is to be done.
    pub fn is_settled(&self) -> bool {
        self.events.is_empty() && self.from_now.is_empty() && !self.covers_all
    }
}

/// Compares what is followed with what is to be; `boards` are all there are.
pub fn following(rules: &Rules, state: &Notifier, boards: &BTreeSet<ChatId>) -> Following {
    let mut following = Following::default();
    if state.reminders != rules.reminders {
        let set = RemindersSet {
            due_soon: rules.reminders.due_soon,
            overdue: rules.reminders.overdue,
        };
        following.events.push(NotifierEvent::RemindersSet(set));
    }
    let wanted = &rules.collections;
    let known = state.collections.keys().copied();
    let left: Vec<ChatId> = known.filter(|chat| !wanted.follows(*chat)).collect();
    let is_less = state.covers_all() && !wanted.are_all();
    let covers_all = wanted.are_all() && state.covers_all();
    if is_less && left.is_empty() {
        following.events.push(collections_left(covers_all, &[]));
    }
    let left = left.chunks(CHUNK);
    let left = left.map(|left| collections_left(covers_all, left));
    following.events.extend(left);
    following.covers_all = wanted.are_all() && !state.covers_all();
    let there = boards.iter().copied().filter(|_| following.covers_all);
    let there = there.filter(|chat| wanted.follows(*chat));
    let all: BTreeSet<ChatId> = there.chain(wanted.chats()).collect();
    let is_new = |chat: &ChatId| !state.collections.contains_key(chat);
    following.from_now = all.into_iter().filter(is_new).collect();
    following
}

fn collections_left(covers_all: bool, left: &[ChatId]) -> NotifierEvent {
    NotifierEvent::CollectionsLeft(CollectionsLeft {
        covers_all,
        collections: left.to_vec(),
    })
}

/// Up to where a board was read; none when it is not followed.
pub fn position_of(state: &Notifier, chat: ChatId) -> Option<Position> {
    match state.collections.get(&chat) {
        Some(collection) => Some(collection.at),
        None => (state.covers_all() && chat.is_group()).then_some(Position::START),
    }
}

/// Whether a board that began then is to be told from its beginning by a tracker that follows it since. When that is still to come, a
/// clock was ahead, and every board is.
pub fn begins_at_start(began: Timestamp, since: Timestamp, now: Timestamp) -> bool {
    let listed = since.millis().saturating_sub(LISTED_WITHIN);
    began.millis() >= listed || since > now
}

/// The boards whose due dates are to be read, because reminders are wanted that were not before.
pub fn lacking_dues(state: &Notifier) -> Vec<ChatId> {
    let collections = state.collections.keys().copied();
    collections
        .filter(|chat| lacks_dues(state, *chat))
        .collect()
}

/// Whether the due dates of a board that was read are to be read too.
pub fn lacks_dues(state: &Notifier, chat: ChatId) -> bool {
    let known = state.collections.get(&chat);
    state.reminders.any() && known.is_some_and(|known| known.dues.is_none())
}

/// The due dates of a board's bounties.
pub fn due_dates(board: &Board) -> Vec<DueDate> {
    let due = |bounty: &crate::domain::board::Bounty| {
        Some(DueDate {
            bounty: bounty.id,
            due: bounty.due?,
        })
    };
    board.bounties().filter_map(due).collect()
}

/// The events that record where boards are followed from. One that a crash cuts short is done again for the boards it did not name.
pub fn baselines(baselines: Vec<Baseline>, covers_all: bool) -> Vec<NotifierEvent> {
    let mut sets = vec![Vec::new()];
    let mut size = 0;
    for baseline in baselines {
        size += 1 + baseline.dues.as_ref().map_or(0, Vec::len);
        if size > CHUNK && !sets.last().is_none_or(Vec::is_empty) {
            sets.push(Vec::new());
            size = 0;
        }
        sets.last_mut()
            .expect("one was there from the start")
            .push(baseline);
    }
    let last = sets.len() - 1;
    let event = |(number, collections): (usize, Vec<Baseline>)| {
        NotifierEvent::BaselineSet(BaselineSet {
            covers_all: covers_all && number == last,
            collections,
        })
    };
    let sets = sets.into_iter().enumerate();
    sets.map(event).filter(|event| !is_empty(event)).collect()
}

fn is_empty(event: &NotifierEvent) -> bool {
    matches!(event, NotifierEvent::BaselineSet(set) if set.collections.is_empty() && !set.covers_all)
}
