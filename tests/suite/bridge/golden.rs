//! Streams that older programs wrote stay readable for ever: see tests/golden/README.md.

use std::collections::BTreeSet;
use std::path::Path;

use bounty_ledger::domain::bridge::BridgeEvent;
use serde_json::Value;

use super::{bridge, log, snapshot};
use crate::support::{Data, copy_tree};

const HEAD: &str = "98229eb43550d4c5324f550e5c9f4fc3256876ec82c18a2b9129a8450f3cf6a6";
const HEAD_2: &str = "3b3b6a0c7a456a2b9d6d0ed5b86a41ba685064259c0921b8453c86e7dbf39411";

fn golden(name: &str) -> Data {
    let data = Data::new();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    copy_tree(&golden.join(name), &data.path());
    data
}

/// Without notifications.
fn version_1() -> Data {
    golden("bridge-v1")
}

/// With notifications.
fn version_2() -> Data {
    golden("bridge-v2")
}

#[test]
fn the_golden_bridge_has_its_head_gives_its_snapshot_and_takes_changes() {
    let data = version_1();
    data.run(&["verify", "bridge", "--expect", &format!("32:{HEAD}")])
        .ok();
    data.run(&["replay", "bridge", "--check"]).ok();
    bridge(&data, "bot add --name New --token-env NEW").ok();
    assert_eq!(
        snapshot(&data)["telegram_bot"][2]["id"],
        4,
        "ids are not given twice"
    );
    data.run(&["verify"]).ok();
}

#[test]
fn the_golden_bridge_with_notifications_has_its_head_gives_its_snapshot_and_takes_changes() {
    let data = version_2();
    data.run(&["verify", "bridge", "--expect", &format!("34:{HEAD_2}")])
        .ok();
    data.run(&["replay", "bridge", "--check"]).ok();
    bridge(&data, "link add --notifier 3 --target 1").ok();
    let links = snapshot(&data)["notification_tracker_target"].clone();
    assert_eq!(links[3]["id"], 6, "ids are not given twice");
    data.run(&["verify"]).ok();
}

#[test]
fn the_golden_bridges_have_every_type_of_event() {
    let logs = [log(&version_1()), log(&version_2())].concat();
    let events = logs
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let types: BTreeSet<String> = events
        .map(|event| event["type"].as_str().expect("a type").to_owned())
        .collect();
    let known: BTreeSet<String> = BridgeEvent::NAMES
        .iter()
        .map(|name| (*name).to_owned())
        .collect();
    assert_eq!(types, known);
}
