//! Writes a board's snapshot files.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use crate::domain::Seq;
use crate::domain::board::{Board, ChatKind, board_file, list_file};
use crate::store::{Disk, IoContext, Layout, Position, StoreError, publish as put, seq_of};

use super::board::OpenBoard;

/// Brings the snapshot files up to the log's last event, under the log's lock. The board's own file is written last, so
/// that its `seq` says that the tracking lists up to it are there too.
pub fn publish(open: &mut OpenBoard) -> Result<(), StoreError> {
    let (disk, dir, published) = (
        Arc::clone(&open.disk),
        open.log.dir().to_owned(),
        open.published,
    );
    let Some((locked, board)) = open.lock(false)? else {
        return Ok(());
    };
    let end = locked.end();
    if published == Some(end.seq) || board.seq() == Seq(0) {
        return Ok(());
    }
    write_files(&*disk, &dir, board, &end, published)?;
    drop(locked);
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
    let path = dir.join(board_file_name(kind));
    if kind == ChatKind::Group {
        let known = match published {
            Some(seq) => Known {
                upto: seq,
                present: None,
            },
            None => Known::look(disk, dir, &path)?,
        };
        for (user, list) in board.lists() {
            let name = Layout::list_file(user);
            if !known.covers(&name, list.seq) {
                put(disk, &dir.join(&name), list.seq, &list_file(user, list))?;
            }
        }
    }
    if let Some(content) = board_file(board, end.head.as_str()) {
        put(disk, &path, end.seq, &content)?;
    }
    Ok(())
}

/// What the files that are there already reflect.
struct Known {
    upto: Seq,
    /// The names in the directory, when they were looked at.
    present: Option<HashSet<OsString>>,
}

impl Known {
    fn look(disk: &dyn Disk, dir: &Path, board_file: &Path) -> Result<Self, StoreError> {
        let upto = disk
            .read(board_file)
            .ok()
            .and_then(|content| seq_of(&content))
            .unwrap_or(Seq(0));
        let names = disk.names(dir).at("list", dir)?;
        Ok(Self {
            upto,
            present: Some(names.into_iter().collect()),
        })
    }

    fn covers(&self, name: &str, seq: Seq) -> bool {
        seq <= self.upto
            && self
                .present
                .as_ref()
                .is_none_or(|present| present.contains(OsString::from(name).as_os_str()))
    }
}
