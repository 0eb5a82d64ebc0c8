//! Brings the snapshots up to date that processes left behind which ended uncleanly: in a thread of its own, for there can be
//! many of them.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::domain::ChatId;
use crate::store::{Orphan, StoreError, Unreadable};

use super::board::OpenBoard;
use super::lane::lock;
use super::monitor::Lag;
use super::names::current_chat;
use super::publish::publish;
use super::pulse::{FIRST, interval};
use super::worker::Shared;

/// The chats whose snapshots a crash left behind, and that could not be written yet.
#[derive(Default)]
pub struct Unadopted(Mutex<Option<(usize, Instant)>>);

impl Unadopted {
    /// So many are left.
    fn are(&self, left: usize) {
        let mut known = lock(&self.0);
        let since = known.map_or_else(Instant::now, |(_, since)| since);
        *known = (left > 0).then_some((left, since));
    }

    /// How many are left, and for how long there have been some.
    pub fn lag(&self) -> Lag {
        lock(&self.0).map_or_else(Lag::default, |(waiting, since)| Lag {
            waiting,
            overdue: since.elapsed(),
        })
    }
}

/// Runs until the engine closes.
pub fn run(shared: &Shared) {
    let every = interval(&shared.settings);
    let mut wait = every.min(FIRST);
    let mut complained = BTreeSet::new();
    while shared.adoption.rest(wait) {
        shared.adopt_all(&mut complained);
        wait = every;
    }
}

impl Shared {
    /// `complained`: the files of which it was said that they cannot be read, so that it is said once.
    fn adopt_all(&self, complained: &mut BTreeSet<PathBuf>) {
        let found = match Orphan::find(&*self.disk, &self.layout) {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, "snapshots that a crash may have left behind could not be looked for; it is tried again");
                return;
            }
        };
        let named = found.iter().flatten().flat_map(|orphan| &orphan.chats);
        self.unadopted.are(named.collect::<HashSet<_>>().len());
        let (mut unreadable, mut left, mut whole) = (BTreeSet::new(), 0, HashSet::new());
        for found in found {
            match found {
                Ok(orphan) => left += self.adopt(orphan, &mut whole),
                Err(Unreadable { path, error }) => {
                    if !complained.contains(&path) {
                        tracing::warn!(%error, "the snapshots of some chats that a crash may have left behind are not known; it is tried again");
                    }
                    unreadable.insert(path);
                }
            }
        }
        *complained = unreadable;
        self.unadopted.are(left);
    }

    /// Returns how many chats are left. `whole`: those whose snapshots were made durable since the processes were found to have ended:
    /// many that ended one after the other may have written to the same chats.
    fn adopt(&self, orphan: Orphan, whole: &mut HashSet<ChatId>) -> usize {
        let (begun, chats) = (Instant::now(), orphan.chats.len());
        let since = self.mark();
        let (mut done, mut left) = (Vec::new(), Vec::new());
        for (index, chat) in orphan.chats.iter().enumerate() {
            if self.is_closing() {
                return chats - done.len();
            }
            if whole.contains(chat) {
                continue;
            }
            match self.adopt_chat(*chat) {
                // A damaged log has no newer snapshots to be written; whoever uses the chat is told.
                Ok(()) | Err(StoreError::Damaged(_) | StoreError::Foreign { .. }) => {
                    done.push(*chat);
                }
                Err(error) => {
                    tracing::warn!(chat = chat.0, %error, "a snapshot that a crash may have left behind could not be written; it is tried again");
                    left.push(*chat);
                    if !matches!(error, StoreError::Busy { .. }) {
                        self.note_obstacle(*chat, false, &error);
                    }
                    // There is no room for the others either. They are tried when there is.
                    if self.stats.obstacles.disk().is_some() {
                        left.extend(&orphan.chats[index + 1..]);
                        break;
                    }
                }
            }
        }
        if chats > 0 && left.len() == chats {
            return chats;
        }
        let flushed = self.flush_snapshots(done.iter().copied(), since);
        match flushed.and_then(|()| orphan.keep(&*self.disk, &left)) {
            Ok(()) => {
                if !done.is_empty() {
                    let (chats, seconds) = (done.len(), begun.elapsed().as_secs_f64());
                    tracing::info!(
                        chats,
                        seconds,
                        "another process ended uncleanly; the snapshots of its chats are up to date"
                    );
                }
                whole.extend(done);
                left.len()
            }
            Err(error) => {
                tracing::warn!(%error, "snapshots could not be flushed; it is tried again");
                self.reports().tell_disk(&error);
                chats
            }
        }
    }

    /// Beside the threads that may work on this very chat: the log's lock keeps them apart, as it does other processes.
    fn adopt_chat(&self, chat: ChatId) -> Result<(), StoreError> {
        let chat = current_chat(&*self.disk, &self.layout, chat)?;
        let disk = Arc::clone(&self.disk);
        let checkpoints = self.long_logs.checkpoints(chat.into());
        let mut open = OpenBoard::new(disk, &self.layout, chat, checkpoints);
        open.doubt_snapshots();
        // A log that somebody holds is tried again: all other chats would wait for it too.
        let published = publish(&mut open, Duration::ZERO);
        if let Some(check) = open.checkpoints.take_unverified() {
            self.long_logs.checks.add(check);
        }
        match published {
            // It was moved just now, and whoever moved it writes its snapshots.
            Err(StoreError::Moved { .. }) => Ok(()),
            published => published,
        }
    }
}
