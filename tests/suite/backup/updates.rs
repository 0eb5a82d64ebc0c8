//! An earlier backup is brought up to date.

use std::fs;

use serde_json::json;

use super::{Backup, small, tree};
use crate::support::{Data, in_dm, in_group};

fn grow(data: &Data) {
    data.feed(&[
        in_group(10, -100, 1, "/edit 1 Uno"),
        in_group(11, -100, 3, "/track 1"),
        in_group(12, -300, 3, "/add New here"),
        in_dm(13, 7, "/delete 1"),
    ])
    .ok();
}

#[test]
fn an_update_gives_what_a_new_backup_gives() {
    let data = small();
    let (updated, fresh) = (Backup::new(), Backup::new());
    updated.make(&data, &[]).ok();
    grow(&data);
    let report = updated.make(&data, &["--update"]).ok();
    assert_eq!(report.stdout, fresh.make(&data, &[]).ok().stdout);
    assert_eq!(tree(&updated.data.path()), tree(&fresh.data.path()));
    updated.assert_sound();

    let before = tree(&updated.data.path());
    updated.make(&data, &["--update"]).ok();
    assert_eq!(tree(&updated.data.path()), before);
}

#[test]
fn an_update_makes_the_first_backup_when_there_is_none() {
    let data = small();
    let backup = Backup::new();
    backup.make(&data, &["--update"]).ok();
    backup.assert_sound();
}

#[test]
fn a_backup_that_is_no_beginning_of_the_live_log_is_named_and_left_alone_and_other_chats_are_updated()
 {
    // Another history of the same length or longer, and one that was cut.
    for texts in [
        &["/add Other", "/add Another", "/add More"][..],
        &["/add Other"][..],
    ] {
        let data = small();
        let backup = Backup::new();
        backup.make(&data, &[]).ok();
        let before = backup.data.log_bytes(-100);
        fs::remove_dir_all(data.chat(-100)).expect("removed");
        let updates: Vec<_> = (20..)
            .zip(texts)
            .map(|(update, text)| in_group(update, -100, 1, text))
            .collect();
        data.feed(&updates).ok();
        data.feed(&[in_dm(40, 7, "/add Second")]).ok();

        let report = backup.make(&data, &["--update"]);
        assert_eq!(report.code, Some(1));
        let named = report
            .stdout
            .lines()
            .find(|line| line.starts_with("-100\t"));
        let named = named.expect("named");
        assert!(named.contains("is no beginning of"), "{named}");
        assert!(named.starts_with("-100\tseq 3\t"), "{named}");
        assert_eq!(backup.data.log_bytes(-100), before);
        assert_eq!(backup.data.log_bytes(7), data.log_bytes(7));
        backup.assert_sound_but_for_its_note();
    }
}

#[test]
fn a_chat_that_the_live_data_lost_is_kept_and_named() {
    let data = small();
    let backup = Backup::new();
    backup.make(&data, &[]).ok();
    let before = tree(&backup.data.chat(-100));
    fs::remove_dir_all(data.chat(-100)).expect("removed");
    let report = backup.make(&data, &["--update"]);
    assert_eq!(report.code, Some(1));
    assert!(report.stdout.contains("-100\tseq 3"), "{}", report.stdout);
    assert!(
        report.stdout.contains("has it no more"),
        "{}",
        report.stdout
    );
    assert_eq!(tree(&backup.data.chat(-100)), before);
}

#[test]
fn a_backup_whose_own_log_was_changed_is_named_and_left_alone() {
    let data = small();
    let backup = Backup::new();
    backup.make(&data, &[]).ok();
    let mut log = backup.data.log_bytes(-100);
    log[40] ^= 1;
    fs::write(backup.data.log(-100), &log).expect("written");
    grow(&data);
    let report = backup.make(&data, &["--update", "--format", "json"]);
    assert_eq!(report.code, Some(1));
    let row = &super::rows(&report)[&-100];
    let problem = row["problem"].as_str().expect("a problem");
    assert!(
        problem.contains("the backup's own log was changed"),
        "{problem}"
    );
    assert_eq!(row["seq"], json!(0));
    assert_eq!(backup.data.log_bytes(-100), log);
    assert_eq!(backup.data.log_bytes(7), data.log_bytes(7));
}

#[test]
fn a_chat_that_was_copied_damaged_and_mended_since_is_backed_up_anew_as_the_message_says() {
    let data = small();
    let whole = data.log_bytes(-100);
    let mut damaged = whole.clone();
    damaged[40] ^= 1;
    fs::write(data.log(-100), damaged).expect("written");
    let backup = Backup::new();
    assert_eq!(backup.make(&data, &[]).code, Some(1));
    fs::write(data.log(-100), whole).expect("written");
    let report = backup.make(&data, &["--update"]);
    assert_eq!(report.code, Some(1));
    let copy = backup.data.chat(-100);
    let words = format!(
        "move {} out of the backup, then run it again",
        copy.display()
    );
    assert!(report.stdout.contains(&words), "{}", report.stdout);
    assert!(
        !report.stdout.contains("bounty repair"),
        "{}",
        report.stdout
    );
    fs::rename(copy, backup.data.path().with_file_name("out")).expect("moved");
    backup.make(&data, &["--update"]).ok();
    backup.assert_sound();
}

#[test]
fn a_copy_without_an_event_is_no_earlier_backup_of_a_damaged_log() {
    for was_interrupted in [false, true] {
        let data = small();
        let backup = Backup::new();
        let copy = backup.data.chat(-100);
        backup.make(&data, &[]).ok();
        let mut log = data.log_bytes(-100);
        log[40] ^= 1;
        fs::write(data.log(-100), log).expect("written");
        fs::remove_dir_all(&copy).expect("removed");
        if was_interrupted {
            // It ended right after it had made the file.
            fs::create_dir(&copy).expect("made");
            fs::write(backup.data.log(-100), "").expect("written");
            fs::write(backup.marker(), "").expect("written");
        }
        let report = backup.make(&data, &["--update"]);
        assert_eq!(report.code, Some(1));
        let words = "The backup has the file as it is";
        assert!(report.stdout.contains(words), "{}", report.stdout);
        assert_eq!(tree(&copy), tree(&data.chat(-100)));
    }
}
