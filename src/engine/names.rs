//! Which chat an id belongs to after migrations: the notes in `moved/`.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crate::domain::ChatId;
use crate::store::{Disk, IoContext, Layout, StoreError};

/// A chain of migrations longer than this is a loop in hand-made notes.
const HOPS: usize = 16;

/// What to do about a note that leads nowhere.
const MEND: &str = "write the group's new id into it, the one whose log names this old id in its ChatMigrated event, or put it back from a backup";

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
            format!("it should hold one chat id; {MEND}"),
        ))
        .at("understand", &path),
    }
}

/// The notes in `moved/` that cannot be read, or lead in a circle, by the old ids that they are about.
pub fn broken_notes(
    disk: &dyn Disk,
    layout: &Layout,
) -> Result<BTreeMap<ChatId, StoreError>, StoreError> {
    let dir = layout.moved_dir();
    let names = disk.names(&dir).at("list", &dir)?;
    let notes = names.iter().filter_map(|name| Layout::chat_of(name));
    let broken = notes.filter_map(|old| Some((old, check_note(disk, layout, old).err()?)));
    Ok(broken.collect())
}

/// A note further on that cannot be read is for its own old id to tell.
fn check_note(disk: &dyn Disk, layout: &Layout, old: ChatId) -> Result<(), StoreError> {
    let (mut next, mut seen) = (moved_to(disk, layout, old)?, BTreeSet::from([old]));
    while let Some(chat) = next {
        if !seen.insert(chat) {
            let circle = io::Error::new(
                io::ErrorKind::InvalidData,
                format!("it leads in a circle; {MEND}"),
            );
            return Err(circle).at("follow", &layout.moved(old));
        }
        next = moved_to(disk, layout, chat).unwrap_or_default();
    }
    Ok(())
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
