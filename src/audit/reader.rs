//! The logs of a data directory, read-only.

use std::path::PathBuf;
use std::time::Duration;

use crate::domain::board::{BoardEvent, BoardOpened, ChatMigrated};
use crate::domain::{ChatId, Seq};
use crate::engine::current_chat;
use crate::store::{
    Checkpoint, DamageKind, Disk, EachLine, IoContext, Layout, Line, Position, Rest, Scan,
    StoreError, read_log, seq_after, seq_of,
};

/// How long a writer in the middle of a line is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads the boards of one data directory and changes nothing.
pub struct Reader<'d> {
    pub(super) disk: &'d dyn Disk,
    pub(super) layout: &'d Layout,
}

impl<'d> Reader<'d> {
    /// A reader of this data directory.
    pub fn new(disk: &'d dyn Disk, layout: &'d Layout) -> Self {
        Self { disk, layout }
    }

    /// All chats that have a board, or what is left of one, ascending. A directory without a log, snapshots and a checkpoint is none: a
    /// process ended between making it and the log in it.
    pub fn chats(&self) -> Result<Vec<ChatId>, StoreError> {
        let names = self
            .disk
            .names(self.layout.root())
            .at("list", self.layout.root())?;
        let mut chats: Vec<ChatId> = names
            .iter()
            .filter_map(|name| Layout::chat_of(name))
            .collect();
        chats.retain(|chat| !self.is_empty(*chat));
        chats.sort_unstable();
        Ok(chats)
    }

    /// Whether a chat's directory surely has neither a log nor anything that was made from one.
    fn is_empty(&self, chat: ChatId) -> bool {
        let has_log = !matches!(self.disk.status(&self.log_path(chat)), Ok(None));
        let names = || self.disk.names(&self.layout.chat(chat));
        !has_log && names().is_ok_and(|names| !names.iter().any(|name| Layout::is_claim(name)))
    }

    /// The chat that an id belongs to today.
    pub fn current(&self, chat: ChatId) -> Result<ChatId, StoreError> {
        current_chat(self.disk, self.layout, chat)
    }

    /// The chat's log.
    pub fn log_path(&self, chat: ChatId) -> PathBuf {
        self.layout.chat(chat).join(Layout::LOG)
    }

    /// How large the chat's log is, in bytes; 0 when it has none.
    pub fn log_size(&self, chat: ChatId) -> u64 {
        self.disk
            .status(&self.log_path(chat))
            .ok()
            .flatten()
            .map_or(0, |status| status.len)
    }

    /// Reads the chat's log up to its last valid line. None when it has no log. A log that belongs to another chat is damage.
    pub fn read(
        &self,
        chat: ChatId,
        each: EachLine<'_, BoardEvent>,
    ) -> Result<Option<Scan>, StoreError> {
        let path = self.log_path(chat);
        let mut owner = Owner::default();
        let mut with_owner = |line: Line<'_, BoardEvent>| {
            owner.see(&line.record.event);
            each(line)
        };
        let Some(scan) = read_log(self.disk, &path, PATIENCE, &mut with_owner)? else {
            return Ok(None);
        };
        if scan.end.seq > Seq(0) {
            self.check_owner(chat, owner.chat)?;
        }
        Ok(Some(scan))
    }

    /// Reads the chat's log and fails when it is damaged; a torn tail is no event and is passed over.
    pub fn read_whole(
        &self,
        chat: ChatId,
        each: EachLine<'_, BoardEvent>,
    ) -> Result<Option<Position>, StoreError> {
        let Some(scan) = self.read(chat, each)? else {
            return Ok(None);
        };
        match scan.rest {
            Rest::Damaged(kind) => Err(scan.end.damage(&self.log_path(chat), kind).into()),
            Rest::Nothing | Rest::Torn(_) => Ok(Some(scan.end)),
        }
    }

    /// Refuses a log of another chat; `owner` is the one that its events name.
    pub(super) fn check_owner(
        &self,
        chat: ChatId,
        owner: Option<ChatId>,
    ) -> Result<(), StoreError> {
        if self.belongs(chat, owner) {
            return Ok(());
        }
        let found = owner.map_or_else(|| "unknown".to_owned(), |id| id.to_string());
        Err(Position::START
            .damage(&self.log_path(chat), DamageKind::WrongStream { found })
            .into())
    }

    /// Whether a log whose events name `owner` may stand in the directory of `chat`. While a migration is under way, or when only
    /// the part of a log before it is readable, the two ids differ and the notes in `moved/` connect them.
    pub fn belongs(&self, chat: ChatId, owner: Option<ChatId>) -> bool {
        let Some(owner) = owner else { return false };
        let moved =
            |from: ChatId, to: ChatId| self.current(from).is_ok_and(|current| current == to);
        owner == chat || moved(owner, chat) || moved(chat, owner)
    }

    /// The snapshot files of a chat, each with its content.
    pub(super) fn snapshots(&self, chat: ChatId) -> Result<Vec<SnapshotFile>, StoreError> {
        let dir = self.layout.chat(chat);
        let mut files = Vec::new();
        for name in self
            .disk
            .names(&dir)
            .at("list", &dir)?
            .into_iter()
            .filter(|name| Layout::is_snapshot(name))
        {
            let path = dir.join(&name);
            let content = self.disk.read(&path).at("read", &path)?;
            let name = name.to_string_lossy().into_owned();
            files.push(SnapshotFile {
                name,
                content,
                claimed: None,
            });
        }
        files.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(files)
    }

    /// The checkpoint of a chat, as the snapshot file that it is for who asks how long the log was. None when it is not what
    /// was written, or of another log.
    pub(super) fn checkpoint(&self, chat: ChatId) -> Result<Option<SnapshotFile>, StoreError> {
        let Some((path, seq)) = Checkpoint::claim(self.disk, &self.layout.chat(chat))? else {
            return Ok(None);
        };
        Ok(Some(SnapshotFile {
            name: Layout::CHECKPOINT.to_owned(),
            content: self.disk.read(&path).at("read", &path)?,
            claimed: Some(seq),
        }))
    }

    /// Every file of a chat that tells how long its log was, or must have been made by another program.
    pub(super) fn witnesses(&self, chat: ChatId) -> Result<Vec<SnapshotFile>, StoreError> {
        let mut files = self.snapshots(chat)?;
        files.extend(self.checkpoint(chat)?);
        Ok(files)
    }
}

/// A snapshot file as it is on disk.
pub(super) struct SnapshotFile {
    pub name: String,
    pub content: Vec<u8>,
    /// What a checkpoint reflects, which is not read from its content here.
    claimed: Option<Seq>,
}

impl SnapshotFile {
    /// The last event it reflects; none when it cannot be read as one of ours.
    pub fn seq(&self) -> Option<Seq> {
        self.claimed.or_else(|| seq_of(&self.content))
    }

    /// The same, if that is after this one. Reads no more of the content than it has to.
    pub fn seq_after(&self, seq: Seq) -> Option<Seq> {
        match self.claimed {
            Some(claimed) => Some(claimed).filter(|claimed| *claimed > seq),
            None => seq_after(&self.content, seq),
        }
    }
}

/// Which chat a log belongs to, by its own events.
#[derive(Default)]
struct Owner {
    chat: Option<ChatId>,
}

impl Owner {
    fn see(&mut self, event: &BoardEvent) {
        match event {
            BoardEvent::BoardOpened(BoardOpened { chat_id, .. }) => self.chat = Some(*chat_id),
            BoardEvent::ChatMigrated(ChatMigrated { to, .. }) => self.chat = Some(*to),
            _ => {}
        }
    }
}
