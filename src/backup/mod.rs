//! Copies all boards and the bridge while the program runs, and verifies the copy.
//!
//! Invariants:
//! - A copied log is what the live log was at one moment: whole events, all of them durable there.
//! - A snapshot in a backup is made from the copied log. Only beside a log that is damaged are they copied: there they are evidence.
//! - Nothing that an earlier backup holds is overwritten; a log of it only grows.
//! - While `backup-incomplete` is there, the backup is not whole.
//!
//! A group may change its id while this runs. The note in `moved/` comes before everything else of that, so: chats first, then the
//! notes, and each chat that a note names again. That waits for a migration under way, by the lock that it holds.

mod chats;
mod files;
mod log;
mod manifest;
mod place;
mod problem;
mod stream;

use std::path::Path;

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use crate::domain::StreamId;
use crate::store::{Disk, Layout, Position};

pub use manifest::noted_problems;
pub use place::is_incomplete;
pub use problem::{BackupError, Problem};

/// One stream's log in a backup.
#[derive(Debug)]
pub struct Entry {
    pub stream: StreamId,
    /// The last event of the copy that was read back and found valid.
    pub end: Position,
    pub problem: Option<Problem>,
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Entry", 4)?;
        object.serialize_field("chat", &self.stream)?;
        object.serialize_field("seq", &self.end.seq)?;
        object.serialize_field("head", self.end.head.as_str())?;
        let problem = self.problem.as_ref().map(ToString::to_string);
        object.serialize_field("problem", &problem)?;
        object.end()
    }
}

/// Makes a backup in the directory `dest`, or with `update` brings the one that is there up to date. `progress` is told of bytes of
/// logs that are done. Answers with every chat, ascending, and the bridge.
pub fn back_up(
    disk: &dyn Disk,
    live: &Layout,
    dest: &Path,
    update: bool,
    progress: &mut dyn FnMut(u64),
) -> Result<Vec<Entry>, BackupError> {
    let place = place::Place::open(disk, live, dest, update)?;
    let entries = chats::Run::new(disk, live, &place, progress)?.all()?;
    place.finish(&entries)?;
    Ok(entries)
}
