//! The bridge's stream among the others: verified, replayed, backed up; damage is found and nothing is overwritten.

use std::fs;
use std::sync::{Arc, Barrier};
use std::thread;

use bounty_ledger::bridge::OpenBridge;
use bounty_ledger::store::{Access, Disk, Layout, LocalDisk};
use serde_json::Value;

use super::{bridge, json, log, snapshot, two_bots};
use crate::support::in_group;

#[test]
fn verify_and_replay_include_the_bridge() {
    let data = two_bots();
    data.feed(&[in_group(1, -100, 1, "/add One")]).ok();
    let verified = data.run(&["verify"]).ok().stdout;
    let lines: Vec<&str> = verified.lines().collect();
    assert!(
        lines[0].starts_with("-100\t") && lines[1].starts_with("bridge\tseq 12\t"),
        "{verified}"
    );
    let checked = data.run(&["replay", "--check"]).ok().stdout;
    assert!(
        checked.starts_with("1 chat and the bridge, 14 events: 0 problems"),
        "{checked}"
    );
    let only = data
        .run(&["verify", "bridge", "--format", "json"])
        .ok()
        .stdout;
    let only: Value = serde_json::from_str(&only).expect("JSON");
    assert_eq!(
        (&only[0]["chat"], &only[0]["seq"]),
        (&"bridge".into(), &12.into())
    );
}

#[test]
fn a_snapshot_that_is_lost_or_changed_is_found_and_made_again_byte_for_byte() {
    let data = two_bots();
    let path = data.path().join("bridge/bridge.json");
    let live = fs::read(&path).expect("a snapshot");
    fs::write(&path, live.replace_first(b"Boards", b"Bowlds")).expect("written");
    assert_eq!(data.run(&["replay", "bridge", "--check"]).code, Some(1));
    fs::remove_file(&path).expect("removed");
    assert_eq!(data.run(&["replay", "--check"]).code, Some(1));
    data.run(&["replay", "bridge"]).ok();
    assert_eq!(fs::read(&path).expect("a snapshot"), live);
}

#[test]
fn a_snapshot_that_a_crash_left_behind_is_written_when_the_bridge_is_first_watched() {
    let data = two_bots();
    let path = data.path().join("bridge/bridge.json");
    let live = fs::read(&path).expect("a snapshot");
    for left in [None, Some(&live[..live.len() / 2])] {
        fs::remove_file(&path).expect("removed");
        if let Some(left) = left {
            fs::write(&path, left).expect("written");
        }
        let disk = Arc::new(LocalDisk::new(Access::Owner));
        let mut bridge = OpenBridge::new(disk, Layout::new(data.path()));
        bridge.publish().expect("published");
        assert_eq!(fs::read(&path).expect("a snapshot"), live);
    }
}

trait ReplaceFirst {
    fn replace_first(&self, from: &[u8], to: &[u8]) -> Vec<u8>;
}

impl ReplaceFirst for Vec<u8> {
    fn replace_first(&self, from: &[u8], to: &[u8]) -> Vec<u8> {
        let at = self.windows(from.len()).position(|part| part == from);
        let mut changed = self.clone();
        changed[at.expect("there")..][..to.len()].copy_from_slice(to);
        changed
    }
}

#[test]
fn a_damaged_log_takes_no_change_and_what_stands_before_it_is_readable() {
    let data = two_bots();
    let path = data.path().join("bridge/events.jsonl");
    let changed = log(&data).replace("\"Second\"", "\"Sedond\"");
    fs::write(&path, &changed).expect("written");
    let run = bridge(&data, "tracker disable 1");
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("is damaged at line 10"),
        "{}",
        run.stderr
    );
    assert_eq!(log(&data), changed);
    let listed = bridge(&data, "tracker list");
    assert_eq!(listed.code, Some(1));
    assert!(listed.stdout.contains("Main") && !listed.stdout.contains("Second"));
    assert_eq!(data.run(&["verify"]).code, Some(1));
    let repair = data.run(&["repair", "bridge"]);
    assert_eq!(repair.code, Some(1));
    assert!(
        repair.stderr.contains("is not repaired: put"),
        "{}",
        repair.stderr
    );
}

