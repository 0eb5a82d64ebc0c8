//! Writes a board's snapshot files.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::Seq;
use crate::domain::board::{Board, ChatKind, board_file, list_file};
use crate::store::{Disk, IoContext, Layout, Position, StoreError, publish as put};

use super::board::OpenBoard;

/// Brings the snapshot files up to the log's last event, under the log's lock. The board's own file is written last, so
/// that its `seq` says that the tracking lists up to it are there too.
pub fn publish(open: &mut OpenBoard, patience: Duration) -> Result<(), StoreError> {
    let (disk, dir, published) = (Arc::clone(&open.disk), open.dir.clone(), open.published);
    let Some(held) = open.lock(false, patience)? else {
        return Ok(());
    };
    let (end, seq) = (held.locked.end(), held.board.seq());
    if published == Some(end.seq) || seq == Seq(0) {
        return Ok(());
    }
    write_files(&*disk, &dir, held.board, &end, published)?;
    drop(held);
    open.published = Some(end.seq);
    Ok(())
}

/// The board's own file: its name depends on whose board it is.
pub fn board_file_name(kind: ChatKind) -> &'static str {
    match kind {
        ChatKind::Group => "group.json",
        ChatKind::Private => "user.json",
    }
}

fn write_files(
    disk: &dyn Disk,
    dir: &Path,
    board: &Board,
    end: &Position,
    published: Option<Seq>,
) -> Result<(), StoreError> {
    let kind = board.kind().unwrap_or(ChatKind::Group);
    if kind == ChatKind::Group {
        // The first time every list is compared: a power cut may have emptied a file that the board's own file promises.
        let is_late = |seq: Seq| published.is_none_or(|published| seq > published);
        for (user, list) in board.lists().filter(|(_, list)| is_late(list.seq)) {
            let path = dir.join(Layout::list_file(user));
            write_file(disk, &path, list.seq, &list_file(user, list), published)?;
        }
    }
    if let Some(content) = board_file(board, end.head.as_str()) {
        let path = dir.join(board_file_name(kind));
        write_file(disk, &path, end.seq, &content, published)?;
    }
    Ok(())
}

/// What is there needs no look when it is known to be older: under the log's lock nobody knows more than this board.
fn write_file(
    disk: &dyn Disk,
    path: &Path,
    seq: Seq,
    content: &[u8],
    published: Option<Seq>,
) -> Result<(), StoreError> {
    match published {
        Some(_) => disk.replace(path, content, false).at("write", path),
        None => put(disk, path, seq, content).map(|_| ()),
    }
}
