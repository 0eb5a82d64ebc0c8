//! Databases that cannot be read, or not now; and that reading one changes nothing.

use std::fs;

use super::assert_whole;
use super::bounty_sqlite::{KIND, TABLES};
use super::database::Database;
use crate::library::files;

/// One bounty; the second column of each case is what is done to the tables.
const ROW: &str = "INSERT INTO bounties VALUES (1, -1, 456, 'One', NULL, NULL, 1735603200);";

fn with(sql: &str) -> Database {
    Database::new(KIND, &format!("{TABLES}{ROW}{sql}"))
}

#[test]
fn what_is_no_database_is_said() {
    let whole = fs::read(with("").path()).expect("a database");
    let mut newer = whole.clone();
    newer[18..20].copy_from_slice(&[3, 3]);
    let mut damaged = whole.clone();
    for page in 1..whole.len() / 4096 {
        damaged[page * 4096..page * 4096 + 64].fill(0xA5);
    }
    let cases: [(&[u8], &str); 8] = [
        (b"", "too short"),
        (b"{\"bounties\": []}", "too short"),
        (&[b'x'; 5_000], "is no SQLite database"),
        (
            b"** This file contains an SQLite 2.1 database **",
            "a database of SQLite 2",
        ),
        (&newer, "a newer version of SQLite"),
        (&whole[..whole.len() - 4_096], "is cut short"),
        (&whole[..50], "too short"),
        (&damaged, "damaged"),
    ];
    for (content, words) in cases {
        Database::of_bytes(KIND, content).assert_refused(words);
    }
    let old = with("");
    fs::remove_file(old.path()).expect("removed");
    old.assert_refused("old.db");
    fs::create_dir(old.path()).expect("made");
    old.assert_refused("is no file");
}

#[test]
fn a_missing_table_or_column_is_named() {
    with("DROP TABLE bounties;").assert_refused("it has no table `bounties`");
    with("DROP TABLE users;").assert_refused("bad      users -: the database has no such table");
    with("DROP TABLE user_bounty_tracking;")
        .assert_refused("user_bounty_tracking -: the database has no such table");
    for column in ["group_id", "created_by_user_id", "text", "created_at"] {
        let sql = format!("ALTER TABLE bounties RENAME COLUMN {column} TO gone;");
        with(&sql).assert_refused("table bounties has no column for");
    }
    Database::new(KIND, "CREATE TABLE telegram_bot (id INTEGER);")
        .assert_refused("bounty import notify-bridge");
}

#[test]
fn a_value_that_cannot_be_is_named_with_its_row() {
    let loose = TABLES
        .replace(" NOT NULL", "")
        .replace("INTEGER PRIMARY KEY AUTOINCREMENT", "INTEGER");
    let cases = [
        (
            "(2, -1, NULL, 'x', NULL, NULL, 1)",
            "bounties 2: who added it is missing",
        ),
        (
            "(2, -1, 456, NULL, NULL, NULL, 1)",
            "bounties 2: its text is missing",
        ),
        (
            "(2, -1, 456, 'x', NULL, NULL, NULL)",
            "bounties 2: when it was added is missing",
        ),
        (
            "(2, -1, 456, 'x', NULL, NULL, 'soon')",
            "when it was added is no Unix time and no date",
        ),
        (
            "(2, -1, 456, 'x', NULL, 1e40, 1)",
            "its due date is no Unix time and no date",
        ),
        (
            "(2, -1, 456, CAST(x'61ff62' AS TEXT), NULL, NULL, 1)",
            "its text is no UTF-8 text",
        ),
        (
            "(2, -1, 456, 'x', CAST(x'ff' AS TEXT), NULL, 1)",
            "its link is no UTF-8 text",
        ),
        ("(2, -1, 456, x'00', NULL, NULL, 1)", "its text is no text"),
        (
            "(1, -1, 456, 'x', NULL, NULL, 1)",
            "bounties 1: id 1 is there twice",
        ),
        (
            "(NULL, -1, 456, 'x', NULL, NULL, 1)",
            "bounties NULL: its id is missing",
        ),
        (
            "(-2, -1, 456, 'x', NULL, NULL, 1)",
            "its id -2 is no bounty's id",
        ),
        ("(2, NULL, -9, 'x', NULL, NULL, 1)", "-9 is no user's id"),
        (
            "(2, 77, 456, 'x', NULL, NULL, 1)",
            "user 456 added it, in the DM of 77",
        ),
        (
            "(2, -1, 456, hex(zeroblob(600000)), NULL, NULL, 1)",
            "larger than a line of a log",
        ),
    ];
    for (row, words) in cases {
        let old = Database::new(
            KIND,
            &format!("{loose}{ROW} INSERT INTO bounties VALUES {row};"),
        );
        old.assert_refused(words);
        old.import(&["--skip-bad"]).ok();
        assert_eq!(old.data.events(-1).len(), 2, "{row}");
    }
}

