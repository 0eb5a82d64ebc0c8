//! A checkpoint shows that its log was longer, when nothing else does.

use std::fs;

use bounty_ledger::engine::{Outcome, Trouble};
use serde_json::Value;

use super::{CHAT, board, checkpoint, engine, keep_lines};
use crate::library::{add, count, files, request};
use crate::support::Data;

/// The program, whose logs have to be longer for a checkpoint to be used, and an engine whose need not, refuse the chat.
#[track_caller]
fn refused_everywhere(data: &Data, readable: Option<u64>) {
    let before = files(&data.path());
    for command in [&["verify"][..], &["replay"], &["replay", "--check"]] {
        let run = data.run(command);
        assert_eq!(run.code, Some(1), "{command:?}: {}", run.stdout);
        assert!(
            run.stdout.contains(".checkpoint reflects seq 6"),
            "{command:?}: {}",
            run.stdout
        );
    }
    for engine in [engine(data), crate::library::engine(data)] {
        let refused = engine.ask(request(CHAT, 1, 60, add("Lost?"))).outcome;
        assert_eq!(refused, Outcome::Trouble(Trouble::Damaged));
        assert_eq!(count(&engine, CHAT), readable);
    }
    assert!(files(&data.path()) == before, "something was changed");
}

#[test]
fn a_log_older_than_its_checkpoint_is_damaged() {
    for kept in 1..=5 {
        let data = board();
        data.delete_snapshots();
        keep_lines(&data, kept);
        refused_everywhere(&data, Some([0, 1, 2, 2, 1][kept - 1]));
    }
}

#[test]
fn a_log_that_is_empty_or_gone_beside_its_checkpoint_is_damaged() {
    let data = board();
    data.delete_snapshots();
    fs::write(data.log(CHAT), b"").expect("written");
    refused_everywhere(&data, None);
    fs::remove_file(data.log(CHAT)).expect("removed");
    refused_everywhere(&data, None);
}

#[test]
fn a_repair_sets_the_checkpoint_aside_and_gives_no_id_of_it_again() {
    let data = board();
    data.delete_snapshots();
    keep_lines(&data, 2);
    let content = fs::read(checkpoint(&data)).expect("a checkpoint");
    let done = data.run(&["repair", "-100", "--apply"]).ok();
    assert!(done.stdout.contains(".checkpoint"), "{}", done.stdout);
    assert!(!checkpoint(&data).exists());
    let events = data.events(CHAT);
    let repaired = &events[2]["data"];
    assert_eq!(repaired["next_id"], 4);
    let aside = repaired["set_aside"][0].as_str().map(ToOwned::to_owned);
    let aside = aside.expect("a name");
    assert!(aside.starts_with(".checkpoint.set-aside-6-"), "{aside}");
    assert!(fs::read(data.chat(CHAT).join(aside)).expect("kept") == content);
    data.run(&["verify"]).ok();
    let again = data.run(&["repair", "-100"]).ok();
    assert!(
        again.stdout.contains("nothing to repair"),
        "{}",
        again.stdout
    );
}

#[test]
fn a_checkpoint_of_what_a_repair_keeps_stays_in_use() {
    let data = board();
    let engine = engine(&data);
    engine.ask(request(CHAT, 1, 50, add("Later")));
    let content = fs::read(checkpoint(&data)).expect("a checkpoint");
    engine.close();
    fs::write(checkpoint(&data), &content).expect("written");
    let mut log = data.log_bytes(CHAT);
    let at = log.len() - 90;
    log[at] ^= 1;
    fs::write(data.log(CHAT), log).expect("written");
    data.run(&["repair", "-100", "--apply"]).ok();
    assert!(fs::read(checkpoint(&data)).expect("kept") == content);
    assert_eq!(super::first_answer(&data), super::LIVING);
    let kept: Vec<Value> = data.events(CHAT);
    assert_eq!(kept.len(), 7);
    data.run(&["verify"]).ok();
}
