//! What notification trackers had done before: kept as it was, shown, and never acted on.

use std::fs;

use serde_json::{Value, json};

use super::shapes::{RENAMES, old_shape};
use super::{KIND, assert_no_secret, log};
use crate::import::database::Database;
use crate::import::{assert_whole, assert_written};
use crate::library::{files, lines};
use crate::support::Data;

/// A position, an entry with everything, one of a tracker that is gone, one of none.
const WORKED: &str = "
    ALTER TABLE tracker_state ADD COLUMN pending JSON;
    UPDATE tracker_state SET asset_ids = '[\"a\", \"b\"]', pending = '{\"api_key\": \"very-secret-key\", \"n\": 0.1}';
    INSERT INTO tracker_state VALUES (2, 77, 'album-9', '[]', NULL, NULL);
    ALTER TABLE event_log ADD COLUMN collection_id TEXT;
    ALTER TABLE event_log ADD COLUMN status TEXT;
    ALTER TABLE event_log ADD COLUMN assets_count INTEGER;
    UPDATE event_log SET collection_id = 'album-1', status = 'sent', assets_count = 3,
        details = '{\"error\": \"https://user:pass@example.com/x\", \"names\": [\"\u{202e}\"]}' WHERE id = 1;
    INSERT INTO event_log VALUES (3, 77, 'album_renamed', 'no JSON', '2026-03-01 09:00:00', 'album-9', NULL, NULL);";

fn worked() -> Database {
    Database::new(KIND, &format!("{}{WORKED}", old_shape()))
}

fn events(data: &Data, stream: &str) -> Vec<Value> {
    let log = fs::read_to_string(data.path().join(stream).join("events.jsonl")).expect("a log");
    let event = |line| serde_json::from_str(line).expect("JSON");
    log.lines().map(event).collect()
}

/// The types and data of the events that were kept.
fn kept(data: &Data, stream: &str) -> Vec<(String, Value)> {
    let events = events(data, stream).into_iter().skip(1);
    let kept = events.map(|event| {
        let kind = event["type"].as_str().expect("a type").to_owned();
        (kind, event["data"].clone())
    });
    kept.collect()
}

#[test]
fn states_and_log_entries_are_kept_with_every_field_under_their_tracker() {
    let old = worked();
    let run = old.import(&[]).ok();
    assert_no_secret(&old, &run.stdout);
    let log = events(&old.data, "notifier-1");
    assert_eq!(log[0]["type"], "NotifierOpened");
    assert_eq!(log[1]["time"], "2026-03-01T10:00:00.000Z");
    let keys = [&log[1]["cause"]["key"], &log[2]["cause"]["key"]];
    assert_eq!(keys, ["notification_tracker_state 1", "event_log 1"]);
    let [(state_type, state), (entry_type, entry)] = &kept(&old.data, "notifier-1")[..] else {
        panic!("{log:?}");
    };
    assert_eq!(
        (state_type.as_str(), entry_type.as_str()),
        ("OldStateKept", "OldEventKept")
    );
    assert_eq!(state["collection_id"], "album-1");
    assert_eq!(state["state"]["asset_ids"], json!(["a", "b"]));
    assert_eq!(state["state"]["pending"]["n"], json!(0.1));
    assert_eq!(
        state["state"].as_object().map(serde_json::Map::len),
        Some(2)
    );
    let secret = state["state"]["pending"]["api_key"]["file"]
        .as_str()
        .expect("a file");
    assert_eq!(
        fs::read_to_string(secret).expect("a secret").trim(),
        "very-secret-key"
    );
    assert_eq!(entry["event_type"], "assets_added");
    assert_eq!(
        (&entry["collection_id"], &entry["status"]),
        (&json!("album-1"), &json!("sent"))
    );
    assert_eq!(entry["details"]["names"], json!(["\u{202e}"]));
    assert!(entry["details"]["error"]["file"].is_string(), "{entry}");
    assert_eq!(entry["other"], json!({"assets_count": 3}));
    for (table, rows) in [("notification_tracker_state", "2"), ("event_log", "3")] {
        let mut lines = run.stdout.lines();
        let line = lines.find(|line| line.starts_with(table)).expect("a line");
        let counts: Vec<&str> = line.split_whitespace().skip(1).collect();
        assert_eq!(counts, [rows, rows, "0", "0"], "{table}");
    }
    assert_whole(&old.data, || old.import(&[]));
}

