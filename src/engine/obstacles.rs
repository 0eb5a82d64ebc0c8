//! What keeps boards from being written: streams that take no writes, and a disk without room. Kept for whoever watches,
//! and for [`super::mend`], which tries again.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::domain::ChatId;
use crate::store::StoreError;

use super::lane::lock;

/// Why a stream takes no writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// A write failed and could not be cut back yet.
    Latched,
    /// The record is not whole.
    Damaged,
    /// Another program's files are there.
    Foreign,
    /// The operating system refuses.
    Failing,
}

impl Obstacle {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Latched, Self::Damaged, Self::Foreign, Self::Failing];

    /// The name, as a label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Latched => "latched",
            Self::Damaged => "damaged",
            Self::Foreign => "foreign",
            Self::Failing => "failing",
        }
    }

    /// What this error says about its stream; none when it says nothing that lasts.
    fn of(error: &StoreError) -> Option<Self> {
        match error {
            StoreError::Latched { .. } => Some(Self::Latched),
            StoreError::Damaged(_) => Some(Self::Damaged),
            StoreError::Foreign { .. } => Some(Self::Foreign),
            StoreError::Io { .. } => Some(Self::Failing),
            StoreError::Busy { .. } | StoreError::Moved { .. } | StoreError::LineTooLong { .. } => {
                None
            }
        }
    }
}

/// A stream that takes no writes.
#[derive(Clone, Debug)]
pub struct Blocked {
    pub obstacle: Obstacle,
    /// The error, with the path and the next step.
    pub error: String,
}

/// All that is known to be in the way.
#[derive(Debug, Default)]
pub struct Obstacles {
    known: Mutex<Known>,
    /// How many there are: so that a command on a healthy board takes no lock.
    count: AtomicUsize,
    /// How many of them may be gone at any moment by themselves.
    passing: AtomicUsize,
}

#[derive(Debug, Default)]
struct Known {
    streams: BTreeMap<ChatId, Blocked>,
    disk: Option<String>,
}

impl Obstacles {
    /// A stream could not be used. `latched`: its failed write still waits to be cut back.
    pub fn note(&self, chat: ChatId, latched: bool, error: &StoreError) {
        let obstacle = Obstacle::of(error).map(|found| match found {
            Obstacle::Failing if latched => Obstacle::Latched,
            found => found,
        });
        self.change(|known| {
            if needs_room(error) {
                known.disk = Some(error.to_string());
            }
            // A stream whose write was cut back is whole: it only waits for room.
            if let Some(obstacle) = obstacle.filter(|_| latched || !needs_room(error)) {
                let error = error.to_string();
                known.streams.insert(chat, Blocked { obstacle, error });
            }
        });
    }

    /// A stream was used as it should be.
    pub fn clear(&self, chat: ChatId) {
        if self.count.load(Relaxed) > 0 {
            self.change(|known| {
                known.streams.remove(&chat);
            });
        }
    }

    /// The disk takes writes again.
    pub fn clear_disk(&self) {
        self.change(|known| known.disk = None);
    }

    /// Why the disk takes no writes.
    pub fn disk(&self) -> Option<String> {
        lock(&self.known).disk.clone()
    }

    /// The streams that take no writes, by chat.
    pub fn streams(&self) -> BTreeMap<ChatId, Blocked> {
        lock(&self.known).streams.clone()
    }

    /// Whether something should be tried again soon: what may end by itself. Damage ends by a repair only.
    pub fn is_passing(&self) -> bool {
        self.passing.load(Relaxed) > 0
    }

    /// Whether anything is in the way of this stream.
    pub fn is_blocked(&self, chat: ChatId) -> bool {
        self.count.load(Relaxed) > 0 && lock(&self.known).streams.contains_key(&chat)
    }

    fn change(&self, change: impl FnOnce(&mut Known)) {
        let mut known = lock(&self.known);
        change(&mut known);
        let (streams, disk) = (&known.streams, usize::from(known.disk.is_some()));
        let passes =
            |blocked: &&Blocked| matches!(blocked.obstacle, Obstacle::Latched | Obstacle::Failing);
        let passing = streams.values().filter(passes).count();
        self.count.store(streams.len() + disk, Relaxed);
        self.passing.store(passing + disk, Relaxed);
    }
}

/// Whether the disk has no room, or takes no writes at all.
fn needs_room(error: &StoreError) -> bool {
    let (StoreError::Io { error, .. } | StoreError::Latched { error, .. }) = error else {
        return false;
    };
    matches!(
        error.kind(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::ReadOnlyFilesystem
    )
}
