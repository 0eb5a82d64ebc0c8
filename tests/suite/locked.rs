//! A chat whose log somebody else holds keeps no other chat waiting: neither its snapshots nor its commands.

use std::ops::Range;
use std::path::Path;
use std::sync::mpsc::channel;
use std::thread::{self, sleep};
use std::time::Duration;

use bounty_ledger::domain::ChatId;
use bounty_ledger::engine::{Engine, Obstacle, Outcome, Settings, Trouble};
use bounty_ledger::store::{Disk, DiskFile, Layout, LockGuard, LockMode, OpenMode};
use serde_json::Value;

use crate::support::law::assert_sound;
use crate::support::scenario::{DM, GROUP, NEW, ROOT, add, open, request, settings};
use crate::support::sim_disk::SimDisk;
use crate::support::{BOT, wait_until};

/// Longer than any test runs.
const FOR_EVER: Duration = Duration::from_secs(3_600);
const LIMIT: Duration = Duration::from_secs(60);

fn patient(snapshot_delay: Duration) -> Settings {
    Settings {
        lock_patience: FOR_EVER,
        snapshot_delay,
        ..settings()
    }
}

#[track_caller]
fn say(engine: &Engine, chat: i64, update: i64) {
    let said = engine.ask(request(&add(chat, 7, "said"), BOT, update));
    assert!(
        matches!(said.outcome, Outcome::Answer(_)),
        "{:?}",
        said.outcome
    );
}

/// Another process holds the log of the group.
fn hold(disk: &SimDisk) -> (Box<dyn DiskFile>, LockGuard) {
    let log = Layout::new(ROOT).chat(ChatId(GROUP)).join(Layout::LOG);
    let other = disk.process(None);
    let file = other.open(&log, OpenMode::ReadWrite).expect("a log");
    let guard = file.lock(LockMode::Exclusive, LIMIT).expect("the lock");
    (file, guard)
}

/// The last event in a snapshot; none when there is no snapshot.
fn seq(disk: &SimDisk, file: &str) -> Option<u64> {
    let content = disk.content(&Path::new(ROOT).join(file))?;
    let snapshot: Value = serde_json::from_slice(&content).expect("JSON");
    snapshot["seq"].as_u64()
}

/// Writes something that is no event after the last one, which [`mend`] undoes.
fn damage(file: &dyn DiskFile) -> u64 {
    let len = file.status().expect("a status").len;
    file.write_at(b"no event\n", len).expect("written");
    len
}

/// Damages the log at its start.
fn take_first_byte(file: &dyn DiskFile) -> [u8; 1] {
    let mut first = [0];
    file.read_at(&mut first, 0).expect("read");
    file.write_at(b"?", 0).expect("written");
    first
}

fn mend(file: &dyn DiskFile, len: u64) {
    file.set_len(len).expect("cut");
}

fn obstacle(engine: &Engine) -> Option<Obstacle> {
    let blocked = engine.monitor().stats().obstacles.streams();
    let blocked = blocked.get(&ChatId(GROUP).into());
    blocked.map(|blocked| blocked.obstacle)
}

/// Boards are looked after all the time.
fn busy(lock_patience: Duration) -> Settings {
    Settings {
        lock_patience,
        idle: Duration::from_millis(10),
        ..patient(FOR_EVER)
    }
}

