//! What keeps streams from being used: those that take no writes, and a disk without room. Kept for whoever watches, and for
//! [`super::mend`], which tries boards again; who works on another stream tries that one again.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::domain::{ChatId, StreamId};
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

impl Blocked {
    /// Whether what is in the way may be gone at any moment: of a board. Who works on another stream tries that itself.
    fn may_pass(&self, stream: StreamId) -> bool {
        let may_pass = matches!(self.obstacle, Obstacle::Latched | Obstacle::Failing);
        may_pass && stream.chat().is_some()
    }
}

/// All that is known to be in the way.
#[derive(Debug, Default)]
pub struct Obstacles {
    known: Mutex<Known>,
    /// How many there are: so that a command on a healthy board takes no lock.
    count: AtomicUsize,
    /// How many of them, streams beside the boards apart, may be gone at any moment by themselves.
    passing: AtomicUsize,
}

#[derive(Debug, Default)]
struct Known {
    streams: BTreeMap<StreamId, Blocked>,
    /// Boards whose logs somebody held when they were last tried.
    held: BTreeSet<ChatId>,
    disk: Option<String>,
    /// How many of the streams are boards that may be used again at any moment.
    passing: usize,
    /// The last board that was to be tried again.
    last_tried: Option<ChatId>,
}

impl Obstacles {
    /// A stream could not be used. `latched`: its failed write still waits to be cut back.
    pub fn note(&self, stream: StreamId, latched: bool, error: &StoreError) {
        let obstacle = Obstacle::of(error).map(|found| match found {
            Obstacle::Failing if latched => Obstacle::Latched,
            found => found,
        });
        self.change(|known| {
            known.tried(stream, matches!(error, StoreError::Busy { .. }));
            known.look_for_room(error);
            // A stream whose write was cut back is whole: it only waits for room.
            if let Some(obstacle) = obstacle.filter(|_| latched || !needs_room(error)) {
                let error = error.to_string();
                known.block(stream, Blocked { obstacle, error });
            }
        });
    }

    /// A stream was used as it should be.
    pub fn clear(&self, stream: StreamId) {
        if self.count.load(Relaxed) > 0 {
            self.change(|known| {
                known.unblock(stream);
                known.tried(stream, false);
            });
        }
    }

    /// What failed is no stream's own.
    pub fn note_disk(&self, error: &StoreError) {
        self.change(|known| known.look_for_room(error));
    }

    /// The disk takes writes again.
    pub fn clear_disk(&self) {
        self.change(|known| known.disk = None);
    }

    /// Why the disk takes no writes.
    pub fn disk(&self) -> Option<String> {
        lock(&self.known).disk.clone()
    }

    /// The streams that take no writes.
    pub fn streams(&self) -> BTreeMap<StreamId, Blocked> {
        lock(&self.known).streams.clone()
    }

    /// The boards that should be tried again, so many at most: those that come behind the ones of the last time.
    pub fn to_try(&self, at_most: usize) -> Vec<ChatId> {
        let mut known = lock(&self.known);
        let blocked = known.streams.keys().filter_map(|stream| stream.chat());
        let mut all: Vec<ChatId> = blocked.chain(known.held.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        let tried = all.partition_point(|chat| Some(*chat) <= known.last_tried);
        all.rotate_left(tried);
        all.truncate(at_most);
        known.last_tried = all.last().copied();
        all
    }

    /// Whether something should be tried again soon: what may end by itself. Damage ends by a repair only.
    pub fn is_passing(&self) -> bool {
        self.passing.load(Relaxed) > 0
    }

    /// Whether anything is in the way of this board.
    pub fn is_blocked(&self, chat: ChatId) -> bool {
        self.count.load(Relaxed) > 0 && lock(&self.known).streams.contains_key(&chat.into())
    }

    fn change(&self, change: impl FnOnce(&mut Known)) {
        let mut known = lock(&self.known);
        change(&mut known);
        let others = known.held.len() + usize::from(known.disk.is_some());
        self.count.store(known.streams.len() + others, Relaxed);
        self.passing.store(known.passing + others, Relaxed);
    }
}

impl Known {
    fn block(&mut self, stream: StreamId, blocked: Blocked) {
        self.unblock(stream);
        self.passing += usize::from(blocked.may_pass(stream));
        self.streams.insert(stream, blocked);
    }

    fn unblock(&mut self, stream: StreamId) {
        let was = self.streams.remove(&stream);
        self.passing -= usize::from(was.is_some_and(|was| was.may_pass(stream)));
    }

    /// Remembers an error that says that the disk takes no writes.
    fn look_for_room(&mut self, error: &StoreError) {
        if needs_room(error) {
            self.disk = Some(error.to_string());
        }
    }

    /// What a held log is like is not known: it is tried again.
    fn tried(&mut self, stream: StreamId, is_held: bool) {
        let Some(chat) = stream.chat() else { return };
        if is_held {
            self.held.insert(chat);
        } else {
            self.held.remove(&chat);
        }
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

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::PathBuf;

    use super::Obstacles;
    use crate::domain::{ChatId, StreamId};
    use crate::store::StoreError;

    fn failing() -> StoreError {
        StoreError::Io {
            doing: "look at",
            path: PathBuf::from("data"),
            error: io::ErrorKind::PermissionDenied.into(),
        }
    }

    #[test]
    fn when_many_boards_are_blocked_each_is_tried_in_its_turn() {
        let obstacles = Obstacles::default();
        for chat in 1..=5 {
            obstacles.note(ChatId(chat).into(), false, &failing());
        }
        obstacles.note(ChatId(3).into(), false, &failing());
        let next = || obstacles.to_try(2).into_iter().map(|chat| chat.0);
        assert!(next().eq([1, 2]));
        assert!(next().eq([3, 4]));
        assert!(next().eq([5, 1]));
        assert!(next().eq([2, 3]));
    }

    #[test]
    fn there_is_nothing_to_wait_for_when_all_boards_can_be_used_again() {
        let obstacles = Obstacles::default();
        obstacles.note(StreamId::Bridge, false, &failing());
        assert!(!obstacles.is_passing(), "who works on it tries it");
        for _ in 0..2 {
            obstacles.note(ChatId(1).into(), false, &failing());
            assert!(obstacles.is_passing());
        }
        obstacles.clear(ChatId(1).into());
        assert!(!obstacles.is_passing());
        obstacles.clear(ChatId(1).into());
        assert!(!obstacles.is_passing());
    }
}