#[test]
fn what_is_of_a_tracker_that_is_gone_is_kept_under_no_tracker_and_named() {
    let old = worked();
    let run = old.import(&[]).ok();
    for words in [
        "event_log 2, 3: its tracker is gone",
        "notification_tracker_state 2: its tracker is gone",
    ] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    let kept = kept(&old.data, "notifier-0");
    let renamed = json!({"event_type": "album_renamed", "collection_id": "album-9", "status": null, "details": "no JSON", "other": {"notification_tracker_id": 77}});
    assert_eq!(kept[0], ("OldEventKept".to_owned(), renamed));
    let state = json!({"collection_id": "album-9", "state": {"asset_ids": [], "notification_tracker_id": 77}});
    assert!(
        kept.contains(&("OldStateKept".to_owned(), state)),
        "{kept:?}"
    );
    assert_eq!(kept.len(), 3);
}

#[test]
fn deliveries_show_what_was_told_before_also_by_trackers_that_are_gone() {
    let old = worked();
    old.import(&[]).ok();
    let list = |args: &str| crate::bridge::bridge(&old.data, &format!("deliveries {args}")).ok();
    let all = list("");
    let lines: Vec<&str> = all.stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{}", all.stdout);
    assert!(
        lines[0].contains("0/old") && lines[0].contains("album_renamed"),
        "{}",
        lines[0]
    );
    for words in [
        "1/old",
        "collection album-1",
        "sent",
        "assets_added",
        "assets_count 3",
        "\\u{202e}",
    ] {
        assert!(all.stdout.contains(words), "{words}: {}", all.stdout);
    }
    assert!(!all.stdout.contains('\u{202e}'));
    crate::bridge::bridge(&old.data, "notifier remove 1").ok();
    let of_one = list("--tracker 1 --format json");
    let rows: Value = serde_json::from_str(&of_one.stdout).expect("JSON");
    assert_eq!(rows.as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&rows[0]["tracker_name"], &rows[0]["status"]),
        (&json!("Albums"), &json!("sent"))
    );
    assert_eq!(
        list("--since 2026-03-01T09:30:00Z").stdout.lines().count(),
        2
    );
    assert_eq!(
        list("--status unknown").stdout,
        "",
        "they have no status of ours"
    );
}

#[test]
fn an_entry_that_is_imported_stays_where_it_is_when_its_tracker_goes_or_gets_the_new_name() {
    let old = worked();
    old.import(&[]).ok();
    old.change(RENAMES);
    let run = old.import(&[]);
    assert_written(&run, 0);
    for table in ["event_log", "notification_tracker_state"] {
        assert!(
            !run.stdout.contains(&format!("differs  {table}")),
            "{}",
            run.stdout
        );
    }
    old.change(
        "INSERT INTO event_log VALUES (4, 1, 'later', NULL, '2026-04-01 00:00:00', NULL, NULL, NULL);
         UPDATE notification_tracker_state SET asset_ids = '[]', last_updated = '2026-04-01 00:00:00' WHERE id = 1;",
    );
    let run = old.import(&[]);
    assert_written(&run, 2);
    assert_eq!(kept(&old.data, "notifier-1").len(), 4);
    let before = files(&old.data.path());
    old.change("UPDATE event_log SET details = 'other' WHERE id = 4;");
    let run = old.import(&[]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stdout.contains("differs  event_log 4"),
        "{}",
        run.stdout
    );
    old.change("UPDATE event_log SET details = NULL WHERE id = 4;");
    old.change(
        "DELETE FROM notification_tracker_target; DELETE FROM notification_tracker WHERE id = 1;
         DELETE FROM notification_tracker_state WHERE id = 1; UPDATE event_log SET notification_tracker_id = NULL WHERE notification_tracker_id = 1;",
    );
    let run = old.import(&[]);
    assert_written(&run, 0);
    assert!(!run.stdout.contains("differs  event_log"), "{}", run.stdout);
    assert!(files(&old.data.path()) == before);
}

#[test]
fn an_import_cut_after_any_kept_event_is_completed_to_the_same_bytes() {
    let old = worked();
    old.import(&[]).ok();
    let mut whole = files(&old.data.path());
    let is_active =
        |old: &Database, path: &std::path::Path| path.starts_with(old.data.path().join("active"));
    whole.retain(|path, _| !is_active(&old, path));
    for stream in ["notifier-0", "notifier-1"] {
        let dir = old.data.path().join(stream);
        let bytes = fs::read(dir.join("events.jsonl")).expect("a log");
        for kept in 0..lines(&bytes).len() {
            fs::write(dir.join("events.jsonl"), lines(&bytes)[..kept].concat()).expect("cut");
            fs::remove_file(dir.join("notifier.json")).expect("removed");
            old.import(&[]).ok();
            let mut found = files(&old.data.path());
            found.retain(|path, _| !is_active(&old, path));
            assert!(found == whole, "{stream}: {kept} lines were kept");
        }
    }
    assert!(!log(&old.data).is_empty());
}