/// The DM is answered, while the group is tried again and again.
#[track_caller]
fn say_for_a_while(engine: &Engine, updates: Range<i64>) {
    for update in updates {
        let (tell, told) = channel();
        let said = request(&add(DM, 7, "said"), BOT, update);
        engine.submit(said, move |reply| drop(tell.send(reply.outcome)));
        let answer = told.recv_timeout(LIMIT);
        assert!(matches!(answer, Ok(Outcome::Answer(_))), "{answer:?}");
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn the_snapshots_of_other_chats_are_written_while_one_waits_for_its_log() {
    let disk = SimDisk::new(1);
    // Time to hold the log before the group's snapshot is due; the other's is due after it.
    let delay = Duration::from_secs(1);
    let engine = open(&disk.process(None), patient(delay)).expect("an engine");
    say(&engine, GROUP, 1);
    let held = hold(&disk);
    say(&engine, DM, 2);
    wait_until("the other's written", || {
        seq(&disk, "7/user.json") == Some(2)
    });
    drop(held);
    wait_until("its own written", || {
        seq(&disk, "-100/group.json") == Some(2)
    });
    drop(engine);
    assert_sound(&disk, "at the end");
}

#[test]
fn at_the_end_the_snapshots_of_other_chats_are_written_and_a_held_log_is_not_waited_for_long() {
    let disk = SimDisk::new(2);
    let engine = open(&disk.process(None), patient(FOR_EVER)).expect("an engine");
    say(&engine, GROUP, 1);
    say(&engine, DM, 2);
    let held = hold(&disk);
    let (tell, told) = channel();
    let closing = thread::spawn(move || {
        engine.close();
        tell.send(())
    });
    assert_eq!(told.recv_timeout(LIMIT), Ok(()));
    closing.join().expect("no panic").expect("told");
    assert_eq!(seq(&disk, "7/user.json"), Some(2));
    assert_eq!(seq(&disk, "-100/group.json"), None);
    drop(held);
}

#[test]
fn the_commands_of_other_chats_are_answered_while_a_damaged_chat_is_tried_whose_log_is_held() {
    let disk = SimDisk::new(3);
    let engine = open(&disk.process(None), busy(FOR_EVER)).expect("an engine");
    say(&engine, GROUP, 1);
    let (file, guard) = hold(&disk);
    let len = damage(&*file);
    drop(guard);
    let refused = engine.ask(request(&add(GROUP, 7, "refused"), BOT, 2));
    assert_eq!(refused.outcome, Outcome::Trouble(Trouble::Damaged));
    let held = hold(&disk);
    say_for_a_while(&engine, 3..30);
    assert_eq!(obstacle(&engine), Some(Obstacle::Damaged));
    mend(&*file, len);
    drop(held);
    wait_until("taken for whole", || obstacle(&engine).is_none());
    drop(engine);
    assert_sound(&disk, "at the end");
}

#[test]
fn what_a_held_log_is_like_is_found_when_it_is_let_go_without_another_command() {
    let disk = SimDisk::new(4);
    let engine = open(&disk.process(None), busy(Duration::from_millis(1))).expect("an engine");
    say(&engine, GROUP, 1);
    let (file, guard) = hold(&disk);
    let len = damage(&*file);
    let refused = engine.ask(request(&add(GROUP, 7, "refused"), BOT, 2));
    assert_eq!(refused.outcome, Outcome::Trouble(Trouble::Busy));
    assert_eq!(obstacle(&engine), None);
    drop(guard);
    wait_until("found", || obstacle(&engine) == Some(Obstacle::Damaged));
    mend(&*file, len);
    wait_until("taken for whole", || obstacle(&engine).is_none());
    drop(engine);
    assert_sound(&disk, "at the end");
}

#[test]
fn the_commands_of_other_chats_are_answered_while_a_group_is_to_be_moved_whose_log_is_held() {
    let disk = SimDisk::new(5);
    let before = open(&disk.process(None), patient(FOR_EVER)).expect("an engine");
    say(&before, GROUP, 1);
    drop(before);
    let (file, guard) = hold(&disk);
    let first = take_first_byte(&*file);
    drop(guard);
    let engine = open(&disk.process(None), busy(FOR_EVER)).expect("an engine");
    let refused = engine.ask(request(&add(GROUP, 7, "refused"), BOT, 2));
    assert_eq!(refused.outcome, Outcome::Trouble(Trouble::Damaged));
    let held = hold(&disk);
    file.write_at(&first, 0).expect("written");
    // Another process begins to move the group, and ends.
    let notes = Layout::new(ROOT).moved_dir();
    disk.create_dir(&notes).expect("a directory");
    let note = notes.join(GROUP.to_string());
    disk.replace(&note, NEW.to_string().as_bytes(), true)
        .expect("a note");
    say_for_a_while(&engine, 3..30);
    drop(held);
    let moved = Path::new(ROOT).join(NEW.to_string()).join("events.jsonl");
    wait_until("moved", || disk.content(&moved).is_some());
    wait_until("taken for whole", || obstacle(&engine).is_none());
    drop(engine);
    assert_sound(&disk, "at the end");
}
