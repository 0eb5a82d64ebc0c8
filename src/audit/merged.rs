//! The logs of boards that were merged into another: whole logs beside the one that goes on, and part of the record like it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::board::BoardEvent;
use crate::domain::{Cause, ChatId, Event, Recorded, Seq};
use crate::store::{
    DamageKind, Disk, EachLine, IoContext, Layout, Rest, Scan, StoreError, is_merged_log,
    last_of_merged, merged_logs, read_log,
};

use super::verify::Expectation;

/// What is wrong with such a log. No repair changes it: nothing goes on from it.
#[derive(Debug, thiserror::Error)]
pub enum MergedProblem {
    #[error("{} is damaged at line {line} (seq {seq}): {kind}. It is the record of a board that was merged into this one: put it back from a backup", path.display())]
    Damaged {
        path: PathBuf,
        line: u64,
        seq: Seq,
        kind: DamageKind,
    },
    #[error("{} ends at seq {end} and not at {last}, where the board was merged into this one: put it back from a backup", path.display())]
    Cut { path: PathBuf, end: Seq, last: Seq },
    #[error("{} is not there, the record of a board that was merged into this one: put it back from a backup", path.display())]
    Gone { path: PathBuf },
}

/// Which logs of merged boards a log speaks of.
#[derive(Debug, Default)]
pub struct MergedNames {
    /// By the file's name, whose log it was.
    named: BTreeMap<String, Option<ChatId>>,
}

impl MergedNames {
    /// The next event of the log.
    pub fn see<E: Event>(&mut self, record: &Recorded<E>) {
        if let Cause::Import { file, .. } = &record.cause
            && is_merged_log(file.as_ref())
            && !self.named.contains_key(file)
        {
            self.named.insert(file.clone(), record.cause.merged_chat());
        }
    }

    /// The first thing that is wrong with the logs of merged boards in this directory: that of the log in `live`, or its copy.
    pub fn problem(
        &self,
        disk: &dyn Disk,
        dir: &Path,
        live: &Path,
    ) -> Result<Option<MergedProblem>, StoreError> {
        let present = merged_logs(disk, dir)?;
        for path in &present {
            if let Some(problem) = check_merged(disk, path, &mut |_| ControlFlow::Continue(()))? {
                return Ok(Some(problem));
            }
        }
        for (name, source) in &self.named {
            let path = dir.join(name);
            let is_kept = present.iter().any(|kept| self.has(kept, &path, *source));
            if is_kept || is_half_merged(disk, live, *source)? {
                continue;
            }
            // It may have got its name just now.
            if disk.status(&path).at("look at", &path)?.is_none() {
                return Ok(Some(MergedProblem::Gone { path }));
            }
        }
        Ok(None)
    }

    /// Whether this file has what the log of this name was to have. A board may have grown after a first attempt to merge it: then its
    /// log is kept under a later name.
    fn has(&self, kept: &Path, wanted: &Path, source: Option<ChatId>) -> bool {
        let name = kept.file_name().and_then(OsStr::to_str);
        let of = name.and_then(|name| self.named.get(name));
        kept == wanted
            || of.is_none_or(|of| *of == source) && last_of_merged(kept) >= last_of_merged(wanted)
    }
}

/// Whether the board of this other chat, which is being merged into the one of this directory, still has its log; or the directory is
/// not there any more, because that was the end of it.
fn is_half_merged(
    disk: &dyn Disk,
    live: &Path,
    source: Option<ChatId>,
) -> Result<bool, StoreError> {
    let has_log = |dir: &Path| -> Result<bool, StoreError> {
        let path = dir.join(Layout::LOG);
        Ok(disk.status(&path).at("look at", &path)?.is_some())
    };
    if !has_log(live)? {
        return Ok(true);
    }
    let layout = live.parent().map(Layout::new);
    let source = layout.zip(source).map(|(layout, chat)| layout.chat(chat));
    source
        .filter(|source| source != live)
        .map_or(Ok(false), |source| has_log(&source))
}

/// Whether the log of a merged board in this directory has this head.
pub fn is_in_merged(
    disk: &dyn Disk,
    dir: &Path,
    expected: Expectation,
) -> Result<bool, StoreError> {
    for path in merged_logs(disk, dir)? {
        let mut is_there = false;
        read(disk, &path, &mut |line| {
            is_there |= line.end.seq == expected.seq && line.end.head == expected.head;
            ControlFlow::Continue(())
        })?;
        if is_there {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Reads this one up to its last valid line, and says what is wrong with it. Nothing is, when `each` stops the reading.
pub fn check_merged(
    disk: &dyn Disk,
    path: &Path,
    each: EachLine<'_, BoardEvent>,
) -> Result<Option<MergedProblem>, StoreError> {
    let mut is_stopped = false;
    let scan = read(disk, path, &mut |line| {
        let flow = each(line);
        is_stopped = flow.is_break();
        flow
    })?;
    let Some(scan) = scan.filter(|_| !is_stopped) else {
        return Ok(None);
    };
    let (path, end) = (path.to_owned(), scan.end.seq);
    let kind = match scan.rest {
        Rest::Nothing => {
            let last = last_of_merged(&path).filter(|last| *last != end);
            return Ok(last.map(|last| MergedProblem::Cut { path, end, last }));
        }
        Rest::Torn(_) => DamageKind::Shape,
        Rest::Damaged(kind) => kind,
    };
    Ok(Some(MergedProblem::Damaged {
        path,
        line: end.0 + 1,
        seq: end.next(),
        kind,
    }))
}

/// Nobody writes to it any more: no lock is waited for.
fn read(
    disk: &dyn Disk,
    path: &Path,
    each: EachLine<'_, BoardEvent>,
) -> Result<Option<Scan>, StoreError> {
    read_log(disk, path, Duration::ZERO, each)
}
