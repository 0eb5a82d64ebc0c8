//! The way out of damage: what can be kept is kept, the rest is set aside, and the log says so.
//!
//! The order of the steps makes a repair safe to interrupt anywhere and to do again:
//! 1. what cannot stay is copied to files of its own, durably: the log is as damaged as before;
//! 2. a new log, of the kept lines and the event, takes the place of the old one in one rename, durably;
//! 3. the snapshots that were set aside are removed, durably, then the others written: the event names them, so a later repair goes on.
//!
//! All is done under the log's lock; the new log's is held before it has the log's name, and to the end.

mod diagnose;
mod ids;

use std::time::Duration;

use super::reader::Reader;
use super::rebuild::{Rebuilt, put_all};
use crate::domain::board::{Board, BoardEvent, BoardRepaired};
use crate::domain::{Actor, Cause, ChatId, Timestamp};
use crate::engine::add_line;
use crate::store::{Disk, HeldLog, IoContext, Layout, OpenMode, Position, StoreError};

pub use diagnose::{Aside, AsideFrom, Diagnosis, Finding, Plan};

/// How long a running bot's lock on a log is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A repair that was done, or found nothing to do.
#[derive(Debug)]
pub struct Repaired {
    /// What was found before.
    pub diagnosis: Diagnosis,
    /// The last event now.
    pub end: Position,
    /// The snapshots that were written; none when nothing was done.
    pub snapshots: Option<Rebuilt>,
}

/// Who repairs, and when.
#[derive(Clone, Debug)]
pub struct Operator {
    /// The name of the OS user.
    pub name: String,
    pub now: Timestamp,
}

/// The chat whose directory has the board of this id: its own while that has files, also when a migration is under way;
/// otherwise where the notes in `moved/` lead.
pub fn damaged_chat(disk: &dyn Disk, layout: &Layout, chat: ChatId) -> Result<ChatId, StoreError> {
    let reader = Reader::new(disk, layout);
    let log = reader.log_path(chat);
    let has_files = disk.status(&log).at("look at", &log)?.is_some()
        || !reader.witnesses(chat.into())?.is_empty();
    if has_files {
        Ok(chat)
    } else {
        reader.current(chat)
    }
}

/// Says what a repair would do; changes nothing. None when there is nothing of this chat; fails for what cannot be repaired here.
pub fn diagnose(
    disk: &dyn Disk,
    layout: &Layout,
    chat: ChatId,
) -> Result<Option<Diagnosis>, StoreError> {
    let log = HeldLog::open(disk, &layout.chat(chat), OpenMode::Read, PATIENCE)?;
    Reader::new(disk, layout).diagnose(chat, log.as_ref())
}

/// Repairs a chat's log; safe beside a running bot, which goes on with the repaired board. Done twice is done once.
pub fn repair(
    disk: &dyn Disk,
    layout: &Layout,
    chat: ChatId,
    operator: &Operator,
) -> Result<Option<Repaired>, StoreError> {
    let (dir, reader) = (layout.chat(chat), Reader::new(disk, layout));
    let Some(log) = HeldLog::open(disk, &dir, OpenMode::ReadWrite, PATIENCE)? else {
        return match reader.diagnose(chat, None)? {
            Some(diagnosis) => begin_anew(disk, layout, diagnosis, operator).map(Some),
            None => Ok(None),
        };
    };
    let Some(diagnosis) = reader.diagnose(chat, Some(&log))? else {
        return Ok(None);
    };
    apply(disk, layout, log, diagnosis, operator).map(Some)
}

/// An empty log is made, for its lock. Beside snapshots it is as damaged as none.
fn begin_anew(
    disk: &dyn Disk,
    layout: &Layout,
    missing: Diagnosis,
    operator: &Operator,
) -> Result<Repaired, StoreError> {
    let dir = layout.chat(missing.chat);
    let moved = || StoreError::Moved {
        path: dir.join(Layout::LOG),
    };
    let log = HeldLog::open(disk, &dir, OpenMode::Create, PATIENCE)?.ok_or_else(moved)?;
    let held = Reader::new(disk, layout).diagnose(missing.chat, Some(&log))?;
    let mut diagnosis = held.ok_or_else(moved)?;
    if let (Finding::Damaged(plan), Finding::Damaged(missing)) =
        (&mut diagnosis.finding, missing.finding)
    {
        plan.damage = missing.damage;
    }
    apply(disk, layout, log, diagnosis, operator)
}

fn apply(
    disk: &dyn Disk,
    layout: &Layout,
    log: HeldLog<'_>,
    diagnosis: Diagnosis,
    operator: &Operator,
) -> Result<Repaired, StoreError> {
    let (mut board, mut end) = (diagnosis.board.clone(), diagnosis.end);
    let held = match &diagnosis.finding {
        Finding::Whole | Finding::Torn { .. } => {
            return Ok(Repaired {
                diagnosis,
                end,
                snapshots: None,
            });
        }
        Finding::Unfinished => log,
        Finding::Damaged(plan) => {
            for aside in &plan.aside {
                log.keep(&aside.name, &aside.content)?;
            }
            log.sync_dir()?;
            let lines = lines(plan, &mut board, &mut end, operator)?;
            log.replace(diagnosis.end.offset, &lines, PATIENCE)?
        }
    };
    let dir = layout.chat(diagnosis.chat);
    for name in &diagnosis.obsolete {
        let path = dir.join(name);
        disk.remove_file(&path).at("remove", &path)?;
    }
    // Otherwise a power cut could bring them back, and the log would look too short again.
    held.sync_dir()?;
    let snapshots = put_all(disk, &dir, &board, end).map(Some)?;
    Ok(Repaired {
        diagnosis,
        end,
        snapshots,
    })
}

/// The lines of the repair's events; `board` and `end` follow.
fn lines(
    plan: &Plan,
    board: &mut Board,
    end: &mut Position,
    operator: &Operator,
) -> Result<Vec<u8>, StoreError> {
    let name = || operator.name.clone();
    let repaired = BoardEvent::BoardRepaired(BoardRepaired {
        kept_seq: end.seq,
        set_aside: plan.aside.iter().map(|one| one.name.clone()).collect(),
        next_id: plan.next_id,
    });
    let naming = plan.naming.clone();
    let events = naming
        .map(|event| (Actor::System {}, Cause::System {}, event))
        .into_iter()
        .chain([(
            Actor::Operator {
                name: name().into(),
            },
            Cause::Cli { user: name() },
            repaired,
        )]);
    let too_long = |bytes| StoreError::LineTooLong {
        path: plan.damage.path.clone(),
        bytes,
    };
    let mut lines = Vec::new();
    for (actor, cause, event) in events {
        let record = add_line(&mut lines, end, operator.now, actor, cause, event);
        board.evolve(&record.map_err(too_long)?);
    }
    Ok(lines)
}
