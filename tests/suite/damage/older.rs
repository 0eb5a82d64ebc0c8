//! A log that is older than its snapshots: a backup was restored, or the end was lost. And files that never had a log.

use std::fs;

use bounty_ledger::engine::Trouble;

use super::{CHAT, OTHER, refused_as_it_is};
use crate::library::files;
use crate::support::{Data, in_group};

/// A chat with two bounties, one tracked, whose snapshots know of all; and its log as it was before the last two events.
fn with_an_older_log() -> (Data, Vec<u8>) {
    let data = Data::new();
    data.feed(&[in_group(1, CHAT, 1, "/add One")]).ok();
    let older = data.log_bytes(CHAT);
    data.feed(&[
        in_group(2, CHAT, 1, "/add Two"),
        in_group(3, CHAT, 456, "/track 1"),
    ])
    .ok();
    (data, older)
}

/// Every way in refuses the chat, names it, and changes nothing.
#[track_caller]
fn refused_everywhere(data: &Data, readable: Option<u64>) {
    let before = files(&data.path());
    let out = data.path().with_file_name("out").display().to_string();
    for command in [
        &["verify"][..],
        &["replay"],
        &["replay", "--check"],
        &["replay", "--out", &out],
        &["replay", "-100"],
    ] {
        let run = data.run(command);
        assert_eq!(run.code, Some(1), "{command:?}: {}", run.stdout);
        let log = data.log(CHAT).display().to_string();
        assert!(
            run.stdout.contains("-100\t") && run.stdout.contains(&log),
            "{command:?}: {}",
            run.stdout
        );
        assert!(
            run.stdout.contains(".json reflects seq 4"),
            "{command:?}: {}",
            run.stdout
        );
    }
    assert!(files(&data.path()) == before, "a check changed something");
    refused_as_it_is(data, Trouble::Damaged, readable);

    let run = data.feed(&[
        in_group(11, CHAT, 1, "/add Lost?"),
        in_group(12, OTHER, 1, "/add Served"),
    ]);
    assert_eq!(run.code, Some(1));
    assert!(run.texts()[0].contains("nothing can be changed here"));
    assert!(run.texts()[1].contains("#1"));
    assert!(run.stderr.contains("reflects seq 4"), "{}", run.stderr);
    fs::remove_dir_all(data.chat(OTHER)).expect("removed");
    assert!(files(&data.path()) == before, "something was overwritten");
}

#[test]
fn a_log_older_than_its_snapshots_is_refused_and_nothing_is_overwritten() {
    let (data, older) = with_an_older_log();
    fs::write(data.log(CHAT), older).expect("written");
    refused_everywhere(&data, Some(1));
}

#[test]
fn snapshots_without_their_log_are_refused_and_nothing_is_overwritten() {
    let (data, _) = with_an_older_log();
    fs::remove_file(data.log(CHAT)).expect("removed");
    refused_everywhere(&data, None);
}

#[test]
fn an_empty_log_beside_snapshots_is_refused_and_nothing_is_overwritten() {
    let (data, _) = with_an_older_log();
    fs::write(data.log(CHAT), b"").expect("written");
    refused_everywhere(&data, None);
}

#[test]
fn a_torn_log_that_snapshots_say_was_longer_is_refused_and_not_cut() {
    let (data, older) = with_an_older_log();
    fs::write(data.log(CHAT), &older[..older.len() - 10]).expect("written");
    refused_everywhere(&data, Some(0));
}

#[test]
fn a_tracking_list_alone_shows_that_the_log_is_missing() {
    let (data, _) = with_an_older_log();
    fs::remove_file(data.log(CHAT)).expect("removed");
    fs::remove_file(data.chat(CHAT).join("group.json")).expect("removed");
    refused_everywhere(&data, None);
}

/// Opening asks only the board's own file (it would not do to read thousands of lists), the checks ask all.
#[test]
fn a_tracking_list_that_is_newer_than_the_log_is_named_by_every_check_and_never_overwritten() {
    let (data, older) = with_an_older_log();
    fs::write(data.log(CHAT), older).expect("written");
    fs::remove_file(data.chat(CHAT).join("group.json")).expect("removed");
    let list = fs::read(data.chat(CHAT).join("456.json")).expect("a list");
    let before = files(&data.path());
    for command in [&["verify"][..], &["replay"], &["replay", "--check"]] {
        let run = data.run(command);
        assert_eq!(run.code, Some(1), "{command:?}: {}", run.stdout);
        assert!(
            run.stdout.contains("456.json reflects seq 4"),
            "{command:?}: {}",
            run.stdout
        );
    }
    assert!(files(&data.path()) == before);
    data.feed(&[in_group(21, CHAT, 456, "/track 1")]);
    let after = fs::read(data.chat(CHAT).join("456.json")).expect("a list");
    assert!(after == list, "a newer list was overwritten");
}

/// What the program that this one grew out of left behind.
const SEED_GROUP: &str = r#"{
  "group_id": -100,
  "bounties": [
    {"id": 1, "created_by_user_id": 456, "text": "Fix login bug", "link": null, "due_date_ts": null, "created_at": 1735603200}
  ],
  "next_id": 2
}
"#;
const SEED_LIST: &str = "{\"user_id\": 456, \"tracked\": [1]}\n";

fn foreign_files_stay(files_of_the_seed: &[(&str, &str)]) {
    let data = Data::new();
    fs::create_dir_all(data.chat(CHAT)).expect("made");
    for (name, content) in files_of_the_seed {
        fs::write(data.chat(CHAT).join(name), content).expect("written");
    }
    refused_as_it_is(&data, Trouble::Foreign, None);
    let before = files(&data.path());
    let run = data.feed(&[
        in_group(1, CHAT, 456, "/add New"),
        in_group(2, CHAT, 456, "/bounty"),
        in_group(3, OTHER, 456, "/add Served"),
    ]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.texts()[0].contains("another program"),
        "{:?}",
        run.texts()
    );
    assert!(run.texts()[2].contains("#1"), "{:?}", run.texts());
    assert!(
        run.stderr.contains(&data.chat(CHAT).display().to_string()),
        "{}",
        run.stderr
    );
    fs::remove_dir_all(data.chat(OTHER)).expect("removed");
    data.run(&["replay"]);
    assert!(files(&data.path()) == before, "foreign files were touched");
}

#[test]
fn a_cut_snapshot_without_a_log_is_refused_and_left_untouched() {
    for cut in ["", "{\n", "{\n  \"group_id\": -100,\n  \"bount"] {
        foreign_files_stay(&[("group.json", cut)]);
    }
}

#[test]
fn files_of_another_program_without_a_log_are_refused_and_left_untouched() {
    foreign_files_stay(&[("group.json", SEED_GROUP), ("456.json", SEED_LIST)]);
}

#[test]
fn a_lone_tracking_list_of_another_program_is_refused_and_left_untouched() {
    foreign_files_stay(&[("456.json", SEED_LIST)]);
}
