//! Streams on disk: lines, hash chain, locks, appending, recovery, snapshot files, checkpoints.
//!
//! Invariants:
//! - The store knows events through [`crate::domain::Event`] alone; it has no rule of any board.
//! - Everything that touches files goes through the [`Disk`] trait, so that a test can put a faulty disk there
//!   and another storage can take the place of local files.
//! - Only the holder of a log's exclusive lock writes to it, cuts it or replaces it; readers change nothing.
//! - A checkpoint is never trusted over its log: one that does not fit is passed over, and what stands before one that
//!   fits is verified later.
//! - Nothing is dropped: what is cut from a log is first set aside in a file of its own.

mod active;
mod checkpoint;
mod command;
mod disk;
mod error;
#[cfg(target_os = "linux")]
mod group;
mod hex;
mod layout;
mod line;
mod local;
mod log;
mod merged;
mod named;
mod owner;
mod place;
mod prefix;
mod read;
mod repair;
mod rewrite;
mod root;
mod sha256_pair;
mod shared;
mod snapshot;
mod tail;
mod waiter;

pub use crate::domain::{Head, Position};
pub use active::{ActiveFile, Orphan, Unreadable, noted_chats};
pub use checkpoint::Checkpoint;
pub use disk::{Disk, DiskFile, FileId, FileStatus, GroupFlush, LockGuard, LockMode, OpenMode};
pub use error::{Damage, DamageKind, IoContext, StoreError, unrepaired};
pub use layout::Layout;
pub use line::{LINE_LIMIT, encode};
pub use local::{Access, LocalDisk};
pub use log::{Freshness, Locked, Log, Written};
pub use merged::{is_merged_log, last_of_merged, merged_logs, merged_name};
pub use named::open as open_named;
pub use owner::refuse_other_stream;
pub use place::{end_of, has_place};
pub use prefix::Prefix;
pub use read::{EachLine, Line, Rest, Scan, read_log, scan};
pub use repair::{HeldLog, kept_name, marked_name};
pub use rewrite::make_durable;
pub use root::make_root;
pub use shared::SharedLog;
pub use snapshot::{Claim, Claims, closing_seq, newest_claim, publish, seq_after, seq_of};
