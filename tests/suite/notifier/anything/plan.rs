//! What the tracker is to do, as the operator says.

use std::collections::BTreeSet;

use bounty_ledger::domain::bridge::{CollectionId, Collections, EventType, QuietHours};
use bounty_ledger::domain::notifier::Rules;
use bounty_ledger::notify::Order;

use super::super::lab::{chat_target, hook_target, order};

pub const TARGETS: usize = 3;
pub const KINDS: [EventType; 7] = [
    EventType::Added,
    EventType::Edited,
    EventType::Deleted,
    EventType::Tracked,
    EventType::Untracked,
    EventType::DueSoon,
    EventType::Overdue,
];

#[derive(Clone, Debug)]
pub struct Plan {
    pub is_on: bool,
    /// None: all groups.
    pub named: Option<BTreeSet<i64>>,
    pub kinds: BTreeSet<EventType>,
    pub is_batched: bool,
    pub linked: [bool; TARGETS],
    pub quiet: [bool; TARGETS],
}

impl Plan {
    pub fn new() -> Self {
        Self {
            is_on: true,
            named: None,
            kinds: KINDS.into(),
            is_batched: false,
            linked: [true; TARGETS],
            quiet: [false; TARGETS],
        }
    }

    /// Whether the board that has or had these ids is followed.
    pub fn follows(&self, ids: &BTreeSet<i64>) -> bool {
        let is_named = |named: &BTreeSet<i64>| !named.is_disjoint(ids);
        self.is_on && self.named.as_ref().is_none_or(is_named)
    }

    pub fn tells(&self, kind: EventType) -> bool {
        self.is_on && self.kinds.contains(&kind)
    }

    pub fn links(&self, target: usize) -> bool {
        self.is_on && self.linked[target]
    }

    pub fn order(&self) -> Option<Order> {
        let all = [chat_target(1), chat_target(2), hook_target(3)];
        let linked = all.into_iter().zip(self.linked);
        let targets: Vec<_> = linked
            .filter_map(|(target, is)| is.then_some(target))
            .collect();
        let mut order = order(&["*"], &targets);
        if let Some(named) = &self.named {
            let ids = named.iter().map(|id| CollectionId::read(&id.to_string()));
            order.tracker.collection_ids = Collections::of(ids);
        }
        order.tracker.event_types = self.kinds.clone();
        order.tracker.batch_duration = if self.is_batched { 300 } else { 0 };
        order.rules = Rules::of(&order.tracker);
        for link in &mut order.links {
            let is_quiet = self.quiet[link.target.0 as usize - 1];
            link.quiet = is_quiet.then(quiet_hours);
        }
        self.is_on.then_some(order)
    }
}

fn quiet_hours() -> QuietHours {
    QuietHours {
        start: "22:00".parse().expect("a time"),
        end: "07:00".parse().expect("a time"),
        zone: chrono_tz::UTC,
    }
}
