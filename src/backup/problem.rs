//! What can go wrong with a backup as a whole, and with one chat in it.

use std::io;
use std::path::{Path, PathBuf};

use crate::audit::MergedProblem;
use crate::domain::{ChatId, Seq};
use crate::store::{Damage, StoreError};

/// Why no backup was made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{} is not empty; name a new directory, or bring an earlier backup up to date with --update", .0.display())]
    NotEmpty(PathBuf),
    #[error("{} is a backup that was not finished; finish it with --update, or remove it", .0.display())]
    Unfinished(PathBuf),
    #[error("{} is no backup of this program; nothing was changed: name a new directory", .0.display())]
    NotABackup(PathBuf),
    #[error("{} and the data directory are in one another; name a directory elsewhere", .0.display())]
    Inside(PathBuf),
    #[error("another backup is being written to {}; let it end", .0.display())]
    InUse(PathBuf),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a chat is not in the backup as it should be. The other chats are.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error("{0}. The backup has the file as it is, with its snapshots")]
    Damaged(Damage),
    #[error("{damage}. The backup stays as it was, at seq {kept}")]
    Kept { damage: Damage, kept: Seq },
    #[error("{} is no beginning of {}: one of them was cut, changed or replaced. Nothing was overwritten; `bounty verify` on both tells which is damaged or ends earlier. To back the chat up anew, move its directory out of the backup", backup.display(), live.display())]
    NoPrefix { backup: PathBuf, live: PathBuf },
    #[error("the backup's own log was changed, or copied when it was damaged: {}, line {} (seq {}): {}. Nothing was overwritten. To back the chat up anew, move {} out of the backup, then run it again", .0.path.display(), .0.line, .0.seq, .0.kind, dir_of(&.0.path))]
    Backup(Damage),
    #[error("{} and {} differ, though such a file never changes; nothing was overwritten", backup.display(), live.display())]
    Differs { backup: PathBuf, live: PathBuf },
    #[error("the backup has this chat's log, the data directory has it no more; the backup keeps it. If that was meant, remove {}", .0.display())]
    Vanished(PathBuf),
    #[error(
        "the backup has this chat apart from chat {into}, into which it was merged since; make a new backup"
    )]
    Merged { into: ChatId },
    #[error("{0}. The rest of this chat is in the backup")]
    MergedLog(MergedProblem),
    /// It would say how long the log must be.
    #[error("{0}. The log is in the backup; whether it was longer is not known")]
    Snapshot(StoreError),
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl Problem {
    /// Whether a file ended before the length that it had a moment ago.
    pub(super) fn is_early_end(&self) -> bool {
        let is_end = |error: &io::Error| error.kind() == io::ErrorKind::UnexpectedEof;
        matches!(self, Self::Store(StoreError::Io { error, .. }) if is_end(error))
    }

    /// The error of a file below `dir`, where no chat can be written then.
    pub(super) fn fatal(self, dir: &Path) -> Result<Self, StoreError> {
        match self {
            Self::Store(error @ StoreError::Io { .. }) if is_below(&error, dir) => Err(error),
            other => Ok(other),
        }
    }
}

fn dir_of(path: &Path) -> std::path::Display<'_> {
    path.parent().unwrap_or(path).display()
}

fn is_below(error: &StoreError, dir: &Path) -> bool {
    matches!(error, StoreError::Io { path, .. } if path.starts_with(dir))
}