#[test]
fn a_database_that_is_being_written_to_is_refused() {
    let old = with("");
    let writer = old.open();
    writer.execute_batch("BEGIN EXCLUSIVE").expect("locked");
    old.assert_refused("is locked");
    writer
        .execute_batch("COMMIT; BEGIN IMMEDIATE")
        .expect("locked");
    old.assert_refused("is locked");
    writer
        .execute_batch("COMMIT; PRAGMA journal_mode = WAL; BEGIN IMMEDIATE")
        .expect("locked");
    old.assert_refused("is locked");
    writer.execute_batch("COMMIT").expect("unlocked");
    old.import(&[]).ok();
}

#[test]
fn what_stands_in_a_write_ahead_log_is_read_and_nothing_beside_the_source_changes() {
    let old = with("PRAGMA journal_mode = WAL;");
    let writer = old.open();
    writer
        .execute_batch(
            "INSERT INTO bounties VALUES (2, -1, 456, 'In the log', NULL, NULL, 1735603201)",
        )
        .expect("inserted");
    let dir = old.path().parent().expect("a directory").to_owned();
    let before = files(&dir);
    assert!(
        before
            .keys()
            .any(|path| path.to_string_lossy().ends_with("-wal"))
    );
    old.import(&["--dry-run"]).ok();
    assert!(
        files(&dir) == before,
        "the source or something beside it was changed"
    );
    old.import(&[]).ok();
    let mut after = files(&dir);
    after.retain(|path, _| !path.starts_with(old.data.path()));
    assert!(
        after == before,
        "the source or something beside it was changed"
    );
    assert_eq!(
        old.data.json(-1, "group.json")["bounties"][1]["text"],
        "In the log"
    );
}

#[test]
fn a_transaction_that_a_crash_cut_short_is_not_read_and_the_source_stays_as_it_is() {
    let old = with("");
    let writer = old.open();
    // More than the cache holds goes to the file before it is committed.
    writer
        .execute_batch(
            "PRAGMA cache_size = 1; BEGIN; UPDATE bounties SET text = 'Unfinished';
        WITH RECURSIVE n(v) AS (SELECT 10 UNION ALL SELECT v + 1 FROM n WHERE v < 2000)
        INSERT INTO bounties SELECT v, -1, 456, 'Unfinished', NULL, NULL, 1 FROM n;",
        )
        .expect("written");
    let crashed = Database::of_bytes(KIND, &fs::read(old.path()).expect("a database"));
    let journal = |old: &Database| old.path().with_file_name("old.db-journal");
    fs::copy(journal(&old), journal(&crashed)).expect("a journal");
    let before =
        [fs::read(crashed.path()), fs::read(journal(&crashed))].map(|read| read.expect("a file"));
    crashed.import(&[]).ok();
    assert_eq!(
        crashed.data.json(-1, "group.json")["bounties"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    assert_eq!(
        crashed.data.json(-1, "group.json")["bounties"][0]["text"],
        "One"
    );
    let after =
        [fs::read(crashed.path()), fs::read(journal(&crashed))].map(|read| read.expect("a file"));
    assert!(before == after, "the source was changed");
    assert_whole(&crashed.data, || crashed.import(&[]));
}
