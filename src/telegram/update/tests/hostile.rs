//! Updates that no one should send, and those that Telegram sends all the same.

use serde_json::{Value, json};

use super::{DATE, assert_ignored, inbound, message, message_with, read_raw, received, update};
use crate::domain::board::{Change, Command};
use crate::telegram::command::Parsed;
use crate::telegram::update::Inbound;
use crate::telegram::update::surrogates::mend;

fn text_added(raw: &str) -> String {
    match read_raw(raw).expect("an Update").kind {
        Inbound::Message {
            parsed: Parsed::Command(Command::Change(Change::Add(bounty)), _),
            ..
        } => bounty.text,
        other => panic!("no /add: {other:?}"),
    }
}

#[test]
fn a_lone_surrogate_costs_one_character() {
    let raw = update(&message("/add Fix HALF it")).to_string();
    for half in ["\\ud800", "\\uDFFF", "\\ud83d"] {
        assert_eq!(
            text_added(&raw.replace("HALF", half)),
            "Fix \u{fffd} it",
            "{half}"
        );
    }
    assert_eq!(
        text_added(&raw.replace("HALF", "\\ud83d\\ud83d\\ude00")),
        "Fix \u{fffd}😀 it"
    );
}

#[test]
fn whole_characters_are_left_as_they_are() {
    for json in [
        r#""\ud83d\ude00""#,
        r#""\\ud800""#,
        r#""\"\n\u0041 é 😀""#,
        "",
    ] {
        assert_eq!(mend(json), json);
    }
    assert_eq!(mend(r#""\\\ud800""#), r#""\\\ufffd""#);
    assert_eq!(mend(r#""\ud800\n\udc00""#), r#""\ufffd\n\ufffd""#);
    assert_eq!(mend(r#"{"\uDBFF":"\udc00"}"#), r#"{"\ufffd":"\ufffd"}"#);
    for broken in [
        "\\",
        "\\u",
        "\\ud8",
        "\\ud800\\",
        "\\é",
        "\\u+d80",
        "\\uд800",
    ] {
        mend(broken);
    }
}

#[test]
fn an_update_without_what_it_needs_keeps_its_number() {
    let unreadable = |message: Value| read_raw(&update(&message).to_string()).unwrap_err();
    let cases = [
        json!(5),
        json!("text"),
        message_with("/my", json!({"date": null})),
        message_with("/my", json!({"date": "yesterday"})),
        message_with("/my", json!({"date": -1})),
        message_with("/my", json!({"date": 1.5})),
        message_with("/my", json!({"date": i64::MAX})),
        message_with("/my", json!({"date": u64::MAX})),
        message_with("/my", json!({"chat": null})),
        message_with("/my", json!({"chat": {"id": "1", "type": "group"}})),
        message_with("/my", json!({"message_id": null})),
        message_with("/my", json!({"text": ["/my"]})),
        message_with(
            "/my",
            json!({"from": {"first_name": "x".repeat(9_999), "id": "y".repeat(9_999)}}),
        ),
    ];
    for case in cases {
        let error = unreadable(case);
        assert_eq!(error.update_id, Some(812));
        assert!(!error.reason.is_empty() && error.reason.len() < 1_000);
    }
}

#[test]
fn what_is_no_update_has_no_number() {
    let texts = [
        "",
        "{",
        "null",
        "5",
        "[]",
        "[812]",
        "{}",
        "{\"update_id\":null}",
        "{\"update_id\":\"7\"}",
        "{\"message\":{}}",
        "{\"update_id\":7",
        "{\"update_id\":7}{}",
        "\u{feff}{\"update_id\":7}",
        "{\"update_id\":7,\"update_id\":8}",
        "{\"update_id\":9223372036854775808}",
        "/add x",
    ];
    for text in texts {
        assert_eq!(read_raw(text).unwrap_err().update_id, None, "{text}");
    }
}

#[test]
fn an_update_of_an_unknown_kind_is_ignored() {
    let reason = "a kind of update that is not used";
    assert_ignored(&json!({"update_id": 1}), reason);
    assert_ignored(
        &json!({"update_id": 1, "new_in_2040": {"message": message("/my")}}),
        reason,
    );
    assert_ignored(&json!({"update_id": 1, "message": null}), reason);
}

#[test]
fn unknown_fields_never_matter() {
    let message = message_with(
        "/my",
        json!({"new_in_2040": [{"deep": [1, null]}], "message_thread_id": null}),
    );
    received(&message);
}

#[test]
fn deep_json_is_no_stack_overflow() {
    let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let nowhere = format!("{{\"update_id\":7,\"new\":{deep}}}");
    assert!(matches!(
        read_raw(&nowhere).expect("an Update").kind,
        Inbound::Ignored(_)
    ));
    let inside = format!("{{\"message\":{{\"text\":{deep}}},\"update_id\":7}}");
    assert_eq!(read_raw(&inside).unwrap_err().update_id, Some(7));
    let replies = "{\"reply_to_message\":".repeat(100_000);
    let nested = format!(
        "{{\"update_id\":7,\"message\":{replies}1{}}}",
        "}".repeat(100_000)
    );
    assert_eq!(read_raw(&nested).unwrap_err().update_id, Some(7));
    assert_eq!(
        read_raw(&"[".repeat(1_000_000)).unwrap_err().update_id,
        None
    );
}

#[test]
fn a_number_at_the_edge_is_read() {
    let last = message_with(
        "/my",
        json!({"date": 253_402_300_799_i64, "message_id": i64::MIN}),
    );
    assert_eq!(received(&last).0.at, 253_402_300_799);
    let update = json!({"update_id": i64::MIN, "message": message_with("/my", json!({"date": 0}))});
    assert!(matches!(inbound(&update), Inbound::Message { .. }));
}

#[test]
fn many_entities_on_a_long_text_are_read_to_their_end() {
    let entity =
        json!({"type": "text_link", "offset": 900_000, "length": 1, "url": "https://e.com/h"});
    let entities = vec![entity; 20_000];
    let text = format!("/add {}", "é ".repeat(500_000));
    // Quadratic work on so many entities and so long a text would not end within minutes.
    let (origin, _) = received(&message_with(&text, json!({"entities": entities})));
    assert_eq!(origin.at, DATE);
}
