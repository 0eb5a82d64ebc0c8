//! `bounty bridge test`: what it sends, and what it says.

use serde_json::{Value, json};

use crate::support::bot::{Stage, TOKEN};
use crate::support::bot_api::{Fault, FaultRule};
use crate::support::receiver::Receiver;
use crate::support::{Run, run_with};

const CHAT: i64 = -300;

fn stage() -> Stage {
    let stage = Stage::new();
    for line in [
        "bot add --name One --token-env TELOXIDE_TOKEN",
        "bot add --name Two --token-env NO_SUCH_TOKEN",
        "target add --name Team<3 --bot 1 --chat -300 --topic 7 --chat-action typing",
        "target add --name Lost --bot 2 --chat -300",
        "target add --name Room --type matrix",
    ] {
        super::bridge(&stage.data, line).ok();
    }
    stage
}

fn test(stage: &Stage, args: &[&str]) -> Run {
    let args = [&["bridge", "test"], args].concat();
    let mut command = stage.data.bounty(&args);
    command
        .env("TELOXIDE_TOKEN", TOKEN)
        .env("TELOXIDE_API_URL", stage.api.url());
    run_with(command, &[])
}

#[test]
fn a_test_message_is_sent_as_a_notification_would_be() {
    let stage = stage();
    let said = test(&stage, &["1"]).ok().stdout;
    assert_eq!(said, "The message reached target 1 \"Team<3\"\n");
    let calls = stage.api.calls();
    let methods: Vec<&str> = calls.iter().map(|call| call.method.as_str()).collect();
    assert_eq!(methods, ["SendChatAction", "SendMessage"]);
    assert!(
        calls
            .iter()
            .all(|call| call.params["message_thread_id"] == 7)
    );
    assert!(stage.texts(CHAT)[0].contains("“Team<3”"));
    let said = test(&stage, &["1", "--locale", "ru", "--format", "json"])
        .ok()
        .stdout;
    let said: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(
        (&said["status"], &said["reason"]),
        (&json!("delivered"), &Value::Null)
    );
    assert!(stage.texts(CHAT)[1].starts_with("Это проверка"));
}

#[test]
fn a_web_hook_gets_a_signed_event_and_no_action() {
    let (stage, receiver) = (stage(), Receiver::start());
    let url = receiver.url("127.0.0.1", "/in");
    let line =
        format!("target add --name Hook --type webhook --url {url} --key-env TELOXIDE_TOKEN");
    super::bridge(&stage.data, &line).ok();
    let run = test(&stage, &["4"]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("the operator can allow that host"),
        "{}",
        run.stderr
    );
    let checked = super::bridge(&stage.data, "check").ok().stdout;
    assert!(
        checked.contains("target 4 \"Hook\": 127.0.0.1 is"),
        "{checked}"
    );
    assert!(receiver.received().is_empty());
    let said = test(&stage, &["4", "--webhook-allow", "127.0.0.1"])
        .ok()
        .stdout;
    assert_eq!(said, "The message reached target 4 \"Hook\"\n");
    let received = receiver.received();
    let event: Value = serde_json::from_slice(&received[0].body).expect("JSON");
    assert_eq!(
        (&event["type"], &event["data"]["target"]),
        (&json!("bounty.test"), &json!("Hook"))
    );
    assert!(received[0].header("bounty-signature").starts_with("t="));
    assert_eq!(received.len(), 1);
    assert!(stage.api.calls().is_empty());
}

#[test]
fn what_cannot_be_reached_is_said_with_what_to_do() {
    let stage = stage();
    let fails = |args: &[&str], told: &str| {
        let run = test(&stage, args);
        assert_eq!(run.code, Some(1), "{args:?}");
        let told = stage.data.in_commands(told);
        assert!(run.stderr.contains(&told), "{told}: {}", run.stderr);
    };
    fails(&["9"], "`bounty bridge target list`");
    fails(
        &["2"],
        "the variable NO_SUCH_TOKEN of the environment, which is not set",
    );
    fails(&["3"], "`bounty bridge check` says why");
    stage.api.forbid(CHAT, true);
    fails(&["1"], "add the bot to the chat");
    stage.api.forbid(CHAT, false);
    let lost = FaultRule::new(Fault::LostResponse).method("sendMessage");
    stage.api.fault(lost);
    fails(&["1"], "nobody knows whether target 1 got the message");
    stage.api.migrate(CHAT, -1_000_000_000_300);
    let run = test(&stage, &["1"]).ok();
    let edit = "`bounty bridge target edit 1 --chat -1000000000300`";
    let edit = stage.data.in_commands(edit);
    assert!(run.stderr.contains(&edit), "{}", run.stderr);
    let run = test(&stage, &["1", "--locale", "de"]);
    assert_eq!(run.code, Some(2));
}
