//! A group became a supergroup and has a new id: the only move of a log.
//!
//! Every step can be interrupted and done again: the note in `moved/` comes first, and whoever finds a note and a
//! directory under the old id goes on from there.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::domain::board::{Board, BoardEvent, ChatMigrated, ChatStyle};
use crate::domain::{Actor, Cause, ChatId};
use crate::store::{
    Disk, IoContext, Layout, Locked, Log, Position, StoreError, encode, marked_name, merged_name,
};

use super::Settings;
use super::board::{self, OpenBoard};
use super::checkpoint::Checkpoints;
use super::merge::{self, Source};
use super::names::{flush_notes, moved_to, note_move};
use super::publish::publish;
use super::worker::Shared;
use super::writer::new_record;

/// How often two boards are merged when the new id keeps being used.
const ATTEMPTS: usize = 5;

/// A group's change of id, and how it became known.
#[derive(Clone)]
pub struct Migration {
    pub from: ChatId,
    pub to: ChatId,
    pub cause: Cause,
}

/// Two boards became one, which has so many bounties of the newer one.
pub struct Merged {
    pub bounties: u64,
    pub style: ChatStyle,
}

impl Migration {
    /// One that was noted before.
    pub fn noted(from: ChatId, to: ChatId) -> Self {
        let cause = Cause::System {};
        Self { from, to, cause }
    }
}

/// What came of a migration.
pub struct Done {
    /// Where the board is now.
    pub to: ChatId,
    /// When two boards became one.
    pub merged: Option<Merged>,
    /// Whether the snapshots under the new id have everything.
    pub is_published: bool,
}

/// What a migration works on.
struct Place<'p> {
    disk: &'p Arc<dyn Disk>,
    layout: &'p Layout,
    settings: &'p Settings,
    /// How long each lock is waited for.
    patience: Duration,
}

/// Moves the board; told twice, or in any order, the result is the same. Each lock is waited for at most `patience`. None when there was
/// nothing to be done: no board, or another process did it. The old id is to be noted as active, and the migration as begun.
pub fn run(
    shared: &Shared,
    migration: &Migration,
    patience: Duration,
) -> Result<Option<Done>, StoreError> {
    let done = Place::of(shared, patience).migrate(migration);
    shared.moves.tried(migration.from, done.as_ref().err());
    let done = done?;
    if let Some(done) = &done
        && let Ok(Some(next)) = moved_to(&*shared.disk, &shared.layout, done.to)
    {
        // That id had been left before this board came to it.
        shared.moves.begin(&Migration::noted(done.to, next));
    }
    // Whoever follows the board finds it under its new id.
    for chat in [migration.from, migration.to] {
        shared.changes.written(chat, Position::START);
    }
    Ok(done)
}

impl<'p> Place<'p> {
    fn of(shared: &'p Shared, patience: Duration) -> Self {
        Self {
            disk: &shared.disk,
            layout: &shared.layout,
            settings: &shared.settings,
            patience,
        }
    }

    fn migrate(&self, migration: &Migration) -> Result<Option<Done>, StoreError> {
        let mut attempt = 1;
        loop {
            match self.migrate_once(migration) {
                // Another process finished it, or moved on with it, while its lock was waited for.
                Err(StoreError::Moved { .. }) if attempt < ATTEMPTS => attempt += 1,
                done => return done,
            }
        }
    }

