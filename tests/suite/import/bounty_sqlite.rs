//! The bounty bot's SQLite database.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde_json::{Value, json};

use super::database::Database;
use super::{assert_whole, assert_written};
use crate::library::{files, lines};
use crate::support::in_group;

pub const KIND: &str = "bounty-sqlite";
const GROUP: i64 = -100_123;

/// The tables as the bot made them: Telegram's ids everywhere.
pub const TABLES: &str = "
    CREATE TABLE users (user_id INTEGER PRIMARY KEY, username TEXT, first_name TEXT, last_name TEXT, created_at INTEGER);
    CREATE TABLE groups (group_id INTEGER PRIMARY KEY, title TEXT);
    CREATE TABLE group_admins (group_id INTEGER, user_id INTEGER, PRIMARY KEY (group_id, user_id));
    CREATE TABLE bounties (
        id INTEGER PRIMARY KEY AUTOINCREMENT, group_id INTEGER REFERENCES groups(group_id),
        created_by_user_id INTEGER NOT NULL REFERENCES users(user_id), text TEXT NOT NULL, link TEXT,
        due_date_ts INTEGER, created_at INTEGER NOT NULL);
    CREATE TABLE user_bounty_tracking (
        user_id INTEGER NOT NULL, bounty_id INTEGER NOT NULL REFERENCES bounties(id) ON DELETE CASCADE,
        created_at INTEGER NOT NULL, PRIMARY KEY (user_id, bounty_id));
    CREATE TABLE reminder_log (id INTEGER PRIMARY KEY, user_id INTEGER, bounty_id INTEGER, sent_at INTEGER);";

const ROWS: &str = "
    INSERT INTO users VALUES (456, 'ada', 'Ada', 'L.', 1), (789, 'bob', NULL, NULL, 1), (42, NULL, 'Lurker', NULL, 1);
    INSERT INTO groups VALUES (-100123, 'Workshop'), (-200, 'Quiet');
    INSERT INTO group_admins VALUES (-100123, 456);
    INSERT INTO bounties VALUES
        (1, -100123, 456, 'Fix login bug', 'https://github.com/example/repo/issues/1', 1735689600, 1735603200),
        (2, NULL, 456, 'My own', NULL, NULL, 1735603201),
        (3, 789, 789, 'Bob''s own', '', NULL, 1735603202),
        (7, -100123, 789, 'Купить чай', NULL, NULL, 1735603203);
    INSERT INTO user_bounty_tracking VALUES (456, 7, 1735603300), (789, 1, 1735603301), (456, 2, 1735603302);
    INSERT INTO reminder_log VALUES (1, 456, 1, 5), (2, 456, 1, 6);";

pub fn filled() -> Database {
    Database::new(KIND, &format!("{TABLES}{ROWS}"))
}

