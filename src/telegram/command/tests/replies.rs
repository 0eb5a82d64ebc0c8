//! `/add` as a reply to a message.

use super::{BOT, added, hiding};
use crate::telegram::command::{Body, MessageText, parse};

fn reply(typed: &str, replied: Body) -> String {
    let message = MessageText {
        replied: Some(replied),
        ..MessageText::plain(typed)
    };
    added(&parse(&message, BOT))
}

fn reply_to(text: &str, typed: &str) -> String {
    reply(typed, MessageText::plain(text).body)
}

#[test]
fn the_text_and_link_of_the_message_replied_to_are_taken() {
    let crash = " Login crashes,\nsee https://e.com/1 tomorrow ";
    let taken = "Login crashes,\nsee tomorrow | link https://e.com/1";
    assert_eq!(reply_to(crash, "/add"), taken);
    assert_eq!(reply_to("Fix 5", "/add@bounty_bot"), "Fix 5");
    assert_eq!(reply_to("tomorrow", "/add"), "tomorrow");
    let hidden = hiding("It crashes here", "here", "https://e.com/1");
    assert_eq!(
        reply("/add", hidden),
        "It crashes here | link https://e.com/1"
    );
}

#[test]
fn what_is_typed_goes_before_what_is_replied_to() {
    let crash = "Crash https://e.com/1";
    let rows = [
        (
            "/add tomorrow",
            "Crash | link https://e.com/1 | due 2030-05-16 23:59",
        ),
        (
            "/add by friday",
            "Crash | link https://e.com/1 | due 2030-05-17 23:59",
        ),
        ("/add https://e.com/1", "Crash | link https://e.com/1"),
        (
            "/add https://e.com/2",
            "Crash https://e.com/1 | link https://e.com/2",
        ),
        (
            "/add https://e.com/2 fri",
            "Crash https://e.com/1 | link https://e.com/2 | due 2030-05-17 23:59",
        ),
        ("/add Fix it", "Fix it | link https://e.com/1"),
        (
            "/add Fix it fri",
            "Fix it | link https://e.com/1 | due 2030-05-17 23:59",
        ),
    ];
    for (typed, understood) in rows {
        assert_eq!(reply_to(crash, typed), understood, "{typed}");
    }
}

#[test]
fn a_missed_date_alone_goes_behind_the_text() {
    for (typed, missed) in [
        ("31.13", "31.13"),
        ("due: soon", "soon"),
        ("next week", "next week"),
        ("tomorrow!", "tomorrow!"),
        ("last friday", "last friday"),
    ] {
        assert_eq!(
            reply_to("Crash", &format!("/add {typed}")),
            format!("Crash {typed} | no date: {missed}")
        );
    }
    assert_eq!(
        reply_to("Crash https://e.com/1", "/add https://e.com/2 31.13"),
        "Crash https://e.com/1 31.13 | link https://e.com/2 | no date: 31.13"
    );
    assert_eq!(
        reply_to("Crash", "/add Fix 31.13"),
        "Fix 31.13 | no date: 31.13"
    );
}

#[test]
fn a_reply_to_a_mere_link_needs_a_text() {
    assert_eq!(reply_to("https://e.com/1", "/add"), "only a link");
    assert_eq!(reply_to("https://e.com/1", "/add tomorrow"), "only a link");
    assert_eq!(reply_to("tg://e", "/add"), "bad link: tg://e");
    assert_eq!(
        reply_to("https://e.com/1", "/add Fix"),
        "Fix | link https://e.com/1"
    );
    assert_eq!(reply_to("", "/add"), "usage");
    assert_eq!(reply_to("", "/add Fix"), "Fix");
}
