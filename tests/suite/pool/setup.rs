//! A token in the environment is enough to start; without one the bridge says which bots there are.

use std::fs;

use serde_json::Value;

use super::{GROUP, TOKENS, Troupe};
use crate::bridge::bridge;
use crate::metrics::address;
use crate::support::bot::{Bot, Stage, TOKEN};
use crate::support::bot_api::updates::{User, group};
use crate::support::http::wait_get;

fn events(stage: &Stage) -> Vec<Value> {
    let log = stage.data.path().join("bridge/events.jsonl");
    let text = fs::read_to_string(log).expect("a log");
    let event = |line| serde_json::from_str(line).expect("JSON");
    text.lines().map(event).collect()
}

fn add(stage: &Stage, text: &str) {
    let ada = User::new(1, "Ada");
    stage.say(&group(GROUP, "Group"), &ada, &format!("/add {text}"));
}

#[test]
fn a_token_alone_sets_up_its_bot_once_as_events_by_the_system() {
    let stage = Stage::new();
    for round in 1..=2 {
        let bot = stage.run(&[]);
        add(&stage, "Work");
        stage.wait_texts(GROUP, round);
        bot.stop().ok();
        let events = events(&stage);
        let types: Vec<&Value> = events.iter().map(|event| &event["type"]).collect();
        let expected = [
            "BridgeOpened",
            "UserAdded",
            "UserAdded",
            "ServiceProviderAdded",
            "CommandConfigAdded",
            "CommandTrackerAdded",
            "TelegramBotAdded",
            "CommandTrackerListenerAdded",
        ];
        assert_eq!(types, expected);
        for event in &events {
            assert_eq!(event["actor"]["kind"], "system", "{event}");
            assert_eq!(event["cause"]["kind"], "system", "{event}");
        }
        let token = &events[6]["data"]["token"];
        assert_eq!(token["env"], "TELOXIDE_TOKEN");
    }
    stage.assert_sound();
}

#[test]
fn what_the_operator_made_of_the_default_bot_stays() {
    let stage = Stage::new();
    let bot = stage.run(&[]);
    stage.wait_polling();
    bridge(&stage.data, "tracker disable 1").ok();
    bot.wait_says("the bot is polled no more");
    bot.stop().ok();
    let before = events(&stage);
    let bot = stage.run(&[]);
    bot.wait_says("no bot has an active listener");
    bridge(&stage.data, "tracker enable 1").ok();
    stage.wait_polling();
    bot.stop().ok();
    assert_eq!(events(&stage).len(), before.len() + 1);
}

#[test]
fn a_set_up_that_was_cut_short_is_finished_by_the_next_start() {
    let stage = Stage::new();
    stage.run(&[]).wait_says("the bot runs");
    let log = stage.data.path().join("bridge/events.jsonl");
    let whole = fs::read_to_string(&log).expect("a log");
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    for kept in 1..lines.len() {
        fs::write(&log, lines[..kept].concat()).expect("cut");
        fs::remove_file(stage.data.path().join("bridge/bridge.json")).expect("removed");
        let bot = stage.run(&[]);
        bot.wait_says("the bot runs");
        bot.stop().ok();
        assert_eq!(events(&stage).len(), lines.len(), "{kept} lines were kept");
    }
}

#[test]
fn the_bot_of_the_environment_comes_beside_those_of_the_bridge() {
    let troupe = Troupe::new();
    troupe.bridge("listener add --tracker 1 --bot 2");
    let mut command = troupe.stage.command(&[]);
    command.env("TOKEN_2", TOKENS[1]);
    let bot = Bot::spawn(command);
    troupe.wait_polled([true, true, false]);
    troupe.say(TOKENS[1], "/add By bot 2");
    troupe.stage.wait_texts(GROUP, 1);
    troupe.say(TOKEN, "/add By the bot of the environment");
    troupe.stage.wait_texts(GROUP, 2);
    bot.stop().ok();
}

#[test]
fn a_token_that_a_bot_of_the_bridge_has_in_another_place_sets_up_no_second_one() {
    let troupe = Troupe::new();
    troupe.bridge("listener add --tracker 1 --bot 1");
    let before = events(&troupe.stage).len();
    let mut command = troupe.stage.command(&["--metrics", ":0"]);
    command.env("TOKEN_1", format!(" {}\n", TOKENS[0]));
    let bot = Bot::spawn(command);
    let server = address(&bot);
    wait_get(server, "/readyz", |answer| answer.status == 200);
    bot.stop().ok();
    assert_eq!(events(&troupe.stage).len(), before);
}
