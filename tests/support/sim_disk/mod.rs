//! A disk in memory that can fail, lose what was not flushed, and lose the processes that use it.
//!
//! It is harsher than ext4: changes of names are durable by directory, not in one order for the whole disk, and a file
//! that was renamed without a flush may be empty or have holes afterwards.

mod content;
mod file;
mod names;
mod plan;
mod rng;
mod state;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bounty_ledger::store::{Disk, DiskFile, FileId, FileStatus, GroupFlush, OpenMode};

use file::SimFile;
use names::{Change, Node};
use state::State;

pub use plan::{EIO, ENOSPC, Fault, Kind, Plan};
pub use rng::Rng;

/// The disk itself, shared by all processes.
pub struct World {
    state: Mutex<State>,
    /// Something that a waiting lock may wait for.
    changed: Condvar,
}

impl World {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'s>(&self, state: MutexGuard<'s, State>, left: Duration) -> MutexGuard<'s, State> {
        let waited = self.changed.wait_timeout(state, left);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// The disk as one process has it.
#[derive(Clone)]
pub struct SimDisk {
    world: Arc<World>,
    process: u64,
}

impl SimDisk {
    /// An empty disk, and its first process. The seed decides how far writes get that fail.
    pub fn new(seed: u64) -> Self {
        let world = Arc::new(World {
            state: Mutex::new(State::new(seed)),
            changed: Condvar::new(),
        });
        Self { world, process: 0 }.process(None)
    }

    /// The same with a flush for all files at once.
    pub fn with_group_flush(self) -> Self {
        self.world.state().group_flushes = Some(0);
        self
    }

    /// How often all files were flushed at once.
    pub fn group_flushes(&self) -> u64 {
        self.world.state().group_flushes.unwrap_or(0)
    }

    /// A new process on the same disk.
    pub fn process(&self, plan: Option<Plan>) -> Self {
        let mut state = self.world.state();
        let process = state.number();
        state.processes.insert(process, plan::Process::new(plan));
        Self {
            world: Arc::clone(&self.world),
            process,
        }
    }

    /// From now on this process meets this fault, or none.
    pub fn replan(&self, plan: Option<Plan>) {
        let mut state = self.world.state();
        state
            .processes
            .insert(self.process, plan::Process::new(plan));
    }

    /// From now on no process can read the file of this name whole, or every one can again.
    pub fn spoil(&self, path: Option<&Path>) {
        self.world.state().spoilt = path.map(Path::to_owned);
    }

    /// A copy of the disk as it is, with a process that is alive on the copy.
    pub fn copy(&self) -> Self {
        let mut state = self.world.state().clone();
        state.locks.clear();
        let world = Arc::new(World {
            state: Mutex::new(state),
            changed: Condvar::new(),
        });
        Self { world, process: 0 }.process(None)
    }

    /// Ends every process; with the power cut everything that was not flushed may be lost.
    pub fn crash(&self, power_cut: bool, seed: u64) {
        self.world.state().crash(power_cut, &mut Rng::new(seed));
        self.world.changed.notify_all();
    }

    /// Ends this process.
    pub fn kill(&self) {
        self.world.state().kill(self.process);
        self.world.changed.notify_all();
    }

    pub fn is_alive(&self) -> bool {
        let state = self.world.state();
        state
            .processes
            .get(&self.process)
            .is_some_and(|process| process.alive)
    }

    /// What a file seems to hold now. Counts as no operation of any process.
    pub fn content(&self, path: &Path) -> Option<Vec<u8>> {
        let state = self.world.state();
        let inode = state.file(path).ok()?;
        let content = state.files.get(&inode).map(content::Content::cached);
        content.map(<[u8]>::to_vec)
    }

    /// Whether this process met its fault.
    pub fn fired(&self) -> bool {
        let state = self.world.state();
        state
            .processes
            .get(&self.process)
            .is_some_and(|process| process.fired)
    }

    /// Every file below this directory that can be seen now, by its path. Counts as no operation of any process.
    pub fn files(&self, dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let state = self.world.state();
        let mut found = BTreeMap::new();
        let mut dirs = vec![dir.to_owned()];
        while let Some(dir) = dirs.pop() {
            let Ok(Node::Dir(inode)) = state.names.find(&dir) else {
                continue;
            };
            for name in state.names.list(inode) {
                let path = dir.join(name);
                match state.names.find(&path) {
                    Ok(Node::File(inode)) => {
                        let content = state.files.get(&inode).map(content::Content::cached);
                        found.insert(path, content.unwrap_or_default().to_vec());
                    }
                    Ok(Node::Dir(_)) => dirs.push(path),
                    Err(_) => {}
                }
            }
        }
        found
    }

