//! Compares snapshot files with what the log says they should be.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::PathBuf;

use crate::domain::board::Board;
use crate::domain::bridge::Bridge;
use crate::domain::notifier::Notifier;
use crate::domain::{Aggregate, Seq, StreamId};
use crate::store::{Damage, DamageKind, Layout, Line, Position, StoreError, closing_seq};

use super::reader::{Reader, SnapshotFile};

/// What a check of one stream's snapshots found.
#[derive(Debug)]
pub struct SnapshotCheck {
    pub stream: StreamId,
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
    /// Compares each snapshot with the state at that snapshot's own `seq`. None when the stream has neither a log nor a snapshot.
    pub fn check_snapshots(
        &self,
        stream: impl Into<StreamId>,
    ) -> Result<Option<SnapshotCheck>, StoreError> {
        match stream.into() {
            chat @ StreamId::Chat(_) => self.check_as::<Board>(chat),
            StreamId::Bridge => self.check_as::<Bridge>(StreamId::Bridge),
            notifier @ StreamId::Notifier(_) => self.check_as::<Notifier>(notifier),
        }
    }

    /// What is wrong is looked at once more while nobody writes: the files are read one after the other, and meanwhile a list may have
    /// come that the main file promises, or another log in the place of the one that the files are of.
    fn check_as<S: Aggregate>(
        &self,
        stream: StreamId,
    ) -> Result<Option<SnapshotCheck>, StoreError> {
        let found = self.compare::<S>(stream);
        let is_sound = |check: &Option<SnapshotCheck>| {
            let files = check.iter().flat_map(|check| &check.files);
            files.into_iter().all(|file| file.difference.is_lag())
        };
        if found.as_ref().is_ok_and(is_sound) {
            return found;
        }
        let _lock = self.hold(stream);
        self.compare::<S>(stream)
    }

    fn compare<S: Aggregate>(&self, stream: StreamId) -> Result<Option<SnapshotCheck>, StoreError> {
        // Before the log: a snapshot never runs ahead of its log, but that may grow while this reads.
        let (files, checkpoint) = (self.snapshots(stream)?, self.checkpoint(stream)?);
        let mut check = Check::<S>::new(&files);
        let scan = self.read(stream, &mut |line: Line<'_, S::Event>| {
            check.see(&line);
            ControlFlow::Continue(())
        })?;
        let end = scan.as_ref().map_or(Position::START, |scan| scan.end);
        if let Some(damage) = scan
            .as_ref()
            .and_then(|scan| scan.damage(&self.log_path(stream)))
        {
            return Err(damage.into());
        }
        let witnesses = files.iter().chain(&checkpoint);
        self.refuse_lost_events(stream, witnesses, end, scan.is_some())?;
        if scan.is_none() && files.is_empty() {
            return Ok(None);
        }
        let dir = self.layout.stream(stream);
        let found = check.finish().into_iter();
        let files = found
            .map(|(name, difference)| FileCheck {
                path: dir.join(name),
                difference,
            })
            .collect();
        Ok(Some(SnapshotCheck { stream, end, files }))
    }

    /// Refuses a log that ends before what these files, read before it or under its lock, reflect.
    pub(super) fn refuse_lost_events<'f>(
        &self,
        stream: impl Into<StreamId>,
        files: impl IntoIterator<Item = &'f SnapshotFile>,
        end: Position,
        has_log: bool,
    ) -> Result<(), StoreError> {
        let lost = self.lost_events(stream.into(), files, end, has_log);
        lost.map_or(Ok(()), |damage| Err(damage.into()))
    }

    /// The same of files and a log that were read without its lock, while another log may have come to its place: a merge, a repair.
    /// So a file counts that still says it once nobody writes.
    pub(super) fn lost_for_good(
        &self,
        stream: StreamId,
        files: &[SnapshotFile],
        end: Position,
        has_log: bool,
    ) -> Option<Damage> {
        let lost = self.lost_events(stream, files, end, has_log)?;
        let _lock = self.hold(stream);
        let Ok(now) = self.witnesses(stream) else {
            return Some(lost);
        };
        let stands = |file: &&SnapshotFile| {
            let is_same = |one: &SnapshotFile| one.name == file.name && one.seq() == file.seq();
            now.iter().any(is_same)
        };
        self.lost_events(stream, files.iter().filter(stands), end, has_log)
    }

    /// The events behind the end of a log that these files, read before it or under its lock, say it had.
    pub(super) fn lost_events<'f>(
        &self,
        stream: StreamId,
        files: impl IntoIterator<Item = &'f SnapshotFile>,
        end: Position,
        has_log: bool,
    ) -> Option<Damage> {
        let newest = files
            .into_iter()
            .filter_map(|file| Some((file.seq_after(end.seq)?, &file.name)))
            .max();
        let (claimed, name) = newest?;
        let snapshot = self.layout.stream(stream).join(name);
        let kind = if has_log {
            DamageKind::Shorter { snapshot, claimed }
        } else {
            DamageKind::Missing { snapshot, claimed }
        };
        Some(end.damage(&self.log_path(stream), kind))
    }
}

/// The files of one stream, judged while its events go by.
struct Check<'f, S> {
    files: BTreeMap<&'f str, &'f SnapshotFile>,
    /// Which files are to be compared after which event: the next one is the last here.
    due: Vec<(Seq, &'f SnapshotFile)>,
    equal: BTreeSet<&'f str>,
    state: S,
    /// The files that the main file, by its `seq`, says are there.
    promised: BTreeSet<String>,
}

impl<'f, S: Aggregate> Check<'f, S> {
    fn new(files: &'f [SnapshotFile]) -> Self {
        // What is equal there needs no further proof, and what its end says wrongly is equal nowhere.
        let seq = |file: &SnapshotFile| closing_seq(&file.content).or_else(|| file.seq());
        let mut due: Vec<_> = files
            .iter()
            .filter_map(|file| Some((seq(file).filter(|seq| *seq > Seq(0))?, file)))
            .collect();
        due.sort_by_key(|(seq, _)| Reverse(*seq));
        let files = files
            .iter()
            .map(|file| (file.name.as_str(), file))
            .collect();
        Self {
            files,
            due,
            equal: BTreeSet::new(),
            state: S::default(),
            promised: BTreeSet::new(),
        }
    }

    fn see(&mut self, line: &Line<'_, S::Event>) {
        self.state.evolve(line.record);
        while let Some((_, file)) = self.due.pop_if(|(seq, _)| *seq == line.end.seq) {
            let expected = self.state.snapshot(&file.name, line.end.head.as_str());
            if expected.is_some_and(|expected| expected == file.content) {
                self.equal.insert(&file.name);
            }
            if is_main(&file.name) {
                self.promised = self.wanted().into_keys().collect();
            }
        }
    }

    /// Which files there should be, and the last event that each reflects.
    fn wanted(&self) -> BTreeMap<String, Seq> {
        self.state.snapshots().into_iter().collect()
    }

    fn finish(self) -> Vec<(String, Difference)> {
        let wanted = self.wanted();
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

    /// A file that began after the main file was written is not late yet.
    fn absent(&self, name: &str, latest: Seq) -> Difference {
        let main = self.files.values().find(|file| is_main(&file.name));
        match main.and_then(|file| file.seq()) {
            Some(seq) if seq < latest && !self.promised.contains(name) && !is_main(name) => {
                Difference::Behind {
                    seq: Seq(0),
                    latest,
                }
            }
            _ => Difference::Missing,
        }
    }
}

fn is_main(name: &str) -> bool {
    Layout::MAIN_FILES.contains(&name)
}