#[test]
fn a_log_that_lost_events_or_is_gone_is_damaged() {
    let data = two_bots();
    let path = data.path().join("bridge/events.jsonl");
    let whole = log(&data);
    let cut: String = whole.split_inclusive('\n').take(5).collect();
    fs::write(&path, cut).expect("written");
    assert_eq!(bridge(&data, "tracker disable 1").code, Some(1));
    fs::remove_file(&path).expect("removed");
    let run = bridge(&data, "bot add --name X --token-env X");
    assert!(run.stderr.contains("the log is missing"), "{}", run.stderr);
    assert!(!path.exists());
    assert_eq!(data.run(&["verify"]).code, Some(1));
}

#[test]
fn a_boards_log_is_no_bridge() {
    let data = two_bots();
    data.feed(&[in_group(1, -100, 1, "/add One")]).ok();
    let dir = data.path().join("bridge");
    fs::remove_file(dir.join("bridge.json")).expect("removed");
    fs::copy(data.log(-100), dir.join("events.jsonl")).expect("copied");
    let run = bridge(&data, "tracker disable 1");
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("BoardOpened"), "{}", run.stderr);
}

#[test]
fn a_backup_has_the_bridge_and_an_update_follows_it() {
    let data = two_bots();
    data.feed(&[in_group(1, -100, 1, "/add One")]).ok();
    let dest = data.path().with_file_name("backup");
    let to = dest.to_str().expect("UTF-8");
    let told = data.run(&["backup", to]).ok().stdout;
    assert!(told.contains("\nbridge\tseq 12\t"), "{told}");
    bridge(&data, "tracker disable 1").ok();
    data.run(&["backup", "--update", to]).ok();
    for name in ["events.jsonl", "bridge.json"] {
        let read =
            |root: &std::path::Path| fs::read(root.join("bridge").join(name)).expect("a file");
        assert_eq!(read(&dest), read(&data.path()), "{name}");
    }
    data.run(&["verify", "--data", to]).ok();
}

#[test]
fn processes_at_once_change_the_bridge_one_after_the_other() {
    let data = two_bots();
    let barrier = Barrier::new(6);
    thread::scope(|scope| {
        for number in 0..6 {
            let (data, barrier) = (&data, &barrier);
            scope.spawn(move || {
                barrier.wait();
                for turn in 0..3 {
                    let line =
                        format!("bot add --name B{number}-{turn} --token-env B{number}_{turn}");
                    bridge(data, &line).ok();
                }
            });
        }
    });
    let bots = json(&data, "bot list");
    let ids: Vec<_> = bots
        .as_array()
        .expect("bots")
        .iter()
        .map(|bot| bot["id"].as_u64())
        .collect();
    assert_eq!(ids, (1..=20).map(Some).collect::<Vec<_>>());
    assert_eq!(snapshot(&data)["telegram_bot"], bots);
    data.run(&["verify"]).ok();
    data.run(&["replay", "--check"]).ok();
}

#[test]
fn a_bridge_whose_log_is_gone_or_cut_is_not_shown_as_whole() {
    for (left, words) in [
        (None, "is missing"),
        (Some(0), "ends before"),
        (Some(5), "ends before"),
    ] {
        let data = two_bots();
        let path = data.path().join("bridge/events.jsonl");
        let own = fs::read_to_string(&path).expect("a log");
        match left {
            None => fs::remove_file(&path).expect("removed"),
            Some(count) => {
                let lines: String = own.split_inclusive('\n').take(count).collect();
                fs::write(&path, lines).expect("written");
            }
        }
        for line in [
            "check",
            "bot list",
            "bot list --format json",
            "check --format json",
        ] {
            let run = bridge(&data, line);
            assert_eq!(run.code, Some(1), "{line}: {}", run.stdout);
            assert!(run.stderr.contains(words), "{line}: {}", run.stderr);
        }
        let run = data.run(&["audit", "--bridge"]);
        assert_eq!(run.code, Some(1), "{}", run.stdout);
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
}

#[test]
fn a_bridge_whose_log_disappears_does_not_begin_anew_and_goes_on_when_it_is_back() {
    let data = two_bots();
    let (dir, away) = (data.path().join("bridge"), data.path().join("away"));
    let disk: Arc<dyn Disk> = Arc::new(LocalDisk::default());
    let mut open = OpenBridge::new(disk, Layout::new(data.path()));
    open.refresh().expect("a bridge");
    let known = open.state().clone();
    fs::rename(&dir, &away).expect("renamed");
    for _ in 0..2 {
        let error = open.refresh().expect_err("its log is gone");
        assert!(error.to_string().contains("Put it back"), "{error}");
        assert_eq!(open.state(), &known);
    }
    fs::rename(&away, &dir).expect("renamed");
    open.refresh().expect("it is back");
    assert_eq!(open.state(), &known);
}
