//! A consumer of CloudEvents that others wrote, the Python package `cloudevents`, accepts what a web hook gets.
//!
//! Where it is not installed for `python3` that is said on stderr; with `BOUNTY_CLOUDEVENTS=required` it is a failure.

use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{ID, KEY, hook_of, send};
use crate::bridge::bridge;
use crate::support::bot::{Bot, Stage};
use crate::support::receiver::{Received, Receiver};
use crate::support::{DATE, Data, in_group, say_skipped};

/// Reads a request as JSON and writes down the event that it holds, and what the README's recipe says of its signature.
const CONSUMER: &str = r#"
import hashlib, hmac, json, sys
from cloudevents.core.bindings.http import HTTPMessage, from_http_event

def signed_at(key, header, body):
    fields = dict(field.split("=", 1) for field in header.split(","))
    expected = hmac.new(key, fields["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    return int(fields["t"]) if hmac.compare_digest(expected, fields["v1"]) else None

request = json.load(sys.stdin)
body, signature = request["body"].encode(), request["headers"]["bounty-signature"]
event = from_http_event(HTTPMessage(request["headers"], body))
json.dump({
    "signed_at": signed_at(request["key"].encode(), signature, body),
    "signed_at, with another body": signed_at(request["key"].encode(), signature, body + b" "),
    "specversion": event.get_specversion(),
    "id": event.get_id(),
    "source": event.get_source(),
    "type": event.get_type(),
    "subject": event.get_subject(),
    "time": event.get_time().isoformat(),
    "datacontenttype": event.get_datacontenttype(),
    "data": event.get_data(),
}, sys.stdout)
"#;

fn python(code: &str, input: &str) -> std::io::Result<Output> {
    let mut command = Command::new("python3");
    command.args(["-c", code]).stdin(Stdio::piped());
    let spawned = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = spawned?;
    let mut stdin = child.stdin.take().expect("a pipe");
    // It may have failed before it reads.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output()
}

/// Why there is no consumer here.
fn lack() -> Option<String> {
    match python("import cloudevents.core.bindings.http", "") {
        Ok(output) if output.status.success() => None,
        Ok(_) => Some("python3 -m pip install cloudevents was not run".to_owned()),
        Err(error) => Some(format!("python3 cannot be run: {error}")),
    }
}

fn as_json(received: &Received) -> String {
    let header = |name: &str| (name.to_owned(), Value::from(received.header(name)));
    let names = received.headers.keys();
    let headers: serde_json::Map<_, _> = names.map(|name| header(name.as_str())).collect();
    let body = String::from_utf8(received.body.clone()).expect("UTF-8");
    json!({"headers": headers, "body": body, "key": KEY}).to_string()
}

/// Whether this test is skipped for want of a consumer, which is said.
fn is_skipped(test: &str) -> bool {
    let Some(lack) = lack() else { return false };
    let required = std::env::var("BOUNTY_CLOUDEVENTS").is_ok_and(|value| value == "required");
    assert!(!required, "the consumer is required: {lack}");
    say_skipped(test, &lack);
    true
}

/// What the consumer makes of a request.
fn consumed(request: &Received) -> Value {
    let output = python(CONSUMER, &as_json(request)).expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn wait(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_consumer_that_others_wrote_accepts_what_run_sends() {
    if is_skipped("a_consumer_that_others_wrote_accepts_what_run_sends") {
        return;
    }
    let receiver = Receiver::start();
    let mut stage = Stage::new();
    stage.data = Data::in_memory();
    let url = receiver.url("127.0.0.1", "/in");
    for line in [
        "provider add --name Boards",
        &format!("target add --name Hook --type webhook --url {url} --key-env HOOK_KEY"),
        "notifier add --name News --provider 1 --collections * --scan-interval 1",
        "link add --notifier 1 --target 1",
    ] {
        bridge(&stage.data, line).ok();
    }
    let mut command = stage.command(&["--webhook-allow", "127.0.0.1"]);
    command.env("HOOK_KEY", KEY);
    let bot = Bot::spawn(command);
    let begun = stage.data.path().join("notifier-1/notifier.json");
    wait("the notifier begins", || begun.exists());
    let text = "Fix “login” <b>\u{1f41b}</b>";
    for (number, text) in (1..).zip([format!("/add {text}"), "/edit 1 Mended".to_owned()]) {
        stage.data.feed(&[in_group(number, -100, 456, &text)]).ok();
        wait("it is told", || {
            receiver.received().len() >= number as usize
        });
    }
    bot.stop().ok();
    let events: Vec<Value> = receiver.received().iter().map(consumed).collect();
    for (event, kind) in events.iter().zip(["added", "edited"]) {
        assert_eq!(event["specversion"], "1.0");
        assert_eq!(event["type"], "bounty-ledger.board.changed");
        assert_eq!(event["source"], "/bounty-ledger/notifiers/1");
        assert_eq!(event["subject"], "-100");
        assert_eq!(event["data"]["chat_id"], -100);
        assert_eq!(event["data"]["entries"][0]["kind"], kind);
        assert!(event["signed_at"].is_i64(), "{event}");
    }
    let entry = |number: usize| &events[number]["data"]["entries"][0];
    assert_eq!(entry(0)["text"], text);
    let change = json!({"field": "text", "old": text, "new": "Mended"});
    assert_eq!(entry(1)["changes"], json!([change]));
    assert_ne!(events[0]["id"], events[1]["id"]);
}

#[test]
fn a_consumer_that_others_wrote_accepts_the_event() {
    if is_skipped("a_consumer_that_others_wrote_accepts_the_event") {
        return;
    }
    let receiver = Receiver::start();
    send(&hook_of(&receiver));
    let event = consumed(&receiver.received()[0]);
    let expected = json!({
        "signed_at": DATE,
        "signed_at, with another body": null,
        "specversion": "1.0",
        "id": ID,
        "source": "/boards/-42",
        "type": "bounty.added",
        "subject": "3",
        "time": "2024-12-30T23:59:59.999000+00:00",
        "datacontenttype": "application/json",
        "data": {"bounty": 3, "text": "Fix “login” \u{1f41b}"},
    });
    assert_eq!(event, expected);
}
