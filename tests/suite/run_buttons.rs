//! The buttons below a list turn its pages.

use std::time::Duration;

use serde_json::{Value, json};

use crate::metrics::address;
use crate::support::BOT;
use crate::support::bot::{LIMIT, Stage};
use crate::support::bot_api::updates::{User, callback, group, supergroup};
use crate::support::bot_api::{Fault, FaultRule};
use crate::support::http::wait_metric;

const GROUP: i64 = -42;

/// The bot's last message in the group, as it stands there now.
fn last(stage: &Stage) -> Value {
    stage.api.messages(GROUP).pop().expect("a message")
}

/// The labels below a message, each with what it says when it is pressed.
fn buttons(message: &Value) -> Vec<(String, String)> {
    let rows = message["reply_markup"]["inline_keyboard"].as_array();
    let buttons = rows.into_iter().flatten().filter_map(Value::as_array);
    let word = |button: &Value, key: &str| button[key].as_str().unwrap_or_default().to_owned();
    buttons
        .flatten()
        .map(|button| (word(button, "text"), word(button, "callback_data")))
        .collect()
}

/// Somebody presses a button; what they are told, once they are.
fn press(stage: &Stage, id: &str, from: &User, message: &Value, data: &str) -> Option<String> {
    let message = message["message_id"].as_i64().expect("an id");
    stage.push(callback(
        id,
        &group(GROUP, "Group"),
        from,
        BOT,
        message,
        data,
    ));
    stage.wait_confirmed();
    told(stage, id)
}

/// What was told to who pressed a button.
fn told(stage: &Stage, id: &str) -> Option<String> {
    let answers = || {
        let mut calls = stage.api.calls();
        calls.retain(|call| {
            call.is("answerCallbackQuery") && call.params["callback_query_id"] == id
        });
        calls
    };
    (stage.api).wait_until(LIMIT, "the button answered", |_| !answers().is_empty());
    let answers = answers();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    answers[0].params["text"].as_str().map(str::to_owned)
}

#[test]
fn a_button_shows_another_page_in_place_of_the_one_that_is_there() {
    let stage = Stage::new();
    let (ada, bob) = (User::new(1, "Ada"), User::new(2, "Bob"));
    let chat = group(GROUP, "Group");
    let bot = stage.run(&["--flood-limit", "100"]);
    for number in 1..=22 {
        stage.say(&chat, &ada, &format!("/add Number {number}"));
    }
    stage.say(&chat, &ada, "/bounty");
    stage.wait_texts(GROUP, 23);
    stage.wait_confirmed();
    let list = last(&stage);
    let next = ("2 ▶".to_owned(), "1:page:board:2".to_owned());
    assert_eq!(buttons(&list), [next]);

    let told = press(&stage, "a", &bob, &list, "1:page:board:2");
    assert_eq!(told, None);
    let turned = last(&stage);
    assert_eq!(turned["message_id"], list["message_id"]);
    let text = turned["text"].as_str().expect("a text");
    assert!(
        text.contains("<b>#21</b> Number 21") && text.contains("<b>#22</b> Number 22"),
        "{text}"
    );
    assert!(!text.contains("<b>#1</b> Number 1"), "{text}");
    let back = ("◀ 1".to_owned(), "1:page:board:1".to_owned());
    assert_eq!(buttons(&turned), [back]);

    // The same page again is no error, and a page that is no more is told to the one who pressed.
    assert_eq!(press(&stage, "b", &bob, &list, "1:page:board:2"), None);
    let told = press(&stage, "c", &bob, &list, "1:page:board:3").expect("a text");
    assert!(told.contains("no page 3"), "{told}");
    assert_eq!(last(&stage)["text"], turned["text"]);
    let told = press(&stage, "d", &bob, &list, "0:page:board:1").expect("a text");
    assert!(told.contains("outdated"), "{told}");
    assert_eq!(
        stage.sends(GROUP).len(),
        23,
        "nothing was sent for a button"
    );

    // Plain text has none.
    stage.say(&chat, &ada, "/bounty --text");
    stage.wait_texts(GROUP, 24);
    assert_eq!(last(&stage)["reply_markup"], json!(null));
    bot.stop().ok();
}

