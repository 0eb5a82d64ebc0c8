//! The notifications of a process. One process at a time works for the trackers of a data directory.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use tokio::select;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::audit::Reader;
use crate::domain::Timestamp;
use crate::domain::bridge::Bridge;
use crate::engine::{Changes, LongLogs, Reports};
use crate::store::{Disk, Layout, LockGuard, StoreError};
use crate::telegram::{Stop, stopped, wait_alone};

use super::boards::Boards;
use super::desk::Desk;
use super::letter::Courier;
use super::scan::Scan;
use super::worker::Order;

/// When what is needed to begin could not be had it is tried again after this.
const AGAIN: Duration = Duration::from_secs(5);

/// What notifications need.
pub struct Notifications {
    pub disk: Arc<dyn Disk>,
    pub layout: Layout,
    pub bridge: watch::Receiver<Arc<Bridge>>,
    pub changes: Changes,
    pub long_logs: LongLogs,
    /// Told of every tracker whether it can go on.
    pub reports: Reports,
    pub courier: Arc<dyn Courier>,
    pub now: fn() -> Timestamp,
    /// Counts the trackers that a bug ended.
    pub bugs: Arc<AtomicU64>,
}

impl Notifications {
    /// From now on nothing is missed that comes from a chat; [`Self::run`] is to follow.
    pub fn hear(&self) {
        self.changes.hear_all();
    }

    /// Works until the process is to stop; then what came of everything that was sent is recorded.
    pub async fn run(mut self, stop: &mut Stop) {
        let _alone = loop {
            match self.begin(stop).await {
                Ok(Some(alone)) => break alone,
                Ok(None) => return,
                Err(error) => {
                    tracing::error!(%error, "no notifications are sent; it is tried again");
                    select! {
                        () = stopped(stop) => return,
                        () = sleep(AGAIN) => {}
                    }
                }
            }
        };
        let (tell, told) = watch::channel(false);
        let mut desk = Desk::new(self, told);
        desk.work(stop).await;
        tell.send_replace(true);
        desk.end().await;
    }

    /// Waits until there is something to do, and until no other process does it; none when the process is to stop before.
    async fn begin(&mut self, stop: &mut Stop) -> Result<Option<LockGuard>, StoreError> {
        while !self.is_wanted()? {
            // A tracker that is yet to be made waits for no chat.
            self.changes.expect(BTreeSet::new());
            select! {
                () = stopped(stop) => return Ok(None),
                Ok(()) = self.bridge.changed() => {}
            }
        }
        let (dir, path) = (self.layout.locks_dir(), self.layout.notifier_lock());
        let say = || {
            tracing::warn!(
                "another process sends the notifications of this data; waiting for it to end"
            )
        };
        wait_alone(Arc::clone(&self.disk), dir, path, stop, say).await
    }

    pub(super) fn scan(&self, boards: &Arc<Boards>) -> Scan {
        Scan::new(
            Arc::clone(&self.disk),
            self.layout.clone(),
            Arc::clone(boards),
        )
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
