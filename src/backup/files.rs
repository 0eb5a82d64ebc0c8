//! Copying files byte by byte, durably, with the access that they have where they come from.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use super::Problem;
use crate::store::{Disk, DiskFile, IoContext, OpenMode, StoreError};

/// How much is copied at once.
const CHUNK: u64 = 1 << 20;

/// An open file and its name.
#[derive(Clone, Copy)]
pub struct Side<'s> {
    pub file: &'s dyn DiskFile,
    pub path: &'s Path,
}

impl Side<'_> {
    fn read(&self, buffer: &mut [u8], offset: u64) -> Result<(), StoreError> {
        let mut filled = 0;
        while filled < buffer.len() {
            let at = offset + filled as u64;
            match self
                .file
                .read_at(&mut buffer[filled..], at)
                .at("read", self.path)?
            {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()).at("read", self.path),
                read => filled += read,
            }
        }
        Ok(())
    }
}

/// Receives some of a file's bytes, and where they stand.
type EachPiece<'p> = &'p mut dyn FnMut(&[u8], u64) -> Result<(), StoreError>;

/// Reads bytes `from..to`, a piece at a time.
fn read_range(source: Side<'_>, from: u64, to: u64, each: EachPiece<'_>) -> Result<(), StoreError> {
    let mut buffer = Vec::new();
    let mut at = from;
    while at < to {
        let piece = (to - at).min(CHUNK);
        buffer.resize(piece as usize, 0);
        source.read(&mut buffer, at)?;
        each(&buffer, at)?;
        at += piece;
    }
    Ok(())
}

/// Copies bytes `from..to` to the same place in another file.
pub fn copy_range(
    source: Side<'_>,
    target: Side<'_>,
    from: u64,
    to: u64,
    progress: &mut dyn FnMut(u64),
) -> Result<(), StoreError> {
    read_range(source, from, to, &mut |bytes, at| {
        target
            .file
            .write_at(bytes, at)
            .at("write to", target.path)?;
        progress(bytes.len() as u64);
        Ok(())
    })
}

/// Copies a file that never changes. One that is there already must be the same. No error when the source went away.
pub fn copy_new(disk: &dyn Disk, source: &Path, target: &Path) -> Result<(), Problem> {
    let file = match disk.open(source, OpenMode::Read) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).at("open", source).map_err(Problem::Store),
    };
    let from = Side {
        file: &*file,
        path: source,
    };
    if disk.status(target).at("look at", target)?.is_some() {
        return if same(disk, from, target)? {
            Ok(())
        } else {
            Err(Problem::Differs {
                backup: target.to_owned(),
                live: source.to_owned(),
            })
        };
    }
    Ok(copy_whole(disk, from, target)?)
}

fn copy_whole(disk: &dyn Disk, source: Side<'_>, target: &Path) -> Result<(), StoreError> {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let unfinished = target.with_file_name(format!(".tmp-{name}"));
    let len = source.file.status().at("look at", source.path)?.len;
    let file = disk
        .open(&unfinished, OpenMode::Create)
        .at("make", &unfinished)?;
    let to = Side {
        file: &*file,
        path: &unfinished,
    };
    file.set_len(0).at("cut", &unfinished)?;
    copy_range(source, to, 0, len, &mut |_| {})?;
    file.sync_data().at("flush", &unfinished)?;
    like(source.path, &unfinished)?;
    disk.rename(&unfinished, target).at("rename", &unfinished)
}

fn same(disk: &dyn Disk, source: Side<'_>, target: &Path) -> Result<bool, StoreError> {
    let present = disk.open(target, OpenMode::Read).at("open", target)?;
    let present = Side {
        file: &*present,
        path: target,
    };
    let len = source.file.status().at("look at", source.path)?.len;
    if present.file.status().at("look at", target)?.len != len {
        return Ok(false);
    }
    let (mut equal, mut other) = (true, Vec::new());
    read_range(source, 0, len, &mut |bytes, at| {
        other.resize(bytes.len(), 0);
        present.read(&mut other, at)?;
        equal &= bytes == other;
        Ok(())
    })?;
    Ok(equal)
}

/// The names in a directory; none when it is not there.
pub fn names(disk: &dyn Disk, dir: &Path) -> Result<Vec<OsString>, StoreError> {
    let mut names = disk.names(dir).at("list", dir)?;
    names.sort_unstable();
    Ok(names)
}

/// Gives a file or directory the access that another has, and its owner the right to write, which an `--update` needs. One that went away has none to give.
pub fn like(source: &Path, target: &Path) -> Result<(), StoreError> {
    match fs::metadata(source) {
        Ok(metadata) => {
            let own = if metadata.is_dir() { 0o700 } else { 0o600 };
            let access = fs::Permissions::from_mode(metadata.mode() & 0o7777 | own);
            fs::set_permissions(target, access).at("set the access of", target)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).at("look at", source),
    }
}
