//! The whole disk behind one mutex.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bounty_ledger::store::{FileId, FileStatus, LockMode};

use super::content::Content;
use super::names::{Change, Names, Node};
use super::plan::{EIO, Fault, Kind, Process, os_error};
use super::rng::Rng;

/// A lock that an open file holds.
#[derive(Clone, Debug)]
pub struct Held {
    pub guard: u64,
    pub inode: u64,
    pub open_file: u64,
    pub process: u64,
    pub mode: LockMode,
}

#[derive(Clone, Debug)]
pub struct State {
    pub files: BTreeMap<u64, Content>,
    pub names: Names,
    pub locks: Vec<Held>,
    pub processes: BTreeMap<u64, Process>,
    pub rng: Rng,
    /// Whether the disk offers one flush for all files, and how many there were.
    pub group_flushes: Option<u64>,
    pub failed_group_flushes: u64,
    /// A file that cannot be read.
    pub spoilt: Option<PathBuf>,
    last_number: u64,
}

impl State {
    pub fn new(seed: u64) -> Self {
        Self {
            files: BTreeMap::new(),
            names: Names::default(),
            locks: Vec::new(),
            processes: BTreeMap::new(),
            rng: Rng::new(seed),
            group_flushes: None,
            failed_group_flushes: 0,
            spoilt: None,
            last_number: 0,
        }
    }

    /// A number never used before, for inodes, open files, guards and processes.
    pub fn number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    /// Lets an operation happen, or fail. The faults that it gets back are those that do a part of it.
    pub fn begin(&mut self, process: u64, kind: Kind) -> io::Result<Option<Fault>> {
        let entry = self.processes.get_mut(&process);
        let entry = entry
            .filter(|entry| entry.alive)
            .ok_or_else(|| io::Error::other("this process is dead"))?;
        match entry.meet(kind) {
            None => Ok(None),
            Some(Fault::Fail(code)) => Err(os_error(code)),
            Some(Fault::LostFlush) if kind != Kind::Flush => Err(os_error(EIO)),
            Some(Fault::Freeze) => {
                self.kill(process);
                if kind == Kind::Write {
                    Ok(Some(Fault::Freeze))
                } else {
                    Err(os_error(EIO))
                }
            }
            part => Ok(part),
        }
    }

    /// SIGKILL: what was written stays in the cache, locks are let go.
    pub fn kill(&mut self, process: u64) {
        if let Some(entry) = self.processes.get_mut(&process) {
            entry.alive = false;
        }
        self.locks.retain(|held| held.process != process);
    }

    /// Ends every process, and with the power cut the cache.
    pub fn crash(&mut self, power_cut: bool, rng: &mut Rng) {
        self.processes
            .values_mut()
            .for_each(|process| process.alive = false);
        self.locks.clear();
        if power_cut {
            self.names.lose_power(rng);
            self.files
                .values_mut()
                .for_each(|content| content.lose_power(rng));
        }
    }

    /// An existing file's inode.
    pub fn file(&self, path: &Path) -> io::Result<u64> {
        match self.names.find(path)? {
            Node::File(inode) => Ok(inode),
            Node::Dir(_) => Err(os_error(super::plan::EISDIR)),
        }
    }

    /// A new, empty file under this name.
    pub fn create(&mut self, path: &Path) -> io::Result<u64> {
        let place = self.names.place(path)?;
        let inode = self.number();
        self.files.insert(inode, Content::default());
        self.names.change(Change::Link(place, Node::File(inode)));
        Ok(inode)
    }

    pub fn content(&mut self, inode: u64) -> &mut Content {
        self.files.entry(inode).or_default()
    }

    /// Writes, or does a part of it when the fault says so.
    pub fn write(
        &mut self,
        inode: u64,
        content: &[u8],
        offset: u64,
        fault: Option<Fault>,
    ) -> io::Result<()> {
        let at = usize::try_from(offset).map_err(io::Error::other)?;
        let Some(fault) = fault else {
            self.content(inode).write(content, at);
            return Ok(());
        };
        let part = self.rng.below(content.len() as u64 + 1);
        let part = usize::try_from(part).map_err(io::Error::other)?;
        self.content(inode).write(&content[..part], at);
        Err(match fault {
            Fault::ShortWrite(code) => os_error(code),
            _ => os_error(EIO),
        })
    }

    /// Flushes a file for this process, or fails half-way.
    pub fn flush(&mut self, process: u64, inode: u64, fault: Option<Fault>) -> io::Result<()> {
        let mut rng = Rng::new(self.rng.next());
        let content = self.content(inode);
        if fault.is_some() {
            content.fail_flush(&mut rng);
            return Err(os_error(EIO));
        }
        content.flush();
        if content.take_untold() {
            self.meet_untold(process);
            return Err(os_error(EIO));
        }
        Ok(())
    }

    /// A flush that failed for another process is told to this one: a fault that it meets.
    fn meet_untold(&mut self, process: u64) {
        if let Some(entry) = self.processes.get_mut(&process) {
            entry.fired = true;
        }
    }

    /// Flushes every file and every name for this process, or fails half-way. `told` is how many failures its open file was
    /// told of: each is told to each one that has the disk open, once.
    pub fn flush_all(
        &mut self,
        process: u64,
        told: &mut u64,
        fault: Option<Fault>,
    ) -> io::Result<()> {
        self.group_flushes = self.group_flushes.map(|count| count + 1);
        let mut rng = Rng::new(self.rng.next());
        if fault.is_some() {
            self.files
                .values_mut()
                .for_each(|content| content.fail_group_flush(&mut rng));
            self.failed_group_flushes += 1;
            *told = self.failed_group_flushes;
            return Err(os_error(EIO));
        }
        self.files.values_mut().for_each(Content::flush);
        self.names.flush_all();
        if std::mem::replace(told, self.failed_group_flushes) != self.failed_group_flushes {
            self.meet_untold(process);
            return Err(os_error(EIO));
        }
        Ok(())
    }

    pub fn status(&self, node: Node) -> FileStatus {
        let (inode, len, changes) = match node {
            Node::File(inode) => {
                let content = self.files.get(&inode);
                let seen = content.map(|content| (content.cached().len(), content.changes()));
                let (len, changes) = seen.unwrap_or_default();
                (inode, len, changes)
            }
            Node::Dir(inode) => (inode, 0, self.last_number),
        };
        FileStatus {
            id: FileId { device: 1, inode },
            len: len as u64,
            modified: SystemTime::UNIX_EPOCH + Duration::from_secs(changes),
        }
    }
}
