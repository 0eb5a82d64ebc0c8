//! The trackers of a process: each that is on works, on its own. Here they are told what happened.

mod start;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use fastrand::Rng;
use tokio::select;
use tokio::sync::{Semaphore, watch};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep_until};

use crate::domain::bridge::NotificationTrackerId;
use crate::domain::{ChatId, Position, StreamId};
use crate::engine::Changed;
use crate::store::{FileStatus, Layout};
use crate::telegram::{Crew, Stop, stopped};

use super::boards::Boards;
use super::clerk::Office;
use super::notifications::Notifications;
use super::scan::Scan;
use start::Tracker;

/// How many trackers' rounds run side by side.
const ROUNDS: usize = 4;
/// How often it is looked whether an operator asked for something, or the background found something.
const ASKED_EVERY: Duration = Duration::from_secs(1);
/// Between two scans when no tracker says otherwise: seconds.
const SCAN_INTERVAL: u32 = 60;
/// A scan comes later by up to a quarter of its interval, at most by this.
const LONGEST_JITTER: Duration = Duration::from_secs(30);

/// The trackers at work.
pub struct Desk {
    on: Notifications,
    office: Arc<Office>,
    boards: Arc<Boards>,
    scan: Scan,
    trackers: BTreeMap<NotificationTrackerId, Tracker>,
    tasks: Crew<NotificationTrackerId, ()>,
    stop: watch::Receiver<bool>,
    asked: Option<FileStatus>,
}

impl Desk {
    /// All trackers; none works yet.
    pub fn new(on: Notifications, stop: watch::Receiver<bool>) -> Self {
        let boards = Arc::new(Boards::new(Arc::clone(&on.disk), on.layout.clone()));
        let office = Office {
            courier: Arc::clone(&on.courier),
            changes: on.changes.clone(),
            reports: on.reports.clone(),
            now: on.now,
            rounds: Semaphore::new(ROUNDS),
        };
        Self {
            office: Arc::new(office),
            scan: on.scan(&boards),
            boards,
            on,
            trackers: BTreeMap::new(),
            tasks: Crew::default(),
            stop,
            asked: None,
        }
    }

    /// Has each that is on work, until the process is to stop.
    pub async fn work(&mut self, stop: &mut Stop) {
        self.on.changes.listen();
        self.asked = self.asked();
        self.scan().await;
        self.start_all(true).await;
        let mut rng = Rng::new();
        let mut next_scan = Instant::now() + self.interval(&mut rng);
        let mut next_look = Instant::now() + ASKED_EVERY;
        loop {
            let next_start = self.next_start();
            select! {
                () = stopped(stop) => return,
                Ok(()) = self.on.bridge.changed() => {
                    self.start_all(false).await;
                    next_scan = next_scan.min(Instant::now() + self.interval(&mut rng));
                }
                changed = self.on.changes.next() => self.dispatch(&changed),
                Some((id, ended)) = self.tasks.ended() => self.ended(id, ended, &mut rng).await,
                () = sleep_until(next_start) => self.start_rested().await,
                () = sleep_until(next_look) => {
                    self.look_for_asked();
                    self.wake_refuted();
                    next_look = Instant::now() + ASKED_EVERY;
                }
                () = sleep_until(next_scan) => {
                    let scanned = self.scan().await;
                    let written = scanned.into_iter().map(|chat| (chat, Position::START)).collect();
                    self.dispatch(&Changed { written, ..Changed::default() });
                    self.boards.forget_idle();
                    self.wake_changed();
                    next_scan = Instant::now() + self.interval(&mut rng);
                }
            }
        }
    }

    /// Waits until each has recorded what came of what it sent.
    pub async fn end(&mut self) {
        while self.tasks.ended().await.is_some() {}
    }

    fn dispatch(&self, changed: &Changed) {
        for tracker in self.trackers.values() {
            let followed = tracker.mailbox.followed(changed.written.keys());
            if !followed.is_empty() {
                for chat in &followed {
                    self.boards.note_durable(*chat, changed.written[chat]);
                }
                tracker.mailbox.changed(followed);
            }
            if !changed.heard.is_empty() {
                tracker.mailbox.heard(&changed.heard);
            }
        }
    }

    /// The boards that changed without a word.
    async fn scan(&mut self) -> BTreeSet<ChatId> {
        // What a bug leaves behind is not used again: the new one finds everything changed.
        let fresh = self.on.scan(&self.boards);
        let mut scan = std::mem::replace(&mut self.scan, fresh);
        let looked = spawn_blocking(move || {
            let changed = scan.look();
            (scan, changed)
        });
        let Ok((scan, changed)) = looked.await else {
            tracing::error!("a bug ended the look at which boards changed; it begins anew");
            return BTreeSet::new();
        };
        self.scan = scan;
        changed.unwrap_or_else(|error| {
            tracing::warn!(%error, "it could not be looked which boards changed; it is tried again");
            BTreeSet::new()
        })
    }

    /// The least interval of the trackers that are on, and a bit more by chance.
    fn interval(&self, rng: &mut Rng) -> Duration {
        let bridge = self.on.bridge.borrow();
        let on = bridge.notifiers.iter().filter(|tracker| tracker.enabled);
        let least = on.map(|tracker| tracker.scan_interval).min();
        let interval = Duration::from_secs(least.unwrap_or(SCAN_INTERVAL).max(1).into());
        interval + (interval / 4).min(LONGEST_JITTER).mul_f64(rng.f64())
    }

    /// Wakes trackers to whose streams another process added something, when one says that it did.
    fn look_for_asked(&mut self) {
        let asked = self.asked();
        if asked != self.asked {
            self.asked = asked;
            self.wake_changed();
        }
    }

    /// Wakes trackers whose logs turned out, behind their backs, not to be what their checkpoints say: what is the matter is known as
    /// soon as they look.
    fn wake_refuted(&mut self) {
        let checks = &self.on.long_logs.checks;
        for (id, tracker) in &mut self.trackers {
            let is_refuted = checks.refuted(StreamId::Notifier(*id));
            let was_refuted = std::mem::replace(&mut tracker.is_refuted, is_refuted);
            if is_refuted && !was_refuted {
                tracker.mailbox.changed([]);
            }
        }
    }

    fn asked(&self) -> Option<FileStatus> {
        self.on
            .disk
            .status(&self.on.layout.notifier_bell())
            .ok()
            .flatten()
    }

    fn wake_changed(&self) {
        for (id, tracker) in &self.trackers {
            let path = self
                .on
                .layout
                .stream(StreamId::Notifier(*id))
                .join(Layout::LOG);
            let status = self.on.disk.status(&path).ok().flatten();
            let known = tracker.length.load(Ordering::Relaxed);
            if status.is_some_and(|status| status.len != known) {
                tracker.mailbox.changed([]);
            }
        }
    }
}
