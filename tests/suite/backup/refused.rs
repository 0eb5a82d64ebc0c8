//! Places where no backup is made, and backups that were interrupted.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Backup, small, tree};
use crate::support::{Data, in_group};

#[track_caller]
fn refused(data: &Data, dest: &Path, options: &[&str], words: &str) {
    let (place, before) = (tree(dest), tree(&data.path()));
    let dest_name = dest.to_str().expect("UTF-8");
    let run = data.run(&[&["backup", dest_name], options].concat());
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    assert!(run.stderr.contains(words), "{}", run.stderr);
    assert_eq!(tree(dest), place);
    assert_eq!(tree(&data.path()), before);
}

#[test]
fn a_directory_with_files_is_refused_and_with_update_one_that_is_no_backup() {
    let data = small();
    let place = tempfile::tempdir().expect("a directory");
    fs::write(place.path().join("letter"), "dear").expect("written");
    refused(&data, place.path(), &[], "is not empty");
    refused(
        &data,
        place.path(),
        &["--update"],
        "is no backup of this program",
    );

    let backup = Backup::new();
    backup.make(&data, &[]).ok();
    refused(&data, &backup.data.path(), &[], "--update");
}

#[test]
fn a_backup_into_the_data_directory_or_around_it_is_refused() {
    let data = small();
    refused(&data, &data.path(), &[], "in one another");
    refused(&data, &data.path(), &["--update"], "in one another");
    refused(&data, &data.path().join("backup"), &[], "in one another");
    assert!(!data.path().join("backup").exists());
    let parent = data.path().parent().expect("a parent").to_owned();
    refused(&data, &parent, &["--update"], "in one another");
    let link = parent.join("link");
    std::os::unix::fs::symlink(data.path(), &link).expect("a link");
    refused(&data, &link.join("backup"), &[], "in one another");
}

#[test]
fn an_interrupted_backup_is_noticed_by_verify_refused_and_finished_by_an_update() {
    let data = small();
    let whole = Backup::new();
    whole.make(&data, &[]).ok();
    let log = data.log_bytes(-100);
    for cut in [0, 1, log.len() / 2, log.len() - 1, log.len()] {
        let backup = Backup::new();
        backup.make(&data, &[]).ok();
        fs::remove_file(backup.data.path().join("backup.json")).expect("removed");
        fs::remove_dir_all(backup.data.chat(7)).expect("removed");
        fs::write(backup.data.log(-100), &log[..cut]).expect("written");
        fs::write(backup.marker(), "").expect("written");

        let verified = backup.data.run(&["verify"]);
        assert_eq!(verified.code, Some(1));
        assert!(
            verified.stderr.contains("not finished"),
            "{}",
            verified.stderr
        );
        refused(&data, &backup.data.path(), &[], "not finished");
        backup.make(&data, &["--update"]).ok();
        backup.assert_sound();
        assert_eq!(tree(&backup.data.path()), tree(&whole.data.path()));
    }
}

#[test]
fn a_backup_that_is_killed_at_any_moment_leaves_its_marker_and_can_be_finished() {
    let data = Data::new();
    let updates: Vec<_> = (1..=400)
        .map(|n| in_group(n, -(n % 40) - 1, 1, &format!("/add number {n}")))
        .collect();
    data.feed(&updates).ok();
    let mut interrupted = 0;
    for round in 1..=10 {
        let backup = Backup::new();
        let mut child = data
            .bounty(&["backup", backup.data.path().to_str().expect("UTF-8")])
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        let copied = || {
            fs::read_dir(backup.data.path())
                .into_iter()
                .flatten()
                .count()
        };
        while copied() < round * 4 && child.try_wait().expect("asked").is_none() {}
        child.kill().expect("killed");
        child.wait().expect("ended");
        interrupted += usize::from(backup.marker().exists());
        assert!(backup.marker().exists() || backup.data.path().join("backup.json").exists());
        backup.make(&data, &["--update"]).ok();
        backup.assert_sound();
    }
    assert!(interrupted > 0, "none was interrupted");
}

#[test]
fn two_backups_never_write_to_one_place() {
    let data = small();
    let backup = Backup::new();
    backup.make(&data, &[]).ok();
    fs::write(backup.marker(), "").expect("written");
    let Ok(mut holder) = Command::new("flock")
        .args([
            backup.marker().to_str().expect("UTF-8"),
            "-c",
            "echo held; exec sleep 60",
        ])
        .stdout(Stdio::piped())
        .spawn()
    else {
        println!("skipped: no flock here");
        return;
    };
    let mut line = String::new();
    let mut told = BufReader::new(holder.stdout.take().expect("a pipe"));
    told.read_line(&mut line).expect("read");
    refused(&data, &backup.data.path(), &["--update"], "another backup");
    holder.kill().expect("killed");
    holder.wait().expect("ended");
}