#[test]
fn kept_streams_are_checked_rebuilt_and_backed_up_like_others() {
    let old = worked();
    old.import(&[]).ok();
    let snapshot = old.data.path().join("notifier-1/notifier.json");
    let before = fs::read(&snapshot).expect("a snapshot");
    fs::remove_file(&snapshot).expect("removed");
    old.data.run(&["replay", "notifier-1"]).ok();
    assert_eq!(fs::read(&snapshot).expect("a snapshot"), before);
    let verified = old.data.run(&["verify"]).ok();
    assert!(
        verified.stdout.contains("notifier-0\tseq 4"),
        "{}",
        verified.stdout
    );
    let backup = old.data.path().with_file_name("backup");
    old.data
        .run(&["backup", &backup.display().to_string()])
        .ok();
    for name in ["notifier-0/events.jsonl", "notifier-1/events.jsonl"] {
        let copy = fs::read(backup.join(name)).expect("a copy");
        assert_eq!(copy, fs::read(old.data.path().join(name)).expect("a log"));
    }
}

#[test]
fn rows_that_no_log_can_hold_are_named() {
    let cases = [
        (
            "UPDATE event_log SET details = CAST(x'ff' AS TEXT) WHERE id = 1;",
            "event_log 1: details is no UTF-8 text",
        ),
        (
            "UPDATE event_log SET details = x'00' WHERE id = 1;",
            "event_log 1: details is no text",
        ),
        (
            "UPDATE event_log SET created_at = NULL WHERE id = 1;",
            "event_log 1: created_at is missing",
        ),
        (
            "UPDATE event_log SET tracker_id = 'x' WHERE id = 1;",
            "notification_tracker_id is no whole number",
        ),
        (
            "UPDATE tracker_state SET asset_ids = 'x' || hex(zeroblob(600000)) WHERE id = 1;",
            "notification_tracker_state 1: its fields are larger than a line of a log may be",
        ),
    ];
    for (sql, words) in cases {
        let old = Database::new(KIND, &format!("{}{sql}", old_shape()));
        old.assert_refused(words);
        old.import(&["--skip-bad"]).ok();
        assert_whole(&old.data, || old.import(&["--skip-bad"]));
    }
}

#[test]
fn a_hundred_thousand_log_rows_are_carried_one_by_one() {
    let many = "INSERT INTO event_log
        WITH RECURSIVE generate(value) AS (SELECT 1000 UNION ALL SELECT value + 1 FROM generate WHERE value < 100999)
        SELECT value, 1, 'assets_added', '{\"n\": ' || value || '}', '2026-03-01 09:00:00', 'album-' || value, 'sent', value FROM generate;";
    let old = Database::new(
        KIND,
        &format!("{}{WORKED}BEGIN; {many} COMMIT;", old_shape()),
    );
    let run = old.import(&[]).ok();
    assert!(run.stdout.contains("rows, "), "{}", run.stdout);
    let numbers: std::collections::BTreeSet<i64> = events(&old.data, "notifier-1")
        .iter()
        .filter_map(|event| {
            event["cause"]["key"]
                .as_str()?
                .strip_prefix("event_log ")?
                .parse()
                .ok()
        })
        .filter(|number| *number >= 1_000)
        .collect();
    assert!(numbers.into_iter().eq(1_000..101_000), "a row is missing");
    let again = old.import(&[]).ok();
    assert_written(&again, 0);
}

#[test]
fn a_data_directory_that_was_moved_has_the_same_rows() {
    let old = worked();
    old.import(&[]).ok();
    let moved = old.data.path().with_file_name("moved");
    fs::rename(old.data.path(), &moved).expect("moved");
    let (source, moved) = (old.path(), moved.display().to_string());
    let source = source.display().to_string();
    let args = ["import", KIND, &source, "--data", &moved];
    let again = old.data.run(&args).ok();
    assert_written(&again, 0);
    assert!(!again.stdout.contains("differs"), "{}", again.stdout);
}
