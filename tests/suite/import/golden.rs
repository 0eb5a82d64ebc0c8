//! What an import wrote in its first version stays readable for ever: see tests/golden/README.md.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bounty_ledger::domain::board::BoardEvent;
use serde_json::Value;

use crate::library::files;
use crate::support::{Data, copy_tree, in_group};

const CHAT: i64 = -1_000_000_000_777;
const HEAD: &str = "dc10f4b66df814a8620ce395b7776519a7928bd6b0138245b4e8778172f8a7fe";

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn import_1() -> Data {
    let data = Data::new();
    copy_tree(&golden().join("import-v1"), &data.path());
    data
}

#[test]
fn the_golden_import_has_its_head_gives_its_snapshots_and_takes_changes() {
    let data = import_1();
    let noted = format!("9:{HEAD}");
    data.run(&["verify", &CHAT.to_string(), "--expect", &noted])
        .ok();
    let check = data.run(&["replay", "--check"]).ok();
    assert!(
        check.stdout.contains(" 0 problems, 0 files behind"),
        "{}",
        check.stdout
    );
    let run = data.feed(&[in_group(1, CHAT, 456, "/add Goes on")]).ok();
    assert!(run.texts()[0].contains("Added #11"), "{:?}", run.texts());
    data.run(&["verify"]).ok();
}

#[test]
fn the_golden_chat_without_a_bot_has_its_head_gives_its_snapshot_and_is_answered_by_others() {
    let data = Data::new();
    copy_tree(&golden().join("switched-v1"), &data.path());
    let noted = "4:3c1b5ffd0b96ec7ce90c5020d068eef038a4dad8fb8d97df2b60d38b1f921417";
    data.run(&["verify", "-1000000000888", "--expect", noted])
        .ok();
    data.run(&["replay", "--check"]).ok();
    let asks = |bot: &str, update: i64| {
        let line = format!("{}\n", in_group(update, -1_000_000_000_888, 456, "/bounty"));
        let run = data.run_with(&["feed", "--bot-id", bot], line.as_bytes());
        run.ok().texts().len()
    };
    assert_eq!((asks("7001", 1), asks("7002", 2)), (0, 1));
}

#[test]
fn golden_boards_have_every_type_of_event_between_them() {
    let logs = files(&golden())
        .into_iter()
        .filter(|(path, _)| path.ends_with("events.jsonl"));
    let events = logs.flat_map(|(_, log)| {
        let text = String::from_utf8(log).expect("UTF-8");
        text.lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect::<Vec<Value>>()
    });
    let found: BTreeSet<String> = events
        .map(|event| event["type"].as_str().expect("a type").to_owned())
        .collect();
    for name in BoardEvent::NAMES {
        assert!(found.contains(name), "{name}");
    }
}
