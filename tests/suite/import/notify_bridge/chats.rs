//! In which chats a bot answers after its import.

use serde_json::{Value, json};

use super::shapes::{TOKENS, old_shape};
use super::{KIND, assert_no_secret};
use crate::bridge::bridge;
use crate::import::database::Database;
use crate::import::{assert_whole, assert_written};
use crate::support::{Data, Run, in_group};

/// The first bot is not to answer in -42 and -43, the second not in -43.
const SWITCHED: &str = "
    ALTER TABLE telegram_chat ADD COLUMN commands_enabled BOOLEAN;
    UPDATE telegram_chat SET commands_enabled = (id = 0);
    INSERT INTO telegram_chat VALUES (4, 2, '-42', 'Family', 'group', NULL, 1), (5, 3, '-42', 'Family', 'group', NULL, NULL), (7, 1, '-42', 'Again', 'group', NULL, 0);";

fn switched() -> Database {
    Database::new(KIND, &format!("{}{SWITCHED}", old_shape()))
}

/// What the bot says to a message in a group.
fn says(data: &Data, bot: i64, chat: i64, text: &str) -> Vec<String> {
    feed(data, bot, &in_group(next(), chat, 456, text)).texts()
}

fn feed(data: &Data, bot: i64, update: &Value) -> Run {
    let line = format!("{update}\n");
    let args = ["feed", "--bot-id", &bot.to_string()];
    data.run_with(&args, line.as_bytes()).ok()
}

/// No update has the number of another.
fn next() -> i64 {
    use std::sync::atomic::{AtomicI64, Ordering};
    static LAST: AtomicI64 = AtomicI64::new(1);
    LAST.fetch_add(1, Ordering::Relaxed)
}

#[test]
fn a_bot_does_not_answer_in_a_chat_where_its_commands_were_disabled_and_the_others_do() {
    let old = switched();
    let run = old.import(&[]).ok();
    assert_no_secret(&old, &run.stdout);
    let events = old.data.events(-43).len();
    for text in [
        "/add Milk",
        "/bounty",
        "/help",
        "/nothing@bounty_bot",
        "/edit",
    ] {
        assert!(says(&old.data, 7001, -43, text).is_empty(), "{text}");
        assert!(says(&old.data, 7002, -43, text).is_empty(), "{text}");
    }
    assert_eq!(
        old.data.events(-43).len(),
        events,
        "nothing was done either"
    );
    assert_eq!(old.data.events(-42).len(), 2, "it is said once");
    assert!(says(&old.data, 7003, -43, "/add Milk")[0].contains("#1"));
    assert!(says(&old.data, 7001, -42, "/add Milk").is_empty());
    for bot in [7002, 7003] {
        assert_eq!(says(&old.data, bot, -42, "/bounty").len(), 1, "{bot}");
    }
    let shown = old.data.run(&["show", "-43"]).ok().stdout;
    assert!(
        shown.contains("bot 7001 does not answer, bot 7002 does not answer"),
        "{shown}"
    );
    let file = std::fs::read(old.data.chat(-43).join("group.json")).expect("a snapshot");
    let file: Value = serde_json::from_slice(&file).expect("JSON");
    assert_eq!(file["commands_disabled"], json!([7001, 7002]));
    assert_whole(&old.data, || old.import(&[]));
}

#[test]
fn the_operator_switches_a_bot_on_and_off_in_a_chat_and_an_import_leaves_that_alone() {
    let old = switched();
    old.import(&[]).ok();
    let on = bridge(&old.data, "commands 1 -42 on").ok();
    assert!(
        on.stdout.contains("Bot 1 answers in chat -42"),
        "{}",
        on.stdout
    );
    assert_eq!(says(&old.data, 7001, -42, "/bounty").len(), 1);
    assert_whole(&old.data, || old.import(&[]));
    assert_eq!(says(&old.data, 7001, -42, "/bounty").len(), 1);
    for switch in ["off", "on"] {
        bridge(&old.data, &format!("commands 3 -44 {switch}")).ok();
    }
    old.change("INSERT INTO telegram_chat VALUES (6, 3, '-44', 'New', 'group', NULL, 0)");
    let run = old.import(&[]).ok();
    assert_written(&run, 0);
    assert_eq!(says(&old.data, 7003, -44, "/bounty").len(), 1);
    let before = old.data.events(-42).len();
    bridge(&old.data, "commands 1 -42 on").ok();
    assert_eq!(old.data.events(-42).len(), before, "it was on");
    bridge(&old.data, "commands 2 -42 off").ok();
    assert!(says(&old.data, 7002, -42, "/bounty").is_empty());
    let audit = old.data.run(&["audit", "--chat", "-42"]).ok().stdout;
    assert!(audit.contains("commands of bot 7002 on -> off"), "{audit}");
    let unknown = bridge(&old.data, "commands 9 -42 off");
    assert_eq!(unknown.code, Some(1), "{}", unknown.stderr);
}

#[test]
fn a_group_that_gets_a_new_id_keeps_where_bots_do_not_answer() {
    let old = switched();
    old.import(&[]).ok();
    says(&old.data, 7003, -1_000_043, "/add In the new one");
    let moved = json!({"update_id": next(), "message": {"message_id": 1, "date": 1_772_400_000,
        "chat": {"id": -43, "type": "group", "title": "G"}, "from": {"id": 456, "is_bot": false, "first_name": "A"},
        "migrate_to_chat_id": -1_000_043}});
    // A bot that does not answer tells of it all the same.
    feed(&old.data, 7001, &moved);
    assert!(says(&old.data, 7001, -1_000_043, "/bounty").is_empty());
    assert_eq!(says(&old.data, 7003, -1_000_043, "/bounty").len(), 1);
    old.data.run(&["verify"]).ok();
}

#[test]
fn a_chat_of_a_bot_that_is_gone_or_whose_token_names_no_bot_is_named() {
    let cases = [
        (
            "UPDATE telegram_chat SET bot_id = 99 WHERE id = 1;".to_owned(),
            "telegram_chat 1: its commands_enabled is of a telegram_bot that is gone",
        ),
        (
            format!(
                "UPDATE telegram_bot SET token = 'x' WHERE token = '{}';",
                TOKENS[0]
            ),
            "its bot's token does not tell Telegram's id of the bot",
        ),
        (
            "UPDATE telegram_chat SET commands_enabled = 'perhaps' WHERE id = 1;".to_owned(),
            "telegram_chat 1: commands_enabled is neither true nor false",
        ),
    ];
    for (sql, words) in cases {
        let old = Database::new(KIND, &format!("{}{SWITCHED}{sql}", old_shape()));
        let run = old.import(&["--dry-run"]);
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
}

#[test]
fn an_older_bot_that_comes_later_changes_nothing_of_what_the_import_made() {
    let old = switched();
    old.import(&[]).ok();
    old.change(
        "INSERT INTO telegram_bot (id, user_id, name, token, created_at) VALUES (9, 1, 'Older', '999:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', '2001-01-01')",
    );
    old.import(&[]).ok();
    assert_whole(&old.data, || old.import(&[]));
}

#[test]
fn a_language_that_the_source_changed_later_is_named() {
    let old = switched();
    old.import(&[]).ok();
    old.change("UPDATE telegram_chat SET language = CASE language WHEN 'ru' THEN 'en' ELSE 'ru' END WHERE language IS NOT NULL");
    let run = old.import(&[]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert!(run.stdout.contains("differs"), "{}", run.stdout);
}
