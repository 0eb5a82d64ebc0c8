//! Commits many logs behind one flush.

use std::io;
use std::path::Path;
use std::sync::{Condvar, Mutex};

use crate::store::{FileId, GroupFlush, IoContext, StoreError};

use super::lane::lock;

/// One flush at a time, for all who wait. Whoever comes while one runs waits for the next, which then serves them all.
///
/// Not two beside each other, though that made a tenth more commands: where ext4 has no journal, an inode that could not be written is
/// told to one of them alone (`filemap_check_errors` of the block device clears it; Linux before 6.6 told both).
pub struct SharedFlush {
    flush: Box<dyn GroupFlush>,
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    begun: u64,
    ended: u64,
    running: bool,
    failed: u64,
    error: Option<Failure>,
}

/// What a failed flush said, to be told to each who waited for it.
#[derive(Clone, Copy, Debug)]
pub struct Failure {
    code: Option<i32>,
    kind: io::ErrorKind,
}

/// How many flushes had failed at some moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark(u64);

impl SharedFlush {
    pub fn new(flush: Box<dyn GroupFlush>) -> Self {
        Self {
            flush,
            state: Mutex::default(),
            ended: Condvar::new(),
        }
    }

    /// Whether this file is among those that are flushed.
    pub fn covers(&self, file: FileId) -> bool {
        self.flush.covers(file)
    }

    /// To be taken before the first write of what is flushed together.
    pub fn mark(&self) -> Mark {
        Mark(lock(&self.state).failed)
    }

    /// Makes durable what was written since the mark. Fails also when another's flush failed since then: a failure is
    /// told once and names no file, and these writes may be the ones that it lost.
    pub fn flush(&self, since: Mark) -> Result<(), Failure> {
        let mut state = lock(&self.state);
        let mine = state.begun + 1;
        while state.ended < mine {
            if state.running {
                state = self
                    .ended
                    .wait(state)
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                continue;
            }
            state.running = true;
            state.begun += 1;
            drop(state);
            let flushed = self.flush.flush();
            state = lock(&self.state);
            state.end(flushed);
            self.ended.notify_all();
        }
        match state.error {
            Some(failure) if state.failed != since.0 => Err(failure),
            _ => Ok(()),
        }
    }

    /// The same for everything that is below this directory.
    pub fn flush_all(&self, root: &Path, since: Mark) -> Result<(), StoreError> {
        let flushed = self.flush(since);
        flushed.map_err(Into::into).at("flush", root)
    }
}

impl State {
    fn end(&mut self, flushed: io::Result<()>) {
        self.running = false;
        self.ended = self.begun;
        if let Err(error) = flushed {
            self.failed += 1;
            self.error = Some(Failure {
                code: error.raw_os_error(),
                kind: error.kind(),
            });
        }
    }
}

impl From<Failure> for io::Error {
    fn from(failure: Failure) -> Self {
        match failure.code {
            Some(code) => Self::from_raw_os_error(code),
            None => failure.kind.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::{Arc, Barrier};
    use std::thread;

    use super::SharedFlush;
    use crate::store::{FileId, GroupFlush};

    /// Flushes that are counted; the one with this number fails.
    struct Counted {
        flushes: Arc<AtomicU64>,
        failing: u64,
    }

    impl GroupFlush for Counted {
        fn flush(&self) -> io::Result<()> {
            if self.flushes.fetch_add(1, Ordering::SeqCst) == self.failing {
                return Err(io::Error::from_raw_os_error(5));
            }
            Ok(())
        }

        fn covers(&self, _: FileId) -> bool {
            true
        }
    }

    fn flush(failing: u64) -> (SharedFlush, Arc<AtomicU64>) {
        let flushes = Arc::new(AtomicU64::new(0));
        let counted = Counted {
            flushes: Arc::clone(&flushes),
            failing,
        };
        (SharedFlush::new(Box::new(counted)), flushes)
    }

    #[test]
    fn each_one_who_waits_is_served_by_a_flush_that_began_after_its_write() {
        let (flush, flushes) = flush(u64::MAX);
        let barrier = Barrier::new(8);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    barrier.wait();
                    for _ in 0..50 {
                        let mark = flush.mark();
                        let before = flushes.load(Ordering::SeqCst);
                        flush.flush(mark).expect("none of them fails");
                        assert!(flushes.load(Ordering::SeqCst) > before);
                    }
                });
            }
        });
        assert!(flushes.load(Ordering::SeqCst) <= 400);
    }

    #[test]
    fn a_failure_is_the_failure_of_everything_written_before_it_was_told() {
        let (flush, _) = flush(0);
        let (first, second) = (flush.mark(), flush.mark());
        let failed: io::Error = flush.flush(first).unwrap_err().into();
        assert_eq!(failed.raw_os_error(), Some(5));
        assert!(
            flush.flush(second).is_err(),
            "its pages may be the lost ones"
        );
        assert!(flush.flush(flush.mark()).is_ok());
    }
}
