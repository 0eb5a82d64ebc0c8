//! Which chats this process wrote to since their snapshots were last flushed: noted on disk before the first write, so that
//! a start knows which snapshots a crash may have left behind without looking at all chats.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::sync::{Arc, Mutex};

use crate::domain::ChatId;
use crate::store::{ActiveFile, Disk, IoContext, Layout, OpenMode, StoreError};

use super::flush::Mark;
use super::lane::lock;

/// The file is made anew when it has this many lines more than twice what it needs.
const SLACK: usize = 1_000;

/// That a chat is noted, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    number: u64,
    /// From before the first write to its snapshots that is not known to be durable.
    pub since: Mark,
}

/// The chats that are noted.
pub struct Active {
    disk: Arc<dyn Disk>,
    layout: Layout,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// None while no chat is noted.
    file: Option<ActiveFile>,
    lines: usize,
    chats: HashMap<ChatId, Note>,
    /// Chats whose snapshots a flush may have lost: no later flush of theirs proves anything, for the pages count as clean.
    doubtful: HashSet<ChatId>,
    last: u64,
}

impl Active {
    pub fn new(disk: Arc<dyn Disk>, layout: Layout) -> Self {
        Self {
            disk,
            layout,
            state: Mutex::default(),
        }
    }

    /// Notes chats, durably, before they are written to: after the mark. One that was not settled since it was last noted has snapshots
    /// from then on.
    pub fn note(&self, chats: &[ChatId], mark: Mark) -> Result<Note, StoreError> {
        let mut state = lock(&self.state);
        let file = match &mut state.file {
            Some(file) => file,
            none => none.insert(ActiveFile::create(&*self.disk, &self.layout)?),
        };
        file.add(chats.iter().copied())?;
        state.lines += chats.len();
        state.last += 1;
        let unsettled = chats.iter().filter_map(|chat| state.chats.get(chat));
        let note = Note {
            number: state.last,
            since: unsettled.map(|before| before.since).fold(mark, Mark::min),
        };
        state.chats.extend(chats.iter().map(|chat| (*chat, note)));
        Ok(note)
    }

    /// The flush of these chats' snapshots failed: they stay noted, and the next process writes all of them again.
    pub fn doubt(&self, chats: impl Iterator<Item = ChatId>) {
        lock(&self.state).doubtful.extend(chats);
    }

    /// Forgets chats whose snapshots are whole on disk. One that was noted again meanwhile stays.
    pub fn settle(&self, settled: &HashMap<ChatId, Note>) -> Result<(), StoreError> {
        let mut state = lock(&self.state);
        for (chat, note) in settled {
            if state.chats.get(chat) == Some(note) && !state.doubtful.contains(chat) {
                state.chats.remove(chat);
            }
        }
        let left = state.chats.len();
        if left > 0 && state.lines <= 2 * left + SLACK {
            return Ok(());
        }
        let mut fresh = None;
        if left > 0 {
            let mut file = ActiveFile::create(&*self.disk, &self.layout)?;
            file.add(state.chats.keys().copied())?;
            fresh = Some(file);
        }
        state.lines = left;
        match std::mem::replace(&mut state.file, fresh) {
            Some(file) => file.remove(&*self.disk),
            None => Ok(()),
        }
    }
}

/// Flushes the snapshots of these chats, one file after the other.
pub fn flush_snapshots(
    disk: &dyn Disk,
    layout: &Layout,
    chats: impl Iterator<Item = ChatId>,
) -> Result<(), StoreError> {
    for dir in chats.map(|chat| layout.chat(chat)) {
        let names = disk.names(&dir).at("list", &dir)?;
        let is_snapshot = |name: &&OsString| Layout::is_snapshot(name);
        for path in names.iter().filter(is_snapshot).map(|name| dir.join(name)) {
            let file = disk.open(&path, OpenMode::Read).at("open", &path)?;
            file.sync_data().at("flush", &path)?;
        }
        if !names.is_empty() {
            disk.sync_dir(&dir).at("flush", &dir)?;
        }
    }
    Ok(())
}
