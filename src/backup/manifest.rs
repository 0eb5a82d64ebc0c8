//! `backup.json`: what a backup holds, and what it lacks.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use serde::Deserialize;

use super::Entry;
use crate::domain::StreamId;
use crate::store::{Disk, IoContext, Layout, StoreError};

pub(super) const MANIFEST: &str = "backup.json";

/// What is read back of an [`Entry`].
#[derive(Deserialize)]
struct Noted {
    chat: StreamId,
    problem: Option<String>,
}

fn path(layout: &Layout) -> PathBuf {
    layout.root().join(MANIFEST)
}

/// Writes it; the directory is the caller's to flush.
pub(super) fn write(disk: &dyn Disk, layout: &Layout, entries: &[Entry]) -> Result<(), StoreError> {
    let path = path(layout);
    let mut content = serde_json::to_vec_pretty(entries)
        .map_err(io::Error::from)
        .at("write", &path)?;
    content.push(b'\n');
    disk.replace(&path, &content, true).at("write", &path)
}

/// The problems that a backup, perhaps copied back, had when it was made; none in a directory that is no backup.
pub fn noted_problems(
    disk: &dyn Disk,
    layout: &Layout,
) -> Result<BTreeMap<StreamId, String>, StoreError> {
    let path = path(layout);
    let content = match disk.read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        content => content.at("read", &path)?,
    };
    let noted: Vec<Noted> = serde_json::from_slice(&content)
        .map_err(io::Error::from)
        .at("read", &path)?;
    let problem = |noted: Noted| Some((noted.chat, noted.problem?));
    Ok(noted.into_iter().filter_map(problem).collect())
}
