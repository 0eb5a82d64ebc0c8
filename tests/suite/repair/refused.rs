//! What needs no repair, and what cannot be repaired here.

use std::fs;

use super::{CHAT, NAME, apply, board, report};
use crate::library::{body, files, lines, sealed};
use crate::support::{Data, in_group, say_skipped};

/// Both ways to call it fail, say this, and change nothing.
#[track_caller]
fn refused(data: &Data, words: &[&str]) {
    let before = files(&data.path());
    for args in [&["repair", NAME][..], &["repair", NAME, "--apply"]] {
        let run = data.run(args);
        assert_eq!(run.code, Some(1), "{}", run.stdout);
        for word in words {
            assert!(run.stderr.contains(word), "{word} in {}", run.stderr);
        }
    }
    assert!(files(&data.path()) == before, "something was changed");
}

#[test]
fn a_whole_log_and_a_torn_tail_need_no_repair_and_nothing_is_changed() {
    let data = board();
    let log = data.log_bytes(CHAT);
    let torn = [&log[..], &lines(&log)[7][..50]].concat();
    for (log, words) in [
        (log.clone(), "nothing to repair, seq 8"),
        (torn, "torn tail of 50 bytes"),
    ] {
        fs::write(data.log(CHAT), log).expect("written");
        let before = files(&data.path());
        for args in [&["repair", NAME][..], &["repair", NAME, "--apply"]] {
            let run = data.run(args).ok();
            assert!(run.stdout.contains(words), "{}", run.stdout);
        }
        assert!(files(&data.path()) == before, "something was changed");
    }
}

#[test]
fn another_chats_log_is_not_repaired_here() {
    let data = board();
    data.feed(&[in_group(1, -200, 1, "/add Other")]).ok();
    fs::copy(data.log(-200), data.log(CHAT)).expect("copied");
    refused(
        &data,
        &["belongs to chat -200", "Put each chat's own log back"],
    );
}

#[test]
fn an_event_of_a_newer_program_is_not_repaired_here() {
    let data = board();
    let log = data.log_bytes(CHAT);
    let bodies = lines(&log).into_iter().map(|line| {
        let body = String::from_utf8(body(line).to_vec()).expect("UTF-8");
        body.replace("\"BountyDeleted\",\"v\":1", "\"BountyDeleted\",\"v\":2")
    });
    fs::write(data.log(CHAT), sealed(bodies)).expect("written");
    refused(&data, &["BountyDeleted version 2 is unknown", "newer one"]);
    assert_eq!(report(&data, &[])["state"], "unrepairable");
}

#[test]
fn another_programs_files_are_not_repaired_here() {
    let data = Data::in_memory();
    fs::create_dir_all(data.chat(CHAT)).expect("made");
    fs::write(data.chat(CHAT).join("group.json"), "{\"group_id\": -100}").expect("written");
    refused(
        &data,
        &[
            "another program",
            "bounty import json-files",
            "To start afresh",
        ],
    );
}

#[test]
fn a_chat_that_is_not_there_is_named() {
    let data = Data::in_memory();
    fs::create_dir_all(data.path()).expect("made");
    refused(&data, &["chat -100 has no log", "--data"]);
    assert!(!data.chat(CHAT).exists());
}

#[test]
fn damage_names_the_repair_as_the_next_step() {
    let data = board();
    super::change_line(&data, 3);
    let run = data.run(&["verify"]);
    let repair = format!("`bounty repair -100 --data {}`", data.path().display());
    assert!(run.stdout.contains(&repair), "{}", run.stdout);
    let run = data.feed(&[in_group(77, CHAT, 1, "/add No")]);
    assert!(run.stderr.contains(&repair), "{}", run.stderr);
    apply(&data).ok();
}

#[test]
fn whoever_is_not_the_owner_is_told_whose_the_data_is() {
    let data = board();
    super::change_line(&data, 3);
    if std::os::unix::fs::chown(data.chat(CHAT), Some(4_711), None).is_err() {
        let test = "whoever_is_not_the_owner_is_told_whose_the_data_is";
        return say_skipped(test, "only root gives files to others");
    }
    let run = apply(&data);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    for words in ["uid 4711", "sudo -u '#4711'"] {
        assert!(run.stderr.contains(words), "{words} in {}", run.stderr);
    }
}

#[test]
fn damage_of_the_bridge_names_what_can_be_done_as_its_repair_cannot() {
    let data = Data::in_memory();
    data.run(&["bridge", "config", "add", "--name", "One"]).ok();
    let log = data.path().join("bridge/events.jsonl");
    let changed = fs::read_to_string(&log)
        .expect("a log")
        .replace("One", "Eno");
    fs::write(&log, changed).expect("written");
    let run = data.run(&["verify"]);
    assert!(!run.stdout.contains("bounty repair"), "{}", run.stdout);
    assert!(
        run.stdout.contains("back from a backup, or move it away"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("`bounty audit --bridge --data "),
        "{}",
        run.stdout
    );
    assert_eq!(data.run(&["repair", "bridge"]).code, Some(1));
}

#[test]
fn a_repair_whose_report_cannot_be_written_says_what_was_done() {
    let data = board();
    super::change_line(&data, 3);
    let full = || {
        fs::File::options()
            .write(true)
            .open("/dev/full")
            .expect("a full device")
    };
    let run = |args: &[&str]| {
        let output = data.bounty(args).stdout(full()).output().expect("a run");
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        (output.status.code(), said)
    };
    let (code, said) = run(&["repair", NAME]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("nothing was changed, but the report could not be written"),
        "{said}"
    );
    let (code, said) = run(&["repair", NAME, "--apply"]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("the log is repaired, but the report could not be written"),
        "{said}"
    );
    assert!(!said.contains("the output"), "said once: {said}");
    let (code, said) = run(&["verify"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("the output could not be written"), "{said}");
}
