//! Which chats a process wrote to since their snapshots were last known to be whole on disk: one file for each process,
//! `active/{uuid}.jsonl`, locked as long as the process lives. One that nobody locks was left by a process that ended
//! uncleanly; whoever finds it brings the snapshots of its chats up to date. No log depends on these files.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::disk::{Disk, DiskFile, LockGuard, LockMode, OpenMode};
use super::error::{IoContext, StoreError};
use super::layout::Layout;
use super::snapshot::is_absent;
use crate::domain::ChatId;

/// How the files end.
const ENDING: &str = ".jsonl";

#[derive(Serialize, Deserialize)]
struct Entry {
    chat: ChatId,
}

/// The file of this process.
pub struct ActiveFile {
    path: PathBuf,
    file: Box<dyn DiskFile>,
    /// Up to where it is durable.
    len: u64,
    /// Whether there may be something behind that.
    has_failed: bool,
    _guard: LockGuard,
}

impl ActiveFile {
    /// A new file. It has its name only when it is locked, so that nobody takes it for one that was left.
    pub fn create(disk: &dyn Disk, layout: &Layout) -> Result<Self, StoreError> {
        let dir = layout.active_dir();
        disk.create_dir(&dir).at("make", &dir)?;
        let name = Uuid::now_v7();
        let path = dir.join(format!("{name}{ENDING}"));
        let unnamed = dir.join(format!(".tmp-{name}"));
        let file = disk.open(&unnamed, OpenMode::Create).at("make", &unnamed)?;
        let lock = file.lock(LockMode::Exclusive, std::time::Duration::ZERO);
        let _guard = lock.at("lock", &unnamed)?;
        disk.rename(&unnamed, &path).at("rename", &unnamed)?;
        disk.sync_dir(&dir).at("flush", &dir)?;
        disk.sync_dir(layout.root()).at("flush", layout.root())?;
        Ok(Self {
            path,
            file,
            len: 0,
            has_failed: false,
            _guard,
        })
    }

    /// Adds chats, durably.
    pub fn add(&mut self, chats: impl IntoIterator<Item = ChatId>) -> Result<(), StoreError> {
        let lines = lines(chats).at("write to", &self.path)?;
        // What an earlier attempt left is cut off first: its bytes and its length may count as flushed.
        if std::mem::replace(&mut self.has_failed, true) {
            self.file.set_len(self.len).at("cut", &self.path)?;
        }
        let written = self.file.write_at(&lines, self.len);
        written.at("write to", &self.path)?;
        self.file.sync_data().at("flush", &self.path)?;
        self.len += lines.len() as u64;
        self.has_failed = false;
        Ok(())
    }

    /// Removes the file: the snapshots of all its chats are whole, or another file has them.
    pub fn remove(self, disk: &dyn Disk) -> Result<(), StoreError> {
        disk.remove_file(&self.path).at("remove", &self.path)
    }
}

/// The file of a process that ended before it could remove it.
pub struct Orphan {
    path: PathBuf,
    pub chats: Vec<ChatId>,
    _guard: LockGuard,
}

/// A file of which it is not known which chats it names.
pub struct Unreadable {
    pub path: PathBuf,
    pub error: StoreError,
}

impl Orphan {
    /// All that nobody has locked; each that cannot be read is an error of its own, with its path.
    pub fn find(
        disk: &dyn Disk,
        layout: &Layout,
    ) -> Result<Vec<Result<Self, Unreadable>>, StoreError> {
        let dir = layout.active_dir();
        let names = disk.names(&dir).at("list", &dir)?;
        let is_active = |name: &std::ffi::OsString| {
            name.to_str()
                .is_some_and(|name| name.ends_with(ENDING) && !name.starts_with('.'))
        };
        let paths = names
            .into_iter()
            .filter(is_active)
            .map(|name| dir.join(name));
        let take = |path: PathBuf| {
            let taken = Self::take(disk, &path);
            taken
                .map_err(|error| Unreadable { path, error })
                .transpose()
        };
        Ok(paths.filter_map(take).collect())
    }

    fn take(disk: &dyn Disk, path: &Path) -> Result<Option<Self>, StoreError> {
        let file = match disk.open(path, OpenMode::Read) {
            Err(error) if is_absent(&error) => return Ok(None),
            opened => opened.at("open", path)?,
        };
        let _guard = match file.lock(LockMode::Exclusive, std::time::Duration::ZERO) {
            Err(error) if error.kind() == io::ErrorKind::TimedOut => return Ok(None),
            locked => locked.at("lock", path)?,
        };
        let content = match disk.read(path) {
            Err(error) if is_absent(&error) => return Ok(None),
            read => read.at("read", path)?,
        };
        let chats = chats(&content);
        Ok(Some(Self {
            path: path.to_owned(),
            chats,
            _guard,
        }))
    }

    /// Has only these chats left; without any the file is removed. The snapshots of all others are whole. Who took the file
    /// before looks at what it names now.
    pub fn keep(self, disk: &dyn Disk, left: &[ChatId]) -> Result<(), StoreError> {
        if left.is_empty() {
            return disk.remove_file(&self.path).at("remove", &self.path);
        }
        if left.len() == self.chats.len() {
            return Ok(());
        }
        let lines = lines(left.iter().copied()).at("write to", &self.path)?;
        disk.replace(&self.path, &lines, true)
            .at("write to", &self.path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// The chats that some process notes as active: all of them, so that one file that cannot be read is an error.
pub fn noted_chats(disk: &dyn Disk, layout: &Layout) -> Result<BTreeSet<ChatId>, StoreError> {
    let dir = layout.active_dir();
    let mut noted = BTreeSet::new();
    for name in disk.names(&dir).at("list", &dir)? {
        let path = dir.join(name);
        match disk.read(&path) {
            Ok(content) => noted.extend(chats(&content)),
            Err(error) if is_absent(&error) => {}
            Err(error) => return Err(error).at("read", &path),
        }
    }
    Ok(noted)
}

fn lines(chats: impl IntoIterator<Item = ChatId>) -> io::Result<Vec<u8>> {
    let mut lines = Vec::new();
    for chat in chats {
        serde_json::to_writer(&mut lines, &Entry { chat })?;
        lines.push(b'\n');
    }
    Ok(lines)
}

/// Each chat once. A line that was never finished had no write behind it.
fn chats(content: &[u8]) -> Vec<ChatId> {
    let lines = content.split(|byte| *byte == b'\n');
    let entries = lines.filter_map(|line| serde_json::from_slice::<Entry>(line).ok());
    let mut chats: Vec<ChatId> = entries.map(|entry| entry.chat).collect();
    chats.sort_unstable();
    chats.dedup();
    chats
}
