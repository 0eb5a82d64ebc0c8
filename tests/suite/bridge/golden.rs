//! The first version's stream stays readable for ever: see tests/golden/README.md.

use std::collections::BTreeSet;
use std::path::Path;

use bounty_ledger::domain::bridge::BridgeEvent;
use serde_json::Value;

use super::{bridge, log, snapshot};
use crate::support::{Data, copy_tree};

const HEAD: &str = "98229eb43550d4c5324f550e5c9f4fc3256876ec82c18a2b9129a8450f3cf6a6";

fn version_1() -> Data {
    let data = Data::new();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/bridge-v1");
    copy_tree(&golden, &data.path());
    data
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
fn the_first_golden_bridge_has_every_type_of_event_that_there_was_then() {
    let log = log(&version_1());
    let events = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let types: BTreeSet<String> = events
        .map(|event| event["type"].as_str().expect("a type").to_owned())
        .collect();
    let known: BTreeSet<String> = BridgeEvent::NAMES
        .iter()
        .filter(|name| !name.starts_with("Notification"))
        .map(|name| (*name).to_owned())
        .collect();
    assert_eq!(types, known);
}
