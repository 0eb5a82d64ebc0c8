//! What all sources have in common: they are files.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use super::plan::ImportError;
use crate::domain::Timestamp;

/// When a file or directory was last changed.
pub fn modified(path: &Path) -> Result<Timestamp, ImportError> {
    let metadata = fs::metadata(path).map_err(|error| ImportError::io("open", path, error))?;
    let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    let since = modified.duration_since(SystemTime::UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    Ok(Timestamp::from_millis(i64::try_from(millis).unwrap_or(0)))
}
