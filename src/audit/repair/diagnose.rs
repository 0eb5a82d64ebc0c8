//! What is wrong with a log, and what a repair would do about it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use super::ids::{free_after_checkpoint, free_after_lines, free_after_snapshot};
use crate::audit::reader::{Reader, SnapshotFile};
use crate::audit::rebuild::snapshot_files;
use crate::domain::board::{
    Board, BoardEvent, BoardOpened, BoardRepaired, ChatKind, ChatMigrated, board_file_name,
};
use crate::domain::{BountyId, ChatId, Seq};
use crate::store::{
    Damage, DamageKind, HeldLog, Layout, Line, Position, Rest, StoreError, kept_name,
};

/// A chat whose files were looked at for a repair.
#[derive(Debug)]
pub struct Diagnosis {
    pub chat: ChatId,
    /// The last valid event.
    pub end: Position,
    pub finding: Finding,
    /// The board as of the last valid event.
    pub(super) board: Board,
    /// The snapshots that have to leave their places: each is set aside, or was by an earlier repair.
    pub(super) obsolete: Vec<String>,
}

/// What was found.
#[derive(Debug)]
pub enum Finding {
    /// Nothing is wrong.
    Whole,
    /// An unfinished write stands at the end: the bot sets it aside itself.
    Torn { bytes: u64 },
    /// An earlier repair was interrupted when the log was done and the snapshots were not.
    Unfinished,
    /// The log is damaged, and this is the way out.
    Damaged(Box<Plan>),
}

/// What a repair does.
#[derive(Debug)]
pub struct Plan {
    pub damage: Damage,
    /// What is copied to files of its own, in the order of [`BoardRepaired::set_aside`].
    pub aside: Vec<Aside>,
    /// The lowest id that the next bounty may get.
    pub next_id: BountyId,
    /// The event that must name the stream again, because its line is not among those that are kept.
    pub(super) naming: Option<BoardEvent>,
}

/// Bytes that are set aside.
#[derive(Debug)]
pub struct Aside {
    /// The file in the chat's directory that holds them.
    pub source: String,
    pub from: AsideFrom,
    pub content: Vec<u8>,
    /// The file that they are copied to.
    pub name: String,
}

/// Which part of a file is set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsideFrom {
    /// The log, from this byte on.
    Log { offset: u64 },
    /// A whole snapshot, or the checkpoint, that reflects this event; none when it cannot be read.
    Snapshot { seq: Option<Seq> },
}

impl Reader<'_> {
    /// Looks at a chat's files for a repair; nothing is changed. `log` is none when the chat has no log. None when there is
    /// nothing of this chat. Fails for what cannot be repaired here.
    pub(super) fn diagnose(
        &self,
        chat: ChatId,
        log: Option<&HeldLog<'_>>,
    ) -> Result<Option<Diagnosis>, StoreError> {
        // The checkpoint among them.
        let snapshots = self.witnesses(chat.into())?;
        let path = self.log_path(chat);
        let mut past = Past::default();
        let (mut end, mut rest) = (Position::START, Rest::Nothing);
        if let Some(log) = log {
            let scan = log.scan(&mut |line| past.see(&line))?;
            (end, rest) = (scan.end, scan.rest);
        } else if snapshots.is_empty() {
            return Ok(None);
        } else if let Some(foreign) = all_foreign(&snapshots) {
            let path = self.layout.chat(chat).join(foreign);
            return Err(StoreError::Foreign { path });
        }
        if end.seq > Seq(0) {
            self.check_owner(chat.into(), past.board.chat_id().map(Into::into))?;
        }

        let (old, snapshots) = past.split(snapshots, end);
        let damage = match &rest {
            Rest::Damaged(kind) => Some(end.damage(&path, kind.clone())),
            Rest::Nothing | Rest::Torn(_) => {
                self.lost_events(chat.into(), &snapshots, end, log.is_some())
            }
        };
        let is_unfinished = !old.is_empty() || past.wants_snapshots(&snapshots, end);
        let mut obsolete = old;
        let finding = match (damage, &rest) {
            (Some(damage), _) if matches!(damage.kind, DamageKind::Unknown(_)) => {
                return Err(damage.into());
            }
            (Some(damage), _) => {
                let naming = naming_event(self, chat, &past.board, &snapshots)?;
                let mut aside: Vec<Aside> = log_aside(log, &rest, end)?.into_iter().collect();
                aside.extend(snapshots_aside(snapshots, end));
                let is_snapshot = |aside: &&Aside| aside.source != Layout::LOG;
                obsolete.extend(
                    aside
                        .iter()
                        .filter(is_snapshot)
                        .map(|one| one.source.clone()),
                );
                Finding::Damaged(Box::new(Plan {
                    damage,
                    next_id: free_after(&past.board, &aside),
                    aside,
                    naming,
                }))
            }
            (None, _) if is_unfinished => Finding::Unfinished,
            (None, Rest::Torn(bytes)) => Finding::Torn {
                bytes: bytes.len() as u64,
            },
            (None, _) => Finding::Whole,
        };
        Ok(Some(Diagnosis {
            chat,
            end,
            finding,
            board: past.board,
            obsolete,
        }))
    }
}

/// What the valid events say, as far as a repair asks.
#[derive(Default)]
struct Past {
    board: Board,
    /// The files that repairs have set aside.
    set_aside: BTreeSet<String>,
    /// Whether the last event is a repair.
    ends_in_repair: bool,
}