    fn migrate_once(&self, migration: &Migration) -> Result<Option<Done>, StoreError> {
        let Migration { from, to, cause } = migration;
        let noted = moved_to(&**self.disk, self.layout, *from)?;
        let to = noted.unwrap_or(*to);
        if *from == to {
            return Ok(None);
        }
        let mut old = self.log(*from);
        let has_log = self.exists(old.path())?;
        if noted.is_some() {
            // Who wrote it may have ended before its flush, or seen that fail; without it the old id would lead nowhere.
            flush_notes(&**self.disk, self.layout)?;
        } else if !has_log {
            // Noted before it is locked: a board that begins at this moment is moved, or finds the note and does not begin.
            note_move(&**self.disk, self.layout, *from, to)?;
        }
        let mut board = Board::default();
        let mut merged_before = merge::Seen::default();
        let locked = old.lock(false, self.patience, &mut |record| {
            merged_before.see(record);
            board.evolve(record);
        });
        if matches!(locked, Err(StoreError::Moved { .. })) {
            return locked.map(|_| None);
        }
        if board.chat_id() != Some(to) {
            self.refuse_foreign(&board, *from)?;
        }
        if noted.is_none() && has_log {
            // Also when the log is damaged or held: Telegram tells the new id once.
            note_move(&**self.disk, self.layout, *from, to)?;
        }
        let locked = locked?;
        let Some(mut locked) = locked.filter(|locked| locked.end() != Position::START) else {
            return Ok(None);
        };
        if board.chat_id() == Some(*from) {
            self.append_move(&mut locked, &mut board, *from, to, cause)?;
        }
        let mut merged = None;
        for attempt in 1.. {
            let came = self.merge(&mut locked, &mut board, &merged_before, *from, to)?;
            merged = came.map(|count| merged.unwrap_or(0) + count).or(merged);
            let (old_dir, new_dir) = (self.layout.chat(*from), self.layout.chat(to));
            match self.disk.rename(&old_dir, &new_dir) {
                Ok(()) => break,
                // The new id was used again before the rename, and has a board again.
                Err(error) if is_occupied(&error) && attempt < ATTEMPTS => {}
                Err(source) => return Err(source).at("rename", &old_dir),
            }
        }
        self.disk
            .sync_dir(self.layout.root())
            .at("flush", self.layout.root())?;
        tracing::info!(
            from = from.0,
            to = to.0,
            "a group became a supergroup; its board goes on under the new id"
        );
        drop(locked);
        Ok(Some(Done {
            to,
            is_published: self.publish(to),
            merged: merged.map(|bounties| Merged {
                bounties,
                style: board.settings().style(None),
            }),
        }))
    }

    /// Nothing is written to a log of another chat, and none is set aside.
    fn refuse_foreign(&self, board: &Board, chat: ChatId) -> Result<(), StoreError> {
        match board::owner(&**self.disk, board, chat, &self.layout.chat(chat)) {
            // It has the event already that says its new id.
            Err(StoreError::Moved { .. }) => Ok(()),
            owner => owner,
        }
    }

    /// The snapshots came along with the directory and still have the old id.
    fn publish(&self, chat: ChatId) -> bool {
        let disk = Arc::clone(self.disk);
        let mut open = OpenBoard::new(disk, self.layout, chat, Checkpoints::unused());
        let published = publish(&mut open, self.patience);
        if let Err(error) = &published {
            tracing::warn!(chat = chat.0, %error, "a snapshot could not be written; it is when the chat is next used");
        }
        published.is_ok()
    }

    fn log(&self, chat: ChatId) -> Log<BoardEvent> {
        Log::new(Arc::clone(self.disk), self.layout.chat(chat))
    }

    fn append_move(
        &self,
        locked: &mut Locked<'_, BoardEvent>,
        board: &mut Board,
        from: ChatId,
        to: ChatId,
        cause: &Cause,
    ) -> Result<(), StoreError> {
        let end = locked.end();
        let event = BoardEvent::ChatMigrated(ChatMigrated { from, to });
        let record = new_record(
            end.seq.next(),
            (self.settings.now)(),
            Actor::System {},
            cause.clone(),
            event,
        );
        let mut lines = Vec::new();
        let too_long = |bytes| StoreError::LineTooLong {
            path: self.layout.chat(from).join(Layout::LOG),
            bytes,
        };
        let head = encode(&record, &end.head, &mut lines).map_err(too_long)?;
        locked.append(
            &lines,
            Position {
                offset: end.offset + lines.len() as u64,
                seq: record.seq,
                head,
            },
        )?;
        board.evolve(&record);
        Ok(())
    }

