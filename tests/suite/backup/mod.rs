//! `bounty backup`: what is copied while others write, and what is refused.

mod cut_tails;
mod faults;
mod moves;
mod noted;
mod refused;
mod running;
mod updates;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Data, Run, in_dm, in_group};

/// A copy of a data directory made by `bounty backup`, as a data directory of its own.
struct Backup {
    /// Only its `path()` is used: that is where the backup is.
    data: Data,
}

impl Backup {
    fn new() -> Self {
        Self { data: Data::new() }
    }

    /// Runs the command on this data.
    fn make(&self, data: &Data, options: &[&str]) -> Run {
        let place = self.data.path();
        let place = place.to_str().expect("UTF-8");
        data.run(&[&["backup", place], options].concat())
    }

    fn marker(&self) -> PathBuf {
        self.data.path().join("backup-incomplete")
    }

    /// It is whole: every log is a valid chain, and every snapshot is what its log gives, to the byte.
    #[track_caller]
    fn assert_sound(&self) {
        assert!(!self.marker().exists());
        self.data.run(&["verify"]).ok();
        let check = self.data.run(&["replay", "--check"]).ok();
        assert!(
            check.stdout.contains("0 problems, 0 files behind"),
            "{}",
            check.stdout
        );
    }

    /// The same, though `verify` repeats the problem that it was made with.
    #[track_caller]
    fn assert_sound_but_for_its_note(&self) {
        assert_eq!(self.data.run(&["verify"]).code, Some(1));
        fs::remove_file(self.data.path().join("backup.json")).expect("removed");
        self.assert_sound();
    }
}

/// Every file below a directory.
fn tree(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(next) = dirs.pop() {
        for entry in fs::read_dir(next).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                dirs.push(entry.path());
            } else {
                let name = entry.path().strip_prefix(dir).expect("below").to_owned();
                found.insert(name, fs::read(entry.path()).expect("a file"));
            }
        }
    }
    found
}

/// A group, a DM, and what two users track.
fn small() -> Data {
    let data = Data::new();
    data.feed(&[
        in_group(1, -100, 1, "/add One https://e.com/1"),
        in_group(2, -100, 2, "/track 1"),
        in_dm(3, 7, "/add Mine"),
    ])
    .ok();
    data
}

/// The rows of `--format json`, by chat.
fn rows(run: &Run) -> BTreeMap<i64, Value> {
    let rows: Vec<Value> = serde_json::from_str(&run.stdout).expect("an array");
    rows.into_iter()
        .map(|row| (row["chat"].as_i64().expect("an id"), row))
        .collect()
}
