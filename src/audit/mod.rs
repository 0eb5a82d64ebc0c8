//! Who changed what: reading the logs without changing anything.
//!
//! Nothing here takes part in running commands; everything works beside a running bot. The one exception is
//! [`rebuild`], which writes snapshots, under each log's lock.

mod changes;
mod check;
mod parallel;
mod reader;
mod rebuild;
mod state;
mod verify;

pub use changes::{AuditFilter, Change};
pub use check::{Difference, FileCheck, SnapshotCheck};
pub use parallel::for_each_chat;
pub use reader::Reader;
pub use rebuild::{Rebuilt, rebuild, rebuild_into};
pub use state::{At, StateAt};
pub use verify::{Expectation, Problem, Verdict};
