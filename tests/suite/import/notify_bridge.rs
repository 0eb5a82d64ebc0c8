//! The notification bridge's database: before its refactor, after it, and half-way.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use super::assert_whole;
use super::database::Database;
use crate::library::{files, lines};
use crate::support::Data;

pub const KIND: &str = "notify-bridge";
pub const TOKENS: [&str; 3] = [
    "7001:AAE-a_Secret-token_That-nobody_May-see1",
    "7002:AAE-b_Secret-token_That-nobody_May-see2",
    "7003:AAE-c_Secret-token_That-nobody_May-see3",
];
const DAY: &str = "'2026-03-01 10:00:00.000000'";

/// The tables that the refactor did not touch.
const COMMON: &str = "
    CREATE TABLE user (id INTEGER PRIMARY KEY, username TEXT NOT NULL, hashed_password TEXT NOT NULL, role TEXT, created_at DATETIME);
    CREATE TABLE service_provider (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES user(id), type TEXT, name TEXT, icon TEXT, config JSON, created_at DATETIME);
    CREATE TABLE telegram_chat (id INTEGER PRIMARY KEY, bot_id INTEGER, chat_id TEXT, title TEXT, type TEXT, language TEXT);
    INSERT INTO user VALUES (0, '__system__', '-', 'admin', '2026-01-01 00:00:00'), (1, 'alexei', 'hash-of-a-password', 'admin', '2026-01-01 00:00:00'), (2, 'zoë', 'x', 'user', '2026-01-02 00:00:00');
    INSERT INTO service_provider VALUES (1, 1, 'immich', 'Photos', 'mdiCamera', '{\"url\": \"https://photos.example.com\", \"api_key\": \"very-secret-key\"}', '2026-03-01 10:00:00.000000');
    INSERT INTO telegram_chat VALUES (1, 1, '-42', 'Family', 'group', NULL), (2, 1, '-43', 'Друзья', 'group', 'ru'), (3, 2, '-43', 'Друзья', 'group', 'en');";

/// Everything as it was before.
pub fn old_shape() -> String {
    format!("{COMMON}
        CREATE TABLE telegram_bot (id INTEGER PRIMARY KEY, user_id INTEGER, name TEXT, icon TEXT, token TEXT NOT NULL, bot_username TEXT, update_mode TEXT, commands_config JSON, created_at DATETIME);
        CREATE TABLE notification_target (id INTEGER PRIMARY KEY, user_id INTEGER, type TEXT, name TEXT, icon TEXT, config JSON, created_at DATETIME);
        CREATE TABLE tracker (id INTEGER PRIMARY KEY, user_id INTEGER, provider_id INTEGER, name TEXT, icon TEXT, collection_ids JSON, scan_interval INTEGER, batch_duration INTEGER, enabled BOOLEAN, created_at DATETIME);
        CREATE TABLE tracker_target (id INTEGER PRIMARY KEY, tracker_id INTEGER REFERENCES tracker(id), target_id INTEGER, enabled BOOLEAN, quiet_hours_start TEXT, quiet_hours_end TEXT, commands_config JSON, created_at DATETIME);
        CREATE TABLE tracker_state (id INTEGER PRIMARY KEY, tracker_id INTEGER, collection_id TEXT, asset_ids JSON, last_updated DATETIME);
        CREATE TABLE event_log (id INTEGER PRIMARY KEY, tracker_id INTEGER, event_type TEXT, details JSON, created_at DATETIME);
        INSERT INTO telegram_bot VALUES
            (1, 1, 'Helper', 'mdiRobot', '{0}', 'helper_bot', 'polling', '{{\"enabled_commands\": [\"bounty\", \"add\", \"albums\"], \"locale\": \"ru\", \"default_count\": 2, \"rate_limits\": {{\"write\": 30}}}}', {DAY}),
            (2, 1, 'Second', '', '{1}', NULL, 'webhook', '{{}}', {DAY}), (3, 2, 'Third', '', '{2}', NULL, 'polling', NULL, {DAY});
        INSERT INTO notification_target VALUES
            (1, 1, 'telegram', 'Family', '', '{{\"bot_token\": \"{0}\", \"chat_id\": \"-42\", \"disable_url_preview\": true}}', {DAY}),
            (2, 1, 'webhook', 'Hook', '', '{{\"url\": \"https://example.com/hook\", \"secret\": \"hook-secret\"}}', {DAY}),
            (3, 1, 'discord', 'Elsewhere', '', '{{\"webhook_url\": \"https://user:pass@example.com/x\"}}', {DAY});
        INSERT INTO tracker VALUES (1, 1, 1, 'Albums', '', '[\"album-1\", \"album-2\"]', 60, 0, 1, {DAY}), (2, 1, 1, 'Off', '', '[]', 5, 10, 0, {DAY});
        INSERT INTO tracker_target VALUES (1, 1, 1, 1, '22:00', '07:00', '{{\"x\": 1}}', {DAY}), (2, 1, 3, 1, NULL, NULL, NULL, {DAY});
        INSERT INTO tracker_state VALUES (1, 1, 'album-1', '[]', {DAY});
        INSERT INTO event_log VALUES (1, 1, 'assets_added', '{{}}', {DAY}), (2, NULL, 'x', NULL, {DAY});",
        TOKENS[0], TOKENS[1], TOKENS[2])
}

