//! The law of every fault: each acknowledged event is there, in order, once, with its exact content; at most the one
//! batch that was not acknowledged may be there too; nothing else.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use bounty_ledger::audit::Reader;
use bounty_ledger::domain::board::{Answer, Change, Command};
use bounty_ledger::engine::Outcome;
use bounty_ledger::store::Layout;

use super::scenario::{ROOT, Step};
use super::sim_disk::SimDisk;

/// What was acknowledged so far.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// The logs as they were at the last acknowledgement: all of it was acknowledged.
    logs: BTreeMap<PathBuf, Vec<u8>>,
}

/// Every log, also those that were merged into another.
pub fn logs(disk: &SimDisk) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = disk.files(Path::new(ROOT));
    files.retain(|path, _| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name == Layout::LOG || name.contains(".merged-"))
    });
    files
}

pub fn events(log: &[u8]) -> Vec<Value> {
    let lines = log.split_inclusive(|byte| *byte == b'\n');
    lines
        .map(|line| serde_json::from_slice(line).unwrap_or(Value::Null))
        .collect()
}

impl Ledger {
    /// A step was answered: its event is in a log, once, and says what the answer said.
    pub fn acknowledge(&mut self, disk: &SimDisk, step: &Step, update: i64, outcome: &Outcome) {
        self.logs = logs(disk);
        let is_change = matches!(step, Step::Say(_, _, Command::Change(_)));
        let recorded: Vec<Value> = self
            .logs
            .values()
            .flat_map(|log| events(log))
            .filter(|event| event["cause"]["update"] == update && event["type"] != "ChatMigrated")
            .collect();
        let accepted = match outcome {
            Outcome::Answer(Answer::Refused(_)) => false,
            Outcome::Answer(_) => is_change,
            Outcome::Silent | Outcome::Off | Outcome::Trouble(_) => false,
        };
        assert_eq!(
            recorded.len(),
            usize::from(accepted),
            "{step:?}: {outcome:?}"
        );
        if let (Some(event), Step::Say(_, user, Command::Change(change))) = (recorded.first(), step)
        {
            assert_eq!(event["actor"]["id"], *user, "{step:?}");
            assert!(
                says(event, change, outcome),
                "{step:?}: {outcome:?}: {event}"
            );
        }
    }

    /// Checks the logs against what was acknowledged. `pending` is the step that was not, with its update.
    pub fn check(&self, disk: &SimDisk, pending: Option<(&Step, i64)>, at: &str) {
        let found = logs(disk);
        let mut extra = found.clone();
        for (path, acknowledged) in self.logs.iter().filter(|(_, log)| !log.is_empty()) {
            let keeping: Vec<_> = found
                .iter()
                .filter(|(_, log)| log.starts_with(acknowledged))
                .map(|(path, _)| path)
                .collect();
            let [kept] = keeping[..] else {
                panic!("{at}: {} is in {keeping:?}", path.display());
            };
            let migrates = matches!(pending, Some((Step::Migrate, _)));
            assert!(kept == path || migrates, "{at}: {kept:?}, not {path:?}");
            extra.insert(kept.clone(), found[kept][acknowledged.len()..].to_vec());
        }
        for (path, log) in &extra {
            for event in events(log) {
                assert!(is_of(&event, pending), "{at}: {path:?}: {event}");
            }
        }
        assert_once(&found, at);
    }
}

fn says(event: &Value, change: &Change, outcome: &Outcome) -> bool {
    let (data, Outcome::Answer(answer)) = (&event["data"], outcome) else {
        return false;
    };
    match (change, answer) {
        (Change::Start, Answer::Welcome { .. }) => event["type"] == "UserStarted",
        (Change::Add(new), Answer::Added(view)) => {
            event["type"] == "BountyAdded"
                && data["text"] == new.text.trim()
                && data["id"] == view.id.0
        }
        (Change::Edit(id, parts), Answer::Edited { .. }) => {
            event["type"] == "BountyEdited"
                && data["id"] == id.0
                && data["text"].as_str() == parts.text.as_deref()
        }
        (Change::Delete(id), Answer::Deleted(_)) => {
            event["type"] == "BountyDeleted" && data["id"] == id.0
        }
        (Change::Track(id), Answer::Tracked(_)) => event["type"] == "Tracked" && data["id"] == id.0,
        (Change::Untrack(id), Answer::Untracked(_)) => {
            event["type"] == "Untracked" && data["id"] == id.0
        }
        _ => false,
    }
}

