//! A notification tracker at work: what it has read of the boards that it follows, what it has told to which target, what waits.
//!
//! One stream for each tracker. [`Notifier::evolve`] turns its events into state; the other functions here are the plan: given the
//! tracker's rules, its links, the state, what is new on a board and what time it is, which events come next. They read no log and
//! send nothing. A board's events are never copied into the stream: a target that waits has the place in the board's log from which
//! on it was told nothing, and is told from the log when its time has come.
//!
//! Invariants:
//! - What is sent was [`DeliveryStarted`] before, durably; of what has no [`DeliveryEnded`] nobody knows whether it arrived.
//! - The entries of one board reach one target in the order of the board's events.
//! - What an older program left is kept in the log alone: no state knows it, so nothing is sent because of it.
//! - Each target has its own queue: one that cannot be told never keeps another waiting.

mod advance;
mod agenda;
mod coalesce;
mod delivery;
mod dues;
mod ended;
mod event;
mod evolve;
mod follow;
mod gather;
mod news;
mod queue;
mod quiet;
mod remind;
mod rules;
mod snapshot;
mod state;
mod step;

pub use advance::{Read, advance, due_changes, matters};
pub use coalesce::coalesce;
pub use delivery::{Batch, DeliveryId, Status, Telling};
pub use dues::ReminderRules;
pub use ended::{Outcome, PAUSE_AFTER, abandoned, end, interrupted, repeat};
pub use event::{
    Advanced, Baseline, BaselineSet, BoardReplaced, CollectionMoved, CollectionsLeft,
    DeliveryEnded, DeliveryRepeated, DeliveryRetryAsked, DeliveryStarted, DueChange, DueDate,
    FollowingStopped, ForwardingTold, Gathered, NamedTarget, NotifierEvent, NotifierOpened,
    OldEventKept, OldStateKept, ReminderMade, RemindersSet, TargetFreed, TargetPaused,
    TargetUnreachable, TargetsLeft,
};
pub use follow::{
    Following, baselines, begins_at_start, due_dates, following, lacking_dues, lacks_dues,
    position_of,
};
pub use gather::{Gathering, MESSAGE_ENTRIES, WINDOW, gather, start_kept};
pub use news::{News, Told, news};
pub use queue::{Current, Kept, Queue};
pub use remind::{due_reminders, next_reminder};
pub use rules::{Link, Rules};
pub use state::{Collection, Notifier};
pub use step::{Step, next_step};

#[cfg(test)]
mod tests;