/// What the refactor made of it: renames, and a config for the one bot with settings of its own.
const RENAMES: &str = "
    ALTER TABLE tracker RENAME TO notification_tracker;
    ALTER TABLE tracker_target RENAME TO notification_tracker_target;
    ALTER TABLE tracker_state RENAME TO notification_tracker_state;
    ALTER TABLE notification_tracker_target RENAME COLUMN tracker_id TO notification_tracker_id;
    ALTER TABLE notification_tracker_state RENAME COLUMN tracker_id TO notification_tracker_id;
    ALTER TABLE event_log RENAME COLUMN tracker_id TO notification_tracker_id;
    ALTER TABLE notification_target ADD COLUMN chat_action TEXT;
    UPDATE notification_target SET chat_action = 'typing' WHERE id = 1;";
const NEW_TABLES: &str = "
    CREATE TABLE command_config (id INTEGER PRIMARY KEY, user_id INTEGER, provider_type TEXT, name TEXT, icon TEXT, enabled_commands JSON, locale TEXT DEFAULT 'en', response_mode TEXT DEFAULT 'media', default_count INTEGER DEFAULT 5, rate_limits JSON, created_at DATETIME);
    CREATE TABLE command_tracker (id INTEGER PRIMARY KEY, user_id INTEGER, provider_id INTEGER, command_config_id INTEGER, name TEXT, icon TEXT, enabled BOOLEAN, created_at DATETIME);
    CREATE TABLE command_tracker_listener (id INTEGER PRIMARY KEY, command_tracker_id INTEGER, listener_type TEXT, listener_id INTEGER, created_at DATETIME, UNIQUE (command_tracker_id, listener_type, listener_id));
    INSERT INTO command_config VALUES (1, 1, 'immich', 'Helper commands', '', '[\"bounty\", \"add\", \"albums\"]', 'ru', 'media', 2, '{\"write\": 30}', '2026-03-21 00:00:00');";
const DROPS: &str = "
    ALTER TABLE telegram_bot DROP COLUMN commands_config;
    ALTER TABLE notification_tracker_target DROP COLUMN commands_config;";

/// The shape after the refactor; somebody has set up trackers for the first bot since.
fn new_shape() -> String {
    format!(
        "{}{RENAMES}{NEW_TABLES}{DROPS}
        INSERT INTO command_tracker VALUES (1, 1, 1, 1, 'Photo commands', '', 1, {DAY});
        INSERT INTO command_tracker_listener VALUES (1, 1, 'telegram_bot', 1, {DAY});",
        old_shape()
    )
}

