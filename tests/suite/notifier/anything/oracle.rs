//! What is to be told, what may be and what must not, as far as it can be said simply.
//!
//! The tracker knows a plan from the first round on that succeeds with it. An event that was recorded while a plan was known by which
//! it is told to a target, and by every plan after that, must be told there. One may be told that was recorded while its board was
//! followed, if by any plan since then it is told. Nothing else is told. What is ambiguous may be told and need not be:
//! - what waits when a board is put back from a backup, becomes part of another one, or is not followed for a while;
//! - what was read while it was to be told to nobody, to a target that is linked later, when a kill or a failed write came between:
//!   how far such a board was read was not recorded;
//! - a board that nothing was told of and that takes the place of another one: that is seen as another log of that one;
//! - a board that was never read and is away when the plan names other boards than before;
//! - everything of a board that begins to be followed while it cannot be read, or because a group with such an id gets it. Of one
//!   that is followed for a second time, and was away when that began, or got such an id, it may also be told once more: how old it
//!   is was not seen, or it is so young that it may be new.

use std::collections::{BTreeMap, HashMap};

use bounty_ledger::domain::BountyId;
use bounty_ledger::domain::bridge::EventType;

use super::board::{Board, State};
use super::history::{Event, Hash};
use super::plan::{Plan, TARGETS};

/// A board that began so many seconds before it was followed was there before.
const LISTED_WITHIN: i64 = 600;

/// What is known of an event, or of a reminder, for one target.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expected {
    /// It must be told.
    pub is_certain: bool,
    /// Some plan since then tells it.
    pub is_wanted: bool,
    /// What waited was dropped since then.
    pub is_dropped: bool,
    /// There were quiet hours since then: it may have been made short.
    pub is_quiet: bool,
    /// The delivery that told it first.
    pub told: Option<u64>,
}

#[derive(Clone, Debug)]
pub struct Known {
    pub event: Event,
    /// The board on which it was recorded, by number.
    pub board: usize,
    /// Whether its board was followed when it was recorded.
    pub is_followed: bool,
    /// It may be told whatever is said of it besides.
    pub is_open: bool,
    /// That it was read, or that its board was left since, was recorded.
    pub is_recorded: bool,
    pub to: [Expected; TARGETS],
}

/// A bounty, by the event that added it, and one of its due dates.
pub type DueKey = (Hash, i64);

/// A due date; its reminders: due soon, overdue.
#[derive(Clone, Debug)]
pub struct Due {
    pub board: usize,
    pub is_current: bool,
    pub certain: [[bool; 2]; TARGETS],
    pub told: [[bool; 2]; TARGETS],
}

pub const REMINDERS: [EventType; 2] = [EventType::DueSoon, EventType::Overdue];

#[derive(Default)]
pub struct Oracle {
    /// The plan that the tracker knows.
    pub plan: Option<Plan>,
    pub events: HashMap<Hash, Known>,
    pub dues: BTreeMap<DueKey, Due>,
}

impl Oracle {
    pub fn follows(&self, board: &Board) -> bool {
        let plan = self.plan.as_ref();
        plan.is_some_and(|plan| plan.follows(&board.ids))
    }

    /// Something was recorded on a board.
    pub fn recorded(&mut self, number: usize, board: &Board, hash: &Hash, event: Event) {
        let is_followed = self.follows(board);
        let plan = self.plan.clone().unwrap_or_else(|| Plan {
            is_on: false,
            ..Plan::new()
        });
        let mut known = Known {
            board: number,
            is_followed,
            is_open: board.is_unsure,
            is_recorded: false,
            to: [Expected::default(); TARGETS],
            event,
        };
        for (target, to) in known.to.iter_mut().enumerate() {
            let tells = |kind| is_followed && plan.links(target) && plan.tells(kind);
            to.is_wanted = known.event.kind.is_some_and(tells);
            to.is_certain = to.is_wanted && !board.is_unsure;
            to.is_quiet = plan.quiet[target];
        }
        let due = known.event.due;
        self.events.insert(hash.clone(), known.clone());
        let bounty = known.event.bounty;
        if let (Some(due), Some(bounty)) = (due, bounty) {
            self.put_due(number, hash, bounty, due, |target, kind| {
                let tells = is_followed && plan.links(target) && plan.tells(kind);
                tells && !board.is_unsure && known.event.kind.is_some()
            });
        }
        if let (Some(EventType::Deleted), Some(bounty)) = (known.event.kind, bounty) {
            self.end_dues(hash, bounty);
        }
    }

    fn put_due(
        &mut self,
        board: usize,
        hash: &Hash,
        bounty: BountyId,
        due: Option<i64>,
        is_certain: impl Fn(usize, EventType) -> bool,
    ) {
        let added = self.added(hash, bounty);
        if let Some(due) = due
            && self
                .dues
                .get(&(added.clone(), due))
                .is_some_and(|due| due.is_current)
        {
            return;
        }
        self.end_dues(hash, bounty);
        let Some(due) = due else { return };
        let fresh = Due {
            board,
            is_current: true,
            certain: std::array::from_fn(|target| REMINDERS.map(|kind| is_certain(target, kind))),
            told: Default::default(),
        };
        let known = self.dues.entry((added, due)).or_insert(fresh);
        known.is_current = true;
    }

