//! What is said of what did not arrive, or perhaps did.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::Duration;

use bounty_ledger::notify::webhook::{Guard, Outcome};

use super::{assert_discreet, hook_of, send, send_within};
use crate::support::receiver::{Receiver, Reply};

fn answered(reply: Reply) -> Outcome {
    let receiver = Receiver::start();
    receiver.reply(reply);
    let outcome = send(&hook_of(&receiver));
    assert_eq!(receiver.received().len(), 1, "it is sent once");
    assert_discreet(&outcome);
    outcome
}

/// The time to wait that a receiver named, where it can be tried again.
#[track_caller]
fn pause(outcome: &Outcome) -> Option<u64> {
    match outcome {
        Outcome::Retry { after, .. } => after.map(|after| after.as_secs()),
        other => panic!("not to be tried again: {other:?}"),
    }
}

#[test]
fn what_the_receiver_cannot_take_now_is_tried_again() {
    for status in [408, 429, 500, 502, 503, 504, 599] {
        assert_eq!(pause(&answered(Reply::Status(status))), None, "{status}");
    }
}

#[test]
fn a_receiver_says_for_how_long_it_is_to_be_left_alone() {
    // The events are sent at midnight.
    for (said, expected) in [
        ("7", Some(7)),
        ("0", Some(0)),
        ("Tue, 31 Dec 2024 00:01:30 GMT", Some(90)),
        ("Mon, 30 Dec 2024 00:00:00 GMT", None),
        ("99999999999", Some(3_600)),
        ("-1", None),
        ("soon", None),
    ] {
        for status in [429, 503] {
            let reply = Reply::With(status, "retry-after", said.to_owned());
            assert_eq!(pause(&answered(reply)), expected, "{said}");
        }
    }
}

#[test]
fn what_the_receiver_never_takes_is_refused_with_its_status() {
    for status in [400, 401, 403, 404, 410, 413, 415, 422] {
        let Outcome::Refused { reason } = answered(Reply::Status(status)) else {
            panic!("{status} is not refused");
        };
        assert!(reason.contains(&status.to_string()), "{reason}");
    }
}

#[test]
fn a_redirect_is_not_followed_and_said_to_be_one() {
    let elsewhere = Receiver::start();
    for status in [301, 302, 303, 307, 308] {
        let to = hook_of(&elsewhere);
        let Outcome::Refused { reason } = answered(Reply::With(status, "location", to)) else {
            panic!("{status} is not refused");
        };
        assert!(reason.contains("redirects are not followed"), "{reason}");
        assert!(reason.contains(&status.to_string()), "{reason}");
    }
    assert_eq!(elsewhere.received().len(), 0);
}

#[test]
fn after_the_request_was_written_nobody_knows() {
    assert!(matches!(answered(Reply::HangUp), Outcome::Unknown { .. }));
    let receiver = Receiver::start();
    receiver.reply(Reply::Late(Duration::from_secs(600)));
    let guard = Guard::allowing(["127.0.0.1"]).expect("a host");
    let outcome = send_within(&guard, &hook_of(&receiver), Duration::ZERO);
    let Outcome::Unknown { reason } = &outcome else {
        panic!("{outcome:?}");
    };
    assert!(reason.contains("no answer in time"), "{reason}");
    assert_eq!(receiver.received().len(), 1);
}

/// A server that does this with its first connection.
fn raw(behaviour: impl FnOnce(std::net::TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || behaviour(listener.accept().expect("a connection").0));
    address
}

#[test]
fn an_answer_that_is_no_http_leaves_open_what_happened() {
    let address = raw(|mut stream| {
        let _ = stream.write_all(b"quokka\r\n\r\n");
        thread::sleep(Duration::from_secs(60));
    });
    let outcome = send(&format!("http://{address}/quokka"));
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    assert_discreet(&outcome);
}

#[test]
fn without_a_connection_nothing_was_sent_and_it_is_tried_again() {
    // Nobody listens there any more.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let unused = listener.local_addr().expect("an address");
    drop(listener);
    // No TLS there, and someone who never answers the greeting.
    let plain = Receiver::start();
    let silent = raw(|_stream| thread::sleep(Duration::from_secs(600)));
    for url in [
        format!("http://{unused}/quokka"),
        plain.url("127.0.0.1", "/quokka").replace("http:", "https:"),
        format!("https://{silent}/quokka"),
    ] {
        let outcome = send(&url);
        let Outcome::Retry {
            after: None,
            reason,
        } = &outcome
        else {
            panic!("{url}: {outcome:?}");
        };
        assert!(reason.starts_with("cannot connect: "), "{reason}");
        assert_discreet(&outcome);
    }
    assert_eq!(plain.received().len(), 0);
}

#[test]
fn a_name_that_nobody_knows_is_tried_again() {
    let outcome = send("http://bounty.invalid/quokka");
    assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
    assert_discreet(&outcome);
}
