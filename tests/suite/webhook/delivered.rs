//! What a receiver gets.

use std::io::Write;
use std::process::{Command, Stdio};

use bounty_ledger::notify::webhook::{Outcome, SIGNATURE, signature};
use serde_json::{Value, json};

use super::{ID, KEY, PATH, hook_of, send};
use crate::support::receiver::{Receiver, Reply};
use crate::support::{DATE, say_skipped};

#[test]
fn an_event_arrives_once_as_a_structured_cloud_event_with_key_and_signature() {
    let receiver = Receiver::start();
    assert_eq!(send(&hook_of(&receiver)), Outcome::Delivered);
    let [received] = &receiver.received()[..] else {
        panic!("not once: {:?}", receiver.received());
    };
    assert_eq!(
        (received.method.as_str(), &*received.uri.to_string()),
        ("POST", PATH)
    );
    assert_eq!(
        received.header("content-type"),
        "application/cloudevents+json; charset=utf-8"
    );
    assert_eq!(received.header("idempotency-key"), ID);
    assert!(received.header("user-agent").starts_with("bounty-ledger/"));
    let body: Value = serde_json::from_slice(&received.body).expect("JSON");
    let expected = json!({
        "specversion": "1.0",
        "id": ID,
        "source": "/boards/-42",
        "type": "bounty.added",
        "subject": "3",
        "time": "2024-12-30T23:59:59.999Z",
        "datacontenttype": "application/json",
        "data": {"bounty": 3, "text": "Fix “login” \u{1f41b}"},
    });
    assert_eq!(body, expected);
    assert_eq!(
        received.header(SIGNATURE),
        signature(KEY, DATE, &received.body)
    );
}

/// The recipe of the README.
#[test]
fn openssl_finds_the_same_signature() {
    let receiver = Receiver::start();
    send(&hook_of(&receiver));
    let received = &receiver.received()[0];
    let mut command = Command::new("openssl");
    command.args(["dgst", "-sha256", "-hmac", KEY]);
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut openssl) = spawned else {
        let test = "openssl_finds_the_same_signature";
        return say_skipped(test, "openssl is not installed");
    };
    let mut input = openssl.stdin.take().expect("a pipe");
    write!(input, "{DATE}.").expect("written");
    input.write_all(&received.body).expect("written");
    drop(input);
    let output = openssl.wait_with_output().expect("it ran");
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    let digest = said.rsplit("= ").next().unwrap_or_default().trim();
    assert_eq!(received.header(SIGNATURE), format!("t={DATE},v1={digest}"));
}

#[test]
fn any_status_of_success_is_enough_and_no_body_is_waited_for() {
    let receiver = Receiver::start();
    for reply in [
        Reply::Status(200),
        Reply::Status(201),
        Reply::Status(202),
        Reply::Endless,
    ] {
        receiver.reply(reply);
        assert_eq!(send(&hook_of(&receiver)), Outcome::Delivered);
    }
}
