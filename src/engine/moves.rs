//! The groups' changes of id that are not carried out yet: under way, or failed and to be tried again.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::domain::ChatId;
use crate::store::StoreError;

use super::lane::lock;
use super::migrate::Migration;

/// What this process knows of them. The notes in `moved/` say it to others, but a disk that is full takes none.
#[derive(Default)]
pub struct Moves {
    /// By the old id.
    left: Mutex<BTreeMap<ChatId, Left>>,
    /// How many there are: so that a command takes no lock when there is none.
    count: AtomicUsize,
}

struct Left {
    migration: Migration,
    /// Whether somebody has to repair something first.
    is_stuck: bool,
}

impl Moves {
    /// A group has a new id. What was told of it first stands, as in the notes.
    pub fn begin(&self, migration: &Migration) {
        self.change(|left| {
            left.entry(migration.from).or_insert_with(|| Left {
                migration: migration.clone(),
                is_stuck: false,
            });
        });
    }

    /// What came of an attempt.
    pub fn tried(&self, from: ChatId, failed: Option<&StoreError>) {
        self.change(|left| match (failed, left.get_mut(&from)) {
            (None, _) => {
                left.remove(&from);
            }
            (Some(error), Some(tried)) => {
                tried.is_stuck =
                    matches!(error, StoreError::Damaged(_) | StoreError::Foreign { .. });
            }
            (Some(_), None) => {}
        });
    }

    /// The old ids.
    pub fn chats(&self) -> Vec<ChatId> {
        lock(&self.left).keys().copied().collect()
    }

    /// Those that come before whatever is asked of this chat: from its id, and to it. A board under an old id that has to be repaired keeps
    /// nobody from going on under the new one.
    pub fn before(&self, chat: ChatId) -> Vec<Migration> {
        if self.count.load(Relaxed) == 0 {
            return Vec::new();
        }
        let left = lock(&self.left);
        let comes_before = |left: &&Left| {
            let Migration { from, to, .. } = left.migration;
            from == chat || (to == chat && !left.is_stuck)
        };
        let before = left.values().filter(comes_before);
        before.map(|left| left.migration.clone()).collect()
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<ChatId, Left>)) {
        let mut left = lock(&self.left);
        change(&mut left);
        self.count.store(left.len(), Relaxed);
    }
}