impl Past {
    fn see(&mut self, line: &Line<'_, BoardEvent>) -> ControlFlow<()> {
        self.board.evolve(line.record);
        self.ends_in_repair = matches!(line.record.event, BoardEvent::BoardRepaired(_));
        if let BoardEvent::BoardRepaired(BoardRepaired { set_aside, .. }) = &line.record.event {
            self.set_aside.extend(set_aside.iter().cloned());
        }
        ControlFlow::Continue(())
    }

    /// Tells the snapshots that an earlier repair has set aside, and could not remove, from the others.
    fn split(
        &self,
        snapshots: Vec<SnapshotFile>,
        end: Position,
    ) -> (Vec<String>, Vec<SnapshotFile>) {
        let current = snapshot_files(&self.board, end);
        let is_old = |file: &SnapshotFile| {
            self.set_aside.contains(&snapshot_name(file))
                && current.get(&file.name) != Some(&file.content)
        };
        let (old, others): (Vec<_>, Vec<_>) = snapshots.into_iter().partition(is_old);
        (old.into_iter().map(|file| file.name).collect(), others)
    }

    /// Whether the snapshots that a repair writes at its end are not there: nothing happened since.
    fn wants_snapshots(&self, snapshots: &[SnapshotFile], end: Position) -> bool {
        let present: BTreeMap<_, _> = snapshots
            .iter()
            .map(|file| (&file.name, &file.content))
            .collect();
        let is_missing = |(name, content)| present.get(name) != Some(&content);
        self.ends_in_repair && snapshot_files(&self.board, end).iter().any(is_missing)
    }
}

/// When no snapshot reflects an event, another program's files are there: the name of one.
fn all_foreign(snapshots: &[SnapshotFile]) -> Option<&str> {
    let is_ours = snapshots.iter().any(|file| file.seq().is_some());
    let first = snapshots.first().filter(|_| !is_ours)?;
    Some(&first.name)
}

/// The part of the log that cannot stay.
fn log_aside(
    log: Option<&HeldLog<'_>>,
    rest: &Rest,
    end: Position,
) -> Result<Option<Aside>, StoreError> {
    let (stem, content) = match (log, rest) {
        (Some(log), Rest::Damaged(_)) => ("damaged", log.bytes_from(end.offset)?),
        (_, Rest::Torn(bytes)) => ("torn", bytes.clone()),
        _ => return Ok(None),
    };
    let stem = format!("{}.{stem}", Layout::LOG);
    Ok(Some(Aside {
        source: Layout::LOG.to_owned(),
        from: AsideFrom::Log { offset: end.offset },
        name: kept_name(&stem, end.offset, &content),
        content,
    }))
}

/// The snapshots that the kept events cannot give again: newer ones, and those that cannot be read.
fn snapshots_aside(snapshots: Vec<SnapshotFile>, end: Position) -> impl Iterator<Item = Aside> {
    let is_lost = move |file: &SnapshotFile| file.seq().is_none_or(|seq| seq > end.seq);
    snapshots.into_iter().filter(is_lost).map(|file| Aside {
        name: snapshot_name(&file),
        from: AsideFrom::Snapshot { seq: file.seq() },
        source: file.name,
        content: file.content,
    })
}

fn snapshot_name(file: &SnapshotFile) -> String {
    let stem = format!("{}{}", file.name, Layout::SET_ASIDE);
    kept_name(&stem, file.seq().unwrap_or(Seq(0)).0, &file.content)
}

/// The lowest id that was given neither in what is kept nor, as far as it can be read, in what is set aside.
fn free_after(board: &Board, aside: &[Aside]) -> BountyId {
    let read = |aside: &Aside| match aside.from {
        AsideFrom::Log { .. } => free_after_lines(&aside.content),
        AsideFrom::Snapshot { .. } if aside.source == Layout::CHECKPOINT => {
            free_after_checkpoint(&aside.content)
        }
        AsideFrom::Snapshot { .. } => free_after_snapshot(&aside.content),
    };
    let lost = aside.iter().map(read).max();
    lost.map_or(board.next_id(), |lost| lost.max(board.next_id()))
}

/// The first event of a log of which nothing is kept, or the migration whose line is not kept: without it the log would not
/// belong into its directory.
fn naming_event(
    reader: &Reader<'_>,
    chat: ChatId,
    board: &Board,
    snapshots: &[SnapshotFile],
) -> Result<Option<BoardEvent>, StoreError> {
    let Some(owner) = board.chat_id() else {
        return Ok(Some(BoardEvent::BoardOpened(BoardOpened {
            chat_id: chat,
            kind: kind_of(chat, snapshots),
            title: None,
        })));
    };
    let has_moved = owner != chat && reader.current(owner)? == chat;
    Ok(has_moved.then_some(BoardEvent::ChatMigrated(ChatMigrated {
        from: owner,
        to: chat,
    })))
}

/// Whose board it was, by the name of its snapshot; by the chat's id when there is none.
fn kind_of(chat: ChatId, snapshots: &[SnapshotFile]) -> ChatKind {
    let has = |kind| {
        let name = board_file_name(kind);
        snapshots.iter().any(|file| file.name == name)
    };
    match (has(ChatKind::Group), has(ChatKind::Private)) {
        (true, false) => ChatKind::Group,
        (false, true) => ChatKind::Private,
        _ if chat.is_group() => ChatKind::Group,
        _ => ChatKind::Private,
    }
}
