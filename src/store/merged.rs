//! The logs of boards that were merged into another: whole logs, kept beside the one that goes on.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::disk::Disk;
use super::error::{IoContext, StoreError};
use crate::domain::Seq;

/// What the name of such a log begins with.
const PREFIX: &str = "events.jsonl.merged-";

/// The name of the log of a merged board that ended at this event.
pub fn merged_name(last: Seq) -> String {
    format!("{PREFIX}{last}")
}

/// Whether a file in a chat's directory has the name of such a log.
pub fn is_merged_log(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(PREFIX))
}

/// The last event of such a log, as its name says.
pub fn last_of_merged(path: &Path) -> Option<Seq> {
    let name = path.file_name()?.to_str()?.strip_prefix(PREFIX)?;
    name.split('-').next()?.parse().ok()
}

/// Such logs in a chat's directory, by their names; none when there is no directory.
pub fn merged_logs(disk: &dyn Disk, dir: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let mut names = disk.names(dir).at("list", dir)?;
    names.retain(|name| is_merged_log(name));
    names.sort();
    Ok(names.iter().map(|name| dir.join(name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Layout;

    #[test]
    fn the_name_begins_like_the_log_s_own() {
        assert_eq!(merged_name(Seq(7)), format!("{}.merged-7", Layout::LOG));
        let again = "events.jsonl.merged-7-0123abcd";
        assert!(is_merged_log(OsStr::new(again)));
        assert_eq!(last_of_merged(Path::new(again)), Some(Seq(7)));
        assert!(!is_merged_log(OsStr::new("events.jsonl.torn-7-0123abcd")));
    }
}