pub fn bridge(data: &Data) -> Value {
    let bytes = fs::read(data.path().join("bridge/bridge.json")).expect("a snapshot");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn log(data: &Data) -> Vec<u8> {
    fs::read(data.path().join("bridge/events.jsonl")).expect("a log")
}

/// No secret is anywhere but in the files for secrets, and these are for their owner alone.
#[track_caller]
fn assert_no_secret(old: &Database, said: &str) {
    let secrets = [
        "May-see",
        "very-secret-key",
        "hook-secret",
        "user:pass",
        "hash-of-a-password",
    ];
    for (path, content) in files(&old.data.path()) {
        if path.starts_with(old.data.path().join("secrets")) {
            let mode = fs::metadata(&path).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{path:?}");
        } else {
            let content = String::from_utf8_lossy(&content);
            for secret in secrets {
                assert!(!content.contains(secret), "{secret} in {path:?}");
            }
        }
    }
    for secret in secrets {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
}

/// The settings by which a bot answers for boards.
#[track_caller]
fn config_of(bridge: &Value, name: &str) -> Value {
    let rows = |table: &str| bridge[table].as_array().expect("rows").clone();
    let bot = rows("telegram_bot")
        .into_iter()
        .find(|bot| bot["name"] == name)
        .expect("a bot");
    let tracker = rows("command_tracker_listener")
        .into_iter()
        .filter(|listener| listener["listener_id"] == bot["id"])
        .flat_map(|listener| {
            rows("command_tracker")
                .into_iter()
                .filter(move |tracker| tracker["id"] == listener["command_tracker_id"])
        })
        .find(|tracker| tracker["enabled"] == true)
        .expect("an enabled tracker");
    let provider = rows("service_provider")
        .into_iter()
        .find(|row| row["id"] == tracker["provider_id"])
        .expect("a provider");
    assert_eq!(provider["type"], "bounty");
    rows("command_config")
        .into_iter()
        .find(|config| config["id"] == tracker["command_config_id"])
        .expect("a config")
}

#[test]
fn a_database_before_the_refactor_is_carried_and_every_bot_can_answer() {
    let old = Database::new(KIND, &old_shape());
    let run = old.import(&[]).ok();
    assert_no_secret(&old, &format!("{}{}", run.stdout, run.stderr));
    let bridge = bridge(&old.data);
    let helper = config_of(&bridge, "Helper");
    assert_eq!(helper["enabled_commands"], json!(["bounty", "add"]));
    assert_eq!(
        (
            &helper["locale"],
            &helper["default_count"],
            &helper["rate_limits"]
        ),
        (&json!("ru"), &json!(2), &json!({"write": 30}))
    );
    let common = config_of(&bridge, "Second");
    assert_eq!(common, config_of(&bridge, "Third"));
    assert_eq!(
        (
            &common["locale"],
            &common["response_mode"],
            &common["default_count"]
        ),
        (&json!("en"), &json!("media"), &json!(5))
    );
    assert_eq!(bridge["command_config"].as_array().map(Vec::len), Some(2));
    for (at, token) in TOKENS.iter().enumerate() {
        let path = bridge["telegram_bot"][at]["token"]["file"]
            .as_str()
            .expect("a file");
        assert_eq!(fs::read_to_string(path).expect("a secret").trim(), *token);
    }
    let provider = &bridge["service_provider"][0];
    assert_eq!(
        (&provider["id"], &provider["type"], &provider["created_at"]),
        (&json!(1), &json!("immich"), &json!(1_772_359_200))
    );
    let key = provider["config"]["api_key"]["file"]
        .as_str()
        .expect("a file");
    assert_eq!(
        fs::read_to_string(key).expect("a secret").trim(),
        "very-secret-key"
    );
    for words in [
        "dropped  event_log",
        "dropped  notification_tracker_state",
        "dropped  telegram_chat 1: no language",
        "dropped  telegram_chat 3: another row",
        "1: switched off: nothing here serves the type immich",
        "nothing here answers albums",
        "its commands_config is dropped",
        "nothing here writes to the type discord",
    ] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    let chosen = old.data.events(-43);
    assert_eq!(chosen[0]["data"]["title"], "Друзья");
    assert_eq!(chosen[1]["data"], json!({"language": "ru"}));
    assert!(!old.data.chat(-42).exists());
    assert_whole(&old.data, || old.import(&[]));
}

#[test]
fn trackers_targets_and_links_have_their_new_names() {
    for shape in [old_shape(), new_shape()] {
        let old = Database::new(KIND, &shape);
        old.import(&[]).ok();
        let bridge = bridge(&old.data);
        let tracker = &bridge["notification_tracker"][0];
        assert_eq!(
            (&tracker["name"], &tracker["enabled"]),
            (&json!("Albums"), &json!(false))
        );
        assert_eq!(tracker["collection_ids"], json!(["album-1", "album-2"]));
        assert_eq!(bridge["notification_tracker"][1]["batch_duration"], 10);
        let link = &bridge["notification_tracker_target"][0];
        assert_eq!(
            (
                &link["notification_tracker_id"],
                &link["quiet_hours_start"],
                &link["enabled"]
            ),
            (&json!(1), &json!("22:00"), &json!(true))
        );
        assert_eq!(bridge["notification_tracker_target"][1]["enabled"], false);
        let [family, hook, discord] =
            [0, 1, 2].map(|at| &bridge["notification_target"][at]["config"]);
        assert_eq!(
            family,
            &json!({"bot_id": 1, "chat_id": -42, "topic_id": null, "disable_url_preview": true})
        );
        assert_eq!(hook["url"], "https://example.com/hook");
        assert!(hook["key"]["file"].is_string() && discord["webhook_url"]["file"].is_string());
        let action = if shape.contains("chat_action") {
            json!("typing")
        } else {
            Value::Null
        };
        assert_eq!(bridge["notification_target"][0]["chat_action"], action);
    }
}

#[test]
fn a_database_after_the_refactor_is_carried_as_it_is_and_its_bots_answer_boards_too() {
    let old = Database::new(KIND, &new_shape());
    let run = old.import(&[]).ok();
    assert_no_secret(&old, &format!("{}{}", run.stdout, run.stderr));
    let bridge = bridge(&old.data);
    let kept = &bridge["command_config"][0];
    assert_eq!(
        (&kept["provider_type"], &kept["enabled_commands"]),
        (&json!("immich"), &json!(["bounty", "add", "albums"]))
    );
    assert_eq!(bridge["command_tracker"][0]["enabled"], false);
    assert_eq!(bridge["command_tracker_listener"][0]["listener_id"], 1);
    let helper = config_of(&bridge, "Helper");
    assert_eq!(
        (&helper["locale"], &helper["rate_limits"]),
        (&json!("ru"), &json!({"write": 30}))
    );
    assert_eq!(config_of(&bridge, "Second")["locale"], "en");
    assert_whole(&old.data, || old.import(&[]));
}

#[test]
fn a_refactor_that_stopped_anywhere_is_gone_on_with() {
    let copied = "CREATE TABLE notification_tracker AS SELECT * FROM tracker WHERE id = 1;
        ALTER TABLE tracker_target ADD COLUMN notification_tracker_id INTEGER; UPDATE tracker_target SET notification_tracker_id = tracker_id WHERE id = 1;";
    let halves = [
        String::new(),
        RENAMES[..RENAMES.find("ALTER TABLE tracker_state").expect("a step")].to_owned(),
        RENAMES.to_owned(),
        format!("{RENAMES}{NEW_TABLES}"),
        format!("{RENAMES}{NEW_TABLES}{DROPS}"),
        copied.to_owned(),
    ];
    for half in halves {
        let old = Database::new(KIND, &format!("{}{half}", old_shape()));
        old.import(&[]).ok();
        let bridge = bridge(&old.data);
        assert_eq!(
            bridge["notification_tracker"].as_array().map(Vec::len),
            Some(2),
            "{half}"
        );
        assert_eq!(
            bridge["notification_tracker_target"]
                .as_array()
                .map(Vec::len),
            Some(2),
            "{half}"
        );
        assert_eq!(config_of(&bridge, "Helper")["locale"], "ru", "{half}");
        assert_eq!(config_of(&bridge, "Third")["locale"], "en", "{half}");
        assert_whole(&old.data, || old.import(&[]));
        // Whatever state it was imported in: when the refactor is done, nothing of it is there twice.
        if half.is_empty() {
            old.change(RENAMES);
            let run = old.import(&[]);
            assert!(run.stdout.contains("Written: 0 events."), "{}", run.stdout);
        }
    }
}

#[test]
fn into_a_bridge_in_use_ids_are_kept_where_they_are_free_and_listed_where_they_are_not() {
    let old = Database::new(KIND, &old_shape());
    crate::bridge::bridge(&old.data, "provider add --name Mine").ok();
    crate::bridge::bridge(&old.data, "bot add --name Mine --token-env MINE").ok();
    let report = old.report(&[]);
    let ids = report["ids"].as_array().expect("ids");
    assert!(
        ids.contains(&json!({"entity": "telegram_bot", "old": 1, "new": 4})),
        "{ids:?}"
    );
    assert!(
        ids.contains(&json!({"entity": "user", "old": 1, "new": 3})),
        "{ids:?}"
    );
    let bridge = bridge(&old.data);
    let names: Vec<_> = bridge["telegram_bot"]
        .as_array()
        .expect("bots")
        .iter()
        .map(|bot| bot["name"].as_str().expect("a name"))
        .collect();
    assert_eq!(names, ["Mine", "Second", "Third", "Helper"]);
    assert_eq!(bridge["telegram_bot"][3]["user_id"], 3);
    assert_eq!(bridge["notification_target"][0]["config"]["bot_id"], 4);
    assert_eq!(config_of(&bridge, "Helper")["locale"], "ru");
    assert_whole(&old.data, || old.import(&[]));
}

#[test]
fn an_import_cut_after_any_event_is_completed_to_the_same_bytes() {
    let old = Database::new(KIND, &old_shape());
    old.import(&[]).ok();
    let whole = files(&old.data.path());
    let bytes = log(&old.data);
    for kept in 0..lines(&bytes).len() {
        let cut = lines(&bytes)[..kept].concat();
        fs::write(old.data.path().join("bridge/events.jsonl"), cut).expect("cut");
        fs::remove_file(old.data.path().join("bridge/bridge.json")).expect("removed");
        old.import(&[]).ok();
        let mut found = files(&old.data.path());
        found.retain(|path, _| !path.starts_with(old.data.path().join("active")));
        assert!(found == whole, "{kept} lines were kept");
    }
}

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
    assert!(run.stdout.contains("Written: 0 events."), "{}", run.stdout);
    assert!(!old.data.path().join("bridge").exists());
}

#[test]
#[expect(deprecated, reason = "the old names are what is tested")]
fn the_names_of_before_the_refactor_are_understood() {
    use bounty_ledger::domain::bridge::{
        NotificationTracker, NotificationTrackerTarget, Tracker, TrackerTarget,
    };
    fn same<T>(_: fn(T) -> T) {}
    same::<NotificationTracker>(|row: Tracker| row);
    same::<NotificationTrackerTarget>(|row: TrackerTarget| row);
    let old = Database::new(KIND, &old_shape());
    old.import(&[]).ok();
    let run = crate::bridge::bridge(&old.data, "tracker-target add --tracker-id 2 --target 1").ok();
    assert!(run.stdout.contains("Added link 3"), "{}", run.stdout);
}
