//! A bot that runs on the same data before, during and after a repair.

use std::fs;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::Value;

use super::{CHAT, apply, assert_repaired, board, change_line, keep_lines, recorded};
use crate::support::{Data, in_group, plain};

/// A `bounty feed` that is asked one thing after the other.
struct Feed {
    child: Child,
    input: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    update: i64,
}

impl Feed {
    fn start(data: &Data) -> Self {
        let mut child = data
            .bounty(&["feed", "--bot-id", "7001"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        Self {
            input: child.stdin.take().expect("a pipe"),
            answers: BufReader::new(child.stdout.take().expect("a pipe")).lines(),
            child,
            update: 1_000,
        }
    }

    /// Sends a message and waits for its answer.
    fn ask(&mut self, text: &str) -> String {
        self.update += 1;
        let update = in_group(self.update, CHAT, 456, text);
        writeln!(self.input, "{update}").expect("written");
        let line = self.answers.next().expect("an answer").expect("UTF-8");
        let call: Value = serde_json::from_str(&line).expect("a call");
        plain(call["text"].as_str().unwrap_or_default())
    }

    fn end(mut self) {
        drop(self.input);
        self.child.wait().expect("it ends");
    }
}

#[test]
fn a_running_bot_goes_on_with_the_repaired_board() {
    let data = board();
    let mut feed = Feed::start(&data);
    assert!(feed.ask("/add Six").contains("Added #6"));
    change_line(&data, 5);
    apply(&data).ok();
    let list = feed.ask("/bounty");
    assert!(list.contains("Two") && !list.contains("Three"), "{list}");
    assert!(feed.ask("/add Seven").contains("Added #7"));
    feed.end();
    assert_eq!(recorded(&data)["next_id"], 7);
    assert_repaired(&data, 8);
}

/// Nothing of the five bounties is lost to the numbers, and what was refused was not recorded.
#[track_caller]
fn assert_goes_on_after_the_repair(data: &Data, mut feed: Feed) {
    assert!(
        feed.ask("/add Lost?")
            .contains("nothing can be changed here")
    );
    apply(data).ok();
    assert!(feed.ask("/add Six").contains("Added #6"));
    feed.end();
    assert_repaired(data, 7);
}

#[test]
fn a_running_bot_under_which_the_log_was_cut_goes_on_after_the_repair() {
    let data = board();
    let mut feed = Feed::start(&data);
    assert!(feed.ask("/track 3").contains("#3"));
    keep_lines(&data, 3);
    assert_goes_on_after_the_repair(&data, feed);
}

#[test]
fn a_running_bot_whose_log_was_removed_goes_on_after_the_repair() {
    let data = board();
    let mut feed = Feed::start(&data);
    assert!(feed.ask("/bounty").contains("Five"));
    fs::remove_file(data.log(CHAT)).expect("removed");
    assert_goes_on_after_the_repair(&data, feed);
}

#[test]
fn a_bot_that_writes_all_the_time_loses_nothing_that_it_told_after_the_repair() {
    let data = board();
    let mut feed = Feed::start(&data);
    feed.ask("/bounty");
    change_line(&data, 5);
    let repair = data
        .bounty(&["repair", "-100", "--apply"])
        .stdout(Stdio::null())
        .spawn();
    let mut repair = repair.expect("the program starts");
    let mut told = Vec::new();
    while repair.try_wait().expect("a status").is_none() || told.len() < 3 {
        told.push(feed.ask("/add More"));
    }
    told.push(feed.ask("/add Last"));
    feed.end();
    let ids: Vec<u64> = told.iter().map(|text| id(text)).collect();
    assert!(
        ids.is_sorted_by(|one, next| one < next),
        "no id is given twice: {told:?}"
    );
    let events = data.events(CHAT);
    let repaired = events
        .iter()
        .position(|event| event["type"] == "BoardRepaired");
    let after = &events[repaired.expect("a repair") + 1..];
    let added: Vec<u64> = after
        .iter()
        .filter_map(|event| event["data"]["id"].as_u64())
        .collect();
    assert!(
        ids.ends_with(&added) && !added.is_empty(),
        "{ids:?} {added:?}"
    );
    assert_repaired(&data, ids.last().expect("an id") + 1);
}

fn id(answer: &str) -> u64 {
    let digits = answer
        .strip_prefix("Added #")
        .unwrap_or_else(|| panic!("{answer}"));
    digits
        .lines()
        .next()
        .and_then(|id| id.parse().ok())
        .expect("an id")
}
