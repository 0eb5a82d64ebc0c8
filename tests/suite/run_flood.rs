//! The flood guard of `bounty run`: by the messages' dates, per user and chat.

use std::time::Duration;

use serde_json::Value;

use crate::support::DATE;
use crate::support::bot::{Stage, TOKEN};
use crate::support::bot_api::updates::{User, dm, group, text_message};
use crate::support::bot_api::{Fault, FaultRule};

const GROUP: i64 = -42;

/// A message that was sent so many seconds after the first.
fn at(stage: &Stage, seconds: i64, from: &User, text: &str) -> Value {
    let chat = group(GROUP, "Group");
    text_message(&chat, from, stage.message_id(), DATE + seconds, text)
}

#[test]
fn the_first_command_too_many_is_refused_with_the_seconds_and_the_next_one_silently() {
    let stage = Stage::new();
    let (ada, bob) = (User::new(1, "Ada"), User::new(2, "Bob"));
    let bot = stage.run(&[]);
    let mut first = at(&stage, 0, &ada, "/add Number 1");
    first["update_id"] = stage.push(first.clone()).into();
    for second in 1..20 {
        stage.push(at(
            &stage,
            second,
            &ada,
            &format!("/add Number {}", second + 1),
        ));
    }
    let texts = stage.wait_texts(GROUP, 20);
    assert!(
        texts.iter().all(|text| text.contains("Added #")),
        "{texts:#?}"
    );
    // Refused ones make no event, and neither do they count.
    stage.push(at(&stage, 20, &ada, "/add Too many"));
    stage.push(at(&stage, 21, &ada, "/add Far too many"));
    stage.push(at(&stage, 22, &ada, "/bounty"));
    stage.push(at(&stage, 23, &bob, "/add Of another"));
    stage.say(&dm(&ada), &ada, "/add In another chat");
    for _ in 0..2 {
        stage.wait_confirmed();
        stage.push(first.clone());
    }
    stage.wait_confirmed();
    // The first one's minute is over: there is room for one, in which duplicates have no part.
    stage.push(at(&stage, 60, &ada, "/add Room again"));
    stage.push(at(&stage, 60, &ada, "/track 1"));
    let texts = stage.wait_texts(GROUP, 27);
    stage.wait_confirmed();
    bot.stop().ok();

    let expected = [
        "There is room again in 40 seconds",
        "Bounties: 20",
        "Added #21",
        "Added #1\n",
        "Added #1\n",
        "Added #22",
        "There is room again in 1 second:",
    ];
    for (text, words) in texts[20..].iter().zip(expected) {
        assert!(text.contains(words), "{words}: {texts:#?}");
    }
    assert_eq!(stage.texts(GROUP).len(), 27);
    assert!(stage.wait_texts(ada.id, 1)[0].contains("Added #1"));
    assert_eq!(stage.data.json(GROUP, "group.json")["next_id"], 23);
    stage.assert_sound();
}

#[test]
fn what_was_refused_before_a_crash_is_not_done_when_it_comes_again() {
    let stage = Stage::new();
    let ada = User::new(1, "Ada");
    for number in 1..=3 {
        stage.push(at(&stage, 0, &ada, &format!("/add Number {number}")));
    }
    // The first poll gets them, the one that would confirm them does not arrive.
    let poll = |fault| FaultRule::new(fault).method("getUpdates");
    stage.api.fault(poll(Fault::Delay(Duration::ZERO)));
    let never = Fault::Delay(Duration::from_secs(3_600));
    stage.api.fault(poll(never).forever());
    let bot = stage.run(&["--flood-limit", "2"]);
    let texts = stage.wait_texts(GROUP, 3);
    assert!(texts[2].contains("There is room again"), "{texts:#?}");
    bot.kill();
    assert_eq!(stage.api.unconfirmed(TOKEN), 3);
    stage.api.clear_faults();
    let bot = stage.run(&["--flood-limit", "2"]);
    let texts = stage.wait_texts(GROUP, 6);
    assert!(texts[5].contains("There is room again"), "{texts:#?}");
    stage.wait_confirmed();
    bot.stop().ok();
    assert_eq!(stage.data.json(GROUP, "group.json")["next_id"], 3);
}

#[test]
fn the_limit_can_be_set_and_switched_off() {
    let stage = Stage::new();
    let ada = User::new(1, "Ada");
    let bot = stage.run(&["--flood-limit", "2"]);
    for number in 1..=3 {
        stage.push(at(&stage, 0, &ada, &format!("/add Number {number}")));
    }
    assert!(stage.wait_texts(GROUP, 3)[2].contains("There is room again in 60 seconds"));
    stage.wait_confirmed();
    bot.stop().ok();
    let mut command = stage.command(&[]);
    command.env("BOUNTY_FLOOD_LIMIT", "0");
    let bot = crate::support::bot::Bot::spawn(command);
    for number in 1..=30 {
        stage.push(at(&stage, 0, &ada, &format!("/add More {number}")));
    }
    let texts = stage.wait_texts(GROUP, 33);
    bot.stop().ok();
    assert!(
        texts[3..].iter().all(|text| text.contains("Added #")),
        "{texts:#?}"
    );
}
