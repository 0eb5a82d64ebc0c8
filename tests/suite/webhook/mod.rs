//! Events are sent to web hooks over real HTTP: what arrives, what is said of what does not, and where nothing is sent to.

mod delivered;
mod failed;
mod guarded;
mod python;

use std::time::Duration;

use bounty_ledger::bridge::Secret;
use bounty_ledger::domain::Timestamp;
use bounty_ledger::notify::webhook::{CloudEvent, Guard, Hook, Outcome, Sender};
use serde_json::json;

use crate::support::DATE;
use crate::support::receiver::Receiver;

const KEY: &str = "quokka-key";
/// Parts of the address that nobody may be told.
const PATH: &str = "/hooks/quokka-path?part=quokka-query";
const ID: &str = "0190163d-8694-739b-aea5-966c26f8ad90";

/// When the events of these tests are sent.
fn now() -> Timestamp {
    Timestamp::from_millis(DATE * 1_000)
}

fn event() -> CloudEvent {
    let (source, event_type) = ("/boards/-42".to_owned(), "bounty.added".to_owned());
    let time = Timestamp::from_millis(DATE * 1_000 - 1);
    let data = json!({"bounty": 3, "text": "Fix “login” \u{1f41b}"});
    CloudEvent::new(ID.to_owned(), source, event_type, time, data).about("3".to_owned())
}

/// Sends the event to this address by a sender that may talk to this machine.
fn send(url: &str) -> Outcome {
    send_by(&Guard::allowing(["127.0.0.1"]).expect("a host"), url)
}

fn send_by(guard: &Guard, url: &str) -> Outcome {
    send_within(guard, url, Duration::from_secs(60))
}

fn send_within(guard: &Guard, url: &str, timeout: Duration) -> Outcome {
    let hook = Hook {
        url: Secret::of(url).expect("an address"),
        key: Secret::of(KEY).expect("a key"),
        timeout,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let sender = Sender::new(guard.clone()).expect("a client");
        sender.send(&hook, &event(), now()).await
    })
}

/// The receiver's address as one that is allowed.
fn hook_of(receiver: &Receiver) -> String {
    receiver.url("127.0.0.1", PATH)
}

/// No more of the address is told than its host, and nothing of the key.
#[track_caller]
fn assert_discreet(outcome: &Outcome) {
    let said = format!("{outcome:?}");
    assert!(!said.contains("quokka"), "{said}");
}