/// Whether this event may come from the step that was not acknowledged.
fn is_of(event: &Value, pending: Option<(&Step, i64)>) -> bool {
    let Some((step, update)) = pending else {
        return false;
    };
    let kind = &event["type"];
    match step {
        Step::Migrate => kind == "ChatMigrated" || event["cause"]["kind"] == "import",
        _ => kind == "BoardOpened" || event["cause"]["update"] == update,
    }
}

/// No update became two events, and no event id is there twice.
pub fn assert_once(logs: &BTreeMap<PathBuf, Vec<u8>>, at: &str) {
    let (mut updates, mut ids) = (HashSet::new(), HashSet::new());
    for event in logs.values().flat_map(|log| events(log)) {
        let cause = &event["cause"];
        assert!(ids.insert(event["id"].to_string()), "{at}: twice: {event}");
        if cause["update"].is_i64() {
            let update = (cause["bot"].as_i64(), cause["update"].as_i64());
            assert!(updates.insert(update), "{at}: twice: {event}");
        }
    }
}

/// Every log is whole, and every snapshot is what the log gives.
pub fn assert_sound(disk: &SimDisk, at: &str) {
    let (disk, layout) = (disk.process(None), Layout::new(ROOT));
    let reader = Reader::new(&disk, &layout);
    for chat in reader.chats().expect("listed") {
        // A directory that was made for a first event which never came.
        if disk.files(&layout.chat(chat)).is_empty() {
            continue;
        }
        let verdict = reader.verify(chat, None);
        assert!(verdict.problem.is_none(), "{at}: {:?}", verdict.problem);
        let check = reader
            .check_snapshots(chat)
            .expect("checked")
            .expect("a board");
        assert!(check.files.is_empty(), "{at}: {:?}", check.files);
    }
}

/// Both disks have the same boards.
pub fn assert_same_boards(disk: &SimDisk, wanted: &SimDisk, at: &str) {
    let (found, mut wanted) = (boards(disk), boards(wanted));
    for (path, value) in &found {
        assert_eq!(Some(value), wanted.remove(path).as_ref(), "{at}: {path:?}");
    }
    assert!(wanted.is_empty(), "{at}: missing: {:?}", wanted.keys());
}

/// What the boards say, without what differs from run to run: the snapshots but for their heads, and the notes of moves.
fn boards(disk: &SimDisk) -> BTreeMap<PathBuf, Value> {
    let files = disk.files(Path::new(ROOT)).into_iter();
    files
        .filter(|(path, _)| {
            let is_note = path.parent().is_some_and(|dir| dir.ends_with("moved"));
            let is_left_over = path.to_string_lossy().contains("/.tmp-");
            path.extension().is_some_and(|ending| ending == "json") || is_note && !is_left_over
        })
        .map(|(path, content)| {
            let mut value: Value = serde_json::from_slice(&content).expect("JSON");
            if let Some(object) = value.as_object_mut() {
                object.remove("head");
            }
            (path, value)
        })
        .collect()
}

/// The events of every log, without what differs from run to run.
pub fn timeless(disk: &SimDisk) -> BTreeMap<PathBuf, Vec<Value>> {
    let without_chance = |mut event: Value| {
        if let Some(fields) = event.as_object_mut() {
            fields.retain(|key, _| key != "id" && key != "hash");
        }
        event
    };
    let timeless = |log: Vec<u8>| events(&log).into_iter().map(without_chance).collect();
    let logs = logs(disk).into_iter();
    logs.map(|(path, log)| (path, timeless(log))).collect()
}
