//! One stream: its log, what was set aside from it, its snapshots.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::time::Duration;

use super::Problem;
use super::files::{copy_new, like, names};
use super::log::LogCopy;
use crate::audit::{Reader, snapshot_files};
use crate::domain::board::Board;
use crate::domain::bridge::Bridge;
use crate::domain::notifier::Notifier;
use crate::domain::{Aggregate, Seq, StreamId};
use crate::store::{
    Checkpoint, Claims, Damage, DamageKind, Disk, IoContext, Layout, Position, Rest, SharedLog,
    StoreError, kept_name, newest_claim,
};

/// How long a writer's lock on a log is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Copies one stream.
pub struct StreamCopy<'c> {
    pub disk: &'c dyn Disk,
    pub live: &'c Reader<'c>,
    pub stream: StreamId,
    /// The live directory, and the one in the backup.
    pub from: PathBuf,
    pub to: PathBuf,
    pub resumed: bool,
}

impl StreamCopy<'_> {
    /// Copies what is new. `end` follows the copy. Answers whether the stream has a log.
    pub fn run(&self, end: &mut Position, progress: &mut dyn FnMut(u64)) -> Result<bool, Problem> {
        match self.stream {
            StreamId::Chat(_) => self.run_as::<Board>(end, progress),
            StreamId::Bridge => self.run_as::<Bridge>(end, progress),
            StreamId::Notifier(_) => self.run_as::<Notifier>(end, progress),
        }
    }

    fn run_as<S: Aggregate>(
        &self,
        end: &mut Position,
        progress: &mut dyn FnMut(u64),
    ) -> Result<bool, Problem> {
        // Before the log: snapshots and checkpoints never run ahead of it.
        let claims = self.claims();
        let log_path = self.from.join(Layout::LOG);
        let Some((live, len)) = SharedLog::open(self.disk, &log_path, PATIENCE)? else {
            return self.without_log(claims?);
        };
        self.disk.create_dir(&self.to).at("make", &self.to)?;
        let mut copy = LogCopy::<S>::open(self.disk, &self.to, self.resumed)?;
        *end = copy.end;
        self.require_beginning(&copy, &live, len)?;
        progress(copy.end.offset);
        let taken = self.take(&mut copy, &live, len, progress);
        let rest = match taken {
            Ok(rest) => rest,
            Err(problem) => {
                copy.cut(copy.before.unwrap_or(Position::START))?;
                return Err(problem);
            }
        };
        // A snapshot that cannot be read keeps no log from being copied.
        let (claims, unread) = match claims {
            Ok(claims) => (claims, None),
            Err(error) => (Claims::default(), Some(error)),
        };
        if let Some(damage) = self.damage(&copy, &rest, claims) {
            *end = copy.before.unwrap_or(copy.end);
            return self.damaged(&copy, damage);
        }
        *end = copy.end;
        if let Rest::Torn(rest) = rest {
            self.set_aside(&copy, &rest)?;
        }
        like(live.path(), &copy.path)?;
        self.copy_asides()?;
        self.make_snapshots(&copy)?;
        self.settle()?;
        let merged = || copy.merged.problem(self.disk, &self.to, &self.from);
        if merged()?.is_some() {
            // It may have got its name since the others were copied.
            self.copy_asides()?;
            merged()?.map_or(Ok(()), |problem| Err(Problem::MergedLog(problem)))?;
        }
        unread.map_or(Ok(true), |error| Err(Problem::Snapshot(error)))
    }

    /// What is no event at the end may have been cut off or written over since the length was taken, so it is taken again while
    /// nobody writes.
    fn take<S: Aggregate>(
        &self,
        copy: &mut LogCopy<S>,
        live: &SharedLog,
        len: u64,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Rest, Problem> {
        match copy.take(live, len, progress) {
            Ok(Rest::Nothing) => Ok(Rest::Nothing),
            Err(problem) if !problem.is_early_end() => Err(problem),
            Ok(Rest::Torn(_) | Rest::Damaged(_)) | Err(_) => {
                live.settled(|len| self.take_again(copy, live, len))
            }
        }
    }

    /// Takes what follows the lines that were read. These may have been cut off too: they were not known to be durable.
    fn take_again<S: Aggregate>(
        &self,
        copy: &mut LogCopy<S>,
        live: &SharedLog,
        len: u64,
    ) -> Result<Rest, Problem> {
        self.require_beginning(copy, live, len)?;
        copy.take(live, len, &mut |_| {})
    }

    fn require_beginning<S: Aggregate>(
        &self,
        copy: &LogCopy<S>,
        live: &SharedLog,
        len: u64,
    ) -> Result<(), Problem> {
        if copy.is_beginning_of(live, len)? {
            return Ok(());
        }
        Err(Problem::NoPrefix {
            backup: copy.path.clone(),
            live: live.path().to_owned(),
        })
    }

    fn claims(&self) -> Result<Claims, StoreError> {
        let mut names = names(self.disk, &self.from)?;
        names.retain(|name| Layout::is_snapshot(name));
        let mut claims = newest_claim(self.disk, &self.from, &names)?;
        claims.add(Checkpoint::claim(self.disk, &self.from)?);
        Ok(claims)
    }

    /// Why the live log is not whole.
    fn damage<S: Aggregate>(
        &self,
        copy: &LogCopy<S>,
        rest: &Rest,
        claims: Claims,
    ) -> Option<Damage> {
        let path = self.from.join(Layout::LOG);
        if let Rest::Damaged(kind) = rest {
            return Some(copy.end.damage(&path, kind.clone()));
        }
        let owner = copy.state.stream();
        if copy.end.seq > Seq(0) && !self.live.belongs(self.stream, owner) {
            let found = owner.map_or_else(|| "unknown".to_owned(), |owner| owner.to_string());
            return Some(Position::START.damage(&path, DamageKind::WrongStream { found }));
        }
        let claim = claims.newest.filter(|claim| claim.seq > copy.end.seq)?;
        let (snapshot, claimed) = (claim.path, claim.seq);
        Some(
            copy.end
                .damage(&path, DamageKind::Shorter { snapshot, claimed }),
        )
    }

    /// An earlier, whole copy is worth more than a damaged log; without one, the log is kept as it is.
    fn damaged<S: Aggregate>(&self, copy: &LogCopy<S>, damage: Damage) -> Result<bool, Problem> {
        if let Some(before) = copy.before {
            copy.cut(before)?;
            return Err(Problem::Kept {
                damage,
                kept: before.seq,
            });
        }
        like(&self.from.join(Layout::LOG), &copy.path)?;
        self.copy_evidence()?;
        Err(Problem::Damaged(damage))
    }

    /// Snapshots say how long the log must have been, or whose it was.
    fn without_log(&self, claims: Claims) -> Result<bool, Problem> {
        let path = self.from.join(Layout::LOG);
        let is_there = |dir| self.disk.status(dir).at("look at", dir);
        // A directory that went away, with all that is in it: its chat's new id is copied.
        if is_there(&self.from)?.is_none() || is_there(&path)?.is_some() {
            return Ok(false);
        }
        if is_there(&self.to.join(Layout::LOG))?.is_some() {
            return Ok(false);
        }
        let damage = match claims {
            Claims {
                newest: Some(claim),
                ..
            } => {
                let (snapshot, claimed) = (claim.path, claim.seq);
                let kind = DamageKind::Missing { snapshot, claimed };
                Problem::Damaged(Position::START.damage(&path, kind))
            }
            Claims {
                foreign: Some(path),
                ..
            } => Problem::Store(StoreError::Foreign { path }),
            _ if names(self.disk, &self.from)?
                .iter()
                .any(|name| is_kept(name)) =>
            {
                self.disk.create_dir(&self.to).at("make", &self.to)?;
                self.copy_asides()?;
                self.settle()?;
                return Ok(false);
            }
            _ => return Ok(false),
        };
        self.disk.create_dir(&self.to).at("make", &self.to)?;
        self.copy_evidence()?;
        Err(damage)
    }

    fn copy_evidence(&self) -> Result<(), Problem> {
        self.copy_named(|name| Layout::is_claim(name) || is_kept(name))
    }

    fn copy_asides(&self) -> Result<(), Problem> {
        self.copy_named(is_kept)
    }

    fn copy_named(&self, wanted: impl Fn(&OsStr) -> bool) -> Result<(), Problem> {
        for name in names(self.disk, &self.from)? {
            if wanted(&name) {
                copy_new(self.disk, &self.from.join(&name), &self.to.join(&name))?;
            }
        }
        Ok(self.settle()?)
    }

    /// A torn tail becomes in the backup what the next writer makes of it in the live directory.
    fn set_aside<S: Aggregate>(&self, copy: &LogCopy<S>, rest: &[u8]) -> Result<(), StoreError> {
        copy.cut(copy.end)?;
        let stem = format!("{}.torn", Layout::LOG);
        let aside = self.to.join(kept_name(&stem, copy.end.offset, rest));
        self.disk.replace(&aside, rest, true).at("write", &aside)?;
        like(&self.from.join(Layout::LOG), &aside)?;
        tracing::warn!(
            log = %self.from.join(Layout::LOG).display(), kept_in = %aside.display(), bytes = rest.len(), after_seq = copy.end.seq.0,
            "a log ends in an unfinished write, which is no part of the record; the backup has it as a file of its own"
        );
        Ok(())
    }

    fn make_snapshots<S: Aggregate>(&self, copy: &LogCopy<S>) -> Result<(), StoreError> {
        for (name, content) in snapshot_files(&copy.state, copy.end) {
            let path = self.to.join(name);
            if self
                .disk
                .read(&path)
                .is_ok_and(|present| present == content)
            {
                continue;
            }
            self.disk
                .replace(&path, &content, true)
                .at("write", &path)?;
            like(&self.from.join(Layout::LOG), &path)?;
        }
        Ok(())
    }

    fn settle(&self) -> Result<(), StoreError> {
        like(&self.from, &self.to)?;
        self.disk.sync_dir(&self.to).at("flush", &self.to)
    }
}

/// Whether a file holds what was set aside from a log, or beside one.
fn is_kept(name: &OsStr) -> bool {
    name.to_str().is_some_and(Layout::is_kept)
}
