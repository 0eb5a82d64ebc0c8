//! Links behind words, and replies.

use serde_json::{Value, json};

use super::{message_with, received};
use crate::domain::board::{Change, Command, NewBounty};
use crate::telegram::command::Parsed;
use crate::text::Usage;

#[track_caller]
fn added(message: &Value) -> (String, Option<String>) {
    match received(message).1 {
        Parsed::Command(Command::Change(Change::Add(NewBounty { text, link, .. })), _) => {
            (text, link)
        }
        other => panic!("no /add: {other:?}"),
    }
}

fn both(text: &str, link: &str) -> (String, Option<String>) {
    (text.to_owned(), Some(link.to_owned()))
}

fn hidden(offset: i64, length: i64) -> Value {
    json!([{"type": "bot_command", "offset": 0, "length": 4},
        {"type": "text_link", "offset": offset, "length": length, "url": "https://e.com/h"}])
}

#[test]
fn the_place_of_a_hidden_link_is_counted_in_utf16_units() {
    // Taken for characters, 46 would lie behind the text.
    let text = format!("/add {} it https://e.com/1", "🔥".repeat(20));
    let expected = format!("{} it https://e.com/1", "🔥".repeat(20));
    let message = message_with(&text, json!({"entities": hidden(46, 2)}));
    assert_eq!(added(&message), both(&expected, "https://e.com/h"));
    // Taken for bytes, 42 would lie before the written link.
    let text = format!("/add {} https://e.com/1 it", "ж".repeat(20));
    let expected = format!("{} it https://e.com/h", "ж".repeat(20));
    let message = message_with(&text, json!({"entities": hidden(42, 2)}));
    assert_eq!(added(&message), both(&expected, "https://e.com/1"));
}

#[test]
fn a_hidden_link_in_a_caption_counts() {
    let fields = json!({"text": null, "caption": "/add Fix it", "caption_entities": hidden(9, 2)});
    assert_eq!(
        added(&message_with("", fields)),
        both("Fix it", "https://e.com/h")
    );
}

#[test]
fn entities_without_a_place_in_the_text_are_passed_over() {
    let places = [
        (-1, 3),
        (9, 3),
        (9, 0),
        (9, -1),
        (99, 1),
        (i64::MAX, i64::MAX),
        (0, i64::MAX),
    ];
    for (offset, length) in places {
        let message = message_with("/add Fix it", json!({"entities": hidden(offset, length)}));
        assert_eq!(
            added(&message),
            ("Fix it".to_owned(), None),
            "{offset} {length}"
        );
    }
}

#[test]
fn a_place_within_a_character_means_that_character() {
    let message = message_with("/add 🔥 https://e.com/1", json!({"entities": hidden(6, 1)}));
    assert_eq!(
        added(&message),
        both("🔥 https://e.com/1", "https://e.com/h")
    );
}

#[test]
fn an_entity_of_a_kind_not_known_loses_no_text() {
    let entities = json!({"entities": [
        {"type": "date_time", "offset": 9, "length": 2, "unix_time": 1, "date_time_format": "r"},
        {"type": "text_mention", "offset": 5, "length": 3, "user": {"id": 1}},
    ]});
    assert_eq!(
        added(&message_with("/add Fix it", entities)),
        ("Fix it".to_owned(), None)
    );
}

#[test]
fn a_reply_takes_text_and_link_of_the_message_replied_to() {
    let replied = json!({"message_id": 50, "date": 1, "chat": super::group(),
        "text": "It crashes here", "entities": hidden(11, 4)});
    let reply = message_with("/add", json!({"reply_to_message": replied}));
    assert_eq!(added(&reply), both("It crashes here", "https://e.com/h"));
    let photo = json!({"caption": "It crashes https://e.com/1", "photo": []});
    let reply = message_with("/add", json!({"reply_to_message": photo}));
    assert_eq!(added(&reply), both("It crashes", "https://e.com/1"));
}

#[test]
fn a_message_in_a_topic_is_no_reply_to_the_topic() {
    let created = json!({"message_id": 9, "text": "Bugs", "forum_topic_created": {"name": "Bugs", "icon_color": 1}});
    let bare = message_with(
        "/add",
        json!({"reply_to_message": created, "is_topic_message": true}),
    );
    assert_eq!(received(&bare).1, Parsed::Usage(Usage::Add));
}

#[test]
fn what_this_bot_wrote_is_no_text_for_a_bounty() {
    let from_bot = |user: Value| {
        let replied = json!({"text": "#3 added https://e.com/1", "from": user});
        message_with("/add Fix it", json!({"reply_to_message": replied}))
    };
    let own = from_bot(json!({"id": 7001, "is_bot": true, "username": "bounty_bot"}));
    assert_eq!(added(&own), ("Fix it".to_owned(), None));
    let other = from_bot(json!({"id": 9, "is_bot": true, "username": "ci_bot"}));
    assert_eq!(added(&other), both("Fix it", "https://e.com/1"));
}
