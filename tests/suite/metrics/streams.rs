//! Readiness is true of the streams beside the boards too: the bridge's, and those of notification trackers.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use bounty_ledger::bridge::{OpenBridge, watch};
use bounty_ledger::domain::bridge::{
    BridgeCommand, NotificationCommand, NotifierParts, ServiceProviderId,
};
use bounty_ledger::domain::notifier::Outcome;
use bounty_ledger::engine::system_time;
use bounty_ledger::notify::{Courier, Letter, Notice, Notifications, Sending};
use bounty_ledger::store::Layout;
use tokio::sync::watch::channel;

use super::disk::{Lab, failing};
use super::run;
use crate::bridge::{asker, bridge};
use crate::support::bot::{Bot, LIMIT, Stage};
use crate::support::bot_api::updates::{User, group};
use crate::support::http::{get, wait_get, wait_metric};
use crate::support::sim_disk::{EIO, Kind, Plan, SimDisk};

const GROUP: i64 = -42;
const TOLD: i64 = -900;
const LATCHED: &str = "bounty_streams_unwritable{reason=\"latched\"}";
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
    let way_out = format!("{stream} back from a backup");
    assert!(answer.body.contains(&way_out), "{answer:?}");
    assert_eq!(get(server, "/healthz").status, 200);
    wait_metric(server, DAMAGED, 1.0);
}

#[track_caller]
fn is_ready_again(server: SocketAddr, metric: &str) {
    wait_get(server, "/readyz", |answer| answer.status == 200);
    wait_metric(server, metric, 0.0);
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
    is_ready_again(server, DAMAGED);
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
    is_ready_again(server, DAMAGED);
    stage.wait_texts(TOLD, 2);
    bot.stop().ok();
}

/// The first write to a new log fails, after its length was set and flushed, and what is left of the write cannot be cut off.
fn latching() -> Plan {
    let at = 2;
    Plan {
        at,
        ..failing(&[Kind::Flush, Kind::SetLen], EIO)
    }
}

#[track_caller]
fn is_latched(server: SocketAddr, name: &str) {
    let is_named = format!("{name}: latched: ");
    let answer = wait_get(server, "/readyz", |answer| answer.body.contains(&is_named));
    assert_eq!(answer.status, 503);
    assert_eq!(get(server, "/healthz").status, 200);
    wait_metric(server, LATCHED, 1.0);
}

/// The bridge on this disk.
fn bridge_on(disk: &SimDisk) -> OpenBridge {
    OpenBridge::new(Arc::new(disk.clone()), Layout::new("/data"))
}

#[test]
fn a_latched_bridge_is_named_until_the_disk_takes_writes_again() {
    let lab = Lab::new();
    let disk = lab.disk.process(Some(latching()));
    let mut bridge = bridge_on(&disk);
    assert!(bridge.set_up("TOKEN", &asker()).is_err());
    assert!(bridge.is_latched());
    let _watched = watch(bridge, lab.engine.reports()).expect("a thread");
    is_latched(lab.server, "bridge");
    disk.replan(None);
    is_ready_again(lab.server, LATCHED);
}

#[test]
fn a_latched_notification_tracker_is_named_until_the_disk_takes_writes_again() {
    let lab = Lab::new();
    let mut bridge = bridge_on(&lab.disk);
    bridge.set_up("TOKEN", &asker()).expect("a provider");
    let parts = NotifierParts {
        name: Some("News".to_owned()),
        collections: Some(vec!["*".to_owned()]),
        ..NotifierParts::default()
    };
    let provider = ServiceProviderId(1);
    let add = NotificationCommand::AddNotifier { provider, parts };
    let added = bridge.execute(&BridgeCommand::Notification(add), &asker());
    added.expect("a tracker");
    let disk = lab.disk.process(Some(latching()));
    let (_bridge, watched) = channel(Arc::new(bridge.state().clone()));
    let notifications = Notifications {
        disk: Arc::new(disk.clone()),
        layout: Layout::new("/data"),
        bridge: watched,
        changes: lab.engine.changes(),
        long_logs: lab.engine.long_logs(),
        reports: lab.engine.reports(),
        courier: Arc::new(Nobody),
        now: system_time,
        bugs: Arc::default(),
    };
    let (stop, mut stopped) = channel(false);
    let working = async move { notifications.run(&mut stopped).await };
    let working = lab.runtime.spawn(working);
    is_latched(lab.server, "notification tracker 1");
    disk.replan(None);
    // It has another round.
    lab.add(GROUP, 1);
    is_ready_again(lab.server, LATCHED);
    stop.send_replace(true);
    lab.runtime.block_on(working).expect("no panic");
}

/// Sends nothing, since nobody is to be told anything.
struct Nobody;

impl Courier for Nobody {
    fn send<'s>(&'s self, letter: &'s Letter) -> Sending<'s> {
        unreachable!("{letter:?}")
    }

    fn tell<'s>(&'s self, _notice: &'s Notice) -> Sending<'s> {
        Box::pin(async { Outcome::Delivered })
    }
}
