//! Faults of a real kernel, made on this machine: calls that fail or kill, a full file system, a power cut.
//!
//! What a machine cannot do is skipped, and said on stderr. With `BOUNTY_REAL_FAULTS=required` a missing tool is a failure;
//! rights that a container may lack (tracing, mounting) still only skip.
#![cfg(target_os = "linux")]

mod barrier;
mod feeding;
mod full;
mod kills;
mod mounts;
mod power;
mod traced;

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{Data, say_skipped};

/// Why a test cannot be made here.
enum Lack {
    /// A program that could be installed.
    Tool(&'static str),
    /// A right that this process does not have.
    Right(String),
}

/// Says past the test's captured output what is not tested here and why; fails when it could be tested.
fn skip(test: &str, lack: &Lack) {
    let required = std::env::var("BOUNTY_REAL_FAULTS").is_ok_and(|value| value == "required");
    let reason = match lack {
        Lack::Tool(tool) if required => panic!("{test}: {tool} is required and not there"),
        Lack::Tool(tool) => format!("{tool} is not installed"),
        Lack::Right(reason) => reason.clone(),
    };
    say_skipped(test, reason.trim());
}

/// Runs a tool that the test needs; what it says when it fails is why the test is skipped.
fn tool(name: &'static str, args: &[&str]) -> Result<(), Lack> {
    let mut command = Command::new(name);
    let run = command.args(args).stdin(Stdio::null()).output();
    let output = run.map_err(|_| Lack::Tool(name))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Lack::Right(format!("{name} cannot be used here: {said}")))
}

/// A bounty that somebody was told of, or that a log has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Added {
    id: u64,
    text: String,
}

/// The bounties that a chat's log has, as far as its lines are whole.
fn recorded(data: &Data, chat: i64) -> Vec<Added> {
    let log = fs::read(data.log(chat)).unwrap_or_default();
    let lines = log.split_inclusive(|byte| *byte == b'\n');
    let events = lines
        .filter(|line| line.ends_with(b"\n") && !line.contains(&0))
        .map(|line| serde_json::from_slice::<Value>(line).expect("a whole line"));
    let added = events.filter(|event| event["type"] == "BountyAdded");
    let of = |event: Value| Added {
        id: event["data"]["id"].as_u64().expect("an id"),
        text: event["data"]["text"].as_str().expect("a text").to_owned(),
    };
    added.map(of).collect()
}

/// acknowledged <= recorded <= sent: exact content, in order, once. The texts sent to a chat are all different.
#[track_caller]
fn assert_law(acknowledged: &[Added], recorded: &[Added], sent: &[String], at: &str) {
    let places: BTreeMap<&str, usize> = sent.iter().map(String::as_str).zip(0..).collect();
    let place = |added: &Added| {
        *places
            .get(added.text.as_str())
            .unwrap_or_else(|| panic!("{at}: never sent: {added:?}"))
    };
    let order: Vec<usize> = recorded.iter().map(place).collect();
    assert!(
        order.is_sorted_by(|a, b| a < b),
        "{at}: not in order, or twice: {recorded:?}"
    );
    assert!(
        recorded
            .iter()
            .map(|added| added.id)
            .eq(1..=recorded.len() as u64),
        "{at}: {recorded:?}"
    );
    for added in acknowledged {
        assert!(recorded.contains(added), "{at}: lost: {added:?}");
    }
}

/// `verify` and `replay --check` find nothing.
#[track_caller]
fn assert_sound(data: &Data) {
    data.run(&["verify"]).ok();
    data.run(&["replay", "--check"]).ok();
}
