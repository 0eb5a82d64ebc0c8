//! Waiting for a file's lock with a deadline, which `flock` does not have: a thread of its own waits in it.
//!
//! Invariant: however many wait for a file, give up and open it anew, this process has one such thread for each kind of its lock.
//! It ends when it gets the lock, and when nobody waits by then it lets go of it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::disk::{FileId, LockMode};
use super::local::status;

/// The threads that wait now, by what they wait for: of this process, since a log that is opened anew has nothing else in common
/// with the one before.
static WAITERS: Mutex<BTreeMap<(FileId, LockMode), Arc<Waiter>>> = Mutex::new(BTreeMap::new());

/// A thread that waits for a file's lock, and whoever waits for it.
#[derive(Default)]
pub struct Waiter {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// How many wait.
    waiting: usize,
    /// Whether the thread is done.
    over: bool,
    /// What it has for the first who looks.
    locked: Option<Result<File, Errno>>,
}

impl Waiter {
    /// Begins to wait for the lock of this file, which has this path; [`Self::wait`] ends that.
    pub fn join(path: &Path, file: FileId, mode: LockMode) -> io::Result<Arc<Self>> {
        let mut waiters = lock(&WAITERS);
        let waiter = match waiters.get(&(file, mode)) {
            Some(waiter) => Arc::clone(waiter),
            None => {
                let waiter = Self::start(path, file, mode)?;
                waiters.insert((file, mode), Arc::clone(&waiter));
                waiter
            }
        };
        // While all are locked, so that the thread does not end unaware of it.
        lock(&waiter.state).waiting += 1;
        Ok(waiter)
    }

    /// A file that has the lock until it is dropped; none when another who waits got it. `TimedOut` when that takes longer than
    /// `patience`.
    pub fn wait(&self, patience: Duration) -> io::Result<Option<File>> {
        let waited = (self.changed).wait_timeout_while(lock(&self.state), patience, |it| !it.over);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner).0;
        state.waiting -= 1;
        match state.locked.take() {
            Some(locked) => Ok(Some(locked?)),
            None if state.over => Ok(None),
            None => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    /// The thread has an open file of its own: the lock ends with that, so that nobody holds it by mistake.
    fn start(path: &Path, file: FileId, mode: LockMode) -> io::Result<Arc<Self>> {
        let own = File::open(path)?;
        if status(&own.metadata()?).id != file {
            return Err(io::Error::other(
                "the file was replaced while its lock was waited for",
            ));
        }
        let waiter = Arc::new(Self::default());
        let told = Arc::clone(&waiter);
        thread::Builder::new()
            .name("lock-wait".into())
            .spawn(move || {
                let locked = match mode {
                    LockMode::Shared => flock(&own, FlockOperation::LockShared),
                    LockMode::Exclusive => flock(&own, FlockOperation::LockExclusive),
                };
                lock(&WAITERS).remove(&(file, mode));
                told.end(locked.map(|()| own));
            })?;
        Ok(waiter)
    }

    /// The thread is done, and nobody begins to wait for it any more.
    fn end(&self, locked: Result<File, Errno>) {
        let mut state = lock(&self.state);
        state.over = true;
        state.locked = (state.waiting > 0).then_some(locked);
        self.changed.notify_all();
    }
}

/// A panic leaves what these protect usable: each change of it is one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::ErrorKind;
    use std::path::{Path, PathBuf};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::{Duration, Instant};

    use tempfile::TempDir;

    use crate::store::{Disk, DiskFile, LocalDisk, LockGuard, LockMode, OpenMode};

    const LIMIT: Duration = Duration::from_secs(60);
    const SHORT: Duration = Duration::from_millis(1);

    fn log() -> (TempDir, PathBuf) {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().canonicalize().expect("a path").join("log");
        (dir, path)
    }

    fn open(path: &Path) -> Box<dyn DiskFile> {
        let opened = LocalDisk::default().open(path, OpenMode::Create);
        opened.expect("a file")
    }

    fn take(file: &dyn DiskFile, patience: Duration) -> LockGuard {
        let locked = file.lock(LockMode::Exclusive, patience);
        locked.expect("the lock")
    }

    #[track_caller]
    fn give_up(file: &dyn DiskFile, mode: LockMode) {
        let given_up = file.lock(mode, SHORT).err().map(|error| error.kind());
        assert_eq!(given_up, Some(ErrorKind::TimedOut));
    }

    /// How often this process has a file open.
    #[cfg(target_os = "linux")]
    fn times_open(path: &Path) -> usize {
        let open = fs::read_dir("/proc/self/fd").expect("descriptors");
        let targets = open.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
        targets.filter(|target| target == path).count()
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn whoever_gives_up_and_opens_it_anew_leaves_one_waiter_which_ends_when_the_lock_is_free() {
        let (_dir, path) = log();
        let holder = open(&path);
        let held = take(&*holder, Duration::ZERO);
        for _ in 0..20 {
            let waiting = open(&path);
            give_up(&*waiting, LockMode::Exclusive);
            give_up(&*waiting, LockMode::Exclusive);
            give_up(&*open(&path), LockMode::Shared);
        }
        assert_eq!(times_open(&path), 3, "the holder's, and for each kind one");
        drop(held);
        let begun = Instant::now();
        while times_open(&path) > 1 {
            assert!(begun.elapsed() < LIMIT, "somebody waits still");
            thread::sleep(SHORT);
        }
        drop(take(&*holder, LIMIT));
    }

    #[test]
    fn what_a_waiter_got_while_nobody_waited_is_let_go() {
        let (_dir, path) = log();
        let (holder, waiting) = (open(&path), open(&path));
        let held = take(&*holder, Duration::ZERO);
        give_up(&*waiting, LockMode::Exclusive);
        drop(held);
        for file in [&holder, &waiting] {
            drop(take(&**file, LIMIT));
        }
    }

    #[test]
    fn one_who_gave_up_and_waits_again_gets_the_lock_and_keeps_it() {
        let (_dir, path) = log();
        let (holder, waiting) = (open(&path), open(&path));
        let held = take(&*holder, Duration::ZERO);
        give_up(&*waiting, LockMode::Exclusive);
        let (tell, told) = channel();
        let thread = thread::spawn(move || {
            let got = waiting.lock(LockMode::Exclusive, LIMIT);
            tell.send(got.is_ok()).expect("heard");
            got
        });
        assert!(told.recv_timeout(Duration::from_millis(20)).is_err());
        drop(held);
        assert_eq!(told.recv_timeout(LIMIT), Ok(true));
        let again = holder.lock(LockMode::Exclusive, Duration::ZERO);
        assert!(again.is_err(), "it is held");
        drop(thread.join().expect("no panic"));
        drop(take(&*holder, LIMIT));
    }

    #[test]
    fn all_who_wait_get_the_lock_one_after_the_other() {
        let (_dir, path) = log();
        let holder = open(&path);
        let held = take(&*holder, Duration::ZERO);
        let (inside, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let file = open(&path);
                    let _guard = take(&*file, LIMIT);
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    thread::sleep(SHORT);
                    inside.fetch_sub(1, Ordering::SeqCst);
                    done.fetch_add(1, Ordering::SeqCst);
                });
            }
            thread::sleep(Duration::from_millis(20));
            assert_eq!(done.load(Ordering::SeqCst), 0, "it is held");
            drop(held);
        });
        assert_eq!(done.load(Ordering::SeqCst), 8);
    }
}