    /// When the new id has a board already: its living bounties and tracking go into the moved log, its own log is kept
    /// beside it. Answers how many bounties came.
    fn merge(
        &self,
        locked: &mut Locked<'_, BoardEvent>,
        board: &mut Board,
        merged_before: &merge::Seen,
        from: ChatId,
        to: ChatId,
    ) -> Result<Option<u64>, StoreError> {
        let (old_dir, new_dir) = (self.layout.chat(from), self.layout.chat(to));
        let mut log = self.log(to);
        let mut source = Source::new(to);
        let source_lock = log.lock(false, self.patience, &mut |record| source.see(record))?;
        let mut count = None;
        let log_path = new_dir.join(Layout::LOG);
        let is_empty = |locked: &Locked<'_, BoardEvent>| locked.end() == Position::START;
        if source_lock.as_ref().is_some_and(is_empty) {
            // Made for a first event that never came: a name that only stands in the way.
            self.disk.remove_file(&log_path).at("remove", &log_path)?;
        }
        if let Some(source_locked) = source_lock.filter(|locked| !is_empty(locked)) {
            self.refuse_foreign(source.board(), to)?;
            let file = self.kept_name(&old_dir, &source_locked.end())?;
            let (lines, end, bounties) =
                merge::lines(&source, board, merged_before, &file, locked.end()).map_err(
                    |bytes| StoreError::LineTooLong {
                        path: old_dir.join(Layout::LOG),
                        bytes,
                    },
                )?;
            if !lines.is_empty() {
                locked.append(&lines, end)?;
            }
            self.remove_snapshots(&new_dir)?;
            let kept = old_dir.join(&file);
            self.disk
                .rename(&log_path, &kept)
                .at("set aside", &log_path)?;
            self.disk.sync_dir(&old_dir).at("flush", &old_dir)?;
            count = Some(bounties);
        }
        self.clear(&new_dir, &old_dir)?;
        Ok(count)
    }

    /// The name under which the log is kept of a board that ends there. It is the same when this is done again after a crash: nothing has
    /// the name before the log does.
    fn kept_name(&self, dir: &Path, end: &Position) -> Result<String, StoreError> {
        let name = merged_name(end.seq);
        let taken = self.exists(&dir.join(&name))?;
        Ok(match taken {
            true => format!("{name}-{}", &end.head.as_str()[..8]),
            false => name,
        })
    }

    fn exists(&self, path: &Path) -> Result<bool, StoreError> {
        Ok(self.disk.status(path).at("look at", path)?.is_some())
    }

    /// Snapshots and a checkpoint are made again from the log; a directory that has them and no log would look as if it had
    /// lost it.
    fn remove_snapshots(&self, dir: &Path) -> Result<(), StoreError> {
        for name in self.disk.names(dir).at("list", dir)? {
            if name.to_str().is_some_and(|name| name.ends_with(".json"))
                || name == Layout::CHECKPOINT
            {
                let path = dir.join(&name);
                self.disk.remove_file(&path).at("remove", &path)?;
            }
        }
        Ok(())
    }

    /// Where what was set aside goes: under its name, or when another file has that, with the first digits of its SHA-256 behind.
    fn free_path(&self, dir: &Path, name: &str, path: &Path) -> Result<PathBuf, StoreError> {
        let free = dir.join(name);
        if !self.exists(&free)? {
            return Ok(free);
        }
        let content = self.disk.read(path).at("read", path)?;
        Ok(dir.join(marked_name(name, &content)))
    }

    /// Makes room for the rename, which takes the place of an empty directory: snapshots are made again, what else belongs to
    /// a log (what was set aside) is kept in the old directory. A log that was begun meanwhile stays, and with it the directory.
    fn clear(&self, new_dir: &Path, old_dir: &Path) -> Result<(), StoreError> {
        for name in self.disk.names(new_dir).at("list", new_dir)? {
            let path = new_dir.join(&name);
            if name == Layout::LOG {
                continue;
            } else if let Some(name) = name.to_str().filter(|name| Layout::is_kept(name)) {
                let kept = self.free_path(old_dir, name, &path)?;
                self.disk.rename(&path, &kept).at("set aside", &path)?;
            } else {
                self.disk
                    .remove_file(&path)
                    .or_else(absent)
                    .at("remove", &path)?;
            }
        }
        Ok(())
    }
}

fn is_occupied(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists
    )
}

/// Another process was quicker to remove it.
fn absent(error: io::Error) -> io::Result<()> {
    match error.kind() {
        io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    }
}
