//! All chats, each under one id, though groups change theirs meanwhile; then the bridge, then the notification trackers.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::files::{copy_new, like, names};
use super::place::Place;
use super::stream::StreamCopy;
use super::{Entry, Problem};
use crate::audit::Reader;
use crate::domain::{ChatId, StreamId};
use crate::engine::broken_notes;
use crate::store::{Disk, IoContext, Layout, Position, StoreError};

/// One backup being made.
pub struct Run<'r> {
    disk: &'r dyn Disk,
    live: &'r Layout,
    dest: &'r Layout,
    resumed: bool,
    progress: &'r mut dyn FnMut(u64),
    /// The streams that an earlier backup put here.
    before: BTreeSet<StreamId>,
    entries: BTreeMap<StreamId, Entry>,
    /// The notes in `moved/` that were followed.
    followed: BTreeSet<ChatId>,
}

impl<'r> Run<'r> {
    pub fn new(
        disk: &'r dyn Disk,
        live: &'r Layout,
        place: &'r Place<'r>,
        progress: &'r mut dyn FnMut(u64),
    ) -> Result<Self, StoreError> {
        let before = Reader::new(disk, &place.layout).streams()?;
        Ok(Self {
            disk,
            live,
            dest: &place.layout,
            resumed: place.resumed,
            progress,
            before: before.into_iter().collect(),
            entries: BTreeMap::new(),
            followed: BTreeSet::new(),
        })
    }

    /// Copies every chat; the order is that of the module's page.
    pub fn all(mut self) -> Result<Vec<Entry>, StoreError> {
        self.follow_earlier()?;
        for chat in Reader::new(self.disk, self.live).chats()? {
            self.bring(chat.into())?;
        }
        while let Some(old) = self.next_note()? {
            self.followed.insert(old);
            self.follow(old)?;
        }
        self.name_broken_notes()?;
        self.copy_notes()?;
        self.bring(StreamId::Bridge)?;
        // After the boards: a tracker of the copy has read its boards up to their ends or further, so it tells nothing twice.
        for tracker in Reader::new(self.disk, self.live).notifiers()? {
            self.bring(StreamId::Notifier(tracker))?;
        }
        self.name_vanished()?;
        let root = self.dest.root();
        self.disk.sync_dir(root).at("flush", root)?;
        Ok(self.entries.into_values().collect())
    }

    /// Groups that moved since an earlier backup move in it too. Moves from before it need no look.
    fn follow_earlier(&mut self) -> Result<(), StoreError> {
        for old in self.notes()? {
            if self.is_there(&self.live.chat(old))? {
                continue;
            }
            self.followed.insert(old);
            if self.is_there(&self.dest.chat(old))? {
                self.follow(old)?;
            }
        }
        Ok(())
    }

    fn notes(&self) -> Result<Vec<ChatId>, StoreError> {
        let names = names(self.disk, &self.live.moved_dir())?;
        Ok(names
            .iter()
            .filter_map(|name| Layout::chat_of(name))
            .collect())
    }

    fn next_note(&self) -> Result<Option<ChatId>, StoreError> {
        let notes = self.notes()?;
        Ok(notes.into_iter().find(|old| !self.followed.contains(old)))
    }

    /// Sees that a group with a new id is in the backup once, under the id it has.
    fn follow(&mut self, old: ChatId) -> Result<(), StoreError> {
        if self.is_there(&self.live.chat(old))? {
            // Waits for a migration under way. One that a crash interrupted is copied as it is, to be finished by the next start.
            self.bring(old.into())?;
        }
        if self.is_there(&self.live.chat(old))? {
            return Ok(());
        }
        let Ok(new) = Reader::new(self.disk, self.live).current(old) else {
            // Named with the other notes.
            return Ok(());
        };
        if new != old && self.is_there(&self.dest.chat(old))? && !self.move_copy(old, new)? {
            return Ok(());
        }
        self.bring(new.into())
    }

