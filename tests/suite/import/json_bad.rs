//! What cannot be carried is named, and stops everything unless it is to be left out.

use serde_json::{Value, json};

use super::{GROUP, Old, assert_whole, bounty};
use crate::library::files;
use crate::support::in_group;

/// A group whose third row is this.
fn with(row: Value) -> Old {
    let old = Old::empty();
    let bounties = [bounty(1, 456, "One"), bounty(2, 456, "Two"), row];
    old.put(
        "-100123/group.json",
        &json!({"group_id": GROUP, "bounties": bounties}),
    );
    old
}

fn changed(field: &str, value: Value) -> Value {
    let mut row = bounty(3, 456, "Three");
    row[field] = value;
    row
}

#[track_caller]
fn assert_stops(old: &Old, words: &str) {
    let run = old.import(&[]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    assert!(run.stderr.contains("Nothing was written"), "{}", run.stderr);
    assert!(!old.data.path().exists(), "something was written");
}

#[test]
fn a_row_that_cannot_be_carried_stops_the_import_and_is_named() {
    let cases = [
        (changed("id", json!(1)), "-100123/1: id 1 is there twice"),
        (
            changed("id", json!(0)),
            "-100123/0: its id 0 is no bounty's id",
        ),
        (changed("id", json!("3")), "id is no whole number"),
        (changed("id", Value::Null), "-100123/at 2: id is missing"),
        (changed("text", Value::Null), "-100123/3: text is missing"),
        (changed("text", json!(["a"])), "text is no text"),
        (changed("created_at", Value::Null), "created_at is missing"),
        (
            changed("created_at", json!("yesterday")),
            "created_at is no Unix time",
        ),
        (
            changed("created_at", json!(i64::MAX)),
            "is no date in the years 1 to 9999",
        ),
        (
            changed("due_date_ts", json!(1e30)),
            "is no date in the years 1 to 9999",
        ),
        (
            changed("created_by_user_id", Value::Null),
            "created_by_user_id is missing",
        ),
        (
            changed("created_by_user_id", json!(0)),
            "which is nobody's id",
        ),
        (
            changed("group_id", json!(-5)),
            "its group_id is another chat's",
        ),
        (
            changed("text", json!("x".repeat(1 << 20))),
            "larger than a line of a log",
        ),
        (json!("a bounty"), "it is no JSON object"),
    ];
    for (row, words) in cases {
        let old = with(row);
        assert_stops(&old, words);
        old.import(&["--skip-bad"]).ok();
        assert_eq!(
            old.data.json(GROUP, "group.json")["bounties"]
                .as_array()
                .map(Vec::len),
            Some(2)
        );
        assert_whole(&old.data, || old.import(&["--skip-bad"]));
    }
}

#[test]
fn a_file_that_cannot_be_read_stops_the_import_and_is_named() {
    let cases: [(&str, &[u8], &str); 7] = [
        (
            "123/user.json",
            b"{\"user_id\": 123, \"bount",
            "it is no JSON object",
        ),
        ("123/user.json", b"\xff\xfe{}", "it is no JSON object"),
        ("123/user.json", b"[]", "it is no JSON object"),
        (
            "123/user.json",
            b"{\"user_id\": 5, \"bounties\": []}",
            "it says that it is of 5",
        ),
        (
            "123/group.json",
            b"{\"bounties\": []}",
            "is of the other kind",
        ),
        (
            "123/user.json",
            b"{\"bounties\": {}}",
            "bounties is no list",
        ),
        (
            "123/user.json",
            b"{\"user_id\": 123, \"bounties\": [], \"next_id\": 2, \"seq\": 1, \"head\": \"00\"}",
            "a snapshot of this program",
        ),
    ];
    for (name, content, words) in cases {
        let old = with(bounty(3, 456, "Three"));
        old.put_bytes(name, content);
        assert_stops(&old, words);
    }
}

#[test]
fn a_tracked_bounty_that_is_not_there_is_named() {
    let old = with(bounty(3, 456, "Three"));
    old.put(
        "-100123/456.json",
        &json!({"user_id": 456, "tracked": [1, 99]}),
    );
    assert_stops(
        &old,
        "bad      tracked -100123/456/99: there is no bounty 99",
    );
    old.import(&["--skip-bad"]).ok();
    assert_eq!(old.data.json(GROUP, "456.json")["tracked"], json!([1]));
}

#[test]
fn fields_and_files_that_nothing_has_a_place_for_are_named() {
    let old = with(changed("colour", json!("red")));
    old.put_bytes("-100123/notes.txt", b"hello");
    old.put_bytes("README", b"hello");
    let run = old.import(&[]).ok();
    for words in [
        "field \"colour\" (1 times)",
        "files -100123/notes.txt: no file of the bot",
        "files README",
    ] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
}

#[test]
fn what_is_no_source_is_said() {
    let old = Old::empty();
    let run = old.import(&[]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("no chat's directory"), "{}", run.stderr);
    old.put("-100123/group.json", &json!({"bounties": []}));
    let chat = old.dir().join("-100123").display().to_string();
    let run = old.data.run(&["import", "json-files", &chat]);
    assert!(
        run.stderr.contains("name the directory above"),
        "{}",
        run.stderr
    );
    let run = old.data.run(&["import", "json-files", "/nowhere/at/all"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("/nowhere/at/all"), "{}", run.stderr);
}

#[test]
fn old_files_in_the_data_directory_are_recognised_and_never_touched() {
    let old = Old::new();
    std::fs::rename(old.dir(), old.data.path()).expect("moved");
    let before = files(&old.data.path());
    let run = old.data.feed(&[in_group(1, GROUP, 456, "/add New")]);
    assert!(
        run.stderr.contains("bounty import json-files"),
        "{}",
        run.stderr
    );
    let run = old.data.run(&[
        "import",
        "json-files",
        &old.data.path().display().to_string(),
    ]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("mv "), "{}", run.stderr);
    let mut after = files(&old.data.path());
    after.retain(|path, _| !path.starts_with(old.data.path().join("active")));
    assert!(after == before);
}
