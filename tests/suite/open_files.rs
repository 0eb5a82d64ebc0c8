//! A board in use needs an open file: how many a process may have, and what it says when there are no more.

use std::process::Command;

use crate::metrics::address;
use crate::support::bot::{Bot, Stage};
use crate::support::bot_api::updates::{User, group};
use crate::support::http::get;
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

/// Something is added in each chat, by updates from this one on.
fn updates(first: i64, text: &str) -> String {
    let update = |n: i64| in_group(first + n - 1, -n, 1, &format!("/add {text}"));
    (1..=CHATS).map(|n| format!("{}\n", update(n))).collect()
}

#[test]
fn more_chats_are_served_than_the_soft_limit_has_open_files() {
    let data = Data::new();
    let command = limited(&data.bounty(&["feed"]), "-S -n 64");
    let run = run_with(command, updates(1, "One").as_bytes()).ok();
    let texts = run.texts();
    assert_eq!(texts.len() as i64, CHATS);
    assert!(
        texts.iter().all(|text| text.contains("Added #1")),
        "{texts:?}"
    );
    assert_eq!(run.stderr, "");
}

#[test]
fn more_chats_are_served_than_files_may_be_open_which_is_said_at_the_start() {
    let data = Data::new();
    // Each chat twice: its log was closed meanwhile.
    let updates = [updates(1, "One"), updates(CHATS + 1, "Two")].concat();
    let run = run_with(
        limited(&data.bounty(&["feed"]), "-n 64"),
        updates.as_bytes(),
    );
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let lines: Vec<&str> = run.stderr.lines().collect();
    let [warning] = lines[..] else {
        panic!("{}", run.stderr);
    };
    for words in ["WARN", "64", "LimitNOFILE"] {
        assert!(warning.contains(words), "{warning}");
    }
    for number in 1..=2 {
        let added = format!("Added #{number}");
        let texts = run.texts().into_iter();
        assert_eq!(
            texts.filter(|text| text.contains(&added)).count() as i64,
            CHATS
        );
    }
    data.run(&["verify"]).ok();
    data.run(&["replay", "--check"]).ok();
}

#[test]
fn the_bot_serves_more_chats_than_files_may_be_open() {
    let stage = Stage::new();
    let command = stage.command(&["--metrics", ":0"]);
    let bot = Bot::spawn(limited(&command, "-n 96"));
    let server = address(&bot);
    for chat in 1..=CHATS {
        stage.say(&group(-chat, "Group"), &User::new(1, "Ada"), "/add Work");
    }
    for chat in 1..=CHATS {
        stage.wait_texts(-chat, 1);
    }
    let ready = get(server, "/readyz");
    assert_eq!(ready.status, 200, "{}", ready.body);
    bot.stop().ok();
    stage.assert_sound();
}
