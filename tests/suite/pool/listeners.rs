//! A bot is polled while something active listens through it, and no update is lost or doubled when that changes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::{GROUP, TOKENS, Troupe};
use crate::support::bot::{Bot, LIMIT};

/// Bounties that were asked for: their texts are unique.
fn keep_adding(troupe: &Troupe, is_over: &AtomicBool) -> Vec<String> {
    let mut texts = Vec::new();
    for round in 0.. {
        for (number, token) in (1..).zip(TOKENS) {
            let text = format!("bot {number} round {round}");
            troupe.say(token, &format!("/add {text}"));
            texts.push(text);
        }
        if is_over.load(Ordering::SeqCst) {
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    texts
}

/// Waits until so many bots were stopped since the start.
fn wait_stopped(bot: &Bot, troupe: &Troupe, count: usize) {
    let what = format!("{count} bots were stopped");
    let stopped = || bot.output().matches("the bot is polled no more").count();
    (troupe.stage.api).wait_until(LIMIT, &what, |_| stopped() >= count);
}

/// Listeners come and go, in a second process.
fn change_all(troupe: &Troupe, bot: &Bot) {
    let [one, two, three] = TOKENS;
    troupe.wait_polled([true, false, false]);
    assert_eq!((troupe.polls(two), troupe.polls(three)), (0, 0));
    troupe.bridge("listener add --tracker 1 --bot 2");
    troupe.wait_polled([true, true, false]);
    troupe.bridge("tracker add --name Second --provider 1 --config 1");
    troupe.bridge("listener add --tracker 3 --bot 2");
    troupe.bridge("listener add --tracker 3 --bot 3");
    troupe.wait_polled([true, true, true]);
    // Bot 2 still listens for tracker 3.
    troupe.bridge("tracker disable 1");
    troupe.wait_polled([false, true, true]);
    wait_stopped(bot, troupe, 1);
    let polls = troupe.polls(one);
    troupe.bridge("tracker remove 3");
    troupe.wait_polled([false, false, false]);
    wait_stopped(bot, troupe, 3);
    assert_eq!(troupe.polls(one), polls, "a bot that stopped stays so");
    let polls = TOKENS.map(|token| troupe.polls(token));
    troupe.bridge("tracker enable 1");
    troupe.wait_polled([true, true, false]);
    assert_eq!(troupe.polls(three), polls[2]);
    troupe.bridge("listener remove 3");
    troupe.wait_polled([true, false, false]);
    wait_stopped(bot, troupe, 4);
    troupe.bridge("listener add --tracker 1 --bot 2");
    troupe.bridge("listener add --tracker 1 --bot 3");
    troupe.wait_polled([true, true, true]);
}

#[test]
fn exactly_the_bots_that_are_listened_to_are_polled_and_no_update_is_lost_or_doubled() {
    let troupe = Troupe::new();
    troupe.bridge("listener add --tracker 1 --bot 1");
    troupe.bridge("tracker add --name Revoked --provider 1 --config 1");
    troupe.bridge("listener add --tracker 2 --bot 4");
    let bot = troupe.run(&["--flood-limit", "0"]);
    let is_over = AtomicBool::new(false);
    let asked = thread::scope(|scope| {
        let adding = scope.spawn(|| keep_adding(&troupe, &is_over));
        change_all(&troupe, &bot);
        is_over.store(true, Ordering::SeqCst);
        adding.join().expect("updates were pushed")
    });
    for token in TOKENS {
        troupe.wait_confirmed(token);
    }
    let output = bot.stop().ok().output;
    assert!(output.contains("a bot cannot be polled"), "{output}");
    assert!(output.contains("BotFather"), "{output}");
    let mut wrong: BTreeMap<String, i32> = BTreeMap::new();
    for text in asked {
        *wrong.entry(text).or_default() -= 1;
    }
    for event in troupe.stage.data.events(GROUP) {
        if event["type"] == "BountyAdded" {
            let text = event["data"]["text"].as_str().expect("a text");
            *wrong.entry(text.to_owned()).or_default() += 1;
        }
    }
    wrong.retain(|_, difference| *difference != 0);
    assert_eq!(wrong, BTreeMap::new(), "lost below, doubled above 0");
    troupe.stage.assert_sound();
}

#[test]
fn a_second_process_waits_for_each_bot_and_takes_over_by_the_bridge_as_it_is_then() {
    let troupe = Troupe::new();
    troupe.bridge("listener add --tracker 1 --bot 1");
    troupe.bridge("listener add --tracker 1 --bot 2");
    let first = troupe.run(&[]);
    troupe.wait_polled([true, true, false]);
    let second = troupe.run(&[]);
    second.wait_says("waiting for it to end");
    // Nobody polls it yet, so whoever sees it first does.
    troupe.bridge("listener add --tracker 1 --bot 3");
    troupe.bridge("listener remove 2");
    troupe.wait_polled([true, false, true]);
    first.stop().ok();
    for (count, token) in (1..).zip([TOKENS[0], TOKENS[2]]) {
        troupe.say(token, "/add Work");
        troupe.stage.wait_texts(GROUP, count);
    }
    troupe.wait_polled([true, false, true]);
    assert!(
        !second.output().contains("has another poller"),
        "one polls at a time"
    );
    second.stop().ok();
    troupe.stage.assert_sound();
}
