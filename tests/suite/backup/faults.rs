//! Logs that are torn or damaged when a backup is made.

use std::fs;

use super::{Backup, small, tree};
use crate::support::{Data, copy_tree, in_dm, in_group};

/// Flips a bit in the second line of the group's log.
fn damage(data: &Data) {
    let mut log = data.log_bytes(-100);
    let first = log.iter().position(|byte| *byte == b'\n').expect("a line");
    log[first + 30] ^= 1;
    fs::write(data.log(-100), log).expect("written");
}

#[test]
fn a_damaged_log_is_copied_as_it_is_and_named_and_the_copy_is_refused_too() {
    let data = small();
    damage(&data);
    let backup = Backup::new();
    let report = backup.make(&data, &[]);
    assert_eq!(report.code, Some(1));
    let named = report
        .stdout
        .lines()
        .find(|line| line.starts_with("-100\t"));
    let named = named.expect("named");
    assert!(named.contains("damaged at line 2 (seq 2)"), "{named}");
    assert!(named.contains("as it is"), "{named}");
    assert!(report.stdout.contains("7\tseq 2\t"), "{}", report.stdout);
    assert_eq!(tree(&backup.data.chat(-100)), tree(&data.chat(-100)));
    assert_eq!(tree(&backup.data.chat(7)), tree(&data.chat(7)));

    let restored = Data::new();
    copy_tree(&backup.data.path(), &restored.path());
    assert_eq!(restored.run(&["verify"]).code, Some(1));
    let refused = restored.feed(&[in_group(50, -100, 1, "/add no")]);
    assert_eq!(refused.code, Some(1));
    restored.feed(&[in_dm(51, 7, "/add yes")]).ok();
}

#[test]
fn a_log_that_lost_its_last_events_is_named_and_the_copy_still_shows_it() {
    let data = small();
    let log = data.log_bytes(-100);
    let last = log[..log.len() - 1].iter().rposition(|byte| *byte == b'\n');
    fs::write(data.log(-100), &log[..=last.expect("a line")]).expect("written");
    for lost_all in [false, true] {
        if lost_all {
            fs::remove_file(data.log(-100)).expect("removed");
        }
        let backup = Backup::new();
        let report = backup.make(&data, &[]);
        assert_eq!(report.code, Some(1));
        assert!(
            report.stdout.contains("reflects seq 3"),
            "{}",
            report.stdout
        );
        assert_eq!(tree(&backup.data.chat(-100)), tree(&data.chat(-100)));
        assert_eq!(backup.data.run(&["verify", "-100"]).code, Some(1));
        backup.data.run(&["verify", "7"]).ok();
    }
}

#[test]
fn an_update_never_puts_damage_behind_a_whole_backup() {
    let data = small();
    let backup = Backup::new();
    backup.make(&data, &[]).ok();
    let before = tree(&backup.data.chat(-100));
    // One good event more, then a line that is none.
    data.feed(&[in_group(10, -100, 1, "/add Two")]).ok();
    let mut log = data.log_bytes(-100);
    log.extend(b"{\"seq\":5}\n");
    fs::write(data.log(-100), log).expect("written");
    let report = backup.make(&data, &["--update"]);
    assert_eq!(report.code, Some(1));
    assert!(
        report.stdout.contains("stays as it was, at seq 3"),
        "{}",
        report.stdout
    );
    assert_eq!(tree(&backup.data.chat(-100)), before);
    backup.assert_sound_but_for_its_note();
}

#[test]
fn a_log_of_another_chat_is_named() {
    let data = small();
    copy_tree(&data.chat(-100), &data.chat(-200));
    let report = Backup::new().make(&data, &[]);
    assert_eq!(report.code, Some(1));
    assert!(
        report.stdout.contains("belongs to chat -100"),
        "{}",
        report.stdout
    );
}

#[test]
fn a_torn_tail_is_no_part_of_the_copied_log_and_kept_as_the_next_writer_keeps_it() {
    let data = small();
    let valid = data.log_bytes(-100);
    let torn = [&valid[..], b"{\"seq\":4,\"id\":\"01"].concat();
    fs::write(data.log(-100), &torn).expect("written");
    let backup = Backup::new();
    let report = backup.make(&data, &[]).ok();
    assert!(
        report.stderr.contains("unfinished write"),
        "{}",
        report.stderr
    );
    assert_eq!(data.log_bytes(-100), torn, "a backup changes nothing");
    assert_eq!(backup.data.log_bytes(-100), valid);
    backup.assert_sound();

    // The next writer makes the same file of it, and the update finds it there.
    data.feed(&[in_group(10, -100, 1, "/add Two")]).ok();
    let asides = |data: &Data| {
        let mut files = tree(&data.chat(-100));
        files.retain(|name, _| name.to_string_lossy().contains(".torn-"));
        files
    };
    assert_eq!(asides(&data).len(), 1);
    assert_eq!(asides(&backup.data), asides(&data));
    backup.make(&data, &["--update"]).ok();
    assert_eq!(tree(&backup.data.chat(-100)), tree(&data.chat(-100)));
    backup.assert_sound();
}

#[test]
fn what_was_set_aside_comes_along_and_is_never_overwritten() {
    let data = small();
    let aside = data.chat(-100).join("events.jsonl.damaged-17");
    fs::write(&aside, "first").expect("written");
    fs::write(data.chat(-100).join(".tmp-x"), "rest").expect("written");
    let backup = Backup::new();
    backup.make(&data, &[]).ok();
    let copy = backup.data.chat(-100).join("events.jsonl.damaged-17");
    assert_eq!(fs::read(&copy).expect("copied"), b"first");
    assert!(!backup.data.chat(-100).join(".tmp-x").exists());
    fs::write(&aside, "other").expect("written");
    let report = backup.make(&data, &["--update"]);
    assert_eq!(report.code, Some(1));
    assert!(report.stdout.contains("differ"), "{}", report.stdout);
    assert_eq!(fs::read(&copy).expect("kept"), b"first");
}
