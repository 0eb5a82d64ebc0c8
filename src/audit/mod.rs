//! Who changed what: reading the logs without changing anything.
//!
//! Nothing here takes part in running commands; everything works beside a running bot. The one exception is
//! [`rebuild`], which writes snapshots, under each log's lock.

mod changes;
mod check;
mod reader;
mod rebuild;
mod state;
mod summary;
mod verify;

pub use changes::{AuditFilter, Change};
pub use check::{Difference, FileCheck, SnapshotCheck};
pub use reader::Reader;
pub use rebuild::{Rebuilt, rebuild, rebuild_into, snapshot_files};
pub use state::{At, StateAt};
pub use summary::{Count, Group, GroupBy, Row, Summary, Who, summarize};
pub use verify::{Expectation, Problem, Verdict};
