//! What users write is theirs: at the level that a service logs at, neither it nor the token is in the log.

use serde_json::{Value, json};

use crate::support::bot::{Bot, Stage, TOKEN};
use crate::support::bot_api::updates::{User, group};
use crate::support::bot_api::{Fault, FaultRule};

const GROUP: i64 = -42;
/// What must not be seen: part of every text, name and title that users give.
const WRITTEN: &str = "quokka";
/// The token's secret part, from its beginning.
const SECRET: &str = "AAE-a_Secret-token";

/// Every kind of failure once.
fn inject_failures(stage: &Stage) {
    let faults = [
        ("getMe", Fault::ResetBefore),
        ("setMyCommands", Fault::ResetBefore),
        ("getUpdates", Fault::ResetBefore),
        ("getUpdates", Fault::Garbage(200)),
        (
            "getUpdates",
            Fault::status(409, "Conflict: terminated by other getUpdates request"),
        ),
        ("sendMessage", Fault::LostResponse),
        ("sendMessage", Fault::Garbage(200)),
        ("sendMessage", Fault::too_many_requests(1)),
        (
            "sendMessage",
            Fault::status(400, "Bad Request: can't parse entities: no"),
        ),
        ("sendMessage", Fault::status(400, "Bad Request: no")),
    ];
    for (method, fault) in faults {
        stage.api.fault(FaultRule::new(fault).method(method));
    }
}

/// Updates in which what users write stands where it does not belong.
fn push_odd_updates(stage: &Stage) {
    let message = |text| stage.message(&group(GROUP, WRITTEN), &User::new(1, WRITTEN), text);
    let mut dated = message("/add x");
    dated["message"]["date"] = json!(WRITTEN);
    let mut listed = message("/add x");
    listed["message"]["text"] = json!([WRITTEN]);
    let mut chatless = message("/add x");
    chatless["message"]["chat"] = json!(WRITTEN);
    for odd in [dated, listed, chatless] {
        stage.push(odd);
    }
}

fn run_through_all(format: &str) -> String {
    let stage = Stage::new();
    inject_failures(&stage);
    let mut command = stage.command(&["--log-format", format, "--flood-limit", "5"]);
    command.env("BOUNTY_LOG", "info");
    let bot = Bot::spawn(command);
    push_odd_updates(&stage);
    let say = |text: &str| stage.say(&group(GROUP, WRITTEN), &User::new(1, WRITTEN), text);
    for number in 1..=8 {
        say(&format!(
            "/add {WRITTEN} {number} https://{WRITTEN}.example/ tomorrow"
        ));
    }
    say(&format!("/edit 1 {WRITTEN}"));
    say(&format!("/{WRITTEN}"));
    say("/bounty");
    stage.wait_confirmed();
    // A log that takes no writes: the error is about a file, not about what is in it.
    let damaged = stage.data.log(GROUP);
    let mut bytes = std::fs::read(&damaged).expect("a log");
    bytes.extend_from_slice(b"{\"text\":\"quokka\"}\n");
    std::fs::write(&damaged, bytes).expect("written");
    say("/bounty");
    stage.wait_confirmed();
    bot.wait_says("is damaged at line");
    assert_eq!(stage.api.unconfirmed(TOKEN), 0);
    bot.stop().ok().output
}

#[test]
fn at_info_neither_the_token_nor_what_users_write_is_logged_whatever_fails() {
    for format in ["text", "json"] {
        let output = run_through_all(format);
        for expected in [
            "cannot poll",
            "an answer was given up",
            "an update cannot be read",
        ] {
            assert!(output.contains(expected), "{expected}: {output}");
        }
        for hidden in [WRITTEN, SECRET] {
            let leak = output.lines().find(|line| line.contains(hidden));
            assert_eq!(leak, None);
        }
    }
}

#[test]
fn why_it_ended_is_one_json_line_where_the_log_is_json_whatever_is_logged() {
    let stage = Stage::new();
    for log in ["info", "off"] {
        let mut command = stage.command(&["--log-format", "json"]);
        command.env("BOUNTY_LOG", log).env_remove("TELOXIDE_TOKEN");
        let ended = Bot::spawn(command).wait();
        assert_eq!(ended.code, Some(1), "{}", ended.output);
        let lines = ended.output.lines();
        let said: Vec<&str> = lines.filter(|line| line.contains("BotFather")).collect();
        assert_eq!(said.len(), 1, "{}", ended.output);
        if log == "info" {
            for line in ended.output.lines() {
                serde_json::from_str::<Value>(line).expect("a JSON line");
            }
            let line: Value = serde_json::from_str(said[0]).expect("a JSON line");
            assert_eq!(line["level"], "ERROR");
        }
    }
    let mut command = stage.command(&[]);
    command.env_remove("TELOXIDE_TOKEN");
    let ended = Bot::spawn(command).wait();
    assert!(
        ended.output.contains("error: no bot token"),
        "{}",
        ended.output
    );
}

#[test]
fn a_filter_of_the_log_that_is_none_is_wrong_usage() {
    let stage = Stage::new();
    for filter in ["bounty_ledger=loud", "warn,[", "info=info=info"] {
        let mut command = stage.command(&[]);
        command.env("BOUNTY_LOG", filter);
        let ended = Bot::spawn(command).wait();
        assert_eq!(ended.code, Some(2), "{filter}: {}", ended.output);
        assert!(ended.output.contains("BOUNTY_LOG"), "{}", ended.output);
        assert!(ended.output.contains(filter), "{}", ended.output);
        assert!(!stage.data.path().exists(), "nothing was made");
    }
}
