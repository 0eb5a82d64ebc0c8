//! Which chat an id belongs to after migrations: the notes in `moved/`.

use std::io;

use crate::domain::ChatId;
use crate::store::{Disk, IoContext, Layout, StoreError};

/// A chain of migrations longer than this is a loop in hand-made notes.
const HOPS: usize = 16;

/// Follows the notes in `moved/` from this id to the one in use.
pub fn current_chat(disk: &dyn Disk, layout: &Layout, chat: ChatId) -> Result<ChatId, StoreError> {
    let mut current = chat;
    for _ in 0..HOPS {
        match moved_to(disk, layout, current)? {
            Some(next) if next != current => current = next,
            _ => return Ok(current),
        }
    }
    Ok(current)
}

/// What the note about this id says.
pub fn moved_to(
    disk: &dyn Disk,
    layout: &Layout,
    chat: ChatId,
) -> Result<Option<ChatId>, StoreError> {
    let path = layout.moved(chat);
    let content = match disk.read(&path) {
        Ok(content) => content,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(source).at("read", &path);
        }
    };
    let id = std::str::from_utf8(&content)
        .ok()
        .and_then(|text| text.trim().parse().ok());
    match id {
        Some(id) => Ok(Some(id)),
        None => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "it should hold one chat id",
        ))
        .at("understand", &path),
    }
}

/// Notes, durably, that `old` is `new` from now on.
pub fn note_move(
    disk: &dyn Disk,
    layout: &Layout,
    old: ChatId,
    new: ChatId,
) -> Result<(), StoreError> {
    let (dir, path) = (layout.moved_dir(), layout.moved(old));
    disk.create_dir(&dir).at("make", &dir)?;
    disk.replace(&path, new.to_string().as_bytes(), true)
        .at("write", &path)?;
    flush_notes(disk, layout)
}

/// Makes the notes durable that are there.
pub fn flush_notes(disk: &dyn Disk, layout: &Layout) -> Result<(), StoreError> {
    let dir = layout.moved_dir();
    disk.sync_dir(&dir).at("flush", &dir)?;
    disk.sync_dir(layout.root()).at("flush", layout.root())
}
