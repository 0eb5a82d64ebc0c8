//! Names, addressees, ids and pages.

use super::{added, read};
use crate::domain::BountyId;
use crate::domain::board::{Change, Command, Query};
use crate::telegram::command::{Parsed, Usage};

#[track_caller]
fn assert_query(text: &str, query: Query) {
    assert_eq!(
        read(text),
        Parsed::Command(Command::Query(query), vec![]),
        "{text}"
    );
}

#[track_caller]
fn assert_change(text: &str, change: Change) {
    assert_eq!(
        read(text),
        Parsed::Command(Command::Change(change), vec![]),
        "{text}"
    );
}

#[track_caller]
fn assert_usage(text: &str, usage: Usage) {
    assert_eq!(read(text), Parsed::Usage(usage), "{text}");
}

#[test]
fn every_command_is_known() {
    assert_query("/bounty", Query::List { page: 1 });
    assert_query("/my", Query::Mine { page: 1 });
    assert_query("/help", Query::Help);
    assert_query("/history 3", Query::History(BountyId(3)));
    assert_change("/start", Change::Start);
    assert_change("/delete 3", Change::Delete(BountyId(3)));
    assert_change("/track #3", Change::Track(BountyId(3)));
    assert_change("/untrack\n#3", Change::Untrack(BountyId(3)));
    assert_eq!(added(&read("/add Fix it")), "Fix it");
}

#[test]
fn case_and_white_space_do_not_matter() {
    assert_query("/BOUNTY 2", Query::List { page: 2 });
    assert_query("  /My\u{a0}2 ", Query::Mine { page: 2 });
    assert_change("/Delete\t #3\n", Change::Delete(BountyId(3)));
}

#[test]
fn the_bot_may_be_named_and_other_bots_are_left_alone() {
    assert_query("/bounty@bounty_bot", Query::List { page: 1 });
    assert_query("/bounty@BOUNTY_Bot 2", Query::List { page: 2 });
    for text in [
        "/bounty@other_bot",
        "/foo@other_bot x",
        "/add@bounty_bot2 x",
        "/add@ x",
    ] {
        assert_eq!(read(text), Parsed::ForOtherBot, "{text}");
    }
}

#[test]
fn unknown_commands_and_plain_text_are_told_apart() {
    for text in [
        "/foo",
        "/foo bar",
        "/bounties",
        "/add, it",
        "//",
        "/добавить x",
    ] {
        assert_eq!(read(text), Parsed::Unknown { named: false }, "{text}");
    }
    assert_eq!(read("/foo@bounty_bot"), Parsed::Unknown { named: true });
    for text in ["", " ", "Fix it", "see /add x", "/", "/ add x", "add x"] {
        assert_eq!(read(text), Parsed::NoCommand, "{text}");
    }
}

#[test]
fn arguments_of_start_and_help_are_ignored() {
    assert_change("/start deep-link_42", Change::Start);
    assert_query("/help me please", Query::Help);
}

#[test]
fn a_page_is_a_number_from_one() {
    for page in [
        "0",
        "-1",
        "+1",
        "two",
        "1 2",
        "#1",
        "1.5",
        "18446744073709551616",
        "٣",
    ] {
        assert_usage(&format!("/bounty {page}"), Usage::List);
        assert_usage(&format!("/my {page}"), Usage::Mine);
    }
    assert_query(
        "/bounty 18446744073709551615",
        Query::List { page: u64::MAX },
    );
}

#[test]
fn exactly_one_id_is_needed() {
    for id in [
        "",
        "0",
        "#0",
        "#",
        "##3",
        "-3",
        "+3",
        "# 3",
        "3 4",
        "#3 please",
        "three",
        "3.",
        "99999999999999999999",
    ] {
        assert_usage(&format!("/delete {id}"), Usage::Delete);
        assert_usage(&format!("/track {id}"), Usage::Track);
        assert_usage(&format!("/untrack {id}"), Usage::Untrack);
        assert_usage(&format!("/history {id}"), Usage::History);
    }
    assert_query("/history #007", Query::History(BountyId(7)));
}
