//! Answers that cannot be sent: what is tried again, what is not, and that other chats never wait.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::metrics;
use crate::support::bot::{LIMIT, Stage};
use crate::support::bot_api::updates::{User, dm, group};
use crate::support::bot_api::{Call, Fault, FaultRule};
use crate::support::http::wait_metric;

const FIRST: i64 = -1;
const OTHER: i64 = -2;

fn to_first(fault: Fault) -> FaultRule {
    FaultRule::new(fault).method("sendMessage").chat_id(FIRST)
}

/// A user writes to the first group, or to the other.
fn say(stage: &Stage, chat: i64, text: &str) {
    stage.say(&group(chat, "Group"), &User::new(1, "Ada"), text);
}

/// The calls that were answered with these statuses; none for a closed connection.
fn statuses(calls: &[Call]) -> Vec<Option<u16>> {
    calls.iter().map(|call| call.status).collect()
}

#[test]
fn a_chat_that_telegram_slows_down_pauses_alone_and_its_answers_follow_in_order() {
    let stage = Stage::new();
    let bot = stage.run(&[]);
    let slow = to_first(Fault::too_many_requests(1)).forever();
    stage.api.fault(slow);
    say(&stage, FIRST, "/add One");
    say(&stage, FIRST, "/add Two");
    for number in 1..=3 {
        say(&stage, OTHER, &format!("/add Other {number}"));
        stage.wait_texts(OTHER, number);
    }
    assert!(stage.texts(FIRST).is_empty());
    stage
        .api
        .wait_until(LIMIT, "a second attempt", |_| stage.sends(FIRST).len() >= 2);
    stage.api.clear_faults();
    let texts = stage.wait_texts(FIRST, 2);
    assert!(texts[0].contains("Added #1") && texts[1].contains("Added #2"));
    stage.wait_confirmed();
    bot.stop().ok();
    let attempts = stage.sends(FIRST);
    let refused = attempts.iter().filter(|call| call.status == Some(429));
    for (call, next) in refused.zip(&attempts[1..]) {
        assert!(next.at - call.at >= Duration::from_secs(1), "{call} {next}");
    }
    assert_eq!(stage.texts(FIRST).len(), 2);
}

#[test]
fn batches_do_not_wait_for_a_chat_that_telegram_slows_down() {
    let stage = Stage::new();
    let bot = stage.run(&[]);
    let slow = to_first(Fault::too_many_requests(600)).forever();
    stage.api.fault(slow);
    let begun = Instant::now();
    for number in 1..=10 {
        say(&stage, FIRST, &format!("/add One {number}"));
        say(&stage, OTHER, &format!("/add Other {number}"));
        stage.wait_texts(OTHER, number);
        stage.wait_confirmed();
    }
    // Each of ten batches would wait two seconds for its answers.
    assert!(begun.elapsed() < Duration::from_secs(15));
    assert_eq!(stage.sends(FIRST).len(), 1);
    bot.kill();
}

#[test]
fn a_chat_is_paused_however_telegram_asks_for_it() {
    let stage = Stage::new();
    let bot = stage.run(&[]);
    let words = "Too Many Requests: retry after 1";
    let asks = [
        Fault::status(429, words),
        Fault::status_with(429, words, json!({})),
        Fault::status_with(429, words, json!({"retry_after": "1"})),
        Fault::status_with(429, words, json!({"retry_after": null})),
        Fault::status_with(429, words, json!({"retry_after": 1, "scope": "chat"})),
        Fault::Garbage(429),
    ];
    for (chat, ask) in (-16..).zip(asks.clone()) {
        let once = FaultRule::new(ask).method("sendMessage").chat_id(chat);
        stage.api.fault(once);
        say(&stage, chat, "/add One");
    }
    for (chat, _) in (-16..).zip(&asks) {
        stage.wait_texts(chat, 1);
    }
    stage.wait_confirmed();
    bot.stop().ok();
    for (chat, ask) in (-16..).zip(asks) {
        let sends = stage.sends(chat);
        assert_eq!(statuses(&sends), [Some(429), Some(200)], "{ask:?}");
        let pause = sends[1].at - sends[0].at;
        assert!(pause >= Duration::from_secs(1), "{ask:?}: {pause:?}");
    }
}

#[test]
fn refusals_with_empty_parameters_are_read_like_those_without() {
    let stage = Stage::new();
    let bot = stage.run(&[]);
    let blocked = "Forbidden: bot was blocked by the user";
    let blocked = Fault::status_with(403, blocked, json!({}));
    stage.api.fault(to_first(blocked).forever());
    let markup = "Bad Request: can't parse entities: no end tag";
    let markup = Fault::status_with(400, markup, json!({}));
    let markup = FaultRule::new(markup).method("sendMessage");
    stage.api.fault(markup.chat_id(OTHER));
    say(&stage, FIRST, "/add One");
    say(&stage, OTHER, "/add Other");
    assert!(stage.wait_texts(OTHER, 1)[0].contains("Other"));
    bot.wait_says("the bot may not write to this chat");
    stage.wait_confirmed();
    bot.stop().ok();
    assert_eq!(statuses(&stage.sends(FIRST)), [Some(403)]);
    assert_eq!(statuses(&stage.sends(OTHER)), [Some(400), Some(200)]);
}

