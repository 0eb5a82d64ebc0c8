//! The log of a board that was merged into another: part of the record, checked, asked and backed up like the one that goes on.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::{DATE, Data, in_group};

const OLD: i64 = -50;
const NEW: i64 = -1_050;

/// A group whose new id had a board of its own, on which things were done that nobody carried over, and that board's last head.
struct Stage {
    data: Data,
    log: PathBuf,
    head: String,
}

fn stage() -> Stage {
    let data = Data::new();
    data.feed(&[
        in_group(1, NEW, 1, "/add First"),
        in_group(2, NEW, 1, "/edit 1 First, by Bob"),
        in_group(3, NEW, 1, "/add Second"),
        in_group(4, NEW, 1, "/delete 2"),
        in_group(5, OLD, 1, "/add Old"),
    ])
    .ok();
    let head = head(&data, "5");
    data.feed(&[json!({"update_id": 6, "message": {
        "message_id": 6, "date": DATE, "chat": {"id": NEW, "type": "supergroup", "title": "G"},
        "from": {"id": 1, "is_bot": false, "first_name": "User 1"}, "migrate_from_chat_id": OLD,
    }})])
    .ok();
    let log = data.chat(NEW).join("events.jsonl.merged-5");
    Stage { data, log, head }
}

/// The head of the new id's log, which ends at this seq.
fn head(data: &Data, seq: &str) -> String {
    let told = data.run(&["verify", &NEW.to_string()]).ok().stdout;
    let parts: Vec<&str> = told.split('\t').collect();
    assert_eq!(parts[1], format!("seq {seq}"), "{told}");
    parts[2].to_owned()
}

impl Stage {
    #[track_caller]
    fn refused(&self, args: &[&str], reason: &str) {
        let run = self.data.run(args);
        assert_eq!(run.code, Some(1), "{args:?}: {}", run.stdout);
        let told = format!("{}{}", run.stdout, run.stderr);
        assert!(
            told.contains(reason) && told.contains("events.jsonl.merged-5"),
            "{args:?}: {told}"
        );
        assert!(!told.contains("bounty repair"), "{told}");
    }

    fn backup(&self) -> String {
        let place = self.data.path().with_file_name("backup");
        place.display().to_string()
    }

    fn rewrite(&self, change: impl Fn(&str) -> String) {
        let content = fs::read_to_string(&self.log).expect("a log");
        fs::write(&self.log, change(&content)).expect("written");
    }
}

#[test]
fn a_change_in_it_is_named_by_verify_and_backup() {
    let stage = stage();
    stage.data.run(&["verify"]).ok();
    stage.rewrite(|content| content.replacen("Bob", "Eve", 1));
    let reason = "is damaged at line 3 (seq 3): the hash does not fit";
    stage.refused(&["verify"], reason);
    stage.refused(&["backup", &stage.backup()], reason);
    stage.refused(&["audit", "--merged"], reason);
}

#[test]
fn a_cut_of_it_is_named() {
    let stage = stage();
    stage.rewrite(|content| {
        let lines: Vec<&str> = content.split_inclusive('\n').collect();
        lines[..4].concat()
    });
    let reason = "ends at seq 4 and not at 5";
    stage.refused(&["verify"], reason);
    stage.refused(&["backup", &stage.backup()], reason);
}

#[test]
fn it_is_missed_when_it_is_gone() {
    let stage = stage();
    fs::remove_file(&stage.log).expect("removed");
    stage.refused(&["verify"], "is not there");
    stage.refused(&["backup", &stage.backup()], "is not there");
}

#[test]
fn a_whole_one_is_backed_up_and_a_head_that_was_noted_of_it_is_found() {
    let stage = stage();
    stage.data.run(&["backup", &stage.backup()]).ok();
    let chat = NEW.to_string();
    let expected = format!("5:{}", stage.head);
    let verify = |expected: &str| stage.data.run(&["verify", &chat, "--expect", expected]);
    verify(&expected).ok();
    let wrong = verify(&format!("5:{}", "0".repeat(64)));
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.stdout.contains("PROBLEM"), "{}", wrong.stdout);
}

#[test]
fn what_was_done_on_it_is_audited() {
    let stage = stage();
    let (new, old) = (NEW.to_string(), OLD.to_string());
    let all = stage
        .data
        .run(&["audit", "--chat", &old, "--chat", &new])
        .ok();
    let migrated: Vec<&str> = all
        .stdout
        .lines()
        .filter(|line| line.contains("ChatMigrated"))
        .collect();
    assert_eq!(migrated.len(), 1, "named twice, told once: {}", all.stdout);
    assert!(migrated[0].ends_with("id -50 -> -1050"), "{}", migrated[0]);
    let hint = stage
        .data
        .in_commands("`bounty audit --chat -1050 --merged`");
    assert!(all.stderr.contains(&hint), "{}", all.stderr);

    let run = stage.data.run(&["audit", "--merged", "--format", "json"]);
    let events: Vec<Value> = run
        .ok()
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let types: Vec<&str> = events
        .iter()
        .filter_map(|event| event["type"].as_str())
        .collect();
    assert_eq!(
        types,
        [
            "BoardOpened",
            "BountyAdded",
            "BountyEdited",
            "BountyAdded",
            "BountyDeleted"
        ]
    );
    let edited = stage
        .data
        .run(&["audit", "--merged", "--type", "BountyEdited"]);
    let edited = edited.ok().stdout;
    assert!(
        edited.contains("\"First\" -> \"First, by Bob\""),
        "{edited}"
    );
}
