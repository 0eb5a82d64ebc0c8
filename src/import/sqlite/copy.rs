//! A private copy of a database, taken without a change to the original or to anything beside it.
//!
//! Opening a database, even to read it, may make or change files beside it (`-wal`, `-shm`, a rollback). So what is there is
//! copied first, while a lock keeps its writers away, and SQLite sees the copy alone.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, fcntl_lock};
use rustix::io::Errno;

use crate::import::plan::ImportError;

/// How every database begins.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// How those of the time before began.
const OLD_MAGIC: &[u8] = b"** This file contains an SQLite 2";
const HEADER: usize = 100;
/// What may stand beside a database: committed changes, and the way back from unfinished ones.
const COMPANIONS: [&str; 2] = ["-wal", "-journal"];

/// Copies a database, and what belongs to it, into a directory. Returns the copy's path.
pub fn copy(source: &Path, dir: &Path) -> Result<PathBuf, ImportError> {
    let mut file = open(source)?;
    lock(&file, source)?;
    check_header(&mut file, source)?;
    // Whoever writes to the log of a database in WAL mode holds locks on this file.
    let shared = match File::open(beside(source, "-shm")) {
        Ok(shared) => Some(shared),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(failed("open", &beside(source, "-shm"), error)),
    };
    if let Some(shared) = &shared {
        lock(shared, source)?;
    }
    let target = dir.join("copy.db");
    write(&mut file, source, &target)?;
    for ending in COMPANIONS {
        let path = beside(source, ending);
        match File::open(&path) {
            Ok(mut companion) => write(&mut companion, &path, &beside(&target, ending))?,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(failed("open", &path, error)),
        }
    }
    Ok(target)
}

fn open(path: &Path) -> Result<File, ImportError> {
    let metadata = std::fs::metadata(path).map_err(|error| failed("open", path, error))?;
    if !metadata.is_file() {
        return Err(ImportError::Source(format!(
            "{} is no file: name the database itself",
            path.display()
        )));
    }
    File::open(path).map_err(|error| failed("open", path, error))
}

/// The lock under which SQLite reads, on all that its writers lock; it ends when the file is closed.
fn lock(file: &File, source: &Path) -> Result<(), ImportError> {
    match fcntl_lock(file, FlockOperation::NonBlockingLockShared) {
        Ok(()) => Ok(()),
        Err(Errno::WOULDBLOCK | Errno::ACCESS) => Err(ImportError::Source(format!(
            "{} is locked: another program writes to it; stop the old bot, then try again",
            source.display()
        ))),
        Err(error) => Err(failed("lock", source, error.into())),
    }
}

/// Refuses what is no whole database of a known format, in words that say which it is.
fn check_header(file: &mut File, source: &Path) -> Result<(), ImportError> {
    let shown = source.display();
    let refuse = |what: String| Err(ImportError::Source(what));
    let mut header = Vec::with_capacity(HEADER);
    let read = file.take(HEADER as u64).read_to_end(&mut header);
    read.and_then(|_| file.rewind())
        .map_err(|error| failed("read", source, error))?;
    if header.starts_with(OLD_MAGIC) {
        return refuse(format!(
            "{shown} is a database of SQLite 2, not of SQLite 3"
        ));
    }
    let Ok(header) = <[u8; HEADER]>::try_from(header) else {
        return refuse(format!("{shown} is no SQLite database: it is too short"));
    };
    if !header.starts_with(MAGIC) {
        return refuse(format!("{shown} is no SQLite database"));
    }
    if header[18] > 2 || header[19] > 2 {
        return refuse(format!(
            "{shown} has the format {} of a newer version of SQLite, which is not known here",
            header[18].max(header[19])
        ));
    }
    let len = file
        .metadata()
        .map_err(|error| failed("read", source, error))?;
    match stated_len(&header) {
        Some(stated) if stated > len.len() => refuse(format!(
            "{shown} is cut short: it has {} bytes of {stated}",
            len.len()
        )),
        _ => Ok(()),
    }
}

/// How long a database says that it is; none when it does not say so reliably.
fn stated_len(header: &[u8; HEADER]) -> Option<u64> {
    let word = |at: usize| u32::from_be_bytes([0, 1, 2, 3].map(|byte| header[at + byte]));
    let page = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        size => u64::from(size),
    };
    let (pages, changes, valid_for) = (word(28), word(24), word(92));
    (changes == valid_for).then_some(u64::from(pages) * page)
}

fn write(from: &mut File, path: &Path, to: &Path) -> Result<(), ImportError> {
    let target = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to);
    let copied = target.and_then(|mut target| io::copy(from, &mut target));
    copied
        .map(|_| ())
        .map_err(|error| failed("copy", path, error))
}

/// The path of a file that belongs to a database.
fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

fn failed(doing: &'static str, path: &Path, error: io::Error) -> ImportError {
    ImportError::io(doing, path, error)
}