#[test]
fn every_row_becomes_an_event_with_its_own_time_creator_and_name() {
    let old = filled();
    let run = old.import(&[]).ok();
    assert!(run.stdout.contains("6 rows, 6 the same."), "{}", run.stdout);
    let events = old.data.events(GROUP);
    let told: Vec<_> = events
        .iter()
        .map(|event| {
            (
                event["type"].as_str().expect("a type"),
                event["time"].as_str().expect("a time"),
                event["actor"]["name"].as_str().unwrap_or(""),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("BoardOpened", "2024-12-31T00:00:00.000Z", ""),
            ("BountyAdded", "2024-12-31T00:00:00.000Z", "Ada L."),
            ("BountyAdded", "2024-12-31T00:00:03.000Z", "bob"),
            ("Tracked", "2024-12-31T00:01:40.000Z", "Ada L."),
            ("Tracked", "2024-12-31T00:01:41.000Z", "bob"),
        ]
    );
    assert_eq!(events[0]["data"]["title"], "Workshop");
    let cause =
        json!({"kind": "import", "source": "old.db", "file": "old.db", "key": "bounties 7"});
    assert_eq!(events[2]["cause"], cause);
    assert_eq!(old.data.json(456, "user.json")["bounties"][0]["id"], 2);
    assert_eq!(
        old.data.json(789, "user.json")["bounties"][0]["link"],
        Value::Null
    );
    assert_eq!(old.data.events(-200).len(), 1);
    for words in [
        "dropped  group_admins: there are no admins",
        "dropped  reminder_log: ",
        "dropped  users 42: ",
        "in a DM all bounties are one's own",
    ] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    let report = old.report(&[]);
    let counted = |table: &str| {
        let tables = report["tables"].as_array().expect("tables").iter();
        tables
            .clone()
            .find(|one| one["table"] == table)
            .expect("a table")
            .clone()
    };
    assert_eq!(
        counted("reminder_log"),
        json!({"table": "reminder_log", "rows": 2, "carried": 0, "dropped": 2, "bad": 0})
    );
    assert_eq!(counted("user_bounty_tracking")["carried"], 2);
    assert_whole(&old.data, || old.import(&[]));
}

/// Creator, text, link, due and creation date of bounties, by their ids.
type Bounties = BTreeMap<i64, (i64, String, Option<String>, Option<i64>, i64)>;

/// What the database says.
fn rows(connection: &Connection) -> Bounties {
    let mut select = connection
        .prepare("SELECT id, created_by_user_id, text, link, due_date_ts, created_at FROM bounties")
        .expect("a statement");
    let rows = select.query_map([], |row| {
        Ok((
            row.get(0)?,
            (
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
                row.get(5)?,
            ),
        ))
    });
    rows.expect("rows").collect::<Result<_, _>>().expect("rows")
}

/// What the snapshots of groups say.
fn carried(old: &Database, chats: impl IntoIterator<Item = i64>) -> Bounties {
    let boards = chats
        .into_iter()
        .map(|chat| old.data.json(chat, "group.json"));
    let bounties = boards.flat_map(|board| board["bounties"].as_array().expect("a list").clone());
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let number = |value: &Value| value.as_i64().expect("a number");
    bounties
        .map(|row| {
            let fields = (
                number(&row["created_by_user_id"]),
                text(&row["text"]).expect("a text"),
                text(&row["link"]),
                row["due_date_ts"].as_i64(),
                number(&row["created_at"]),
            );
            (number(&row["id"]), fields)
        })
        .collect()
}

#[test]
fn a_hundred_thousand_rows_are_carried_one_by_one() {
    let sql = "
        INSERT INTO users SELECT value, NULL, 'User ' || value, NULL, 1 FROM generate;
        INSERT INTO groups SELECT -value, 'Group ' || value FROM generate WHERE value <= 10;
        INSERT INTO bounties SELECT value, -(value % 10) - 1, value, 'Bounty ' || value || ' ёж', NULL, NULL, 1735603200 + value FROM generate;
        INSERT INTO user_bounty_tracking SELECT value, value + 1, 1735700000 FROM generate WHERE value % 10 = 1;
        DROP VIEW generate;";
    let view = "CREATE VIEW generate AS WITH RECURSIVE generate(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM generate WHERE value < 90000) SELECT value FROM generate;";
    let old = Database::new(KIND, &format!("BEGIN; {TABLES}{view}{sql} COMMIT;"));
    let run = old.import(&[]).ok();
    assert!(
        run.stdout.contains("99000 rows, 99000 the same."),
        "{}",
        run.stdout
    );
    assert!(
        carried(&old, -10..=-1) == rows(&old.open()),
        "a row differs"
    );
    let again = old.import(&[]).ok();
    assert_written(&again, 0);
}

#[test]
fn numbers_of_its_own_are_resolved_to_telegrams_ids() {
    let tables = |references: &str| {
        format!(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, telegram_id INTEGER UNIQUE, username TEXT);
             CREATE TABLE groups (id INTEGER PRIMARY KEY, telegram_chat_id INTEGER, title TEXT);
             CREATE TABLE bounties (id INTEGER PRIMARY KEY, group_id INTEGER {references}, user_id INTEGER, description TEXT, url TEXT, due_at TEXT, created_at TEXT);
             CREATE TABLE user_bounty_tracking (user_id INTEGER, bounty_id INTEGER);
             INSERT INTO users VALUES (1, 456, 'ada');
             INSERT INTO groups VALUES (1, -100123, 'Workshop');
             INSERT INTO bounties VALUES (1, 1, 1, 'In the group', NULL, '2030-01-01 10:00:00', '2024-12-31 00:00:00.5'), (2, NULL, 1, 'My own', NULL, NULL, '2024-12-31');
             INSERT INTO user_bounty_tracking VALUES (1, 1);"
        )
    };
    let of_other_names = tables("REFERENCES groups(id)")
        .replace("users (id ", "users (user_id ")
        .replace("groups (id ", "groups (group_id ")
        .replace("groups(id)", "groups(group_id)");
    let mut shapes = vec![
        of_other_names.replace("REFERENCES groups(group_id)", ""),
        of_other_names,
    ];
    shapes.extend(["", "REFERENCES groups(id)", "REFERENCES groups"].map(tables));
    for shape in shapes {
        let old = Database::new(KIND, &shape);
        old.import(&[]).ok();
        let events = old.data.events(GROUP);
        assert_eq!(
            events[1]["actor"],
            json!({"kind": "user", "id": 456, "name": "ada"})
        );
        assert_eq!(events[1]["time"], "2024-12-31T00:00:00.500Z");
        assert_eq!(events[1]["data"]["due_date_ts"], 1_893_492_000);
        assert_eq!(old.data.json(GROUP, "456.json")["tracked"], json!([1]));
        assert_eq!(
            old.data.json(456, "user.json")["bounties"][0]["text"],
            "My own"
        );
    }
}

#[test]
fn a_foreign_key_that_leads_elsewhere_is_refused() {
    let old = Database::new(KIND, &format!(
        "CREATE TABLE users (telegram_id INTEGER, number INTEGER PRIMARY KEY, username TEXT);
         CREATE TABLE bounties (id INTEGER PRIMARY KEY, group_id INTEGER, user_id INTEGER REFERENCES users(number), description TEXT, created_at TEXT);
         INSERT INTO users VALUES (456, 1, 'ada');
         INSERT INTO bounties VALUES (1, {GROUP}, 1, 'Whose?', '2024-12-31');"
    ));
    old.assert_refused(
        "column user_id: it refers to number of users, whose ids are read from telegram_id",
    );
}