#[test]
fn the_buttons_of_a_persons_own_list_are_for_that_person() {
    let stage = Stage::new();
    let (ada, bob) = (User::new(1, "Ada"), User::new(2, "Bob"));
    let chat = group(GROUP, "Group");
    let bot = stage.run(&["--flood-limit", "100"]);
    for number in 1..=21 {
        stage.say(&chat, &ada, &format!("/add Number {number}"));
        stage.say(&chat, &ada, &format!("/track {number}"));
    }
    stage.say(&chat, &ada, "/my");
    stage.wait_texts(GROUP, 43);
    stage.wait_confirmed();
    let list = last(&stage);
    let next = ("2 ▶".to_owned(), "1:page:my:2:1".to_owned());
    assert_eq!(buttons(&list), [next]);
    let told = press(&stage, "a", &bob, &list, "1:page:my:2:1").expect("a text");
    assert!(told.contains("another person's list"), "{told}");
    assert_eq!(last(&stage)["text"], list["text"]);
    assert_eq!(press(&stage, "b", &ada, &list, "1:page:my:2:1"), None);
    let text = last(&stage)["text"].as_str().expect("a text").to_owned();
    assert!(text.contains("<b>#21</b> Number 21"), "{text}");
    bot.stop().ok();
}

/// The group's list of two pages, as it stands there, after these bounties were added.
fn two_pages(stage: &Stage) -> Value {
    let (chat, ada) = (group(GROUP, "Group"), User::new(1, "Ada"));
    for number in 1..=21 {
        stage.say(&chat, &ada, &format!("/add Number {number}"));
    }
    stage.say(&chat, &ada, "/bounty");
    stage.wait_texts(GROUP, 22);
    stage.wait_confirmed();
    last(stage)
}

#[test]
fn a_page_that_telegram_slows_down_is_turned_after_the_pause() {
    let stage = Stage::new();
    let bot = stage.run(&["--flood-limit", "100", "--metrics", ":0"]);
    let server = address(&bot);
    let list = two_pages(&stage);
    let slow = FaultRule::new(Fault::too_many_requests(1)).method("editMessageText");
    stage.api.fault(slow);
    press(&stage, "a", &User::new(2, "Bob"), &list, "1:page:board:2");
    stage.api.wait_until(LIMIT, "the second page", |_| {
        last(&stage)["text"] != list["text"]
    });
    let pauses = "bounty_send_pauses_total{bot=\"7001\",entry=\"1\"}";
    wait_metric(server, pauses, 1.0);
    bot.stop().ok();
    let mut edits = stage.api.calls();
    edits.retain(|call| call.is("editMessageText"));
    assert_eq!(edits.len(), 2, "{edits:#?}");
    assert!(edits[1].at - edits[0].at >= Duration::from_secs(1));
}

#[test]
fn a_button_is_answered_at_once_also_while_its_chat_is_paused_or_when_it_has_none() {
    let stage = Stage::new();
    let (ada, bob) = (User::new(1, "Ada"), User::new(2, "Bob"));
    let bot = stage.run(&["--flood-limit", "100"]);
    let list = two_pages(&stage);
    let slow = FaultRule::new(Fault::too_many_requests(3_600)).method("sendMessage");
    stage.api.fault(slow.forever());
    stage.say(&group(GROUP, "Group"), &ada, "/add Another");
    stage.api.wait_until(LIMIT, "the pause", |_| {
        stage
            .sends(GROUP)
            .iter()
            .any(|call| call.status == Some(429))
    });
    assert_eq!(press(&stage, "a", &bob, &list, "1:page:board:2"), None);

    let page = "1:page:board:1";
    let mut inline = callback("b", &group(GROUP, "Group"), &bob, BOT, 1, page);
    let query = inline["callback_query"].as_object_mut().expect("an object");
    query.remove("message");
    query.insert("inline_message_id".to_owned(), "x".into());
    stage.push(inline);
    stage.wait_confirmed();
    assert!(told(&stage, "b").expect("a text").contains("outdated"));
    bot.kill();
}

#[test]
fn a_new_id_that_turning_a_page_tells_moves_the_board_and_no_other_message_is_changed() {
    const NEW: i64 = -1_001_000_000_042;
    let stage = Stage::new();
    let bot = stage.run(&["--flood-limit", "100"]);
    let list = two_pages(&stage);
    stage.api.migrate(GROUP, NEW);
    press(&stage, "a", &User::new(2, "Bob"), &list, "1:page:board:2");
    let note = stage.data.path().join("moved").join(GROUP.to_string());
    stage
        .api
        .wait_until(LIMIT, "the board moved", |_| note.exists());
    let chat = supergroup(NEW, "Group");
    stage.say(&chat, &User::new(1, "Ada"), "/bounty");
    assert!(stage.wait_texts(NEW, 1)[0].contains("Bounties: 21"));
    stage.wait_confirmed();
    bot.stop().ok();
    let mut edits = stage.api.calls();
    edits.retain(|call| call.is("editMessageText"));
    assert_eq!(edits.len(), 1, "{edits:#?}");
    stage.assert_sound();
}
