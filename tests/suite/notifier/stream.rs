//! A tracker's stream among the others: verified, replayed, backed up; damage is found and nothing is overwritten.

use std::fs;
use std::sync::Arc;

use bounty_ledger::domain::bridge::NotificationTrackerId;
use bounty_ledger::domain::notifier::{NotifierEvent, RemindersSet};
use bounty_ledger::domain::{StreamId, Timestamp};
use bounty_ledger::notify::OpenNotifier;
use bounty_ledger::store::Layout;

use super::lab::{Lab, chat_target};
use crate::support::Data;
use crate::support::law::events;
use crate::support::sim_disk::{EIO, Fault, Kind, Plan, SimDisk};

fn lab() -> Lab {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.say(-100, &["/add One"]);
    lab.deliver();
    lab
}

#[test]
fn verify_and_replay_include_the_trackers() {
    let mut lab = lab();
    let now = lab.time();
    lab.worker.close(Default::default(), now);
    let verified = lab.data.run(&["verify"]).ok().stdout;
    assert!(
        verified
            .lines()
            .nth(1)
            .expect("a line")
            .starts_with("notifier-1\tseq "),
        "{verified}"
    );
    let checked = lab.data.run(&["replay", "--check"]).ok().stdout;
    assert!(
        checked.contains("1 chat, 1 notification tracker"),
        "{checked}"
    );
    assert!(checked.contains("0 problems, 0 files behind"), "{checked}");
    let path = lab.data.path().join("notifier-1/notifier.json");
    let live = fs::read(&path).expect("a snapshot");
    fs::remove_file(&path).expect("removed");
    assert_eq!(lab.data.run(&["replay", "--check"]).code, Some(1));
    lab.data.run(&["replay", "notifier-1"]).ok();
    assert_eq!(fs::read(&path).expect("a snapshot"), live);
}

/// A backup put in the place of the data, after which one more thing was told.
fn restored(lab: &mut Lab) -> Lab {
    let backup = Data::new();
    let dest = backup.path().display().to_string();
    lab.data.run(&["backup", &dest]).ok();
    lab.say(-100, &["/add Two"]);
    lab.deliver();
    let mut restored = Lab::new(backup, lab.order.clone().expect("an order"));
    restored.update = 2_000;
    restored
}

#[test]
fn a_backup_has_the_trackers_and_what_is_restored_tells_nothing_twice() {
    let mut lab = lab();
    let mut restored = restored(&mut lab);
    assert_eq!(lab.told(1).len(), 2);
    restored.deliver();
    assert!(restored.sent.is_empty());
    restored.say(-100, &["/add Other"]);
    restored.deliver();
    assert_eq!(restored.told(1), ["added 2 Other"]);
}

#[test]
fn what_is_told_after_a_backup_was_put_back_has_a_key_that_nothing_before_had() {
    let mut lab = lab();
    let mut restored = restored(&mut lab);
    restored.say(-100, &["/add Instead"]);
    restored.deliver();
    let (lost, instead) = (&lab.sent[1], &restored.sent[0]);
    assert_eq!(lost.delivery, instead.delivery);
    assert_ne!(lost.key, instead.key);
}

#[test]
fn a_damaged_stream_is_refused_and_not_touched() {
    let mut lab = lab();
    let path = lab.data.path().join("notifier-1/events.jsonl");
    let log = fs::read_to_string(&path).expect("a log");
    fs::write(&path, log.replace("\"delivered\"", "\"unknown_x\"")).expect("written");
    let changed = fs::read(&path).expect("a log");
    lab.restart();
    lab.say(-100, &["/add Two"]);
    assert!(lab.try_round(Default::default()).is_err());
    assert_eq!(lab.sent.len(), 1);
    assert_eq!(fs::read(&path).expect("a log"), changed);
    assert_eq!(lab.data.run(&["verify", "notifier-1"]).code, Some(1));
    let repair = lab.data.run(&["repair", "notifier-1"]);
    assert!(
        repair.stderr.contains("put back from a backup")
            || repair.stderr.contains("back from a backup"),
        "{}",
        repair.stderr
    );
}

#[test]
fn a_stream_of_another_tracker_is_refused() {
    let mut lab = lab();
    let root = lab.data.path();
    fs::rename(root.join("notifier-1"), root.join("notifier-2")).expect("renamed");
    assert_eq!(lab.data.run(&["verify"]).code, Some(1));
    fs::rename(root.join("notifier-2"), root.join("notifier-1")).expect("renamed");
    lab.restart();
    lab.deliver();
}

#[test]
fn an_append_that_fails_sends_nothing_and_is_made_up_for() {
    let mut lab = lab();
    lab.say(-100, &["/add Two"]);
    let dir = lab.data.path().join("notifier-1");
    fs::rename(&dir, lab.data.path().join("away")).expect("renamed");
    fs::write(&dir, b"in the way").expect("written");
    assert!(lab.try_round(Default::default()).is_err());
    assert_eq!(lab.sent.len(), 1);
    fs::remove_file(&dir).expect("removed");
    fs::rename(lab.data.path().join("away"), &dir).expect("renamed");
    lab.deliver();
    assert_eq!(lab.told(1), ["added 1 One", "added 2 Two"]);
}

#[test]
fn what_was_refused_while_the_disk_failed_is_no_event_when_it_works_again() {
    let disk = SimDisk::new(1).process(None);
    let layout = Layout::new("/data");
    let mut stream = OpenNotifier::new(
        Arc::new(disk.clone()),
        layout.clone(),
        NotificationTrackerId(1),
    );
    let mut set = |days: u32| {
        let due_soon = Some(days * 86_400);
        let reminders = RemindersSet {
            due_soon,
            overdue: false,
        };
        let event = NotifierEvent::RemindersSet(reminders);
        let recorded = stream.record(Timestamp::from_millis(0), |draft| draft.add(event));
        (recorded.is_ok(), stream.is_latched())
    };
    assert_eq!(set(1), (true, false));
    let undone = &[Kind::Flush, Kind::Open, Kind::SetLen];
    disk.replan(Some(Plan {
        span: 1_000,
        ..Plan::new(undone, 0, Fault::Fail(EIO))
    }));
    assert_eq!(set(2), (false, true));
    assert_eq!(set(3), (false, true), "the disk still fails");
    disk.replan(None);
    assert_eq!(set(4), (true, false));
    let log = layout.stream(StreamId::Notifier(NotificationTrackerId(1)));
    let log = disk.content(&log.join(Layout::LOG)).expect("a log");
    let set: Vec<u64> = (events(&log).iter())
        .filter_map(|event| event["data"]["due_soon"].as_u64())
        .map(|seconds| seconds / 86_400)
        .collect();
    assert_eq!(set, [1, 4]);
}