    /// Renames the copy of a group as the group was. False when an earlier backup has both, so that one would be overwritten.
    fn move_copy(&mut self, old: ChatId, new: ChatId) -> Result<bool, StoreError> {
        let (from, to) = (self.dest.chat(old), self.dest.chat(new));
        if self.is_there(&to)? {
            if self.before.contains(&new.into()) {
                self.note_problem(old.into(), Problem::Merged { into: new });
                return Ok(false);
            }
            self.remove(&to)?;
        }
        self.disk.rename(&from, &to).at("rename", &from)?;
        self.entries.remove(&old.into());
        if self.before.remove(&old.into()) {
            self.before.insert(new.into());
        }
        Ok(true)
    }

    fn note_problem(&mut self, stream: StreamId, problem: Problem) {
        let end = Reader::new(self.disk, self.dest).verify(stream, None).end;
        let entry = Entry {
            stream,
            end,
            problem: Some(problem),
        };
        self.entries.insert(stream, entry);
    }

    /// Brings one stream's copy up to date.
    fn bring(&mut self, stream: StreamId) -> Result<(), StoreError> {
        let own = !self.before.contains(&stream);
        let was_problem = |entry: &Entry| entry.problem.is_some();
        if own && self.entries.get(&stream).is_some_and(was_problem) {
            self.remove(&self.dest.stream(stream))?;
        }
        let mut end = Position::START;
        let mut copied = self.copy(stream, &mut end);
        if matches!(copied, Err(Problem::NoPrefix { .. })) {
            // Another group's log took the place of what was copied a moment ago, or its end was cut off while it was copied.
            if own {
                self.remove(&self.dest.stream(stream))?;
            }
            end = Position::START;
            copied = self.copy(stream, &mut end);
        }
        let problem = match copied {
            Ok(true) => None,
            Ok(false) => return Ok(()),
            Err(problem) => Some(problem.fatal(self.dest.root())?),
        };
        if own && matches!(problem, Some(Problem::Store(_))) {
            // What could be read is no whole log.
            self.remove(&self.dest.stream(stream))?;
            end = Position::START;
        }
        let entry = Entry {
            stream,
            end,
            problem,
        };
        self.entries.insert(stream, entry);
        Ok(())
    }

    fn copy(&mut self, stream: StreamId, end: &mut Position) -> Result<bool, Problem> {
        let copy = StreamCopy {
            disk: self.disk,
            live: &Reader::new(self.disk, self.live),
            stream,
            from: self.live.stream(stream),
            to: self.dest.stream(stream),
            resumed: self.resumed,
        };
        copy.run(end, self.progress)
    }

    /// A note that leads nowhere is not copied: once it is mended, the copy would differ.
    fn name_broken_notes(&mut self) -> Result<(), StoreError> {
        for (old, error) in broken_notes(self.disk, self.live)? {
            self.followed.remove(&old);
            self.note_problem(old.into(), Problem::Store(error));
        }
        Ok(())
    }

    fn copy_notes(&mut self) -> Result<(), StoreError> {
        if self.followed.is_empty() {
            return Ok(());
        }
        let dir = self.dest.moved_dir();
        self.disk.create_dir(&dir).at("make", &dir)?;
        like(&self.live.moved_dir(), &dir)?;
        for old in self.followed.clone() {
            if let Err(problem) = copy_new(self.disk, &self.live.moved(old), &self.dest.moved(old))
            {
                let problem = problem.fatal(self.dest.root())?;
                self.note_problem(old.into(), problem);
            }
        }
        self.disk.sync_dir(&dir).at("flush", &dir)
    }

    /// Streams of an earlier backup that are not in the data directory any more.
    fn name_vanished(&mut self) -> Result<(), StoreError> {
        for stream in self.before.clone() {
            let dir = self.dest.stream(stream);
            if !self.entries.contains_key(&stream) && self.is_there(&dir.join(Layout::LOG))? {
                self.note_problem(stream, Problem::Vanished(dir));
            }
        }
        Ok(())
    }

    fn is_there(&self, path: &Path) -> Result<bool, StoreError> {
        Ok(self.disk.status(path).at("look at", path)?.is_some())
    }

    /// Removes what this very run put into the backup.
    fn remove(&self, dir: &Path) -> Result<(), StoreError> {
        if self.is_there(dir)? {
            fs::remove_dir_all(dir).at("remove", dir)?;
        }
        Ok(())
    }
}
