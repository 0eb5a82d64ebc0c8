//! What may happen. Numbers stand for what there is when it happens: whatever is left out of a sequence, the rest makes sense.

use proptest::prelude::*;

/// What somebody does on a board; numbers choose a bounty.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    /// With a due date so many hours ahead.
    Add(Option<u8>),
    Edit(u8),
    Postpone(u8, u8),
    Delete(u8),
    Track(u8),
    Untrack(u8),
}

/// How the operator changes what the tracker does.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    All,
    /// These boards, by number: under the first id that they had, or under that of today.
    Named(u8, bool),
    /// These event types, as bits.
    Kinds(u8),
    Batches(bool),
    Quiet(u8, bool),
    Link(u8, bool),
    Enabled(bool),
}

/// What becomes of a letter.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    Delivered,
    Retry,
    Refused,
    Unreachable,
    Unknown,
}

#[derive(Clone, Debug)]
pub enum Op {
    Happen(u8, Vec<Deed>),
    /// A board gets a new id: that of another one, when a number is given.
    Migrate(u8, Option<u8>),
    /// A board's directory is not where it was.
    Away(u8),
    /// A line of its log is not what it was.
    Damage(u8, u8),
    /// The note that says which id a board has today cannot be read.
    Spoil(u8),
    /// What was done to a board by these three is undone.
    Mend(u8),
    Backup(u8),
    Restore(u8),
    Change(Change),
    /// So many minutes go by.
    Pass(u16),
    /// The tracker works; with a look at all boards, or at those that changed.
    Round(bool),
    /// What became of the letters to a target; to all of them when there is no such target.
    Answer(u8, Answer),
    /// Another process takes over; the one before ends in order, or is killed.
    Restart(bool),
    /// The tracker's own stream cannot be written, or can again.
    Block(bool),
    /// An operator wants one of the last deliveries sent again.
    Retry(u8),
    /// A target's chat writes.
    Hear(u8),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        3 => prop::option::of(1..40_u8).prop_map(Deed::Add),
        2 => any::<u8>().prop_map(Deed::Edit),
        2 => (any::<u8>(), 1..40_u8).prop_map(|(bounty, hours)| Deed::Postpone(bounty, hours)),
        1 => any::<u8>().prop_map(Deed::Delete),
        1 => any::<u8>().prop_map(Deed::Track),
        1 => any::<u8>().prop_map(Deed::Untrack),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => Just(Change::All),
        4 => (1..8_u8, any::<bool>()).prop_map(|(boards, old)| Change::Named(boards, old)),
        4 => any::<u8>().prop_map(Change::Kinds),
        2 => any::<bool>().prop_map(Change::Batches),
        2 => (0..3_u8, any::<bool>()).prop_map(|(target, quiet)| Change::Quiet(target, quiet)),
        3 => (0..3_u8, prop::bool::weighted(0.6)).prop_map(|(target, is)| Change::Link(target, is)),
        2 => prop::bool::weighted(0.7).prop_map(Change::Enabled),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        12 => Just(Answer::Delivered),
        4 => Just(Answer::Retry),
        2 => Just(Answer::Refused),
        1 => Just(Answer::Unreachable),
        1 => Just(Answer::Unknown),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    let board = || 0..3_u8;
    prop_oneof![
        16 => (board(), prop::collection::vec(deed(), 1..5)).prop_map(|(at, deeds)| Op::Happen(at, deeds)),
        3 => (board(), prop::option::weighted(0.3, board())).prop_map(|(at, to)| Op::Migrate(at, to)),
        2 => board().prop_map(Op::Away),
        2 => (board(), any::<u8>()).prop_map(|(at, line)| Op::Damage(at, line)),
        1 => board().prop_map(Op::Spoil),
        6 => board().prop_map(Op::Mend),
        2 => board().prop_map(Op::Backup),
        2 => board().prop_map(Op::Restore),
        7 => change().prop_map(Op::Change),
        8 => (1..1_500_u16).prop_map(Op::Pass),
        22 => any::<bool>().prop_map(Op::Round),
        16 => (0..6_u8, answer()).prop_map(|(target, answer)| Op::Answer(target, answer)),
        4 => any::<bool>().prop_map(Op::Restart),
        3 => prop::bool::weighted(0.4).prop_map(Op::Block),
        2 => any::<u8>().prop_map(Op::Retry),
        2 => (0..3_u8).prop_map(Op::Hear),
    ]
}

/// A tracker begins, and then some of this happens.
pub fn ops() -> impl Strategy<Value = Vec<Op>> {
    prop::collection::vec(op(), 1..90)
}
