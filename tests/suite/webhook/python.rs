//! A consumer of CloudEvents that others wrote, the Python package `cloudevents`, accepts what a web hook gets.
//!
//! Where it is not installed for `python3` that is said on stderr; with `BOUNTY_CLOUDEVENTS=required` it is a failure.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use super::{ID, KEY, hook_of, send};
use crate::support::DATE;
use crate::support::receiver::{Received, Receiver};

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

#[test]
fn a_consumer_that_others_wrote_accepts_the_event() {
    if let Some(lack) = lack() {
        let required = std::env::var("BOUNTY_CLOUDEVENTS").is_ok_and(|value| value == "required");
        assert!(!required, "the consumer is required: {lack}");
        // The test has nothing else to tell when stderr is closed.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED a_consumer_that_others_wrote_accepts_the_event: {lack}"
        );
        return;
    }
    let receiver = Receiver::start();
    send(&hook_of(&receiver));
    let request = as_json(&receiver.received()[0]);
    let output = python(CONSUMER, &request).expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let event: Value = serde_json::from_slice(&output.stdout).expect("JSON");
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
