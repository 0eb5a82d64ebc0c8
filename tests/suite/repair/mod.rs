//! `bounty repair`: the way out of damage. What can be kept is kept, the rest is set aside, and the log says so.

mod apply;
mod interrupted;
mod refused;
mod running;

use std::fs;

use serde_json::Value;

use crate::library::{files, lines};
use crate::support::{Data, Run, in_group};

/// The chat whose files suffer.
const CHAT: i64 = -100;
/// Its id on a command line.
const NAME: &str = "-100";

/// A group of eight events: five bounties, one tracked, one deleted. The next bounty would get #6.
fn board() -> Data {
    let data = Data::in_memory();
    let texts = [
        "/add One",
        "/add Two",
        "/track 1",
        "/add Three",
        "/add Four",
        "/add Five",
        "/delete 2",
    ];
    let updates: Vec<Value> = (1..)
        .zip(texts)
        .map(|(n, text)| in_group(n, CHAT, 456, text))
        .collect();
    data.feed(&updates).ok();
    data
}

/// Changes one letter of a line, counted from 1.
fn change_line(data: &Data, number: usize) {
    let log = data.log_bytes(CHAT);
    let mut changed: Vec<Vec<u8>> = lines(&log).into_iter().map(<[u8]>::to_vec).collect();
    let line = &mut changed[number - 1];
    let at = line.len() - 80;
    line[at] ^= 0x01;
    fs::write(data.log(CHAT), changed.concat()).expect("written");
}

/// Cuts the log behind a line.
fn keep_lines(data: &Data, count: usize) {
    let log = data.log_bytes(CHAT);
    fs::write(data.log(CHAT), lines(&log)[..count].concat()).expect("written");
}

fn apply(data: &Data) -> Run {
    data.run(&["repair", NAME, "--apply"])
}

fn report(data: &Data, args: &[&str]) -> Value {
    let args = [&["repair", NAME, "--format", "json"], args].concat();
    serde_json::from_str(&data.run(&args).stdout).expect("JSON")
}

/// The chat is whole again: every check says so, a repair has nothing to do, and a new bounty gets this id.
#[track_caller]
fn assert_repaired(data: &Data, next_id: u64) {
    data.run(&["verify"]).ok();
    let check = data.run(&["replay", "--check"]).ok();
    let whole = "0 problems, 0 files behind";
    assert!(check.stdout.contains(whole), "{}", check.stdout);
    let before = files(&data.path());
    for args in [&["repair", NAME][..], &["repair", NAME, "--apply"]] {
        let run = data.run(args).ok();
        assert!(run.stdout.contains("nothing to repair"), "{}", run.stdout);
    }
    assert!(
        files(&data.path()) == before,
        "a repair of nothing changed something"
    );
    let run = data.feed(&[in_group(9_001, CHAT, 456, "/add Later")]).ok();
    assert!(
        run.texts()[0].contains(&format!("Added #{next_id}\n")),
        "{:?}",
        run.texts()
    );
}

/// The data of the log's repair event.
#[track_caller]
fn recorded(data: &Data) -> Value {
    let events = data.events(CHAT);
    let repairs: Vec<_> = events
        .iter()
        .filter(|event| event["type"] == "BoardRepaired")
        .collect();
    assert_eq!(repairs.len(), 1, "one repair is one event");
    let user = &repairs[0]["actor"]["name"];
    assert_eq!(repairs[0]["actor"]["kind"], "operator");
    assert_eq!(
        repairs[0]["cause"],
        serde_json::json!({"kind": "cli", "user": user})
    );
    repairs[0]["data"].clone()
}

/// What a set-aside file holds, found by the first part of its name.
#[track_caller]
fn set_aside(data: &Data, start: &str) -> (String, Vec<u8>) {
    let named = recorded(data)["set_aside"]
        .as_array()
        .expect("names")
        .clone();
    let name = named
        .iter()
        .filter_map(Value::as_str)
        .find(|name| name.starts_with(start))
        .unwrap_or_else(|| panic!("{start} in {named:?}"));
    let content = fs::read(data.chat(CHAT).join(name)).expect("a set-aside file");
    (name.to_owned(), content)
}
