//! One poller per bot and data directory.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::domain::BotId;
use crate::store::{Disk, IoContext, Layout, LockGuard, LockMode, OpenMode, StoreError};

use super::poller::{Stop, stopped};

/// How long the lock is waited for before that is said.
const QUIET: Duration = Duration::from_millis(300);

/// Held by the one process that polls a bot on this data directory; it ends with the process.
pub struct PollerLock {
    _guard: LockGuard,
}

impl PollerLock {
    /// Waits until no other process polls this bot, and says that it waits. None when the process is to stop.
    pub async fn wait(
        disk: Arc<dyn Disk>,
        layout: &Layout,
        bot: BotId,
        stop: &mut Stop,
    ) -> Result<Option<Self>, StoreError> {
        let (dir, path) = (layout.locks_dir(), layout.poller_lock(bot));
        let say = || {
            tracing::warn!(bot = bot.0, lock = %path.display(), "another process polls this bot on the same data; waiting for it to end");
        };
        let guard = wait_alone(disk, dir, path.clone(), stop, say).await?;
        Ok(guard.map(|guard| Self { _guard: guard }))
    }
}

/// Waits until no other process holds the lock of the file `path` in `dir`; `say` is called when it is waited for. None when the
/// process is to stop.
pub async fn wait_alone(
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    path: PathBuf,
    stop: &mut Stop,
    say: impl FnOnce(),
) -> Result<Option<LockGuard>, StoreError> {
    disk.create_dir(&dir).at("make", &dir)?;
    let mut locked = start_waiting(disk, path.clone());
    let guard = match timeout(QUIET, &mut locked).await {
        Ok(guard) => guard,
        Err(_) => {
            say();
            tokio::select! {
                guard = locked => guard,
                () = stopped(stop) => return Ok(None),
            }
        }
    };
    // The waiting thread always answers; should it be gone, nothing is locked.
    guard
        .unwrap_or_else(|_| {
            Err(std::io::Error::other("the waiting thread ended")).at("lock", &path)
        })
        .map(Some)
}

/// A thread of its own waits as long as it takes; it must not hold up the end of the process.
fn start_waiting(
    disk: Arc<dyn Disk>,
    path: PathBuf,
) -> oneshot::Receiver<Result<LockGuard, StoreError>> {
    let (sender, receiver) = oneshot::channel();
    thread::spawn(move || {
        let locked = disk.open(&path, OpenMode::Create).and_then(|file| {
            let guard = file.lock(LockMode::Exclusive, Duration::MAX)?;
            Ok(LockGuard::new((guard, file)))
        });
        // When nobody waits any more the lock ends here.
        let _ = sender.send(locked.at("lock", &path));
    });
    receiver
}