#[test]
fn what_a_row_refers_to_and_is_not_there_is_named() {
    let old = Database::new(KIND, &format!(
        "{TABLES}{ROWS}
         INSERT INTO user_bounty_tracking VALUES (456, 99, 1), (0, 1, 1);
         INSERT INTO bounties VALUES (8, -100123, 1000, 'Of nobody known', NULL, NULL, 1735603204), (9, -300, 456, 'Of no group known', NULL, NULL, 1735603204);"
    ));
    old.assert_refused("bad      user_bounty_tracking 456/99: there is no bounty 99");
    old.assert_refused("0/1: 0 is no id of Telegram's");
    old.import(&["--skip-bad"]).ok();
    // Telegram's ids say who it was, and where, also without a row.
    assert_eq!(
        old.data.json(GROUP, "group.json")["bounties"][2]["created_by_user_id"],
        1000
    );
    assert_eq!(old.data.json(-300, "group.json")["bounties"][0]["id"], 9);
    assert_whole(&old.data, || old.import(&["--skip-bad"]));
}

#[test]
fn an_old_id_that_is_free_in_its_chat_is_kept_and_the_others_are_listed() {
    let old = filled();
    old.data.feed(&[in_group(1, GROUP, 5, "/add Here")]).ok();
    let run = old.import(&[]).ok();
    assert!(
        run.stdout
            .contains("-100123                              1         8"),
        "{}",
        run.stdout
    );
    let board = old.data.json(GROUP, "group.json");
    let texts: Vec<_> = board["bounties"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| (row["id"].as_i64(), row["text"].as_str()))
        .collect();
    assert_eq!(
        texts,
        [
            (Some(1), Some("Here")),
            (Some(7), Some("Купить чай")),
            (Some(8), Some("Fix login bug"))
        ]
    );
    assert_eq!(old.data.json(GROUP, "789.json")["tracked"], json!([8]));
    assert_whole(&old.data, || old.import(&[]));
}

#[test]
fn an_import_cut_after_any_event_is_completed_to_the_same_bytes() {
    let old = filled();
    old.import(&[]).ok();
    let chats = || {
        let mut files = files(&old.data.path());
        files.retain(|path, _| !path.starts_with(old.data.path().join("active")));
        files
    };
    let whole = chats();
    for chat in [GROUP, 456, 789, -200] {
        let log = old.data.log_bytes(chat);
        for kept in 0..lines(&log).len() {
            std::fs::write(old.data.log(chat), lines(&log)[..kept].concat()).expect("cut");
            old.data.delete_snapshots();
            old.import(&[]).ok();
            assert!(chats() == whole, "chat {chat}, {kept} lines were kept");
        }
    }
}

#[test]
fn hostile_texts_are_carried_as_they_are() {
    let old = Database::new(KIND, TABLES);
    let texts = [
        "\u{1b}[31m",
        "\u{202e}gnp",
        "\"},\"seq\":1",
        "'; DROP TABLE bounties;--",
        "=1+1",
        "a\r\nb",
        "a\u{0}b",
        "𝕏\u{10ffff}",
    ];
    let connection = old.open();
    for (id, text) in (1..).zip(texts) {
        let insert = "INSERT INTO bounties VALUES (?1, -1, 456, ?2, ?2, NULL, 1735603200)";
        connection.execute(insert, (id, text)).expect("inserted");
    }
    connection
        .execute(
            "INSERT INTO users VALUES (456, NULL, ?1, NULL, 1)",
            [texts[1]],
        )
        .expect("inserted");
    let run = old.import(&[]).ok();
    assert!(
        !run.stdout.contains('\u{202e}') && !run.stdout.contains('\u{1b}'),
        "{}",
        run.stdout
    );
    assert!(carried(&old, [-1]) == rows(&connection), "a row differs");
    assert_whole(&old.data, || old.import(&[]));
}

#[test]
fn an_empty_database_is_imported_to_nothing() {
    let old = Database::new(KIND, TABLES);
    let run = old.import(&[]).ok();
    assert_written(&run, 0);
    assert!(
        run.stdout.contains("bounties                     0"),
        "{}",
        run.stdout
    );
}

#[test]
fn columns_and_tables_that_nothing_has_a_place_for_are_named() {
    let old = filled();
    old.change("ALTER TABLE bounties ADD COLUMN priority INTEGER; UPDATE bounties SET priority = 1 WHERE id < 3;
        CREATE TABLE settings (key TEXT); INSERT INTO settings VALUES ('a'), ('b');
        CREATE VIEW everything AS SELECT * FROM bounties; CREATE VIRTUAL TABLE found USING fts5(text);");
    let run = old.import(&[]).ok();
    assert!(
        run.stdout.contains("bounties: column priority (2 values)"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("dropped  settings: nothing here"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("everything"), "{}", run.stdout);
}
