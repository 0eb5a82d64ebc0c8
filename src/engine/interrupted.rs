//! Changes of a group's id that a process left half-way: found by their notes, and gone on with.

use std::collections::HashMap;
use std::time::Duration;

use crate::domain::ChatId;
use crate::store::{IoContext, Layout, StoreError};

use super::migrate::{self, Migration};
use super::names::{current_chat, moved_to};
use super::worker::Shared;

/// At the start: goes on with all of them. Looks at the notes only, never at all chats.
pub fn finish_all(shared: &Shared) {
    let from = noted(shared).unwrap_or_else(|error| {
        tracing::error!(%error, "interrupted migrations could not be looked for; they are finished when their chats are used");
        Vec::new()
    });
    for from in from {
        if let Err(error) = finish(shared, from, shared.settings.lock_patience) {
            tracing::error!(chat = from.0, %error, "an interrupted migration could not be finished; it is tried again");
            shared.note_obstacle(from, false, &error);
        }
    }
}

/// Those that lead to this chat, which has a directory without a log: another process may have ended between setting the log aside and
/// putting the other one in its place. Each lock is waited for at most `patience`.
pub fn finish_to(shared: &Shared, chat: ChatId, patience: Duration) -> Result<(), StoreError> {
    for from in noted(shared)? {
        if moved_to(&*shared.disk, &shared.layout, from)? == Some(chat) {
            finish(shared, from, patience)?;
        }
    }
    Ok(())
}

/// The ids that groups had before.
fn noted(shared: &Shared) -> Result<Vec<ChatId>, StoreError> {
    let dir = shared.layout.moved_dir();
    let names = shared.disk.names(&dir).at("list", &dir)?;
    let chats = names.iter().filter_map(|name| Layout::chat_of(name));
    Ok(chats.collect())
}

fn finish(shared: &Shared, from: ChatId, patience: Duration) -> Result<(), StoreError> {
    let log = shared.layout.chat(from).join(Layout::LOG);
    if shared.disk.status(&log).at("look at", &log)?.is_none() {
        return Ok(());
    }
    let to = current_chat(&*shared.disk, &shared.layout, from)?;
    run_beside(shared, &Migration::noted(from, to), patience)
}

/// As [`migrate::run`], for who does not have the old id's board: notes it as active for as long as that takes.
pub fn run_beside(
    shared: &Shared,
    migration: &Migration,
    patience: Duration,
) -> Result<(), StoreError> {
    shared.moves.begin(migration);
    let note = shared.note(&[migration.from])?;
    let done = migrate::run(shared, migration, patience)?;
    if done.is_none_or(|done| done.is_published) {
        shared.settle_these(&HashMap::from([(migration.from, note)]));
    }
    Ok(())
}
