//! A repair that is stopped at any of its operations, also by a power cut, and done again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bounty_ledger::audit::{Operator, Repaired, repair};
use bounty_ledger::domain::{ChatId, Timestamp};
use bounty_ledger::store::{Disk, Layout, StoreError};
use serde_json::Value;

use super::{CHAT, board, change_line, keep_lines};
use crate::library::files;
use crate::support::law::events;
use crate::support::scenario::{ROOT, add, open, request, settings};
use crate::support::sim_disk::{Plan, SimDisk};
use crate::support::{BOT, Data};

fn dir() -> PathBuf {
    Layout::new(ROOT).chat(ChatId(CHAT))
}

/// A simulated disk with the chat's files, all durable.
fn simulated(data: &Data) -> SimDisk {
    let (disk, dir) = (SimDisk::new(1), dir());
    disk.create_dir(&dir).expect("made");
    for (path, content) in files(&data.chat(CHAT)) {
        let name = path.file_name().expect("a name");
        disk.replace(&dir.join(name), &content, true)
            .expect("written");
    }
    for dir in dir.ancestors() {
        disk.sync_dir(dir).expect("flushed");
    }
    disk
}

fn repair_on(disk: &SimDisk) -> Result<Option<Repaired>, StoreError> {
    let operator = Operator {
        name: "ada".to_owned(),
        now: Timestamp::from_millis(1_735_603_200_000),
    };
    repair(disk, &Layout::new(ROOT), ChatId(CHAT), &operator)
}

/// The chat's files, without what is new in each repair: an event's random id, and the hashes that follow from it; and
/// without what a process that died has left half written.
fn comparable(disk: &SimDisk) -> BTreeMap<String, String> {
    let name = |path: &Path| {
        path.file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned()
    };
    let without_chance = |name: &str, content: &[u8]| match name {
        "events.jsonl" => {
            let events: Vec<Value> = events(content).into_iter().map(stable).collect();
            format!("{events:#?}")
        }
        "group.json" => serde_json::from_slice(content).map_or_else(
            |_| "not readable".to_owned(),
            |board| format!("{:#}", stable(board)),
        ),
        _ => String::from_utf8_lossy(content).into_owned(),
    };
    disk.files(&dir())
        .into_iter()
        .map(|(path, content)| (name(&path), content))
        .filter(|(name, _)| !name.starts_with(".tmp-"))
        .map(|(name, content)| (name.clone(), without_chance(&name, &content)))
        .collect()
}

fn stable(mut value: Value) -> Value {
    for key in ["id", "hash", "head"] {
        value.as_object_mut().expect("an object").remove(key);
    }
    value
}

/// What a bot does that comes between: it is refused, or it gives an id that was never given. True when it gave one.
fn a_bot_is_safe(disk: &SimDisk, at: &str) -> bool {
    let engine = open(disk, settings()).expect("an engine");
    engine.ask(request(&add(CHAT, 1, "Between"), BOT, 4_242));
    engine.close();
    let log = disk.read(&dir().join(Layout::LOG)).unwrap_or_default();
    let added = events(&log)
        .into_iter()
        .find(|event| event["data"]["text"] == "Between");
    if let Some(added) = &added {
        assert_eq!(added["data"]["id"], 6, "{at}");
    }
    added.is_some()
}

/// Stops a repair of this damage at each of its operations, by a kill and by power cuts that lose this and that, and does it
/// again.
fn at_every_operation(damage: impl Fn(&Data)) {
    let damaged = board();
    damage(&damaged);
    let once = simulated(&damaged);
    repair_on(&once).expect("repaired");
    let expected = comparable(&once);
    for power_cut in std::iter::once(None).chain((0..8).map(Some)) {
        for step in 0.. {
            let at = format!("stopped at operation {step}, power cut: {power_cut:?}");
            let disk = simulated(&damaged);
            let dying = disk.process(Some(Plan::freeze(step)));
            let ended = repair_on(&dying).is_ok();
            disk.crash(power_cut.is_some(), power_cut.unwrap_or(0));
            let served = a_bot_is_safe(&disk.copy(), &at);
            let again = disk.process(None);
            repair_on(&again).unwrap_or_else(|error| panic!("{at}: {error}"));
            assert_eq!(comparable(&again), expected, "{at}");
            if ended {
                assert!(step > 25, "a repair has more operations than {step}");
                assert!(served, "{at}: a bot is served after the repair");
                break;
            }
        }
    }
}

#[test]
fn a_repair_of_a_changed_line_can_be_stopped_anywhere_and_done_again() {
    at_every_operation(|data| change_line(data, 4));
}

#[test]
fn a_repair_of_a_changed_last_line_can_be_stopped_anywhere_and_done_again() {
    at_every_operation(|data| change_line(data, 8));
}

#[test]
fn a_repair_of_a_log_too_short_can_be_stopped_anywhere_and_done_again() {
    at_every_operation(|data| keep_lines(data, 3));
}

#[test]
fn a_repair_of_a_log_without_its_last_event_can_be_stopped_anywhere_and_done_again() {
    at_every_operation(|data| keep_lines(data, 7));
}

#[test]
fn a_repair_of_a_missing_log_can_be_stopped_anywhere_and_done_again() {
    at_every_operation(|data| std::fs::remove_file(data.log(CHAT)).expect("removed"));
}
