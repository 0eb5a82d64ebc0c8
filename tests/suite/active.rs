//! Snapshots that a crash left behind are brought up to date by the next start, which never looks at all chats.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use bounty_ledger::domain::BountyId;
use bounty_ledger::domain::board::Change;
use bounty_ledger::engine::{Engine, Outcome, Settings};
use bounty_ledger::store::{Disk, LockMode, OpenMode};
use serde_json::Value;

use crate::support::law::assert_sound;
use crate::support::scenario::{
    DM, GROUP, OLD, ROOT, Step, add, change, open, request, runs, settings,
};
use crate::support::sim_disk::{Fault, Kind, Plan, SimDisk};
use crate::support::{BOT, wait_until};

/// Boards are looked after often, snapshots come at once.
pub fn busy() -> Settings {
    Settings {
        idle: Duration::from_millis(10),
        snapshot_delay: Duration::from_millis(1),
        ..settings()
    }
}

pub fn say(engine: &Engine, step: &Step, update: i64) -> Outcome {
    engine.ask(request(step, BOT, update)).outcome
}

/// The files in which processes noted the chats that they write to.
pub fn notes(disk: &SimDisk) -> Vec<PathBuf> {
    let files = disk.files(&Path::new(ROOT).join("active"));
    let is_note = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "jsonl");
    files.into_keys().filter(is_note).collect()
}

pub fn has(disk: &SimDisk, file: &str) -> bool {
    disk.files(Path::new(ROOT))
        .contains_key(&Path::new(ROOT).join(file))
}

#[test]
fn what_a_crash_left_behind_is_brought_up_to_date_without_a_command() {
    for power_cut in [false, true] {
        let disk = SimDisk::new(3);
        let first = disk.process(None);
        let engine = open(&first, settings()).expect("an engine");
        say(&engine, &add(GROUP, 1, "in the group"), 1);
        say(&engine, &add(DM, 7, "my own"), 2);
        disk.crash(power_cut, 3);
        drop(engine);
        assert_eq!(notes(&disk).len(), 1);
        assert!(!has(&disk, "-100/group.json") && !has(&disk, "7/user.json"));
        let second = disk.process(None);
        let engine = open(&second, busy()).expect("an engine");
        wait_until("brought up to date", || notes(&disk).is_empty());
        disk.crash(true, 4);
        drop(engine);
        assert!(has(&disk, "-100/group.json") && has(&disk, "7/user.json"));
        assert_sound(&disk, "after the second crash");
    }
}

#[test]
fn snapshots_whose_flush_failed_are_written_again_by_the_next_process() {
    let eager = Settings {
        snapshot_delay: Duration::from_millis(1),
        ..settings()
    };
    for seed in 0..16 * runs() {
        let disk = SimDisk::new(seed);
        let first = disk.process(None);
        let engine = open(&first, eager).expect("an engine");
        say(&engine, &add(GROUP, 1, "in the group"), 1);
        wait_until("written", || has(&disk, "-100/group.json"));
        let path = Path::new(ROOT).join("-100/group.json");
        let written = disk.content(&path);
        first.replan(Some(Plan {
            span: u64::MAX,
            ..Plan::new(&[Kind::Flush], 0, Fault::LostFlush)
        }));
        engine.close();
        first.kill();
        assert_eq!(notes(&disk).len(), 1, "they are looked at again");
        let engine = open(&disk.process(None), busy()).expect("an engine");
        wait_until("brought up to date", || notes(&disk).is_empty());
        disk.crash(true, seed);
        drop(engine);
        assert_eq!(disk.content(&path), written, "seed {seed}");
    }
}

#[test]
fn a_snapshot_whose_flush_failed_once_is_written_again_by_the_next_process_whatever_succeeds_later()
{
    let mut fired = 0;
    for k in 0..16 * runs() {
        let disk = SimDisk::new(k);
        let plan = Plan::new(&[Kind::Flush], k, Fault::LostFlush);
        let first = disk.process(Some(plan));
        let engine = open(&first, busy()).expect("an engine");
        let settles = || {
            let begun = Instant::now();
            while !notes(&disk).is_empty() && begun.elapsed() < Duration::from_millis(80) {
                sleep(Duration::from_millis(2));
            }
        };
        // What was refused is accepted when it comes again.
        let say = |step, update| [(); 2].map(|()| say(&engine, &step, update));
        say(add(GROUP, 1, "in the group"), 1);
        say(change(GROUP, 1, Change::Track(BountyId(1))), 2);
        settles();
        // The tracking list is not written again with this.
        say(add(GROUP, 1, "one more"), 3);
        settles();
        engine.close();
        fired += u64::from(first.fired());
        first.kill();
        let engine = open(&disk.process(None), busy()).expect("an engine");
        wait_until("brought up to date", || notes(&disk).is_empty());
        drop(engine);
        let mut files = disk.files(Path::new(ROOT));
        files.retain(|path, _| path.extension().is_some_and(|ending| ending == "json"));
        assert!(files.len() >= 2, "flush {k}: a board and a list");
        disk.crash(true, k);
        for (path, content) in files {
            let kept = disk.content(&path);
            assert!(kept.as_ref() == Some(&content), "flush {k}: {path:?}");
        }
    }
    assert!(fired > 5, "only {fired} flushes");
}

