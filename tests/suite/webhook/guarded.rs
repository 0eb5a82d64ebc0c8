//! Nothing is sent inside the network, unless the operator allows the host.

use bounty_ledger::notify::webhook::{Guard, Outcome};

use super::{PATH, assert_discreet, send_by};
use crate::support::receiver::Receiver;

fn allowing(hosts: &[&str]) -> Guard {
    Guard::allowing(hosts).expect("hosts")
}

#[track_caller]
fn refusal(outcome: &Outcome) -> &str {
    assert_discreet(outcome);
    match outcome {
        Outcome::Refused { reason } => reason,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn no_form_of_this_machines_address_is_connected_to() {
    let receiver = Receiver::start();
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0",
        "127.0.0.1.",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::127.0.0.1]",
        "[::1]",
        "１２７.０.０.１",
    ] {
        let outcome = send_by(&Guard::default(), &receiver.url(host, PATH));
        assert!(
            refusal(&outcome).contains("the operator can allow"),
            "{host}: {outcome:?}"
        );
    }
    assert_eq!(receiver.received().len(), 0);
}

#[test]
fn a_name_that_leads_inside_is_said_to_and_is_connected_to_where_it_is_allowed() {
    let receiver = Receiver::start();
    let url = receiver.url("localhost", PATH);
    // That the address is allowed does not allow every name that leads to it.
    for guard in [Guard::default(), allowing(&["127.0.0.1", "::1"])] {
        let outcome = send_by(&guard, &url);
        let reason = refusal(&outcome);
        assert!(reason.contains("localhost leads to"), "{reason}");
        assert!(reason.contains("a loopback address"), "{reason}");
    }
    assert_eq!(receiver.received().len(), 0);
    assert_eq!(
        send_by(&allowing(&["LocalHost."]), &url),
        Outcome::Delivered
    );
    assert_eq!(receiver.received().len(), 1);
}

#[test]
fn an_address_with_credentials_is_refused_also_for_a_host_that_is_allowed() {
    let receiver = Receiver::start();
    for user in ["quokka@", "quokka:quokka@", ":quokka@"] {
        let url = receiver.url(&format!("{user}127.0.0.1"), PATH);
        let outcome = send_by(&allowing(&["127.0.0.1"]), &url);
        assert!(refusal(&outcome).contains("a user name or a password"));
    }
    assert_eq!(receiver.received().len(), 0);
}
