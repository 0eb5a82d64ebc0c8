//! When trackers begin to work, and begin again after a bug.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fastrand::Rng;
use tokio::task::spawn_blocking;
use tokio::time::Instant;

use crate::audit::Reader;
use crate::domain::ChatId;
use crate::domain::bridge::NotificationTrackerId;
use crate::telegram::Bug;

use super::super::backoff::Backoff;
use super::super::clerk::Clerk;
use super::super::mailbox::Mailbox;
use super::super::stream::OpenNotifier;
use super::super::worker::{Order, Worker};
use super::Desk;

/// When the boards could not be listed it is tried again after this.
const AGAIN: Duration = Duration::from_secs(5);
/// When a tracker that a bug ended begins again. One that worked longer than the longest pause has no bugs behind it.
const AFTER_BUG: Backoff = Backoff {
    first: Duration::from_secs(1),
    most: Duration::from_secs(300),
};

/// The boards there are, each with the length of its log.
type Listed = Arc<BTreeMap<ChatId, u64>>;

/// A tracker that works, or rests after a bug.
pub struct Tracker {
    pub mailbox: Arc<Mailbox>,
    pub length: Arc<AtomicU64>,
    /// Whether its checkpoint was refuted at the last look: it was told then.
    pub is_refuted: bool,
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
            is_refuted: false,
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
    /// Starts every tracker that is on and does not work; at the start also those that may have something left to do.
    pub(super) async fn start_all(&mut self, is_start: bool) {
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
        if is_start {
            let expected = wanted.iter().map(|id| id.0).collect();
            self.on.changes.expect(expected);
        }
        wanted.retain(|id| !self.trackers.contains_key(id));
        // What the first scan has listed just now.
        let listed = self.scan.lengths().filter(|_| is_start);
        self.start(wanted, listed).await;
    }

    /// Starts trackers that do not work. One look at the boards is for all of them, unless they were `listed` just now.
    async fn start(&mut self, ids: BTreeSet<NotificationTrackerId>, listed: Option<Listed>) {
        if ids.is_empty() {
            return;
        }
        let all = match listed {
            Some(all) => Some(all),
            None => self.list().await,
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

    async fn list(&self) -> Option<Listed> {
        let boards = Arc::clone(&self.boards);
        match spawn_blocking(move || boards.lengths()).await {
            Ok(Ok(all)) => Some(Arc::new(all)),
            Ok(Err(error)) => {
                tracing::error!(%error, "the boards could not be listed for notification trackers; it is tried again");
                None
            }
            Err(_) => None,
        }
    }

    /// A tracker has nothing left to do, and may have been switched on meanwhile; or a bug ended it, and it begins again in a while.
    /// What it was sending then is unknown, as after a kill.
    pub(super) async fn ended(
        &mut self,
        id: NotificationTrackerId,
        ended: Result<(), Bug>,
        rng: &mut Rng,
    ) {
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
    pub(super) fn next_start(&self) -> Instant {
        let resting = self
            .trackers
            .values()
            .filter_map(|tracker| tracker.rests_until);
        resting
            .min()
            .unwrap_or_else(|| Instant::now() + AFTER_BUG.most)
    }

    pub(super) async fn start_rested(&mut self) {
        let now = Instant::now();
        let is_due = |tracker: &Tracker| tracker.rests_until.is_some_and(|until| until <= now);
        let rested = self.trackers.iter().filter(|(_, tracker)| is_due(tracker));
        let rested = rested.map(|(id, _)| *id).collect();
        self.start(rested, None).await;
    }
}
