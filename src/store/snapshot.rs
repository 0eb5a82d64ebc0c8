//! Snapshot files: written for others to read, and asked for one thing only: the last event they reflect.

use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::disk::Disk;
use super::error::{IoContext, StoreError};
use crate::domain::Seq;

/// What the snapshots in a directory say of its log.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The highest `seq` that one of them reflects, and which.
    pub newest: Option<(PathBuf, Seq)>,
    /// One without `seq`: another program's.
    pub foreign: Option<PathBuf>,
}

impl Claims {
    /// Another file that may reflect an event.
    pub fn add(&mut self, claim: Option<(PathBuf, Seq)>) {
        let seq = |claim: &(PathBuf, Seq)| claim.1;
        if claim.as_ref().map(seq) > self.newest.as_ref().map(seq) {
            self.newest = claim;
        }
    }
}

#[derive(Deserialize)]
struct Claim {
    seq: Option<Seq>,
}

/// The last event that a snapshot's bytes reflect; none for bytes that are no snapshot of ours.
pub fn seq_of(content: &[u8]) -> Option<Seq> {
    serde_json::from_slice::<Claim>(content).ok()?.seq
}

/// Asks the snapshots of these names how long the log must be. One that is cut or no JSON claims nothing.
pub fn newest_claim(
    disk: &dyn Disk,
    dir: &Path,
    names: &[impl AsRef<Path>],
) -> Result<Claims, StoreError> {
    let mut claims = Claims::default();
    for name in names {
        let path = dir.join(name);
        let content = match disk.read(&path) {
            Ok(content) => content,
            Err(error) if is_absent(&error) => continue,
            Err(source) => {
                return Err(source).at("read", &path);
            }
        };
        match serde_json::from_slice::<Claim>(&content) {
            Ok(Claim { seq: Some(seq) }) => {
                claims.add(Some((path, seq)));
            }
            Ok(Claim { seq: None }) => claims.foreign = Some(path),
            Err(_) => {}
        }
    }
    Ok(claims)
}

pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Puts a snapshot in its place, unless the one that is there reflects a later event. The caller holds the log's lock, and
/// every event that the snapshot reflects is durable. Returns whether it was written.
pub fn publish(disk: &dyn Disk, path: &Path, seq: Seq, content: &[u8]) -> Result<bool, StoreError> {
    match disk.read(path) {
        Ok(present) if seq_of(&present).is_some_and(|present| present > seq) => return Ok(false),
        Ok(present) if present == content => return Ok(false),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(source) => {
            return Err(source).at("read", path);
        }
    }
    disk.replace(path, content, false).at("write", path)?;
    Ok(true)
}
