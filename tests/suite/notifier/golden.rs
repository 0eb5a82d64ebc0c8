//! Trackers' streams that older programs wrote stay readable for ever: see tests/golden/README.md.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bounty_ledger::domain::notifier::NotifierEvent;
use serde_json::Value;

use crate::library::files;
use crate::support::{Data, copy_tree};

const HEADS: [(&str, u64, &str); 3] = [
    (
        "notifier-0",
        3,
        "a7152f01ef090f8bf8647f0527e3861f05f7f5d9118a3ea799b19bcd87603ceb",
    ),
    (
        "notifier-1",
        3,
        "923896304398ae5cc3dee8954915576bbc7e9f1801e071dba87723c2a824466b",
    ),
    (
        "notifier-3",
        21,
        "07e878b3f35002b075d00454313514115e72457b02b25dbf2e56529da811a08b",
    ),
];

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/notifiers-v1")
}

#[test]
fn golden_trackers_have_their_heads_give_their_snapshots_and_are_shown() {
    let data = Data::new();
    copy_tree(&golden(), &data.path());
    for (stream, seq, head) in HEADS {
        let noted = format!("{seq}:{head}");
        data.run(&["verify", stream, "--expect", &noted]).ok();
    }
    let check = data.run(&["replay", "--check"]).ok();
    assert!(
        check.stdout.contains(" 0 problems, 0 files behind"),
        "{}",
        check.stdout
    );
    let shown = data.run(&["bridge", "deliveries"]).ok().stdout;
    for words in ["album_renamed", "assets_added", "3/1", "delivered"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
}

#[test]
fn golden_trackers_have_every_type_of_event() {
    let logs = files(&golden()).into_iter();
    let logs = logs.filter(|(path, _)| path.ends_with("events.jsonl"));
    let mut found = BTreeSet::new();
    for (_, log) in logs {
        for line in String::from_utf8(log).expect("UTF-8").lines() {
            let event: Value = serde_json::from_str(line).expect("JSON");
            found.insert(event["type"].as_str().expect("a type").to_owned());
        }
    }
    let known = NotifierEvent::NAMES.iter().map(|name| (*name).to_owned());
    assert_eq!(found, known.collect());
}
