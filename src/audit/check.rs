//! Compares snapshot files with what the log says they should be.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::PathBuf;

use crate::domain::board::{Board, BoardEvent, ChatKind, board_file, list_file};
use crate::domain::{ChatId, Seq, UserId};
use crate::engine::board_file_name;
use crate::store::{DamageKind, Layout, Line, Position, StoreError, closing_seq};

use super::reader::{Reader, SnapshotFile};

/// What a check of one chat's snapshots found.
#[derive(Debug)]
pub struct SnapshotCheck {
    pub chat: ChatId,
    pub end: Position,
    /// Files that are not as the log says, or only behind it.
    pub files: Vec<FileCheck>,
}

/// One file that is not what it would be if it were made now.
#[derive(Debug)]
pub struct FileCheck {
    pub path: PathBuf,
    pub difference: Difference,
}

/// How a snapshot file differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Right as of its own `seq`, and that many events behind: a running process writes it soon.
    Behind {
        seq: Seq,
        latest: Seq,
    },
    Missing,
    /// Not the bytes that the log gives.
    Content,
    /// The log gives no such file.
    Unexpected,
}

impl Difference {
    /// Whether the file is merely late.
    pub fn is_lag(self) -> bool {
        matches!(self, Self::Behind { .. })
    }
}

impl Reader<'_> {
    /// Compares each snapshot with the state at that snapshot's own `seq`.
    pub fn check_snapshots(&self, chat: ChatId) -> Result<SnapshotCheck, StoreError> {
        // Before the log: a snapshot never runs ahead of it, but the log may grow while this reads.
        let (files, checkpoint) = (self.snapshots(chat)?, self.checkpoint(chat)?);
        let mut check = Check::new(&files);
        let scan = self.read(chat, &mut |line: Line<'_, BoardEvent>| {
            check.see(&line);
            ControlFlow::Continue(())
        })?;
        let end = scan.as_ref().map_or(Position::START, |scan| scan.end);
        if let Some(damage) = scan
            .as_ref()
            .and_then(|scan| scan.damage(&self.log_path(chat)))
        {
            return Err(damage.into());
        }
        let witnesses = files.iter().chain(&checkpoint);
        self.refuse_lost_events(chat, witnesses, end, scan.is_some())?;
        let dir = self.layout.chat(chat);
        let found = check.finish(&end).into_iter();
        let files = found
            .map(|(name, difference)| FileCheck {
                path: dir.join(name),
                difference,
            })
            .collect();
        Ok(SnapshotCheck { chat, end, files })
    }

    /// Refuses a log that ends before what these files, read before it or under its lock, reflect.
    pub(super) fn refuse_lost_events<'f>(
        &self,
        chat: ChatId,
        files: impl IntoIterator<Item = &'f SnapshotFile>,
        end: Position,
        has_log: bool,
    ) -> Result<(), StoreError> {
        let newest = files
            .into_iter()
            .filter_map(|file| Some((file.seq_after(end.seq)?, &file.name)))
            .max();
        let Some((claimed, name)) = newest else {
            return Ok(());
        };
        let snapshot = self.layout.chat(chat).join(name);
        let kind = if has_log {
            DamageKind::Shorter { snapshot, claimed }
        } else {
            DamageKind::Missing { snapshot, claimed }
        };
        Err(end.damage(&self.log_path(chat), kind).into())
    }
}

/// The files of one chat, judged while its events go by.
struct Check<'f> {
    files: BTreeMap<&'f str, &'f SnapshotFile>,
    /// Which files are to be compared after which event.
    due: BTreeMap<Seq, Vec<&'f SnapshotFile>>,
    equal: BTreeSet<&'f str>,
    board: Board,
    /// The tracking lists that the board's own file, by its `seq`, says are there.
    promised: BTreeSet<UserId>,
}

impl<'f> Check<'f> {
    fn new(files: &'f [SnapshotFile]) -> Self {
        let mut due: BTreeMap<Seq, Vec<&SnapshotFile>> = BTreeMap::new();
        for file in files {
            // What is equal there needs no further proof, and what its end says wrongly is equal nowhere.
            let seq = closing_seq(&file.content).or_else(|| file.seq());
            due.entry(seq.unwrap_or(Seq(0))).or_default().push(file);
        }
        let files = files
            .iter()
            .map(|file| (file.name.as_str(), file))
            .collect();
        Self {
            files,
            due,
            equal: BTreeSet::new(),
            board: Board::default(),
            promised: BTreeSet::new(),
        }
    }

    fn see(&mut self, line: &Line<'_, BoardEvent>) {
        self.board.evolve(line.record);
        for file in self.due.remove(&line.end.seq).unwrap_or_default() {
            if self
                .expected(&file.name, &line.end)
                .is_some_and(|expected| expected == file.content)
            {
                self.equal.insert(&file.name);
            }
            if is_board_file(&file.name) {
                self.promised = self.board.lists().map(|(user, _)| user).collect();
            }
        }
    }

    /// The bytes that a file of this name has now.
    fn expected(&self, name: &str, position: &Position) -> Option<Vec<u8>> {
        let kind = self.board.kind()?;
        if name == board_file_name(kind) {
            return board_file(&self.board, position.head.as_str());
        }
        let user = name.strip_suffix(".json")?.parse().ok()?;
        let list = self.board.list(user).filter(|_| kind == ChatKind::Group)?;
        Some(list_file(user, list))
    }

    /// Which files there should be, and the last event that each reflects.
    fn wanted(&self, end: &Position) -> BTreeMap<String, Seq> {
        let Some(kind) = self.board.kind() else {
            return BTreeMap::new();
        };
        let mut wanted = BTreeMap::from([(board_file_name(kind).to_owned(), end.seq)]);
        if kind == ChatKind::Group {
            wanted.extend(
                self.board
                    .lists()
                    .map(|(user, list)| (Layout::list_file(user), list.seq)),
            );
        }
        wanted
    }

    fn finish(self, end: &Position) -> Vec<(String, Difference)> {
        let wanted = self.wanted(end);
        let unexpected = self
            .files
            .keys()
            .filter(|name| !wanted.contains_key(**name));
        let mut found: Vec<_> = unexpected
            .map(|name| ((*name).to_owned(), Difference::Unexpected))
            .collect();
        for (name, latest) in &wanted {
            found.extend(
                self.judge(name, *latest)
                    .map(|difference| (name.clone(), difference)),
            );
        }
        found
    }

    fn judge(&self, name: &str, latest: Seq) -> Option<Difference> {
        let Some(file) = self.files.get(name) else {
            return Some(self.absent(name, latest));
        };
        match closing_seq(&file.content) {
            _ if !self.equal.contains(name) => Some(Difference::Content),
            Some(seq) if seq < latest => Some(Difference::Behind { seq, latest }),
            _ => None,
        }
    }

    /// A list that began after the board's own file was written is not late yet.
    fn absent(&self, name: &str, latest: Seq) -> Difference {
        let board_seq = self
            .files
            .values()
            .filter(|file| is_board_file(&file.name))
            .find_map(|file| file.seq());
        let user = name
            .strip_suffix(".json")
            .and_then(|user| user.parse().ok());
        match (board_seq, user) {
            (Some(seq), Some(user)) if seq < latest && !self.promised.contains(&user) => {
                Difference::Behind {
                    seq: Seq(0),
                    latest,
                }
            }
            _ => Difference::Missing,
        }
    }
}

fn is_board_file(name: &str) -> bool {
    Layout::BOARD_FILES.contains(&name)
}
