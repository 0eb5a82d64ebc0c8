//! The bot's token is a secret: nothing that `bounty run` prints or writes has it.

use std::fs;
use std::path::Path;

use crate::support::bot::{Bot, Stage, TOKEN};
use crate::support::bot_api::updates::{User, group};
use crate::support::bot_api::{Fault, FaultRule};

const GROUP: i64 = -42;
/// What must not be seen: the part after the bot's id, and its beginning.
const SECRET: &str = "AAE-a_Secret-token";

#[track_caller]
fn assert_hidden(output: &str) {
    let leak = output.lines().find(|line| line.contains(SECRET));
    assert_eq!(leak, None);
}

fn assert_no_file_has_it(path: &Path) {
    for entry in fs::read_dir(path).expect("a directory").flatten() {
        if entry.path().is_dir() {
            assert_no_file_has_it(&entry.path());
            continue;
        }
        let bytes = fs::read(entry.path()).expect("a file");
        assert_hidden(&String::from_utf8_lossy(&bytes));
    }
}

/// Every kind of failure once, with the most talkative log.
fn run_through_failures(stage: &Stage, log: &str) -> String {
    let faults = [
        ("getMe", Fault::ResetBefore),
        ("setMyCommands", Fault::ResetBefore),
        ("getUpdates", Fault::ResetBefore),
        ("getUpdates", Fault::Garbage(200)),
        ("getUpdates", Fault::status(400, "Bad Request: no")),
        ("sendMessage", Fault::LostResponse),
        ("sendMessage", Fault::status(400, "Bad Request: no")),
        ("sendMessage", Fault::Garbage(200)),
    ];
    for (method, fault) in faults {
        stage.api.fault(FaultRule::new(fault).method(method));
    }
    let mut command = stage.command(&[]);
    command.env("BOUNTY_LOG", log).env("RUST_LOG", log);
    let bot = Bot::spawn(command);
    let before = stage.texts(GROUP).len();
    for number in 1..=4 {
        let text = format!("/add Number {number}");
        stage.say(&group(GROUP, "Group"), &User::new(1, "Ada"), &text);
    }
    // One whose answer was lost, and the one after the failures.
    stage.wait_texts(GROUP, before + 2);
    stage.wait_confirmed();
    let output = bot.stop().ok().output;
    assert!(output.contains("an answer was given up"), "{output}");
    assert!(output.contains("cannot poll"), "{output}");
    output
}

#[test]
fn neither_output_nor_files_show_the_token_whatever_fails() {
    let stage = Stage::new();
    assert_hidden(&run_through_failures(&stage, "info"));
    assert_no_file_has_it(&stage.data.path());
}

#[test]
fn the_most_talkative_log_does_not_show_the_token_either() {
    let stage = Stage::new();
    assert_hidden(&run_through_failures(&stage, "trace"));
    assert_no_file_has_it(&stage.data.path());
}

#[test]
fn errors_that_end_it_do_not_show_the_token() {
    let stage = Stage::new();
    stage.api.revoke(TOKEN);
    assert_hidden(&stage.run(&[]).wait().output);
    let mut command = stage.command(&[]);
    command.env("TELOXIDE_API_URL", "localhost:1");
    assert_hidden(&Bot::spawn(command).wait().output);
    // Nobody listens there.
    let mut command = stage.command(&[]);
    command.env("TELOXIDE_API_URL", "http://127.0.0.1:1");
    let bot = Bot::spawn(command);
    bot.wait_says("trying again");
    assert_hidden(&bot.stop().ok().output);
}
