//! Readiness is true of the streams beside the boards too: the bridge's, and those of notification trackers.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::run;
use crate::bridge::bridge;
use crate::support::bot::{Bot, LIMIT, Stage};
use crate::support::bot_api::updates::{User, group};
use crate::support::http::{get, wait_get, wait_metric};

const GROUP: i64 = -42;
const TOLD: i64 = -900;
const DAMAGED: &str = "bounty_streams_unwritable{reason=\"damaged\"}";

/// A bot that tells one chat of all others.
fn told() -> (Stage, Bot, SocketAddr) {
    let stage = Stage::new();
    let (bot, server) = run(&stage);
    wait_get(server, "/readyz", |answer| answer.status == 200);
    for line in [
        &format!("target add --name Told --bot 1 --chat {TOLD}"),
        "notifier add --name News --provider 1 --collections *",
        "link add --notifier 1 --target 1",
    ] {
        bridge(&stage.data, line).ok();
    }
    wait_until(&stage, "the tracker at work", || {
        stage.data.path().join("notifier-1/notifier.json").exists()
    });
    say(&stage, "/add One");
    stage.wait_texts(TOLD, 1);
    (stage, bot, server)
}

fn say(stage: &Stage, text: &str) {
    stage.say(&group(GROUP, "Group"), &User::new(1, "Ada"), text);
}

#[track_caller]
fn wait_until(stage: &Stage, what: &str, is_so: impl Fn() -> bool) {
    stage.api.wait_until(LIMIT, what, |_| is_so());
}

fn log(stage: &Stage, stream: &str) -> PathBuf {
    stage.data.path().join(stream).join("events.jsonl")
}

/// Adds something that is no event; returns the log as it was.
fn damage(stage: &Stage, stream: &str) -> Vec<u8> {
    let whole = fs::read(log(stage, stream)).expect("a log");
    let damaged = [whole.as_slice(), b"no event\n"].concat();
    fs::write(log(stage, stream), damaged).expect("written");
    whole
}

#[track_caller]
fn is_named(server: SocketAddr, name: &str, stream: &str) {
    let answer = wait_get(server, "/readyz", |answer| answer.status == 503);
    assert!(answer.body.contains(name), "{answer:?}");
    let way_out = format!("bounty repair {stream}");
    assert!(answer.body.contains(&way_out), "{answer:?}");
    assert_eq!(get(server, "/healthz").status, 200);
    wait_metric(server, DAMAGED, 1.0);
}

#[track_caller]
fn is_ready_again(server: SocketAddr) {
    wait_get(server, "/readyz", |answer| answer.status == 200);
    wait_metric(server, DAMAGED, 0.0);
}

#[test]
fn a_damaged_bridge_is_named_until_its_log_is_whole_again() {
    let stage = Stage::new();
    let (bot, server) = run(&stage);
    wait_get(server, "/readyz", |answer| answer.status == 200);
    let whole = damage(&stage, "bridge");
    is_named(server, "bridge: damaged: ", "bridge");
    say(&stage, "/add Goes on");
    stage.wait_texts(GROUP, 1);
    fs::write(log(&stage, "bridge"), whole).expect("written");
    is_ready_again(server);
    bot.stop().ok();
}

#[test]
fn a_damaged_notification_tracker_is_named_until_its_log_is_whole_again() {
    let (stage, bot, server) = told();
    // Nothing is to be written to it any more when it is damaged.
    let ended = |log: &str| log.contains("DeliveryEnded") && log.contains("ForwardingTold");
    wait_until(&stage, "all recorded", || {
        fs::read_to_string(log(&stage, "notifier-1")).is_ok_and(|log| ended(&log))
    });
    let whole = damage(&stage, "notifier-1");
    say(&stage, "/add Two");
    is_named(server, "notification tracker 1: damaged: ", "notifier-1");
    fs::write(log(&stage, "notifier-1"), whole).expect("written");
    is_ready_again(server);
    stage.wait_texts(TOLD, 2);
    bot.stop().ok();
}
