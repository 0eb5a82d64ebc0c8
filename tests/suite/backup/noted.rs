//! A backup that lacks something says so for as long as it does, also to whoever verifies it later.

use std::fs;
use std::io;

use bounty_ledger::backup::back_up;
use bounty_ledger::store::{Access, Layout, LocalDisk};

use super::{Backup, rows, small};
use crate::support::hooked_disk::{About, HookedDisk};
use crate::support::{Data, Run, copy_tree, in_dm, in_group};

/// A backup that was made while somebody held the group's log all the time.
fn without_the_group(data: &Data) -> Backup {
    let (backup, log) = (Backup::new(), data.log(-100));
    let hook = move |about, path: &std::path::Path| match about {
        About::Lock if path == log => Err(io::ErrorKind::TimedOut.into()),
        _ => Ok(()),
    };
    let disk = HookedDisk::new(LocalDisk::new(Access::Owner), hook);
    let (live, dest) = (Layout::new(data.path()), backup.data.path());
    back_up(&disk, &live, &dest, false, &mut |_| {}).expect("a backup");
    assert!(!backup.data.chat(-100).exists());
    backup
}

/// `verify` names the group as one that could not be backed up, and the DM as whole.
#[track_caller]
fn assert_named(verified: &Run) {
    assert_eq!(verified.code, Some(1), "{verified:?}");
    let problem = |chat: &str| {
        let mut lines = verified.stdout.lines();
        let line = lines.find(|line| line.starts_with(&format!("{chat}\t")));
        let line = line.unwrap_or_else(|| panic!("{chat}: {verified:?}"));
        line.contains("PROBLEM: when the backup was last made")
    };
    assert!(problem("-100") && !problem("7"), "{}", verified.stdout);
    assert!(
        verified.stderr.contains("backup.json"),
        "{}",
        verified.stderr
    );
}

#[test]
fn a_chat_that_was_busy_is_named_by_verify_until_an_update_has_it() {
    let data = small();
    let backup = without_the_group(&data);
    assert_named(&backup.data.run(&["verify"]));
    let json = backup.data.run(&["verify", "--format", "json"]);
    assert_eq!(json.code, Some(1));
    let problem = &rows(&json)[&-100]["problem"];
    let problem = problem.as_str().expect("a problem");
    assert!(problem.contains("locked by another process"), "{problem}");

    assert_eq!(backup.data.run(&["verify", "-100"]).code, Some(1));
    let other = backup.data.run(&["verify", "7"]).ok();
    assert_eq!(other.stderr, "", "only what was asked for is told");

    backup.make(&data, &["--update"]).ok();
    backup.assert_sound();
}

#[test]
fn a_restored_data_directory_tells_what_it_lacks_until_its_operator_removes_the_note() {
    let data = small();
    let backup = without_the_group(&data);
    let restored = Data::new();
    copy_tree(&backup.data.path(), &restored.path());
    restored
        .feed(&[in_dm(50, 7, "/add yes"), in_group(51, -100, 1, "/add anew")])
        .ok();
    assert_named(&restored.run(&["verify"]));
    fs::remove_file(restored.path().join("backup.json")).expect("removed");
    restored.run(&["verify"]).ok();
}

#[test]
fn a_whole_log_whose_chat_is_gone_is_named_and_a_damaged_one_by_what_is_found_in_it() {
    let data = small();
    let backup = Backup::new();
    backup.make(&data, &[]).ok();
    fs::remove_dir_all(data.chat(-100)).expect("removed");
    backup.make(&data, &["--update"]);
    assert_named(&backup.data.run(&["verify"]));

    let mut log = backup.data.log_bytes(-100);
    log[30] ^= 1;
    fs::write(backup.data.log(-100), log).expect("written");
    let verified = backup.data.run(&["verify"]);
    assert_eq!(verified.code, Some(1));
    assert!(
        verified.stdout.contains("damaged at line 1"),
        "{}",
        verified.stdout
    );
}

#[test]
fn a_note_that_cannot_be_read_is_a_problem_and_the_logs_are_verified_all_the_same() {
    let backup = Backup::new();
    backup.make(&small(), &[]).ok();
    fs::write(backup.data.path().join("backup.json"), "{").expect("written");
    let verified = backup.data.run(&["verify"]);
    assert_eq!(verified.code, Some(1));
    assert!(
        verified.stderr.contains("backup.json"),
        "{}",
        verified.stderr
    );
    assert_eq!(verified.stdout.matches("\tok\n").count(), 2);
}
