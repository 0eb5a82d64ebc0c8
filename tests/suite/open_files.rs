//! A board in use needs an open file: how many a process may have, and what it says when there are no more.

use std::process::Command;

use serde_json::Value;

use crate::metrics::address;
use crate::support::bot::{Bot, Stage};
use crate::support::bot_api::updates::{User, group};
use crate::support::http::wait_get;
use crate::support::{Data, in_group, run_with};

/// More than there are open files in these tests.
const CHATS: i64 = 200;

/// The same command under a limit that the shell's `ulimit` sets.
fn limited(command: &Command, limit: &str) -> Command {
    let mut shell = Command::new("/bin/sh");
    let script = format!("ulimit {limit} && exec \"$0\" \"$@\"");
    shell.arg("-c").arg(script).arg(command.get_program());
    shell.args(command.get_args()).env_clear();
    shell.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    shell
}

fn updates() -> String {
    let update = |n| in_group(n, -n, 1, "/add Work");
    (1..=CHATS).map(|n| format!("{}\n", update(n))).collect()
}

#[test]
fn more_chats_are_served_than_the_soft_limit_has_open_files() {
    let data = Data::new();
    let command = limited(&data.bounty(&["feed"]), "-S -n 64");
    let run = run_with(command, updates().as_bytes()).ok();
    let texts = run.texts();
    assert_eq!(texts.len() as i64, CHATS);
    assert!(
        texts.iter().all(|text| text.contains("Added #1")),
        "{texts:?}"
    );
    assert_eq!(run.stderr, "");
}

#[test]
fn a_low_hard_limit_is_said_at_the_start_and_a_chat_that_gets_no_file_with_the_next_step() {
    let data = Data::new();
    let command = limited(&data.bounty(&["feed"]), "-n 64");
    let run = run_with(command, updates().as_bytes());
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let mut lines = run.stderr.lines();
    let first = lines.next().expect("a line");
    assert!(first.contains("WARN") && first.contains("64"), "{first}");
    assert!(first.contains("LimitNOFILE"), "{first}");
    let refused = lines.find(|line| line.contains("os error 24"));
    let refused = refused.expect("a chat that got no file");
    assert!(refused.contains("LimitNOFILE"), "{refused}");
    let added = |call: &&Value| {
        call["text"]
            .as_str()
            .is_some_and(|text| text.contains("Added"))
    };
    assert!(run.calls().iter().any(|call| added(&call)));
}

#[test]
fn whoever_watches_is_answered_and_told_when_no_more_files_can_be_opened() {
    let stage = Stage::new();
    let command = stage.command(&["--metrics", ":0"]);
    let bot = Bot::spawn(limited(&command, "-n 96"));
    let server = address(&bot);
    for chat in 1..=CHATS {
        stage.say(&group(-chat, "Group"), &User::new(1, "Ada"), "/add Work");
    }
    bot.wait_says("os error 24");
    let answer = wait_get(server, "/readyz", |answer| {
        answer.body.contains("os error 24")
    });
    assert_eq!(answer.status, 503);
    bot.stop().ok();
}
