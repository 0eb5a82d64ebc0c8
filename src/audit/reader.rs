//! The logs of a data directory, read-only.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::bridge::NotificationTrackerId;
use crate::domain::{ChatId, Event, Seq, StreamId};
use crate::engine::current_chat;
use crate::store::{
    Checkpoint, DamageKind, Disk, EachLine, HeldLog, IoContext, Layout, Line, OpenMode, Position,
    Rest, Scan, StoreError, read_log, seq_after, seq_of,
};

/// How long a writer in the middle of a line is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads the streams of one data directory and changes nothing.
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
        chats.retain(|chat| !self.is_empty((*chat).into()));
        chats.sort_unstable();
        Ok(chats)
    }

    /// All streams: the chats, then the bridge if there is one, then the notification trackers.
    pub fn streams(&self) -> Result<Vec<StreamId>, StoreError> {
        let bridge = (!self.is_empty(StreamId::Bridge)).then_some(StreamId::Bridge);
        let chats = self.chats()?.into_iter().map(StreamId::Chat);
        let notifiers = self.notifiers()?.into_iter().map(StreamId::Notifier);
        Ok(chats.chain(bridge).chain(notifiers).collect())
    }

    /// All notification trackers that have a stream, removed ones too, ascending.
    pub fn notifiers(&self) -> Result<Vec<NotificationTrackerId>, StoreError> {
        let root = self.layout.root();
        let names = self.disk.names(root).at("list", root)?;
        let trackers = names.iter().filter_map(|name| Layout::notifier_of(name));
        let mut trackers: Vec<_> = trackers
            .filter(|tracker| !self.is_empty(StreamId::Notifier(*tracker)))
            .collect();
        trackers.sort_unstable();
        Ok(trackers)
    }

    /// Whether a stream's directory surely has neither a log nor anything that was made from one.
    fn is_empty(&self, stream: StreamId) -> bool {
        let has_log = !matches!(self.disk.status(&self.log_path(stream)), Ok(None));
        let names = || self.disk.names(&self.layout.stream(stream));
        !has_log && names().is_ok_and(|names| !names.iter().any(|name| Layout::is_claim(name)))
    }

    /// The chat that an id belongs to today.
    pub fn current(&self, chat: ChatId) -> Result<ChatId, StoreError> {
        current_chat(self.disk, self.layout, chat)
    }

    /// The stream's log.
    pub fn log_path(&self, stream: impl Into<StreamId>) -> PathBuf {
        self.layout.stream(stream.into()).join(Layout::LOG)
    }

    /// How large the stream's log is, in bytes; 0 when it has none.
    pub fn log_size(&self, stream: impl Into<StreamId>) -> u64 {
        self.disk
            .status(&self.log_path(stream))
            .ok()
            .flatten()
            .map_or(0, |status| status.len)
    }

    /// Reads the stream's log up to its last valid line. None when it has no log. A log that belongs to another stream is damage, and no
    /// line of the other stream goes to `each`.
    pub fn read<E: Event>(
        &self,
        stream: impl Into<StreamId>,
        each: EachLine<'_, E>,
    ) -> Result<Option<Scan>, StoreError> {
        let stream = stream.into();
        let path = self.log_path(stream);
        let (mut owner, mut given, mut is_doubtful) = (None, Seq(0), false);
        let mut while_owned = |line: Line<'_, E>| {
            let named = line.record.event.stream();
            owner = named.or(owner);
            if (named.is_some() || owner.is_none()) && !self.belongs(stream, owner) {
                is_doubtful = true;
                return ControlFlow::Break(());
            }
            given = line.end.seq;
            each(line)
        };
        let scan = read_log(self.disk, &path, PATIENCE, &mut while_owned)?;
        if !is_doubtful {
            if scan.as_ref().is_some_and(|scan| scan.end.seq > Seq(0)) {
                self.check_owner(stream, owner)?;
            }
            return Ok(scan);
        }
        // A later line may name the stream, as when only the notes of a migration are lost.
        self.check_owner(stream, self.last_owner::<E>(&path)?)?;
        read_log(self.disk, &path, PATIENCE, &mut |line: Line<'_, E>| {
            if line.end.seq <= given {
                return ControlFlow::Continue(());
            }
            each(line)
        })
    }

    /// The stream that a log names last.
    fn last_owner<E: Event>(&self, path: &Path) -> Result<Option<StreamId>, StoreError> {
        let mut owner = None;
        read_log(self.disk, path, PATIENCE, &mut |line: Line<'_, E>| {
            owner = line.record.event.stream().or(owner);
            ControlFlow::Continue(())
        })?;
        Ok(owner)
    }

    /// Reads the stream's log and fails when it is damaged; a torn tail is no event and is passed over.
    pub fn read_whole<E: Event>(
        &self,
        stream: StreamId,
        each: EachLine<'_, E>,
    ) -> Result<Option<Position>, StoreError> {
        let Some(scan) = self.read(stream, each)? else {
            return Ok(None);
        };
        match scan.rest {
            Rest::Damaged(kind) => Err(scan.end.damage(&self.log_path(stream), kind).into()),
            Rest::Nothing | Rest::Torn(_) => Ok(Some(scan.end)),
        }
    }

    /// Refuses a log of another stream; `owner` is the one that its events name.
    pub(super) fn check_owner(
        &self,
        stream: StreamId,
        owner: Option<StreamId>,
    ) -> Result<(), StoreError> {
        if self.belongs(stream, owner) {
            return Ok(());
        }
        let found = owner.map_or_else(|| "unknown".to_owned(), |id| id.to_string());
        Err(Position::START
            .damage(&self.log_path(stream), DamageKind::WrongStream { found })
            .into())
    }

    /// Whether a log whose events name `owner` may stand in the directory of `stream`. While a migration is under way, or when only
    /// the part of a log before it is readable, the two ids differ and the notes in `moved/` connect them.
    pub fn belongs(&self, stream: StreamId, owner: Option<StreamId>) -> bool {
        let moved =
            |from: ChatId, to: ChatId| self.current(from).is_ok_and(|current| current == to);
        match (stream, owner) {
            (StreamId::Chat(chat), Some(StreamId::Chat(owner))) => {
                owner == chat || moved(owner, chat) || moved(chat, owner)
            }
            _ => owner == Some(stream),
        }
    }

    /// Nobody writes to the stream meanwhile. None when it has no log, or its lock is not to be had.
    pub(super) fn hold(&self, stream: StreamId) -> Option<HeldLog<'_>> {
        let dir = self.layout.stream(stream);
        let held = HeldLog::open(self.disk, &dir, OpenMode::Read, PATIENCE);
        held.ok().flatten()
    }

    /// The snapshot files of a stream, each with its content.
    pub(super) fn snapshots(&self, stream: StreamId) -> Result<Vec<SnapshotFile>, StoreError> {
        let dir = self.layout.stream(stream);
        let mut names = self.disk.names(&dir).at("list", &dir)?;
        names.retain(|name| Layout::is_snapshot(name));
        names.sort_unstable();
        self.read_snapshots(stream, &names)
    }

    /// Those of these names that are there.
    fn read_snapshots(
        &self,
        stream: StreamId,
        names: &[impl AsRef<OsStr>],
    ) -> Result<Vec<SnapshotFile>, StoreError> {
        let dir = self.layout.stream(stream);
        let mut files = Vec::new();
        for name in names {
            let path = dir.join(name.as_ref());
            match self.disk.read(&path) {
                Ok(content) => files.push(SnapshotFile {
                    name: name.as_ref().to_string_lossy().into_owned(),
                    content,
                    claimed: None,
                }),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error).at("read", &path),
            }
        }
        Ok(files)
    }

    /// The checkpoint of a stream, as the snapshot file that it is for who asks how long the log was. None when it is not what
    /// was written, or of another log.
    pub(super) fn checkpoint(&self, stream: StreamId) -> Result<Option<SnapshotFile>, StoreError> {
        let Some(claim) = Checkpoint::claim(self.disk, &self.layout.stream(stream))? else {
            return Ok(None);
        };
        Ok(Some(SnapshotFile {
            name: Layout::CHECKPOINT.to_owned(),
            content: self.disk.read(&claim.path).at("read", &claim.path)?,
            claimed: Some(claim.seq),
        }))
    }

    /// The main snapshot and the checkpoint: they reflect the last event that any snapshot does, or nearly.
    pub(super) fn main_witnesses(&self, stream: StreamId) -> Result<Vec<SnapshotFile>, StoreError> {
        let mut files = self.read_snapshots(stream, Layout::main_files(stream))?;
        files.extend(self.checkpoint(stream)?);
        Ok(files)
    }

    /// Every file of a stream that tells how long its log was, or must have been made by another program.
    pub(super) fn witnesses(&self, stream: StreamId) -> Result<Vec<SnapshotFile>, StoreError> {
        let mut files = self.snapshots(stream)?;
        files.extend(self.checkpoint(stream)?);
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
