//! What stands before a checkpoint is verified after the fact, and the log has the last word.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use bounty_ledger::domain::ChatId;
use bounty_ledger::domain::board::{Answer, Command, Query};
use bounty_ledger::engine::{Engine, Obstacle, Outcome, Reply, Trouble};

use super::{CHAT, LIVING, OTHER, board, change_line, checkpoint, engine, forge, is_accepted};
use crate::library::{add, count, files, request};
use crate::support::Data;

fn list(engine: &Engine) -> Reply {
    let list = Command::Query(Query::List { page: 1 });
    engine.ask(request(CHAT, 1, 9_999, list))
}

/// Asks until the answer is so; the time is there for a machine that stands still.
#[track_caller]
fn wait_until(engine: &Engine, wanted: impl Fn(&Reply) -> bool) {
    let begun = Instant::now();
    while !wanted(&list(engine)) {
        assert!(begun.elapsed() < Duration::from_secs(60), "it never came");
        sleep(Duration::from_millis(2));
    }
}

fn has_text(reply: &Reply, text: &str) -> bool {
    format!("{:?}", reply.outcome).contains(text)
}

#[track_caller]
fn is_found_and_latched(data: &Data, readable: u64) {
    let before = files(&data.chat(CHAT));
    let engine = engine(data);
    assert_eq!(count(&engine, CHAT), LIVING, "answered from the checkpoint");
    wait_until(&engine, |reply| reply.partial);
    assert_eq!(count(&engine, CHAT), Some(readable));
    for update in [60, 61] {
        let refused = engine.ask(request(CHAT, 1, update, add("Lost?"))).outcome;
        assert_eq!(refused, Outcome::Trouble(Trouble::Damaged));
    }
    assert!(is_accepted(&engine, OTHER, 1, add("Served")));
    engine.close();
    assert!(files(&data.chat(CHAT)) == before, "something was changed");
    fs::remove_dir_all(data.chat(OTHER)).expect("removed");
}

#[test]
fn damage_before_the_checkpoint_is_found_and_the_chat_takes_no_more_writes() {
    for (line, readable) in [(3, 1), (4, 2), (5, 2)] {
        let data = board();
        change_line(&data, line);
        is_found_and_latched(&data, readable);
    }
}

#[test]
fn damage_before_the_checkpoint_is_known_to_whoever_watches_without_another_command() {
    let data = board();
    change_line(&data, 3);
    let engine = engine(&data);
    assert_eq!(count(&engine, CHAT), LIVING, "the checkpoint is used");
    let monitor = engine.monitor();
    let begun = Instant::now();
    let is_known = || {
        let blocked = monitor.stats().obstacles.streams();
        blocked
            .get(&ChatId(CHAT).into())
            .is_some_and(|blocked| blocked.obstacle == Obstacle::Damaged)
    };
    while !is_known() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it never was");
        sleep(Duration::from_millis(2));
    }
    engine.close();
}

#[test]
fn a_hole_before_the_checkpoint_is_damage_though_at_the_end_it_would_be_a_torn_write() {
    let data = board();
    data.delete_snapshots();
    let mut log = data.log_bytes(CHAT);
    log[512..1_024].fill(0);
    fs::write(data.log(CHAT), log).expect("written");
    is_found_and_latched(&data, 0);
}

#[test]
fn a_checkpoint_whose_state_is_not_what_the_events_give_is_given_up_for_the_log() {
    let data = board();
    forge(&data, "\"text\":\"Second\"", "\"text\":\"Forged\"");
    let first = engine(&data);
    assert!(has_text(&list(&first), "Forged"), "the checkpoint is used");
    wait_until(&first, |reply| has_text(reply, "Second") && !reply.partial);
    assert!(is_accepted(&first, CHAT, 60, add("Goes on")));
    first.close();
    let content = fs::read_to_string(checkpoint(&data)).expect("a checkpoint");
    assert!(!content.contains("Forged"), "it is replaced");
    assert!(
        matches!(list(&engine(&data)).outcome, Outcome::Answer(Answer::List(page)) if page.total == 3)
    );
    data.run(&["replay", "--check"]).ok();
}
