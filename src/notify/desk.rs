//! The trackers of a process: each that is on works, on its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fastrand::Rng;
use tokio::select;
use tokio::sync::{Semaphore, watch};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep_until};

use crate::audit::Reader;
use crate::domain::bridge::NotificationTrackerId;
use crate::domain::{ChatId, StreamId};
use crate::engine::Changed;
use crate::store::{FileStatus, Layout};
use crate::telegram::{Bug, Crew, Stop, stopped};

use super::backoff::Backoff;
use super::boards::Boards;
use super::clerk::{Clerk, Office};
use super::mailbox::Mailbox;
use super::notifications::Notifications;
use super::scan::Scan;
use super::stream::OpenNotifier;
use super::worker::{Order, Worker};

/// How many trackers' rounds run side by side.
const ROUNDS: usize = 4;
/// How often it is looked whether an operator asked for something.
const ASKED_EVERY: Duration = Duration::from_secs(1);
/// Between two scans when no tracker says otherwise: seconds.
const SCAN_INTERVAL: u32 = 60;
/// A scan comes later by up to a quarter of its interval, at most by this.
const LONGEST_JITTER: Duration = Duration::from_secs(30);
/// When the boards could not be listed it is tried again after this.
const AGAIN: Duration = Duration::from_secs(5);
/// When a tracker that a bug ended begins again. One that worked longer than the longest pause has no bugs behind it.
const AFTER_BUG: Backoff = Backoff {
    first: Duration::from_secs(1),
    most: Duration::from_secs(300),
};

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

/// A tracker that works, or rests after a bug.
struct Tracker {
    mailbox: Arc<Mailbox>,
    length: Arc<AtomicU64>,
    /// When it began the last time.
    began: Instant,
    /// Bugs in a row that ended it.
    bugs: u32,
    /// When it begins again; none while it works.
    rests_until: Option<Instant>,
}

impl Tracker {
    fn new() -> Self {
        Self {
            mailbox: Arc::default(),
            length: Arc::default(),
            began: Instant::now(),
            bugs: 0,
            rests_until: None,
        }
    }

    /// Rests after a bug; returns how long.
    fn rest(&mut self, rng: &mut Rng) -> Duration {
        if self.began.elapsed() > AFTER_BUG.most {
            self.bugs = 0;
        }
        self.bugs = self.bugs.saturating_add(1);
        let pause = AFTER_BUG.pause(self.bugs, rng);
        self.rests_until = Some(Instant::now() + pause);
        pause
    }
}

impl Desk {
    /// All trackers; none works yet.
    pub fn new(on: Notifications, stop: watch::Receiver<bool>) -> Self {
        let boards = Arc::new(Boards::new(Arc::clone(&on.disk), on.layout.clone()));
        let office = Office {
            courier: Arc::clone(&on.courier),
            changes: on.changes.clone(),
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
                    next_look = Instant::now() + ASKED_EVERY;
                }
                () = sleep_until(next_scan) => {
                    let written = self.scan().await;
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

    /// Starts every tracker that is on and does not work; at the start also those that may have something left to do.
    async fn start_all(&mut self, is_start: bool) {
        let bridge = Arc::clone(&self.on.bridge.borrow_and_update());
        let on = bridge.notifiers.iter().map(|tracker| tracker.id);
        let mut wanted: BTreeSet<_> = on.filter(|id| Order::of(&bridge, *id).is_some()).collect();
        if is_start {
            let reader = Reader::new(&*self.on.disk, &self.on.layout);
            match reader.notifiers() {
                Ok(known) => wanted.extend(known),
                Err(error) => {
                    tracing::error!(%error, "the notification trackers could not be listed")
                }
            }
        }
        wanted.retain(|id| !self.trackers.contains_key(id));
        self.start(wanted).await;
    }

    /// Starts trackers that do not work. One look at the boards is for all of them.
    async fn start(&mut self, ids: BTreeSet<NotificationTrackerId>) {
        if ids.is_empty() {
            return;
        }
        let boards = Arc::clone(&self.boards);
        let all = match spawn_blocking(move || boards.lengths()).await {
            Ok(Ok(all)) => Some(Arc::new(all)),
            Ok(Err(error)) => {
                tracing::error!(%error, "the boards could not be listed for notification trackers; it is tried again");
                None
            }
            Err(_) => None,
        };
        for id in ids {
            let tracker = self.trackers.entry(id).or_insert_with(Tracker::new);
            let Some(all) = &all else {
                tracker.rests_until = Some(Instant::now() + AGAIN);
                continue;
            };
            tracker.began = Instant::now();
            tracker.rests_until = None;
            tracker.mailbox.all(Arc::clone(all));
            let clerk = Clerk {
                id,
                office: Arc::clone(&self.office),
                bridge: self.on.bridge.clone(),
                mailbox: Arc::clone(&tracker.mailbox),
                length: Arc::clone(&tracker.length),
                stop: self.stop.clone(),
            };
            let stream = OpenNotifier::new(Arc::clone(&self.on.disk), self.on.layout.clone(), id)
                .with_checkpoints(self.on.long_logs.clone());
            let worker = Worker::new(stream, Arc::clone(&self.boards));
            self.tasks.spawn(id, clerk.run(worker));
        }
    }

    /// A tracker has nothing left to do, and may have been switched on meanwhile; or a bug ended it, and it begins again in a while.
    /// What it was sending then is unknown, as after a kill.
    async fn ended(&mut self, id: NotificationTrackerId, ended: Result<(), Bug>, rng: &mut Rng) {
        match (ended, self.trackers.get_mut(&id)) {
            (Err(bug), Some(tracker)) => {
                let pause = tracker.rest(rng);
                self.on.bugs.fetch_add(1, Ordering::Relaxed);
                tracing::error!(tracker = id.0, error = %bug, pause_s = pause.as_secs_f64(), "a notification tracker ended; it begins again after a pause");
            }
            _ => {
                self.trackers.remove(&id);
                self.start_all(false).await;
            }
        }
    }

    /// When the next tracker begins again.
    fn next_start(&self) -> Instant {
        let resting = self
            .trackers
            .values()
            .filter_map(|tracker| tracker.rests_until);
        resting
            .min()
            .unwrap_or_else(|| Instant::now() + AFTER_BUG.most)
    }

    async fn start_rested(&mut self) {
        let now = Instant::now();
        let is_due = |tracker: &Tracker| tracker.rests_until.is_some_and(|until| until <= now);
        let rested = self.trackers.iter().filter(|(_, tracker)| is_due(tracker));
        let rested = rested.map(|(id, _)| *id).collect();
        self.start(rested).await;
    }

    fn dispatch(&self, changed: &Changed) {
        for tracker in self.trackers.values() {
            let followed = tracker.mailbox.followed(&changed.written);
            if !followed.is_empty() {
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
