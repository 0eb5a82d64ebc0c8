//! What cannot be carried, and what must not be.

use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use super::shapes::new_shape;
use super::{KIND, TOKENS, assert_no_secret, bridge, config_of, old_shape};
use crate::import::database::Database;
use crate::import::{assert_whole, assert_written};

#[test]
fn a_row_that_cannot_be_is_named_with_the_reason() {
    let cases = [
        (
            "UPDATE telegram_bot SET token = '' WHERE id = 3;",
            "telegram_bot 3: token is missing",
        ),
        (
            "UPDATE telegram_bot SET user_id = 9 WHERE id = 3;",
            "telegram_bot 3: there is no user 9",
        ),
        (
            "UPDATE telegram_bot SET created_at = NULL WHERE id = 3;",
            "telegram_bot 3: created_at is missing",
        ),
        (
            "UPDATE telegram_bot SET commands_config = '{\"a\"' WHERE id = 3;",
            "commands_config is no JSON",
        ),
        (
            "UPDATE telegram_bot SET name = CAST(x'ff' AS TEXT) WHERE id = 3;",
            "telegram_bot 3: name is no UTF-8 text",
        ),
        (
            "UPDATE tracker SET provider_id = 9 WHERE id = 2;",
            "notification_tracker 2: there is no service_provider 9",
        ),
        (
            "UPDATE tracker SET collection_ids = '{}' WHERE id = 2;",
            "collection_ids is no JSON list",
        ),
        (
            "INSERT INTO tracker_target VALUES (9, 99, 1, 1, NULL, NULL, NULL, NULL);",
            "notification_tracker_target 9: there is no notification_tracker 99",
        ),
        (
            "INSERT INTO tracker_target VALUES (9, 1, 99, 1, NULL, NULL, NULL, NULL);",
            "there is no notification_target 99",
        ),
        (
            "UPDATE service_provider SET config = json_object('a', printf('%.*c', 1200000, 'x'));",
            "its fields are larger than a line of a log may be",
        ),
        (
            "UPDATE telegram_bot SET name = replace(printf('%.*c', 300000, 'x'), 'x', char(1)) WHERE id = 3;",
            "telegram_bot 3: its fields are larger than a line of a log may be",
        ),
        ("DROP TABLE user;", "user -: the database has no such table"),
        (
            "DROP TABLE tracker;",
            "notification_tracker -: the database has no such table",
        ),
    ];
    for (sql, words) in cases {
        let old = Database::new(KIND, &format!("{}{sql}", old_shape()));
        old.assert_refused(words);
        old.import(&["--skip-bad"]).ok();
        assert_whole(&old.data, || old.import(&["--skip-bad"]));
    }
    Database::new(KIND, "CREATE TABLE bounties (id INTEGER);")
        .assert_refused("it has no table `telegram_bot`");
    Database::of_bytes(KIND, b"no database at all").assert_refused("no SQLite database");
}

#[test]
fn nothing_refers_to_a_row_that_cannot_be_and_it_takes_no_place() {
    let sql = "CREATE TABLE command_config (id INTEGER, user_id INTEGER, provider_type TEXT, icon TEXT, created_at TEXT);
        CREATE TABLE command_tracker (id INTEGER, user_id INTEGER, provider_id INTEGER, command_config_id INTEGER, created_at TEXT, icon TEXT);
        CREATE TABLE command_tracker_listener (id INTEGER, command_tracker_id INTEGER, listener_type TEXT, listener_id INTEGER, created_at TEXT);
        INSERT INTO command_config VALUES (1, 1, 'immich', x'00', '2026-03-01'), (2, 1, 'immich', '', '2026-03-01');
        INSERT INTO command_tracker VALUES (1, 1, 1, 1, '2026-03-01', ''), (2, 1, 1, 2, '2026-03-01', x'00');
        INSERT INTO command_tracker_listener VALUES (1, 2, 'telegram_bot', 1, '2026-03-01');
        UPDATE tracker_target SET quiet_hours_start = x'00' WHERE id = 1;
        INSERT INTO tracker_target VALUES (8, 1, 1, 1, NULL, NULL, NULL, NULL);";
    let old = Database::new(KIND, &format!("{}{sql}", old_shape()));
    for words in [
        "command_config 1: icon is no text",
        "command_tracker 1: there is no command_config 1",
        "command_tracker 2: icon is no text",
        "command_tracker_listener 1: there is no command_tracker 2",
        "notification_tracker_target 1: quiet_hours_start is no text",
    ] {
        old.assert_refused(words);
    }
    old.import(&["--skip-bad"]).ok();
    let links = &bridge(&old.data)["notification_tracker_target"];
    assert_eq!((&links[0]["id"], &links[1]["id"]), (&json!(2), &json!(8)));
    assert_whole(&old.data, || old.import(&["--skip-bad"]));
}

