//! Checkpoints: a long log need not be read from its start, and is worth no less for it.

mod beside;
mod claims;
mod ignored;
mod verified;

use std::fs;
use std::path::PathBuf;

use bounty_ledger::domain::BountyId;
use bounty_ledger::domain::board::{Answer, Change, Command};
use bounty_ledger::engine::{Engine, Outcome};

use crate::library::{add, count, engine_with_checkpoints, lines, request, sha256};
use crate::support::Data;

const CHAT: i64 = -100;
const OTHER: i64 = -200;
/// How many bounties [`board`] has.
const LIVING: Option<u64> = Some(2);

/// An engine for which every log is long.
fn engine(data: &Data) -> Engine {
    engine_with_checkpoints(data, 0)
}

/// A chat of six events, with its checkpoint as of the last.
fn board() -> Data {
    let data = Data::in_memory();
    fill(&data, CHAT);
    data
}

fn fill(data: &Data, chat: i64) {
    let engine = engine(data);
    let changes = [
        add("Fix ёж"),
        add("Second"),
        Command::Change(Change::Track(BountyId(2))),
        Command::Change(Change::Delete(BountyId(1))),
        add("Third"),
    ];
    for (update, change) in (1..).zip(changes) {
        assert!(is_accepted(&engine, chat, update, change));
    }
    engine.close();
    assert!(checkpoint_of(data, chat).is_file());
}

fn is_accepted(engine: &Engine, chat: i64, update: i64, change: Command) -> bool {
    let outcome = engine.ask(request(chat, 1, update, change)).outcome;
    matches!(outcome, Outcome::Answer(answer) if !matches!(answer, Answer::Refused(_)))
}

fn checkpoint_of(data: &Data, chat: i64) -> PathBuf {
    data.chat(chat).join(".checkpoint")
}

fn checkpoint(data: &Data) -> PathBuf {
    checkpoint_of(data, CHAT)
}

/// Changes a letter of a line, counted from 1, that is neither the first nor the last before the checkpoint.
fn change_line(data: &Data, number: usize) {
    let log = data.log_bytes(CHAT);
    let mut changed: Vec<Vec<u8>> = lines(&log).into_iter().map(<[u8]>::to_vec).collect();
    let at = changed[number - 1].len() - 80;
    changed[number - 1][at] ^= 1;
    fs::write(data.log(CHAT), changed.concat()).expect("written");
}

/// Cuts the log behind a line.
fn keep_lines(data: &Data, kept: usize) {
    let log = data.log_bytes(CHAT);
    fs::write(data.log(CHAT), lines(&log)[..kept].concat()).expect("written");
}

/// A checkpoint with this changed, and the hash that belongs to it.
fn forge(data: &Data, from: &str, to: &str) {
    let present = fs::read_to_string(checkpoint(data)).expect("a checkpoint");
    assert!(present.contains(from), "{from} in {present}");
    let content = present[..present.len() - 65].replace(from, to);
    let forged = format!("{content}{}\n", sha256(&[content.as_bytes()]));
    fs::write(checkpoint(data), forged).expect("written");
}

/// What the first answer of a new engine says of the board. Nothing was verified in the background before it.
fn first_answer(data: &Data) -> Option<u64> {
    count(&engine(data), CHAT)
}
