//! The end of `bounty run`, by SIGTERM and SIGINT, and a second one on the same data.

use std::time::Duration;

use serde_json::Value;

use crate::metrics::address;
use crate::support::bot::{Bot, Ended, LIMIT, Stage, TOKEN};
use crate::support::bot_api::updates::{User, group};
use crate::support::bot_api::{Fault, FaultRule};
use crate::support::http::wait_get;

const CHATS: i64 = 20;
const EACH: usize = 3;

fn chat(index: i64) -> Value {
    group(-1 - index, "Group")
}

fn say(stage: &Stage, index: i64, text: &str) {
    stage.say(&chat(index), &User::new(1, "Ada"), text);
}

/// Ends it while a batch of three updates in each of twenty chats is being answered, slowly.
fn end_in_the_middle(stage: &Stage, end: fn(Bot) -> Ended) {
    for number in 1..=EACH {
        for index in 0..CHATS {
            say(stage, index, &format!("/add Number {number}"));
        }
    }
    let slow = FaultRule::new(Fault::Delay(Duration::from_millis(300)));
    stage.api.fault(slow.method("sendMessage").forever());
    let bot = stage.run(&[]);
    stage.api.wait_until(LIMIT, "the first answer", |api| {
        api.calls().iter().any(|call| call.is("sendMessage"))
    });
    end(bot).ok();
    stage.api.clear_faults();
}

#[track_caller]
fn assert_all_done(stage: &Stage) {
    assert_eq!(stage.api.unconfirmed(TOKEN), 0);
    for index in 0..CHATS {
        let id = chat(index)["id"].as_i64().expect("an id");
        let count = stage.data.events(id).len();
        assert_eq!(count, EACH + 1);
        assert_eq!(stage.data.json(id, "group.json")["seq"], count);
        let texts = stage.texts(id);
        assert_eq!(texts.len(), EACH, "{texts:?}");
        for (number, text) in (1..).zip(texts) {
            assert!(text.contains(&format!("Added #{number}")), "{text}");
        }
    }
    stage.assert_sound();
}

#[test]
fn sigterm_and_sigint_leave_everything_received_stored_answered_and_confirmed() {
    for end in [Bot::stop, Bot::interrupt] {
        let stage = Stage::new();
        end_in_the_middle(&stage, end);
        assert_all_done(&stage);
        let bot = stage.run(&[]);
        stage.wait_polling();
        bot.stop().ok();
        assert_all_done(&stage);
    }
}

#[test]
fn it_stops_while_it_waits_for_updates_for_telegram_or_for_a_chats_pause() {
    let stage = Stage::new();
    let bot = stage.run(&[]);
    stage.wait_polling();
    bot.stop().ok();

    stage.api.set_webhook(TOKEN, true);
    let bot = stage.run(&[]);
    bot.wait_says("trying again");
    bot.stop().ok();
    stage.api.set_webhook(TOKEN, false);

    let down = FaultRule::new(Fault::ResetBefore).method("getMe");
    stage.api.fault(down.forever());
    let bot = stage.run(&[]);
    bot.wait_says("cannot ask Telegram who the bot is");
    bot.stop().ok();
    stage.api.clear_faults();

    let paused = FaultRule::new(Fault::too_many_requests(3_600)).method("sendMessage");
    stage.api.fault(paused.forever());
    let bot = stage.run(&[]);
    say(&stage, 0, "/add One");
    bot.wait_says("asks for a pause");
    let output = bot.stop().ok().output;
    assert!(output.contains("did not go out"), "{output}");
    assert_eq!(stage.api.unconfirmed(TOKEN), 0);
    stage.assert_sound();
}

#[test]
fn a_second_one_on_the_same_data_waits_says_so_and_takes_over() {
    let stage = Stage::new();
    let first = stage.run(&[]);
    stage.wait_polling();
    let second = stage.run(&[]);
    let third = stage.run(&[]);
    second.wait_says("another process polls this bot");
    third.wait_says("another process polls this bot");
    third.stop().ok();
    say(&stage, 0, "/add One");
    stage.wait_texts(-1, 1);
    stage.wait_confirmed();
    assert!(!second.output().contains("the bot runs"));
    assert!(!first.output().contains("another poller"));

    first.stop().ok();
    second.wait_says("the bot runs");
    say(&stage, 0, "/add Two");
    assert!(stage.wait_texts(-1, 2)[1].contains("Added #2"));

    // The lock of one that is killed is free at once.
    let next = stage.run(&[]);
    next.wait_says("another process polls this bot");
    second.kill();
    next.wait_says("the bot runs");
    say(&stage, 0, "/bounty");
    stage.api.wait_until(LIMIT, "the list", |_| {
        stage
            .texts(-1)
            .iter()
            .any(|text| text.contains("Bounties: 2"))
    });
    stage.wait_confirmed();
    next.stop().ok();
    stage.assert_sound();
}

#[test]
fn from_the_signal_on_it_says_that_it_stops_and_is_not_ready_while_answers_still_wait() {
    let stage = Stage::new();
    let paused = FaultRule::new(Fault::too_many_requests(3_600)).method("sendMessage");
    stage.api.fault(paused.forever());
    let bot = stage.run(&["--metrics", ":0"]);
    let server = address(&bot);
    say(&stage, 0, "/add One");
    bot.wait_says("asks for a pause");
    wait_get(server, "/readyz", |answer| answer.status == 200);
    bot.terminate();
    bot.wait_says("stopping");
    let answer = wait_get(server, "/readyz", |answer| answer.status == 503);
    assert!(
        answer.body.contains("the process is stopping"),
        "{answer:?}"
    );
    let output = bot.wait().ok().output;
    let place = |words| output.find(words).expect("said");
    assert!(place("stopping") < place("did not go out"), "{output}");
}
