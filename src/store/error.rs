//! What can go wrong with a stream on disk, with the path in it and the next step.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::io::Errno;

use super::layout::Layout;
use crate::domain::{DecodeError, Seq, StreamId};

/// Why a stream cannot be used as asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The operating system refused.
    #[error("cannot {doing} {}: {error}{}", path.display(), hint(error))]
    Io {
        doing: &'static str,
        path: PathBuf,
        error: io::Error,
    },
    /// Another process held the lock all the time.
    #[error("{} has been locked by another process for {} s; try again, or find it with `fuser`", path.display(), waited.as_secs())]
    Busy { path: PathBuf, waited: Duration },
    /// The record is not whole.
    #[error(transparent)]
    Damaged(#[from] Damage),
    /// A write failed and could not be undone yet.
    #[error("{} takes no writes: an earlier write failed and could not be cut back ({error}); free space or mend the disk, it resumes by itself", path.display())]
    Latched { path: PathBuf, error: io::Error },
    /// The directory holds files of a program that had no log, or what a cut left of a snapshot.
    #[error("{} was written by another program or is cut, and has no log beside it; nothing was changed. {}", path.display(), way_in(path))]
    Foreign { path: PathBuf },
    /// The log is not where it was: its directory was renamed or replaced. The caller opens it anew.
    #[error("{} was moved or replaced while it was open", path.display())]
    Moved { path: PathBuf },
    /// The event would make a line longer than a log takes.
    #[error("an event of {bytes} bytes is larger than a line of {} may be", path.display())]
    LineTooLong { path: PathBuf, bytes: usize },
}

/// A place where the record is not what was written.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{} is damaged at line {line} (seq {seq}): {kind}. Nothing was changed, other chats are not affected. {}", path.display(), self.advice())]
pub struct Damage {
    pub path: PathBuf,
    /// From 1.
    pub line: u64,
    /// The event that stands there, or should.
    pub seq: Seq,
    pub kind: DamageKind,
}

/// What is wrong there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DamageKind {
    #[error("the line does not have the form of an event")]
    Shape,
    #[error("the hash does not fit: the line, or one before it, was changed")]
    Hash,
    #[error("the line ends in a wrong byte")]
    LineEnd,
    #[error("the line is longer than 1 MiB")]
    TooLong,
    #[error("the line is not readable as an event: {0}")]
    Json(String),
    #[error("the line has seq {found}")]
    Seq { found: Seq },
    #[error("{0}")]
    Unknown(String),
    #[error("the log belongs to chat {found}, not to this directory")]
    WrongStream { found: String },
    #[error("the log ends before it, though {} reflects seq {claimed}: events were lost, or an older log was put here", snapshot.display())]
    Shorter { snapshot: PathBuf, claimed: Seq },
    #[error("the log is missing, though {} reflects seq {claimed}", snapshot.display())]
    Missing { snapshot: PathBuf, claimed: Seq },
    #[error("the log became shorter while it was open")]
    Shrunk,
    #[error("the log is not there any more, though it was while this program ran")]
    Gone,
    #[error("the log was replaced by one that lacks events before it, which this program knew")]
    Replaced,
}

impl Damage {
    /// What the operator can do about it.
    fn advice(&self) -> Cow<'static, str> {
        match self.kind {
            DamageKind::Unknown(_) => {
                "Run the version of this program that wrote it, or a newer one".into()
            }
            DamageKind::WrongStream { .. } => {
                "Put each chat's own log back into its directory".into()
            }
            DamageKind::Gone => {
                "Put it back, or mount what it is on: it is then used again. To begin without it, start the bot anew"
                    .into()
            }
            DamageKind::Replaced => {
                "Put the log back that was there: it is then used again. To go on with the one that is there now, start the bot anew"
                    .into()
            }
            _ => self.way_out().into(),
        }
    }

    /// The stream's directory is named after it, and stands in the data directory.
    fn way_out(&self) -> String {
        let dir = self.path.parent().unwrap_or(&self.path);
        let layout = Layout::new(dir.parent().unwrap_or(dir));
        let name = dir.file_name().unwrap_or_default().to_string_lossy();
        if let Some(way_out) = name
            .parse()
            .ok()
            .and_then(|stream| unrepaired(&layout, stream))
        {
            return format!("What can be done: {way_out}");
        }
        let repair = layout.command(&format!("repair {name}"));
        match self.kind {
            DamageKind::Shrunk => format!(
                "What can be done: `{repair}`; when it finds nothing to repair, start the bot anew"
            ),
            _ => format!("What can be kept, and how: `{repair}`"),
        }
    }
}

/// What can be done about the damaged log of a stream that is not repaired; none for a chat's, which is.
pub fn unrepaired(layout: &Layout, stream: StreamId) -> Option<String> {
    let dir = layout.stream(stream);
    let dir = dir.display();
    match stream {
        StreamId::Chat(_) => None,
        StreamId::Bridge => Some(format!(
            "put {dir} back from a backup, or move it away and enter the settings anew; `{}` shows what is still readable",
            layout.command("audit --bridge")
        )),
        StreamId::Notifier(_) => Some(format!(
            "put {dir} back from a backup, or move it away; the tracker then starts anew with what happens from there on"
        )),
    }
}

impl From<DecodeError> for DamageKind {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::Unknown { .. } => Self::Unknown(error.to_string()),
            DecodeError::Data { .. } | DecodeError::Upcast { .. } => Self::Json(error.to_string()),
        }
    }
}

/// What to do about another program's files.
fn way_in(path: &Path) -> String {
    let dir = path.parent().unwrap_or(path);
    let import = Layout::new(dir.parent().unwrap_or(dir)).command("import json-files old");
    let dir = dir.display();
    format!(
        "If a log was there, put it back from a backup. To go on with what another program left: `mkdir -p old && mv {dir} old/`, then `{import}`. To start afresh, only move {dir} away"
    )
}

/// The next step for the operating system's commonest refusals.
fn hint(error: &io::Error) -> &'static str {
    if matches!(
        Errno::from_io_error(error),
        Some(Errno::MFILE | Errno::NFILE)
    ) {
        return "; no more files may be open: allow more with LimitNOFILE= in the systemd unit, or `ulimit -n`";
    }
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "; give this program's user the right to it, or name another directory (--data, or where the output goes)"
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "; a file stands where a directory is needed: move it away, or name another directory (--data, or where the output goes)"
        }
        io::ErrorKind::IsADirectory => {
            "; a directory stands where a file is needed: move it away, and put the file back from a backup if there was one"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "; free some space, it resumes by itself"
        }
        io::ErrorKind::ReadOnlyFilesystem => "; the file system is mounted read-only",
        _ => "",
    }
}

/// Adds what was being done, and to which file, to an error of the operating system.
pub trait IoContext<T> {
    /// `doing` is a verb phrase that the path follows: "open", "write to".
    fn at(self, doing: &'static str, path: &Path) -> Result<T, StoreError>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn at(self, doing: &'static str, path: &Path) -> Result<T, StoreError> {
        self.map_err(|error| StoreError::Io {
            doing,
            path: path.to_owned(),
            error,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::Path;

    use rustix::io::Errno;

    use super::IoContext;

    #[test]
    fn without_a_file_left_to_open_the_next_step_is_to_allow_more() {
        let refused: io::Result<()> = Err(Errno::MFILE.into());
        let error = refused.at("open", Path::new("data/-1/events.jsonl"));
        let told = error.expect_err("it was refused").to_string();
        for words in ["data/-1/events.jsonl", "LimitNOFILE", "ulimit -n"] {
            assert!(told.contains(words), "{told}");
        }
    }
}
