//! The data directory itself.

use std::io;
use std::path::Path;

use super::disk::Disk;
use super::error::{IoContext, StoreError};

/// Makes the data directory, and those above it, so that their names are durable: an event in a directory whose own name
/// a power cut takes away is lost with it. A directory that was there may come from a start that ended before the flush.
pub fn make_root(disk: &dyn Disk, root: &Path) -> Result<(), StoreError> {
    let named = root.ancestors().filter(|dir| !dir.as_os_str().is_empty());
    let missing: Vec<&Path> = named
        .take_while(|dir| matches!(disk.status(dir), Ok(None)))
        .collect();
    disk.create_dir(root).at("make", root)?;
    for dir in missing.iter().rev() {
        flush_parent(disk, dir)?;
    }
    if !missing.is_empty() {
        return Ok(());
    }
    match flush_parent(disk, root) {
        // Made by someone else: this process could not have made it there.
        Err(StoreError::Io { error, .. }) if error.kind() == io::ErrorKind::PermissionDenied => {
            Ok(())
        }
        flushed => flushed,
    }
}

fn flush_parent(disk: &dyn Disk, dir: &Path) -> Result<(), StoreError> {
    let parent = match dir.parent() {
        None => return Ok(()),
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
    };
    disk.sync_dir(parent).at("flush", parent)
}
