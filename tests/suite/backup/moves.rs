//! Groups that become supergroups before, between and during backups.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::process::Stdio;
use std::thread;

use serde_json::{Value, json};

use super::{Backup, tree};
use crate::support::{DATE, Data, copy_tree, in_group};

const OLD: i64 = -555;
const NEW: i64 = -100_555;

fn told(update: i64, old: i64, new: i64) -> Value {
    json!({"update_id": update, "message": {
        "message_id": update, "date": DATE, "chat": {"id": old, "type": "group", "title": "G"},
        "from": {"id": 1, "is_bot": false, "first_name": "User 1"}, "migrate_to_chat_id": new,
    }})
}

/// The texts of the living bounties of all chats, after everything interrupted was finished.
fn texts(data: &Data) -> Vec<String> {
    data.feed(&[]).ok();
    let mut texts = Vec::new();
    for (name, content) in data.snapshots() {
        if name.ends_with("group.json") {
            let group: Value = serde_json::from_slice(&content).expect("JSON");
            for bounty in group["bounties"].as_array().expect("bounties") {
                texts.push(bounty["text"].as_str().expect("a text").to_owned());
            }
        }
    }
    texts.sort();
    texts
}

#[test]
fn a_group_that_migrated_between_two_backups_moves_in_the_backup_too() {
    let data = Data::new();
    data.feed(&[in_group(1, OLD, 1, "/add one")]).ok();
    let backup = Backup::new();
    backup.make(&data, &[]).ok();
    data.feed(&[told(2, OLD, NEW), in_group(3, NEW, 1, "/add two")])
        .ok();
    backup.make(&data, &["--update"]).ok();
    let fresh = Backup::new();
    fresh.make(&data, &[]).ok();
    assert_eq!(tree(&backup.data.path()), tree(&fresh.data.path()));
    assert!(!backup.data.chat(OLD).exists());
    backup.assert_sound();
    assert_eq!(texts(&backup.data), ["one", "two"]);
}

#[test]
fn two_boards_that_became_one_are_in_a_new_backup_once_and_an_earlier_backup_is_not_overwritten() {
    let data = Data::new();
    data.feed(&[
        in_group(1, OLD, 1, "/add one"),
        in_group(2, NEW, 1, "/add two"),
    ])
    .ok();
    let earlier = Backup::new();
    earlier.make(&data, &[]).ok();
    let before = (tree(&earlier.data.chat(OLD)), tree(&earlier.data.chat(NEW)));
    data.feed(&[told(3, OLD, NEW)]).ok();
    let fresh = Backup::new();
    fresh.make(&data, &[]).ok();
    fresh.assert_sound();
    assert!(fresh.data.chat(NEW).join("events.jsonl.merged-2").exists());
    assert_eq!(texts(&fresh.data), ["one", "two"]);

    let report = earlier.make(&data, &["--update"]);
    assert_eq!(report.code, Some(1));
    assert!(
        report.stdout.contains("make a new backup"),
        "{}",
        report.stdout
    );
    let after = (tree(&earlier.data.chat(OLD)), tree(&earlier.data.chat(NEW)));
    assert_eq!(after, before);
}

#[test]
fn a_migration_that_a_crash_interrupted_is_finished_in_the_restored_copy() {
    for appended in [false, true] {
        let data = Data::new();
        data.feed(&[in_group(1, OLD, 1, "/add one")]).ok();
        if appended {
            data.feed(&[told(2, OLD, NEW)]).ok();
            fs::rename(data.chat(NEW), data.chat(OLD)).expect("renamed");
        } else {
            fs::create_dir_all(data.path().join("moved")).expect("made");
            fs::write(
                data.path().join("moved").join(OLD.to_string()),
                NEW.to_string(),
            )
            .expect("written");
        }
        let backup = Backup::new();
        backup.make(&data, &[]).ok();
        backup.assert_sound();
        assert!(backup.data.chat(OLD).exists());
        assert_eq!(texts(&backup.data), ["one"]);
        assert!(!backup.data.chat(OLD).exists() && backup.data.chat(NEW).exists());
        backup.assert_sound();
    }
}

/// Groups that migrate while backups are made; every second one into a board that has a bounty already.
const GROUPS: i64 = 16;

fn old(group: i64) -> i64 {
    -1_000 - group
}

fn new(group: i64) -> i64 {
    -100_000 - group
}

#[test]
fn groups_that_migrate_while_backups_are_made_are_never_lost_or_doubled() {
    let data = Data::new();
    let mut setup = Vec::new();
    let mut expected = BTreeSet::new();
    for group in 0..GROUPS {
        setup.push(in_group(
            group + 1,
            old(group),
            1,
            &format!("/add old {group}"),
        ));
        expected.insert(format!("old {group}"));
        if group % 2 == 0 {
            setup.push(in_group(
                group + 1,
                new(group),
                1,
                &format!("/add new {group}"),
            ));
            expected.insert(format!("new {group}"));
        }
    }
    data.feed(&setup).ok();
    let expected: Vec<String> = expected.into_iter().collect();
    let mut feed = data
        .bounty(&["feed", "--bot-id", "7001"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut input = feed.stdin.take().expect("a pipe");
    let backups: Vec<Backup> = (0..5).map(|_| Backup::new()).collect();
    thread::scope(|scope| {
        let data = &data;
        scope.spawn(move || {
            for group in 0..GROUPS {
                writeln!(input, "{}", told(1_000 + group, old(group), new(group)))
                    .expect("written");
                // As long as a backup of something takes, so that some fall into each.
                Backup::new().make(data, &[]).ok();
            }
        });
        for backup in &backups {
            backup.make(data, &[]).ok();
        }
    });
    assert!(feed.wait().expect("the program ends").success());
    for backup in &backups {
        backup.data.run(&["verify"]).ok();
        backup.data.run(&["replay", "--check"]).ok();
        let restored = Data::new();
        copy_tree(&backup.data.path(), &restored.path());
        assert_eq!(texts(&restored), expected);
        restored.run(&["verify"]).ok();
    }
}
