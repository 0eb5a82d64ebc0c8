//! An open file, and its lock.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bounty_ledger::store::{DiskFile, FileStatus, LockGuard, LockMode};

use super::World;
use super::names::Node;
use super::plan::Kind;
use super::state::{Held, State};

/// An open file of one process. When that process is dead, everything fails.
pub struct SimFile {
    pub(super) world: Arc<World>,
    pub(super) process: u64,
    pub(super) open_file: u64,
    pub(super) inode: u64,
}

impl DiskFile for SimFile {
    fn status(&self) -> io::Result<FileStatus> {
        let mut state = self.world.state();
        state.begin(self.process, Kind::Status)?;
        Ok(state.status(Node::File(self.inode)))
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut state = self.world.state();
        state.begin(self.process, Kind::Read)?;
        let from = usize::try_from(offset).map_err(io::Error::other)?;
        let content = state.content(self.inode).cached();
        let rest = content.get(from..).unwrap_or_default();
        let read = rest.len().min(buffer.len());
        buffer[..read].copy_from_slice(&rest[..read]);
        Ok(read)
    }

    fn write_at(&self, content: &[u8], offset: u64) -> io::Result<()> {
        let mut state = self.world.state();
        let fault = state.begin(self.process, Kind::Write)?;
        state.write(self.inode, content, offset, fault)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.world.state();
        state.begin(self.process, Kind::SetLen)?;
        let len = usize::try_from(len).map_err(io::Error::other)?;
        state.content(self.inode).set_len(len);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.world.state();
        let fault = state.begin(self.process, Kind::Flush)?;
        state.flush(self.process, self.inode, fault)
    }

    fn lock(&self, mode: LockMode, patience: Duration) -> io::Result<LockGuard> {
        let begun = Instant::now();
        let mut state = self.world.state();
        state.begin(self.process, Kind::Lock)?;
        while !self.is_free(&state, mode) {
            let left = patience.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            state = self.world.wait(state, left);
            let alive = state
                .processes
                .get(&self.process)
                .map(|process| process.alive);
            if alive != Some(true) {
                return Err(io::Error::other("this process is dead"));
            }
        }
        let guard = state.number();
        state.locks.push(Held {
            guard,
            inode: self.inode,
            open_file: self.open_file,
            process: self.process,
            mode,
        });
        Ok(LockGuard::new(Unlock {
            world: Arc::clone(&self.world),
            guard,
        }))
    }
}

impl SimFile {
    fn is_free(&self, state: &State, mode: LockMode) -> bool {
        state.locks.iter().all(|held| {
            held.inode != self.inode
                || held.open_file == self.open_file
                || (held.mode == LockMode::Shared && mode == LockMode::Shared)
        })
    }
}

/// Lets go of a lock.
struct Unlock {
    world: Arc<World>,
    guard: u64,
}

impl Drop for Unlock {
    fn drop(&mut self) {
        self.world
            .state()
            .locks
            .retain(|held| held.guard != self.guard);
        self.world.changed.notify_all();
    }
}
