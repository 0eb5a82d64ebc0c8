//! The directory of a backup: whether it may be written to, and the marker of one that is not whole.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::files::{like, names};
use super::manifest::{self, MANIFEST};
use super::{BackupError, Entry};
use crate::store::{Disk, IoContext, Layout, LockGuard, LockMode, OpenMode, StoreError, make_root};

/// There while a backup is not whole.
const MARKER: &str = "backup-incomplete";
const MARKER_TEXT: &[u8] =
    b"This backup is not whole: it is being made, or was interrupted.\nFinish it with `bounty backup --update DEST`.\n";

/// Whether a directory is a backup, perhaps copied back, that was never finished.
pub fn is_incomplete(disk: &dyn Disk, layout: &Layout) -> Result<bool, StoreError> {
    let marker = layout.root().join(MARKER);
    Ok(disk.status(&marker).at("look at", &marker)?.is_some())
}

/// Where the backup is made.
pub struct Place<'p> {
    disk: &'p dyn Disk,
    pub layout: Layout,
    /// An interrupted backup is gone on with: its logs may end anywhere.
    pub resumed: bool,
    _guard: LockGuard,
}

impl<'p> Place<'p> {
    /// Sees that nothing but an earlier backup is there, and marks the place as not whole.
    pub fn open(
        disk: &'p dyn Disk,
        live: &Layout,
        dest: &Path,
        update: bool,
    ) -> Result<Self, BackupError> {
        refuse_nested(live.root(), dest)?;
        let present = names(disk, dest)?;
        let has = |file: &str| present.iter().any(|name| name == file);
        if !present.is_empty() {
            match (update, has(MARKER), has(MANIFEST)) {
                (true, true, _) | (true, _, true) => {}
                (true, false, false) => return Err(BackupError::NotABackup(dest.to_owned())),
                (false, true, _) => return Err(BackupError::Unfinished(dest.to_owned())),
                (false, false, _) => return Err(BackupError::NotEmpty(dest.to_owned())),
            }
        }
        make_root(disk, dest)?;
        like(live.root(), dest)?;
        let guard = mark(disk, dest)?;
        Ok(Self {
            disk,
            layout: Layout::new(dest),
            resumed: has(MARKER),
            _guard: guard,
        })
    }

    /// Everything is there and durable.
    pub fn finish(self, entries: &[Entry]) -> Result<(), StoreError> {
        let root = self.layout.root();
        let marker = root.join(MARKER);
        manifest::write(self.disk, &self.layout, entries)?;
        self.disk.sync_dir(root).at("flush", root)?;
        self.disk.remove_file(&marker).at("remove", &marker)?;
        self.disk.sync_dir(root).at("flush", root)
    }
}

/// Puts the marker there and holds its lock, so that two backups never write to one place.
fn mark(disk: &dyn Disk, dest: &Path) -> Result<LockGuard, BackupError> {
    let path = dest.join(MARKER);
    let file = disk.open(&path, OpenMode::Create).at("make", &path)?;
    let guard = match file.lock(LockMode::Exclusive, Duration::ZERO) {
        Ok(guard) => guard,
        Err(error) if error.kind() == io::ErrorKind::TimedOut => {
            return Err(BackupError::InUse(dest.to_owned()));
        }
        Err(error) => return Err(error).at("lock", &path).map_err(BackupError::Store),
    };
    let (open, at_path) = (
        file.status().at("look at", &path)?,
        disk.status(&path).at("look at", &path)?,
    );
    if at_path.is_none_or(|at_path| at_path.id != open.id) {
        return Err(BackupError::InUse(dest.to_owned()));
    }
    file.write_at(MARKER_TEXT, 0)
        .and_then(|()| file.sync_data())
        .at("write to", &path)?;
    disk.sync_dir(dest).at("flush", dest)?;
    Ok(guard)
}

fn refuse_nested(live: &Path, dest: &Path) -> Result<(), BackupError> {
    let (live, place) = (
        real(live).at("look at", live)?,
        real(dest).at("look at", dest)?,
    );
    if place.starts_with(&live) || live.starts_with(&place) {
        return Err(BackupError::Inside(dest.to_owned()));
    }
    Ok(())
}

/// The path without links, as far as it is there.
fn real(path: &Path) -> io::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    let resolved = path.ancestors().find_map(|there| {
        let rest = path.strip_prefix(there).ok()?;
        Some(there.canonicalize().ok()?.join(rest))
    });
    Ok(resolved.unwrap_or(path))
}
