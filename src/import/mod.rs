//! The old worlds: what other programs kept in SQLite and in JSON files becomes events.
//!
//! Invariants:
//! - A source is read whole, and the data directory it goes to looked at, before the first event is written.
//! - A source is never changed, no file beside it made.
//! - The same row has the same event id each time it is read: importing twice adds nothing, and an import that was killed is
//!   finished by doing it again.
//! - Events go through the store's logs, under their locks: bots may run meanwhile.

mod board;
mod boards;
pub mod bounty_sqlite;
mod bridge;
mod check;
pub mod json_files;
mod kept;
pub mod notify_bridge;
mod plan;
mod recognise;
mod report;
mod row;
mod rules;
mod secrets;
mod source;
mod sqlite;
mod stream;
mod timeline;

pub use board::{BoardRows, BountyRow, StartedRow, TrackedRow};
pub use bridge::{BridgeRows, EntityRow};
pub use check::{Comparison, Difference};
pub use kept::KeptRow;
pub use plan::{Home, ImportError, Outlook, Place, Plan, Renumbered, StreamOutlook};
pub use recognise::left_behind;
pub use report::{Count, Fate, Findings, Note};
pub use row::Row;
pub use secrets::{Secret, Secrets};
