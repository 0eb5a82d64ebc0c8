//! A tracker's long log need not be read from its start, as a board's need not, and is worth no less for it.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use bounty_ledger::domain::notifier::Outcome;
use bounty_ledger::domain::{ChatId, StreamId};
use bounty_ledger::engine::{Checks, LongLogs, Obstacle};
use bounty_ledger::notify::News;
use serde_json::Value;

use super::desk::{run, tell_of_all_boards, wait};
use super::lab::{Lab, TRACKER, chat_target};
use crate::library::{disk, engine_with_checkpoints, lines, sha256};

/// A tracker that told two things; every log is long for it, and it has a checkpoint as of the end.
fn lab() -> Lab {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.long_logs = Some(long_logs());
    lab.restart();
    lab.say(-100, &["/add One", "/add Two"]);
    lab.deliver();
    end(&mut lab);
    assert!(checkpoint(&lab).is_file());
    lab.restart();
    lab
}

/// Every log is long, and nothing was verified yet.
fn long_logs() -> LongLogs {
    LongLogs {
        over: 0,
        checks: Arc::new(Checks::default()),
    }
}

fn dir(lab: &Lab) -> PathBuf {
    lab.data.path().join("notifier-1")
}

fn checkpoint(lab: &Lab) -> PathBuf {
    dir(lab).join(".checkpoint")
}

fn log(lab: &Lab) -> Vec<u8> {
    fs::read(dir(lab).join("events.jsonl")).expect("a log")
}

/// The process ends in good order.
fn end(lab: &mut Lab) {
    let now = lab.time();
    lab.worker.close(News::default(), now);
}

/// How many lines stand before the checkpoint.
fn before_checkpoint(lab: &Lab) -> usize {
    let content = fs::read(checkpoint(lab)).expect("a checkpoint");
    let header: Value = serde_json::from_slice(lines(&content)[0]).expect("JSON");
    let seq = header["seq"].as_u64().expect("a number");
    usize::try_from(seq).expect("a few")
}

/// Changes a letter of the last line but one before the checkpoint.
fn damage(lab: &Lab) {
    let log = log(lab);
    let lines = lines(&log);
    let mut changed: Vec<Vec<u8>> = lines.iter().map(|line| line.to_vec()).collect();
    let line = &mut changed[before_checkpoint(lab) - 2];
    let at = line.len() - 80;
    line[at] ^= 1;
    fs::write(dir(lab).join("events.jsonl"), changed.concat()).expect("written");
}

/// A checkpoint with this changed, and the hash that belongs to it.
fn forge(lab: &Lab, from: &str, to: &str) {
    let present = fs::read_to_string(checkpoint(lab)).expect("a checkpoint");
    assert!(present.contains(from), "{from} in {present}");
    let content = present[..present.len() - 65].replace(from, to);
    let forged = format!("{content}{}\n", sha256(&[content.as_bytes()]));
    fs::write(checkpoint(lab), forged).expect("written");
}

/// Has everything verified that waits for it, until the tracker's checkpoint is refuted.
fn refute(lab: &Lab) {
    let checks = Arc::clone(&lab.long_logs.as_ref().expect("long logs").checks);
    let running = Arc::clone(&checks);
    let verifying = thread::spawn(move || running.run(&*disk(), &|_| {}));
    let begun = Instant::now();
    while !checks.refuted(StreamId::Notifier(TRACKER)) {
        assert!(begun.elapsed() < Duration::from_secs(60), "it is not found");
        thread::sleep(Duration::from_millis(2));
    }
    checks.close();
    verifying.join().expect("no panic");
}

#[test]
fn what_is_told_is_the_same_when_every_start_begins_at_a_checkpoint() {
    let mut lab = lab();
    let first = before_checkpoint(&lab);
    let mut expected = vec!["added 1 One".to_owned(), "added 2 Two".to_owned()];
    for number in 3..10 {
        let text = format!("Text {number}");
        lab.say(-100, &[&format!("/add {text}")]);
        expected.push(format!("added {number} {text}"));
        if number % 3 == 0 {
            // It is killed while the news is on its way, and nobody knows what came of that.
            assert!(!lab.work(&mut |_| None));
        } else {
            lab.deliver();
            end(&mut lab);
        }
        lab.restart();
        lab.deliver();
    }
    assert_eq!(lab.told(1), expected);
    assert!(before_checkpoint(&lab) > first);
    end(&mut lab);
    lab.data.run(&["verify"]).ok();
    lab.data.run(&["replay", "--check"]).ok();
}

#[test]
fn damage_before_the_checkpoint_is_found_and_the_tracker_tells_no_more() {
    let mut lab = lab();
    damage(&lab);
    lab.say(-100, &["/add Three"]);
    lab.deliver();
    assert_eq!(lab.told(1).len(), 3, "it went on at the checkpoint");
    refute(&lab);
    let before = log(&lab);
    lab.say(-100, &["/add Four"]);
    assert!(lab.try_round(News::default()).is_err());
    lab.restart();
    assert!(lab.try_round(News::default()).is_err());
    assert_eq!(lab.told(1).len(), 3);
    assert!(log(&lab) == before, "something was changed");
}

#[test]
fn a_checkpoint_whose_state_is_not_what_the_events_give_is_given_up_for_the_log() {
    let mut lab = lab();
    forge(&lab, "\"failures\":0", "\"failures\":7");
    lab.deliver();
    refute(&lab);
    lab.say(-100, &["/add Three"]);
    let changed = || News {
        changed: [ChatId(-100)].into(),
        ..News::default()
    };
    lab.round(changed());
    let state = lab.worker.stream().state();
    assert!(state.queues().all(|(_, queue)| queue.failures == 0));
    lab.restart();
    lab.work(&mut |_| Some(Outcome::Delivered));
    end(&mut lab);
    let content = fs::read_to_string(checkpoint(&lab)).expect("a checkpoint");
    assert!(!content.contains("\"failures\":7"), "it is replaced");
    lab.data.run(&["verify"]).ok();
    lab.data.run(&["replay", "--check"]).ok();
}

#[test]
fn a_log_older_than_its_checkpoint_is_damaged() {
    let mut lab = lab();
    fs::remove_file(dir(&lab).join("notifier.json")).expect("removed");
    let log = log(&lab);
    fs::write(
        dir(&lab).join("events.jsonl"),
        lines(&log)[..before_checkpoint(&lab) - 1].concat(),
    )
    .expect("written");
    assert!(lab.try_round(News::default()).is_err());
    let verified = lab.data.run(&["verify"]);
    assert_eq!(verified.code, Some(1));
    assert!(
        verified.stdout.contains(".checkpoint reflects seq"),
        "{}",
        verified.stdout
    );
}

#[test]
fn damage_before_the_checkpoint_is_known_though_the_tracker_has_nothing_to_do() {
    let Lab { data, .. } = {
        let lab = lab();
        damage(&lab);
        lab
    };
    tell_of_all_boards(&data);
    let engine = engine_with_checkpoints(&data, 0);
    let monitor = engine.monitor();
    let obstacle = || {
        let blocked = monitor.stats().obstacles.streams();
        let blocked = blocked.get(&StreamId::Notifier(TRACKER));
        blocked.map(|blocked| blocked.obstacle)
    };
    run(&data, &engine, async |_| {
        wait(|| obstacle() == Some(Obstacle::Damaged)).await;
    });
}