#[test]
fn what_is_not_carried_may_be_of_any_size() {
    let sql = "ALTER TABLE telegram_bot ADD COLUMN notes TEXT;
        UPDATE telegram_bot SET notes = printf('%.*c', 1200000, 'x');
        UPDATE user SET hashed_password = printf('%.*c', 1200000, 'x');";
    let old = Database::new(KIND, &format!("{}{sql}", old_shape()));
    old.import(&[]).ok();
    assert_eq!(config_of(&bridge(&old.data), "Third")["locale"], "en");
    assert_whole(&old.data, || old.import(&[]));
}

#[test]
fn hostile_texts_are_carried_as_they_are_and_secrets_in_them_are_not() {
    let old = Database::new(KIND, &old_shape());
    let connection = old.open();
    let name = "\u{202e}\u{1b}[31m\"},\"seq\":1";
    connection
        .execute(
            "UPDATE telegram_bot SET name = ?1, icon = ?2 WHERE id = 1",
            [name, TOKENS[1]],
        )
        .expect("updated");
    let run = old.import(&[]).ok();
    assert_no_secret(&old, &run.stdout);
    let bridge = bridge(&old.data);
    assert_eq!(bridge["telegram_bot"][0]["name"], name);
    assert_eq!(bridge["telegram_bot"][0]["icon"], "[hidden]");
    assert!(!run.stdout.contains('\u{202e}'), "{}", run.stdout);
}

#[test]
fn an_empty_database_leaves_nothing() {
    let sql = old_shape();
    let tables: String = sql
        .split(';')
        .filter(|statement| statement.trim_start().starts_with("CREATE"))
        .map(|statement| format!("{statement};"))
        .collect();
    let old = Database::new(KIND, &tables);
    let run = old.import(&[]).ok();
    assert_written(&run, 0);
    assert!(!old.data.path().join("bridge").exists());
}

#[test]
fn secrets_are_their_owners_alone_also_where_the_group_may_read_the_rest() {
    let old = Database::new(KIND, &old_shape());
    let run = old.import(&["--group-readable"]).ok();
    assert_no_secret(&old, &run.stdout);
    let log = std::fs::metadata(old.data.path().join("bridge/events.jsonl")).expect("a log");
    assert_eq!(log.permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_link_or_listener_that_is_there_twice_is_carried_once() {
    let twice = format!(
        "{}INSERT INTO notification_tracker_target VALUES (3, 1, 1, 1, NULL, NULL, NULL);
        INSERT INTO command_tracker_listener (id, command_tracker_id, listener_type, listener_id, created_at)
        VALUES (2, 1, 'TELEGRAM_BOT', 1, '2026-03-01'), (3, 1, ' telegram_bot ', 1, '2026-03-01');",
        new_shape()
    );
    let old = Database::new(KIND, &twice);
    let report = old.import(&["--dry-run"]);
    for words in ["is linked to it already", "listens for it already"] {
        assert!(report.stdout.contains(words), "{words}: {}", report.stdout);
    }
}
