//! Who changed what: reading the logs without changing anything.
//!
//! Nothing here takes part in running commands; everything works beside a running bot. Two things write, under each
//! log's lock: [`rebuild`] the snapshots, and [`repair`] a damaged log.

mod bridge_names;
mod changes;
mod check;
mod extent;
mod follow;
mod merged;
mod notifier;
mod parallel;
mod reader;
mod rebuild;
mod repair;
mod state;
mod summary;
mod verify;

pub use bridge_names::BridgeNames;
pub use changes::{AuditFilter, BridgeChange, Change};
pub use check::{Difference, FileCheck, SnapshotCheck};
pub use extent::Extent;
pub use follow::{Followed, Found, for_each_followed};
pub use merged::{MergedNames, MergedProblem};
pub use reader::Reader;
pub use rebuild::{Rebuilt, rebuild, rebuild_into, snapshot_files};
pub use repair::{
    Aside, AsideFrom, Diagnosis, Finding, Operator, Plan, Repaired, damaged_chat, diagnose, repair,
};
pub use state::{At, StateAt};
pub use summary::{Count, Group, GroupBy, Row, Summary, Who, summarize};
pub use verify::{Expectation, Problem, Verdict};

#[cfg(test)]
mod old_versions;
