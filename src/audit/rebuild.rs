//! Makes every snapshot again from the log alone.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::board::{Board, BoardEvent, ChatKind, board_file, list_file};
use crate::domain::{ChatId, Seq};
use crate::engine::board_file_name;
use crate::store::{DamageKind, Disk, IoContext, Layout, Line, Log, Position, StoreError};

use super::reader::Reader;

/// How long a running bot's lock on a log is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// What was made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    pub end: Position,
    /// How many files were written because they were missing or other.
    pub written: usize,
    /// How many were right already.
    pub unchanged: usize,
}

/// Makes the snapshots of one chat again, in its own directory, under the log's lock: safe beside a running bot.
/// None when the chat has no log.
pub fn rebuild(
    disk: &Arc<dyn Disk>,
    layout: &Layout,
    chat: ChatId,
) -> Result<Option<Rebuilt>, StoreError> {
    let mut log = Log::<BoardEvent>::new(Arc::clone(disk), layout.chat(chat));
    let mut board = Board::default();
    let Some(locked) = log.lock(false, PATIENCE, &mut |record| board.evolve(record))? else {
        return Ok(None);
    };
    let end = locked.end();
    refuse_other_chat(&board, layout, chat)?;
    let reader = Reader::new(&**disk, layout);
    reader.refuse_lost_events(chat, &reader.witnesses(chat)?, end, true)?;
    put_all(&**disk, &layout.chat(chat), &board, end).map(Some)
}

/// Makes the snapshots of one chat in another directory; nothing is changed in the data directory.
pub fn rebuild_into(
    reader: &Reader<'_>,
    chat: ChatId,
    out: &Path,
) -> Result<Option<Rebuilt>, StoreError> {
    // Before the log: a snapshot never runs ahead of it, but the log may grow while this reads.
    let witnesses = reader.witnesses(chat)?;
    let mut board = Board::default();
    let end = reader.read_whole(chat, &mut |line: Line<'_, BoardEvent>| {
        board.evolve(line.record);
        ControlFlow::Continue(())
    })?;
    let reached = end.unwrap_or(Position::START);
    reader.refuse_lost_events(chat, &witnesses, reached, end.is_some())?;
    let Some(end) = end else { return Ok(None) };
    let dir = out.join(chat.to_string());
    reader.disk.create_dir(&dir).at("make", &dir)?;
    put_all(reader.disk, &dir, &board, end).map(Some)
}

/// The snapshot files of a board that is at `end`, by their names.
pub fn snapshot_files(board: &Board, end: Position) -> BTreeMap<String, Vec<u8>> {
    let Some(kind) = board.kind() else {
        return BTreeMap::new();
    };
    let own = board_file(board, end.head.as_str())
        .map(|content| (board_file_name(kind).to_owned(), content));
    let lists = board.lists().filter(|_| kind == ChatKind::Group);
    lists
        .map(|(user, list)| (Layout::list_file(user), list_file(user, list)))
        .chain(own)
        .collect()
}

/// Writes the snapshot files of a board that are missing or other.
pub(super) fn put_all(
    disk: &dyn Disk,
    dir: &Path,
    board: &Board,
    end: Position,
) -> Result<Rebuilt, StoreError> {
    let mut rebuilt = Rebuilt {
        end,
        written: 0,
        unchanged: 0,
    };
    for (name, content) in snapshot_files(board, end) {
        let path = dir.join(name);
        if disk.read(&path).is_ok_and(|present| present == content) {
            rebuilt.unchanged += 1;
        } else {
            disk.replace(&path, &content, false).at("write", &path)?;
            rebuilt.written += 1;
        }
    }
    Ok(rebuilt)
}

fn refuse_other_chat(board: &Board, layout: &Layout, chat: ChatId) -> Result<(), StoreError> {
    if board.seq() == Seq(0) || board.chat_id() == Some(chat) {
        return Ok(());
    }
    let found = board
        .chat_id()
        .map_or_else(|| "unknown".to_owned(), |id| id.to_string());
    let path = layout.chat(chat).join(Layout::LOG);
    Err(Position::START
        .damage(&path, DamageKind::WrongStream { found })
        .into())
}
