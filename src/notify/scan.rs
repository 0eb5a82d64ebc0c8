//! Which boards changed: the safety net below what the engine of this process tells at once.
//!
//! Every process notes the chats that it writes to while their snapshots are not settled, so that most looks are at those alone. When
//! a process came or went meanwhile, its notes may be gone, and when a chat got another id its old one is noted nowhere: then the logs of
//! all boards are looked at, once; and so they are as long as the notes of some process cannot be read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::domain::ChatId;
use crate::store::{Disk, IoContext, Layout, StoreError, noted_chats};

use super::boards::Boards;

/// A directory that changed less than this ago may change again without another time.
const FRESH: Duration = Duration::from_secs(2);

/// What is known of the boards' logs.
pub struct Scan {
    disk: Arc<dyn Disk>,
    layout: Layout,
    boards: Arc<Boards>,
    /// Of all boards there are; none before they were listed.
    lengths: Option<Arc<BTreeMap<ChatId, u64>>>,
    /// When processes last came or went and when a chat last got another id, as far as that is certain.
    noted: Option<[SystemTime; 2]>,
    /// Whether it was said that notes cannot be read.
    complained: bool,
}

impl Scan {
    pub fn new(disk: Arc<dyn Disk>, layout: Layout, boards: Arc<Boards>) -> Self {
        Self {
            disk,
            layout,
            boards,
            lengths: None,
            noted: None,
            complained: false,
        }
    }

    /// The boards there are, each with the length of its log, as of the last look.
    pub fn lengths(&self) -> Option<Arc<BTreeMap<ChatId, u64>>> {
        self.lengths.clone()
    }

    /// The boards that changed since the last look.
    pub fn look(&mut self) -> Result<BTreeSet<ChatId>, StoreError> {
        let noted = [
            self.modified(&self.layout.active_dir())?,
            self.modified(&self.layout.moved_dir())?,
        ];
        if self.noted == Some(noted)
            && let Some(chats) = self.noted_chats()
        {
            return Ok(self.look_at(chats));
        }
        let is_old = |time: &SystemTime| time.elapsed().is_ok_and(|ago| ago > FRESH);
        let is_certain = noted.iter().all(is_old);
        let changed = self.look_at_all()?;
        self.noted = Some(noted).filter(|_| is_certain);
        Ok(changed)
    }

    fn modified(&self, dir: &Path) -> Result<SystemTime, StoreError> {
        let status = self.disk.status(dir).at("look at", dir)?;
        Ok(status.map_or(SystemTime::UNIX_EPOCH, |status| status.modified))
    }

    /// The chats that processes note; none when that is not known.
    fn noted_chats(&mut self) -> Option<BTreeSet<ChatId>> {
        let noted = noted_chats(&*self.disk, &self.layout);
        let complained = std::mem::replace(&mut self.complained, noted.is_err());
        if let Err(error) = &noted
            && !complained
        {
            tracing::warn!(%error, "it is not known which boards other processes write to; until it is, the logs of all are looked at");
        }
        noted.ok()
    }

    fn look_at(&mut self, chats: BTreeSet<ChatId>) -> BTreeSet<ChatId> {
        let boards = Arc::clone(&self.boards);
        let lengths = boards.lengths_of(chats.into_iter());
        let changed = lengths.filter(|(chat, len)| self.note(*chat, *len));
        changed.map(|(chat, _)| chat).collect()
    }

    fn look_at_all(&mut self) -> Result<BTreeSet<ChatId>, StoreError> {
        let now = Arc::new(self.boards.lengths()?);
        let before = self.lengths.replace(Arc::clone(&now)).unwrap_or_default();
        let known = before.keys().chain(now.keys());
        let changed = known.filter(|chat| before.get(chat) != now.get(chat));
        Ok(changed.copied().collect())
    }

    /// Takes note of a log's length; true when it is another than before.
    fn note(&mut self, chat: ChatId, len: Option<u64>) -> bool {
        let lengths = Arc::make_mut(self.lengths.get_or_insert_default());
        let before = match len {
            Some(len) => lengths.insert(chat, len),
            None => lengths.remove(&chat),
        };
        before != len
    }
}