#[test]
fn a_chat_that_shuts_the_bot_out_is_left_alone_until_it_writes_again() {
    let stage = Stage::new();
    let ada = User::new(77, "Ada");
    let bot = stage.run(&[]);
    stage.api.forbid(FIRST, true);
    stage.api.forbid(ada.id, true);
    say(&stage, FIRST, "/add One");
    stage.say(&dm(&ada), &ada, "/add Mine");
    say(&stage, OTHER, "/add Other");
    stage.wait_texts(OTHER, 1);
    stage.wait_confirmed();
    assert_eq!(statuses(&stage.sends(FIRST)), [Some(403)]);
    assert_eq!(statuses(&stage.sends(ada.id)), [Some(403)]);

    stage.api.forbid(FIRST, false);
    stage.api.forbid(ada.id, false);
    say(&stage, FIRST, "/add Two");
    stage.say(&dm(&ada), &ada, "/my");
    let texts = stage.wait_texts(FIRST, 1);
    assert!(texts[0].contains("Added #2"), "{texts:?}");
    assert!(stage.wait_texts(ada.id, 1)[0].contains("Your bounties: 1"));
    bot.stop().ok();
    assert_eq!(statuses(&stage.sends(FIRST)), [Some(403), Some(200)]);
    assert_eq!(statuses(&stage.sends(ada.id)), [Some(403), Some(200)]);
    assert_eq!(stage.data.json(FIRST, "group.json")["next_id"], 3);
}

#[test]
fn a_send_that_may_have_arrived_is_never_sent_twice() {
    let stage = Stage::new();
    let bot = stage.run(&[]);
    let faults = [Fault::status(502, "Bad Gateway"), Fault::LostResponse];
    for fault in faults {
        stage.api.fault(to_first(fault));
    }
    for number in 1..=3 {
        say(&stage, FIRST, &format!("/add Number {number}"));
    }
    say(&stage, OTHER, "/add Other");
    stage.wait_texts(OTHER, 1);
    let texts = stage.wait_texts(FIRST, 2);
    stage.wait_confirmed();
    bot.stop().ok();
    assert_eq!(statuses(&stage.sends(FIRST)), [Some(502), None, Some(200)]);
    assert!(texts[0].contains("Added #2") && texts[1].contains("Added #3"));
    assert_eq!(stage.data.json(FIRST, "group.json")["next_id"], 4);
}

#[test]
fn a_send_whose_connection_broke_arrives_once_or_not_at_all() {
    let stage = Stage::new();
    let bot = stage.run(&[]);
    stage.api.fault(to_first(Fault::ResetBefore));
    say(&stage, FIRST, "/add One");
    say(&stage, FIRST, "/add Two");
    let is_second = |text: &String| text.contains("Added #2");
    stage.api.wait_until(LIMIT, "the second answer", |_| {
        stage.texts(FIRST).iter().any(is_second)
    });
    bot.stop().ok();
    let texts = stage.texts(FIRST);
    assert!(
        texts
            .iter()
            .filter(|text| text.contains("Added #1"))
            .count()
            <= 1
    );
    assert_eq!(texts.iter().filter(|text| is_second(text)).count(), 1);
}

#[test]
fn an_answer_whose_markup_is_refused_is_sent_as_plain_text() {
    let stage = Stage::new();
    let bot = stage.run(&[]);
    let refused =
        "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"";
    stage.api.fault(to_first(Fault::status(400, refused)));
    say(&stage, FIRST, "/add Fish & <chips> \"now\"");
    let texts = stage.wait_texts(FIRST, 1);
    say(&stage, FIRST, "/add Marked up again");
    stage.wait_texts(FIRST, 2);
    bot.stop().ok();
    let sends = stage.sends(FIRST);
    assert_eq!(statuses(&sends), [Some(400), Some(200), Some(200)]);
    assert_eq!(sends[0].params["parse_mode"], "HTML");
    assert!(sends[1].params.get("parse_mode").is_none());
    let marked_up = sends[0].params["text"].as_str().expect("a text");
    assert_eq!(texts[0], crate::support::plain(marked_up).trim());
    assert!(texts[0].contains("Fish & <chips> \"now\""));
    assert_eq!(
        sends[1].params["reply_parameters"],
        sends[0].params["reply_parameters"]
    );
    assert_eq!(sends[2].params["parse_mode"], "HTML");
}

#[test]
fn an_answer_that_telegram_refuses_for_another_reason_is_said_not_to_have_arrived() {
    let stage = Stage::new();
    let (bot, server) = metrics::run(&stage);
    let refusal = Fault::status(
        400,
        "Bad Request: not enough rights to send text messages to the chat",
    );
    stage.api.fault(to_first(refusal));
    say(&stage, FIRST, "/add One");
    say(&stage, FIRST, "/add Two");
    let texts = stage.wait_texts(FIRST, 1);
    assert!(texts[0].contains("Added #2"));
    stage.wait_confirmed();
    let count =
        |outcome| format!("bounty_sends_total{{bot=\"7001\",entry=\"1\",outcome=\"{outcome}\"}}");
    let metrics = wait_metric(server, &count("delivered"), 1.0);
    assert_eq!(metrics.get(&count("refused")), 1.0);
    assert_eq!(metrics.get(&count("given_up")), 0.0);
    let output = bot.stop().ok().output;
    let said = "Telegram refused an answer: it did not arrive";
    let line = output.lines().find(|line| line.contains(said));
    assert!(line.expect(said).contains("not enough rights"), "{output}");
    assert!(!output.contains("may or may not"), "{output}");
    assert_eq!(stage.sends(FIRST).len(), 2);
}