    /// The bounty's due dates are over.
    fn end_dues(&mut self, hash: &Hash, bounty: BountyId) {
        let added = self.added(hash, bounty);
        for ((of, _), due) in &mut self.dues {
            if *of == added {
                due.is_current = false;
                due.certain = Default::default();
            }
        }
    }

    /// The event that added a bounty, seen from an event of its log.
    pub fn added(&self, from: &Hash, bounty: BountyId) -> Hash {
        let mut hash = from.clone();
        loop {
            let known = &self.events[&hash].event;
            let is_add = known.text.is_some() && known.bounty == Some(bounty);
            if is_add && known.kind.is_none_or(|kind| kind == EventType::Added) {
                return hash;
            }
            hash = known.before.clone();
        }
    }

    /// The event of this number in the log that has this one.
    pub fn event_at(&self, from: &Hash, seq: u64) -> Hash {
        let mut hash = from.clone();
        while self.events[&hash].event.seq > seq {
            hash = self.events[&hash].event.before.clone();
        }
        hash
    }

    /// Nothing of a board must be told any more.
    pub fn excuse(&mut self, board: usize) {
        for known in self
            .events
            .values_mut()
            .filter(|known| known.board == board)
        {
            known.to.iter_mut().for_each(|to| to.is_certain = false);
        }
        for due in self.dues.values_mut().filter(|due| due.board == board) {
            due.certain = Default::default();
        }
    }

    /// Everything of a board may be told.
    pub fn open(&mut self, board: usize) {
        self.excuse(board);
        for known in self
            .events
            .values_mut()
            .filter(|known| known.board == board)
        {
            known.is_open = true;
        }
    }

    /// Whether anything was told of a board.
    pub fn has_told(&self, board: usize) -> bool {
        let mut of_it = self.events.values().filter(|known| known.board == board);
        of_it.any(|known| known.to.iter().any(|to| to.told.is_some()))
    }

    /// What was told of a board may be told again.
    pub fn forget(&mut self, board: usize) {
        for known in self
            .events
            .values_mut()
            .filter(|known| known.board == board)
        {
            known.to.iter_mut().for_each(|to| to.told = None);
        }
        for due in self.dues.values_mut().filter(|due| due.board == board) {
            due.told = Default::default();
        }
    }

    /// A process ended, or a round failed: how far boards were read is lost where it was not recorded.
    pub fn lose_unrecorded(&mut self) {
        let all = self.events.values_mut();
        for known in all.filter(|known| !known.is_recorded) {
            known.to.iter_mut().for_each(|to| to.is_dropped = false);
        }
    }

    /// A round succeeded with this plan; it looked at all boards or only at those that changed.
    pub fn observe(&mut self, plan: &Plan, boards: &mut [Board], is_full: bool, now: i64) {
        for (number, board) in boards.iter_mut().enumerate() {
            let (was, is) = (self.follows(board), plan.follows(&board.ids));
            let is_here = board.is_here();
            let is_named_anew = self
                .plan
                .as_ref()
                .is_some_and(|known| known.named != plan.named);
            let is_begun = was && (is_here || board.is_known || !is_named_anew);
            board.is_known = is && (board.is_known || (is_here && is_full && board.has_log()));
            if is && !is_begun && !board.is_gone {
                self.begin(number, board, now);
            } else if is_here && is_full {
                board.is_unsure = false;
                board.is_renamed = false;
            }
            self.observe_board(plan, number, is, is_here && is_full);
        }
        self.plan = Some(plan.clone());
    }

    fn begin(&mut self, number: usize, board: &mut Board, now: i64) {
        board.is_unsure = !board.is_here();
        let began = board.log.first().map(|hash| self.events[hash].event.time);
        let is_old = began.is_some_and(|began| began + LISTED_WITHIN < now);
        let is_away = matches!(board.state, State::Away(_));
        let was_there = is_old && is_away && !self.follows(board);
        if board.is_unsure && !was_there {
            self.open(number);
            self.forget(number);
        }
    }

    fn observe_board(&mut self, plan: &Plan, number: usize, follows: bool, is_read: bool) {
        for known in self
            .events
            .values_mut()
            .filter(|known| known.board == number)
        {
            let kind = known.event.kind;
            let tells = kind.is_some_and(|kind| plan.tells(kind)) && plan.linked.contains(&true);
            known.is_recorded |= !follows || (is_read && tells);
            for (target, to) in known.to.iter_mut().enumerate() {
                let is_linked = follows && plan.links(target);
                let is_told = is_linked && kind.is_some_and(|kind| plan.tells(kind));
                to.is_certain &= is_told;
                to.is_wanted |= is_told;
                to.is_quiet |= plan.quiet[target];
                to.is_dropped |= !follows || (!is_linked && is_read);
            }
        }
        for due in self.dues.values_mut().filter(|due| due.board == number) {
            for (target, certain) in due.certain.iter_mut().enumerate() {
                for (certain, kind) in certain.iter_mut().zip(REMINDERS) {
                    *certain &= follows && plan.links(target) && plan.tells(kind);
                }
            }
        }
    }
}