    fn begin(&self, kind: Kind) -> io::Result<(MutexGuard<'_, State>, Option<Fault>)> {
        let mut state = self.world.state();
        let fault = state.begin(self.process, kind);
        // A process that dies here lets go of its locks.
        self.world.changed.notify_all();
        fault.map(|fault| (state, fault))
    }

    fn replace_by(
        &self,
        temporary: &Path,
        path: &Path,
        content: &[u8],
        durable: bool,
    ) -> io::Result<()> {
        let inode = self.begin(Kind::Create)?.0.create(temporary)?;
        let (mut state, fault) = self.begin(Kind::Write)?;
        state.write(inode, content, 0, fault)?;
        drop(state);
        if durable {
            let (mut state, fault) = self.begin(Kind::Flush)?;
            state.flush(self.process, inode, fault)?;
        }
        self.rename(temporary, path)
    }
}

impl Disk for SimDisk {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Box<dyn DiskFile>> {
        let (mut state, _) = self.begin(Kind::Open)?;
        let inode = match state.file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && mode == OpenMode::Create => {
                drop(state);
                state = self.begin(Kind::Create)?.0;
                // Another process may have been quicker.
                match state.file(path) {
                    Ok(inode) => inode,
                    Err(_) => state.create(path)?,
                }
            }
            found => found?,
        };
        let open_file = state.number();
        Ok(Box::new(SimFile {
            world: Arc::clone(&self.world),
            process: self.process,
            open_file,
            inode,
        }))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let (mut state, _) = self.begin(Kind::Read)?;
        if state.spoilt.as_deref() == Some(path) {
            return Err(plan::os_error(EIO));
        }
        let inode = state.file(path)?;
        Ok(state.content(inode).cached().to_vec())
    }

    fn status(&self, path: &Path) -> io::Result<Option<FileStatus>> {
        let (state, _) = self.begin(Kind::Status)?;
        match state.names.find(path) {
            Ok(node) => Ok(Some(state.status(node))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn replace(&self, path: &Path, content: &[u8], durable: bool) -> io::Result<()> {
        let number = self.world.state().number();
        let temporary = path.with_file_name(format!(".tmp-{number}"));
        let replaced = self.replace_by(&temporary, path, content, durable);
        if replaced.is_err() {
            // As `tempfile` does; a process that is dead leaves it behind.
            let _ = self.remove_file(&temporary);
        }
        replaced
    }

    fn replace_private(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        self.replace(path, content, true)
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        let ancestors: Vec<&Path> = path.ancestors().collect();
        for dir in ancestors.into_iter().rev() {
            let (mut state, _) = self.begin(Kind::MakeDir)?;
            match state.names.find(dir) {
                Ok(Node::Dir(_)) => {}
                Ok(Node::File(_)) => return Err(plan::os_error(plan::EEXIST)),
                Err(_) => {
                    let place = state.names.place(dir)?;
                    let inode = state.number();
                    state.names.change(Change::Link(place, Node::Dir(inode)));
                }
            }
        }
        Ok(())
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        let (mut state, _) = self.begin(Kind::FlushDir)?;
        match state.names.find(path)? {
            Node::Dir(inode) => state.names.flush(inode),
            Node::File(_) => return Err(plan::os_error(plan::ENOTDIR)),
        }
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.begin(Kind::Rename)?.0.names.rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        let (mut state, _) = self.begin(Kind::Remove)?;
        state.file(path)?;
        let place = state.names.place(path)?;
        state.names.change(Change::Unlink(place));
        Ok(())
    }

    fn names(&self, path: &Path) -> io::Result<Vec<OsString>> {
        let (state, _) = self.begin(Kind::List)?;
        match state.names.find(path) {
            Ok(Node::Dir(inode)) => Ok(state.names.list(inode)),
            Ok(Node::File(_)) => Err(plan::os_error(plan::ENOTDIR)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn group_flush(&self, _root: &Path) -> io::Result<Option<Box<dyn GroupFlush>>> {
        let state = self.world.state();
        let flush = SimGroupFlush {
            disk: self.clone(),
            told: Mutex::new(state.failed_group_flushes),
        };
        let is_offered = state.group_flushes.is_some();
        Ok(is_offered.then(|| Box::new(flush) as Box<dyn GroupFlush>))
    }
}

/// The whole disk, held open by one process.
struct SimGroupFlush {
    disk: SimDisk,
    /// How many failures it was told of.
    told: Mutex<u64>,
}

impl GroupFlush for SimGroupFlush {
    fn flush(&self) -> io::Result<()> {
        let (mut state, fault) = self.disk.begin(Kind::Flush)?;
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        state.flush_all(self.disk.process, &mut told, fault)
    }

    fn covers(&self, _file: FileId) -> bool {
        true
    }
}