#[test]
fn a_clean_end_leaves_no_notes_and_snapshots_that_a_power_cut_does_not_harm() {
    let disk = SimDisk::new(5);
    let engine = open(&disk.process(None), settings()).expect("an engine");
    say(&engine, &add(GROUP, 1, "kept"), 1);
    assert_eq!(notes(&disk).len(), 1, "noted while it is written to");
    drop(engine);
    assert!(notes(&disk).is_empty());
    disk.crash(true, 5);
    assert!(has(&disk, "-100/group.json"));
    assert_sound(&disk, "after the cut");
}

#[test]
fn snapshots_under_a_groups_new_id_are_brought_up_to_date_wherever_a_migration_was_cut() {
    for at in 0.. {
        let disk = SimDisk::new(9);
        let engine = open(&disk.process(None), settings()).expect("an engine");
        say(&engine, &add(OLD, 1, "one"), 1);
        drop(engine);
        let dying = disk.process(Some(Plan::freeze(at)));
        let Ok(engine) = open(&dying, settings()) else {
            continue;
        };
        say(&engine, &Step::Migrate, 2);
        let is_cut = !dying.is_alive();
        disk.crash(at % 2 == 0, at);
        drop(engine);
        let engine = open(&disk.process(None), busy()).expect("an engine");
        wait_until("brought up to date", || notes(&disk).is_empty());
        drop(engine);
        disk.crash(true, at);
        for (path, content) in disk.files(Path::new(ROOT)) {
            if path.ends_with("group.json") {
                let chat = path.parent().and_then(Path::file_name).expect("a chat");
                let group: Value = serde_json::from_slice(&content).expect("JSON");
                let id = chat.to_string_lossy().into_owned();
                assert_eq!(group["group_id"].to_string(), id, "cut at {at}");
            }
        }
        assert_sound(&disk, "after the second crash");
        if !is_cut {
            return;
        }
    }
}

#[test]
fn a_group_that_migrates_while_its_snapshots_are_due_leaves_no_note() {
    let disk = SimDisk::new(10);
    let engine = open(&disk.process(None), settings()).expect("an engine");
    say(&engine, &add(OLD, 1, "one"), 1);
    say(&engine, &Step::Migrate, 2);
    drop(engine);
    assert!(notes(&disk).is_empty());
    assert!(has(&disk, "-1555/group.json"));
}

#[test]
fn a_chat_that_cannot_be_adopted_keeps_no_other_from_it() {
    let disk = SimDisk::new(9);
    let first = disk.process(None);
    let engine = open(&first, settings()).expect("an engine");
    say(&engine, &add(GROUP, 1, "in the group"), 1);
    say(&engine, &add(DM, 7, "my own"), 2);
    disk.crash(false, 9);
    drop(engine);
    let third = disk.process(None);
    let log = Path::new(ROOT).join("-100/events.jsonl");
    let file = third.open(&log, OpenMode::ReadWrite).expect("a log");
    let held = file.lock(LockMode::Exclusive, Duration::ZERO);
    let held = held.expect("the lock");
    let engine = open(&disk.process(None), busy()).expect("an engine");
    wait_until("the other adopted", || has(&disk, "7/user.json"));
    wait_until("only the one noted", || {
        let noted: Vec<_> = notes(&disk)
            .iter()
            .filter_map(|path| disk.content(path))
            .collect();
        noted == [b"{\"chat\":-100}\n"]
    });
    assert!(!has(&disk, "-100/group.json"));
    drop(held);
    wait_until("all adopted", || notes(&disk).is_empty());
    assert!(has(&disk, "-100/group.json"));
    drop(engine);
}

#[test]
fn notes_that_cannot_be_read_keep_no_others_from_being_adopted_and_are_read_when_they_can_be() {
    let disk = SimDisk::new(10);
    let [first, second] = [disk.process(None), disk.process(None)];
    let [first, second] = [first, second].map(|one| open(&one, settings()).expect("an engine"));
    say(&first, &add(GROUP, 1, "in the group"), 1);
    let unreadable = &notes(&disk)[0];
    say(&second, &add(DM, 7, "my own"), 2);
    disk.crash(false, 10);
    drop((first, second));
    assert_eq!(notes(&disk).len(), 2);
    let process = disk.process(None);
    process.spoil(Some(unreadable));
    let engine = open(&process, busy()).expect("an engine");
    wait_until("the other adopted", || notes(&disk) == [unreadable.clone()]);
    assert!(has(&disk, "7/user.json") && !has(&disk, "-100/group.json"));
    process.spoil(None);
    wait_until("all adopted", || notes(&disk).is_empty());
    assert!(has(&disk, "-100/group.json"));
    drop(engine);
    assert_sound(&disk, "at the end");
}
