//! The trackers of a process: each that is on works, on its own. One process at a time works for the trackers of a data directory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fastrand::Rng;
use tokio::select;
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{Instant, sleep_until};

use crate::audit::Reader;
use crate::domain::bridge::{Bridge, NotificationTrackerId};
use crate::domain::{ChatId, StreamId, Timestamp};
use crate::engine::{Changed, Changes};
use crate::store::{Disk, FileStatus, Layout, StoreError};
use crate::telegram::{Stop, stopped, wait_alone};

use super::boards::Boards;
use super::clerk::{Clerk, Office, ended};
use super::letter::Courier;
use super::mailbox::Mailbox;
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

/// What notifications need.
pub struct Notifications {
    pub disk: Arc<dyn Disk>,
    pub layout: Layout,
    pub bridge: watch::Receiver<Arc<Bridge>>,
    pub changes: Changes,
    pub courier: Arc<dyn Courier>,
    pub now: fn() -> Timestamp,
}

/// The trackers at work.
struct Desk {
    on: Notifications,
    office: Arc<Office>,
    boards: Arc<Boards>,
    /// None while it is being used.
    scan: Option<Scan>,
    trackers: BTreeMap<NotificationTrackerId, Tracker>,
    tasks: JoinSet<NotificationTrackerId>,
    stop: watch::Receiver<bool>,
    asked: Option<FileStatus>,
}

struct Tracker {
    mailbox: Arc<Mailbox>,
    length: Arc<AtomicU64>,
}

impl Notifications {
    /// Works until the process is to stop; then what came of everything that was sent is recorded.
    pub async fn run(mut self, stop: &mut Stop) -> Result<(), StoreError> {
        while !self.is_wanted()? {
            select! {
                () = stopped(stop) => return Ok(()),
                Ok(()) = self.bridge.changed() => {}
            }
        }
        let (dir, path) = (self.layout.locks_dir(), self.layout.notifier_lock());
        let say = || {
            tracing::warn!(
                "another process sends the notifications of this data; waiting for it to end"
            )
        };
        let Some(_alone) = wait_alone(Arc::clone(&self.disk), dir, path, stop, say).await? else {
            return Ok(());
        };
        let (tell, told) = watch::channel(false);
        let mut desk = Desk::new(self, told);
        desk.work(stop).await;
        tell.send_replace(true);
        while desk.tasks.join_next().await.is_some() {}
        Ok(())
    }

    /// Whether any tracker is on, or ever was.
    fn is_wanted(&mut self) -> Result<bool, StoreError> {
        let bridge = Arc::clone(&self.bridge.borrow_and_update());
        let mut trackers = bridge.notifiers.iter();
        let is_any_on = trackers.any(|tracker| Order::of(&bridge, tracker.id).is_some());
        let reader = Reader::new(&*self.disk, &self.layout);
        Ok(is_any_on || !reader.notifiers()?.is_empty())
    }
}

impl Desk {
    fn new(on: Notifications, stop: watch::Receiver<bool>) -> Self {
        let boards = Arc::new(Boards::new(Arc::clone(&on.disk), on.layout.clone()));
        let office = Office {
            courier: Arc::clone(&on.courier),
            changes: on.changes.clone(),
            now: on.now,
            rounds: Semaphore::new(ROUNDS),
        };
        let scan = Scan::new(Arc::clone(&on.disk), on.layout.clone(), Arc::clone(&boards));
        Self {
            office: Arc::new(office),
            scan: Some(scan),
            boards,
            on,
            trackers: BTreeMap::new(),
            tasks: JoinSet::new(),
            stop,
            asked: None,
        }
    }

    async fn work(&mut self, stop: &mut Stop) {
        self.on.changes.listen();
        self.asked = self.asked();
        self.scan().await;
        self.start_all(true);
        let mut rng = Rng::new();
        let mut next_scan = Instant::now() + self.interval(&mut rng);
        let mut next_look = Instant::now() + ASKED_EVERY;
        loop {
            select! {
                () = stopped(stop) => return,
                Ok(()) = self.on.bridge.changed() => {
                    self.start_all(false);
                    next_scan = next_scan.min(Instant::now() + self.interval(&mut rng));
                }
                changed = self.on.changes.next() => self.dispatch(&changed),
                Some(ended) = self.tasks.join_next() => self.ended(ended.ok()),
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

    /// Starts every tracker that is on and does not work; at the start also those that may have something left to do.
    fn start_all(&mut self, is_start: bool) {
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
        let lengths = self.scan.as_ref().map(|scan| scan.lengths().clone());
        let all = Arc::new(lengths.unwrap_or_default());
        for id in wanted {
            if !self.trackers.contains_key(&id) {
                self.start(id, Arc::clone(&all));
            }
        }
    }

    fn start(&mut self, id: NotificationTrackerId, all: Arc<BTreeMap<ChatId, u64>>) {
        let tracker = Tracker {
            mailbox: Arc::default(),
            length: Arc::default(),
        };
        tracker.mailbox.all(all);
        let disk = Arc::clone(&self.on.disk);
        let stream = OpenNotifier::new(disk, self.on.layout.clone(), id);
        let worker = Worker::new(stream, Arc::clone(&self.boards));
        let clerk = Clerk {
            id,
            office: Arc::clone(&self.office),
            bridge: self.on.bridge.clone(),
            mailbox: Arc::clone(&tracker.mailbox),
            length: Arc::clone(&tracker.length),
            stop: self.stop.clone(),
        };
        self.tasks.spawn(async move {
            clerk.run(worker).await;
            id
        });
        self.trackers.insert(id, tracker);
    }

    /// A tracker has nothing left to do. It may have been switched on meanwhile.
    fn ended(&mut self, id: Option<NotificationTrackerId>) {
        if let Some(id) = id {
            self.trackers.remove(&id);
        } else {
            tracing::error!("a bug ended a notification tracker; it works again after a restart");
        }
        self.start_all(false);
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
        let Some(mut scan) = self.scan.take() else {
            return BTreeSet::new();
        };
        let looked = spawn_blocking(move || {
            let changed = scan.look();
            (scan, changed)
        });
        let (scan, changed) = match looked.await {
            Ok(looked) => looked,
            Err(error) => ended(error).await,
        };
        self.scan = Some(scan);
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
