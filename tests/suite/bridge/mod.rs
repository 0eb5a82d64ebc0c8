//! The bridge: its command line, its stream, and the rules that hold after any commands.

mod commands;
mod deliveries;
mod golden;
mod notifications;
mod properties;
mod secrets;
mod stream;
mod tested;

use std::fs;

use bounty_ledger::bridge::Asker;
use bounty_ledger::domain::bridge::BridgeUserId;
use bounty_ledger::domain::{Actor, Cause, Timestamp};
use serde_json::Value;

use crate::support::{Data, Run};

/// `bounty bridge …`, the arguments apart by spaces.
pub fn bridge(data: &Data, line: &str) -> Run {
    let args: Vec<&str> = std::iter::once("bridge")
        .chain(line.split_whitespace())
        .collect();
    data.run(&args)
}

/// The operator, within this process.
pub fn asker() -> Asker {
    Asker {
        user: BridgeUserId::OPERATOR,
        actor: Actor::Operator {
            name: "tester".into(),
        },
        cause: Cause::Cli {
            user: "tester".into(),
        },
        now: Timestamp::from_millis(1_735_603_200_000),
    }
}

/// The result as a program reads it.
fn json(data: &Data, line: &str) -> Value {
    let run = bridge(data, &format!("{line} --format json")).ok();
    serde_json::from_str(&run.stdout).expect("JSON")
}

/// Two bots in one process: provider 1, bots 1 and 2, configs 1 and 2, trackers 1 and 2, listeners 1 and 2.
fn two_bots() -> Data {
    let data = Data::new();
    for line in [
        "provider add --name Boards",
        "bot add --name One --token-env TOKEN_ONE",
        "bot add --name Two --token-file two.token --username @two_bot",
        "config add --name English",
        "config add --name Русский --locale ru --commands add,bounty --default-count 10 --limit write=30",
        "tracker add --name Main --provider 1 --config 1",
        "tracker add --name Second --provider 1 --config 2",
        "listener add --tracker 1 --bot 1",
        "listener add --tracker 2 --bot 2",
    ] {
        bridge(&data, line).ok();
    }
    data
}

fn log(data: &Data) -> String {
    fs::read_to_string(data.path().join("bridge/events.jsonl")).expect("a log")
}

fn snapshot(data: &Data) -> Value {
    let bytes = fs::read(data.path().join("bridge/bridge.json")).expect("a snapshot");
    serde_json::from_slice(&bytes).expect("JSON")
}
