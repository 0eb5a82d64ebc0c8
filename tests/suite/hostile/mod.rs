//! Bytes that nobody should send: a corpus for each parser, and a long run of hostile updates through `bounty feed`.

mod corpus;
mod generate;

use std::collections::HashSet;

use serde_json::Value;

use crate::support::fuzzing;
use crate::support::sim_disk::Rng;
use crate::support::{Data, from_environment, in_group};
use generate::Generator;

/// How many hostile updates there are by default; `BOUNTY_HOSTILE_UPDATES=100000` makes more.
const UPDATES: usize = 3_000;
/// After so many hostile ones comes an honest one.
const HONEST_EVERY: usize = 50;
/// The chat of the honest updates; no hostile one names it.
const HONEST_CHAT: i64 = -777_000_777;

/// The input of the run: one update a line.
fn input(updates: usize, seed: u64) -> (Vec<String>, usize) {
    let mut generator = Generator::new(corpus::inputs("update"), Rng::new(seed));
    let (mut lines, mut honest) = (Vec::new(), 0);
    for number in 0..updates {
        let line = generator.next();
        fuzzing::update(line.as_bytes());
        lines.push(line);
        if number % HONEST_EVERY == 0 {
            honest += 1;
            let update = i64::try_from(number).expect("small") + 1_000_000_000;
            lines.push(
                in_group(update, HONEST_CHAT, 1, &format!("/add honest {honest}.")).to_string(),
            );
        }
    }
    (lines, honest)
}

/// The numbers of the lines that it said are no updates.
fn named(stderr: &str) -> HashSet<usize> {
    let number = |line: &str| {
        line.strip_prefix("error: line ")?
            .split(' ')
            .next()?
            .parse()
            .ok()
    };
    stderr.lines().filter_map(number).collect()
}

#[test]
fn hostile_updates_stop_nobody_and_leave_sound_logs() {
    let updates = from_environment("BOUNTY_HOSTILE_UPDATES", UPDATES);
    let seed = from_environment("BOUNTY_SEED", 1) as u64;
    let (lines, honest) = input(updates, seed);
    let data = Data::in_memory();
    let run = data.run_with(
        &["feed", "--bot-id", "7001"],
        (lines.join("\n") + "\n").as_bytes(),
    );
    assert!(
        matches!(run.code, Some(0 | 1)),
        "seed {seed}: exit {:?}: {}",
        run.code,
        run.stderr
    );
    assert!(
        !run.stderr.contains("panicked"),
        "seed {seed}: {}",
        run.stderr
    );
    assert!(
        !run.stdout
            .contains("Something went wrong with this command"),
        "seed {seed}: a bug"
    );

    let named = named(&run.stderr);
    for (number, line) in (1..).zip(&lines) {
        let is_update = fuzzing::is_update(line);
        assert!(
            line.trim().is_empty() || is_update != named.contains(&number),
            "seed {seed}, line {number}: {line}"
        );
    }
    let answers: Vec<Value> = run.calls();
    let to_honest = answers.iter().filter(|call| call["chat_id"] == HONEST_CHAT);
    assert_eq!(
        to_honest.count(),
        honest,
        "seed {seed}: an honest update was not answered"
    );
    assert_eq!(data.events(HONEST_CHAT).len(), honest + 1, "seed {seed}");
    assert!(
        answers.len() > lines.len() / 10,
        "seed {seed}: only {} answers",
        answers.len()
    );
    data.run(&["verify"]).ok();
    data.run(&["replay", "--check"]).ok();
}
