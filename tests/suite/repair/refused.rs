//! What needs no repair, and what cannot be repaired here.

use std::fs;

use super::{CHAT, NAME, apply, board, report};
use crate::library::{body, files, lines, sealed};
use crate::support::{Data, in_group};

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
    assert!(
        run.stdout.contains("`bounty repair -100`"),
        "{}",
        run.stdout
    );
    let run = data.feed(&[in_group(77, CHAT, 1, "/add No")]);
    assert!(
        run.stderr.contains("`bounty repair -100`"),
        "{}",
        run.stderr
    );
    apply(&data).ok();
}

#[test]
fn whoever_is_not_the_owner_is_told_whose_the_data_is() {
    let data = board();
    super::change_line(&data, 3);
    if std::os::unix::fs::chown(data.chat(CHAT), Some(4_711), None).is_err() {
        println!("skipped: only root gives files to others");
        return;
    }
    let run = apply(&data);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    for words in ["uid 4711", "sudo -u '#4711'"] {
        assert!(run.stderr.contains(words), "{words} in {}", run.stderr);
    }
}
