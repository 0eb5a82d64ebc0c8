//! Logs that were changed, cut or lost: what is torn is set aside, what is damaged is named and left alone.

mod beside;
mod bits;
mod cuts;
mod gone;
mod holes;
mod lines;
mod links;
mod merged;
mod older;
mod paths;
mod replaced;

use std::fs;

use bounty_ledger::domain::board::{Answer, Change, Command};
use bounty_ledger::domain::{BountyId, Seq};
use bounty_ledger::engine::{Engine, Outcome, Trouble};

use crate::library::{add, count, engine, files, request};
use crate::support::Data;

/// The chat whose files suffer.
const CHAT: i64 = -100;
/// A chat that must not notice.
const OTHER: i64 = -200;

/// A log of a few events: a board is opened, two bounties are added, one is tracked, one deleted.
fn small_log() -> (Data, Vec<u8>) {
    let data = Data::in_memory();
    let engine = engine(&data);
    let changes = [
        add("Fix ёж"),
        // A byte of it stands where a sector begins, and only one bit keeps it from being a NUL.
        add(&"@".repeat(90)),
        Command::Change(Change::Track(BountyId(2))),
        Command::Change(Change::Delete(BountyId(1))),
    ];
    for (update, change) in (1..).zip(changes) {
        let reply = engine.ask(request(CHAT, 1, update, change));
        assert!(is_accepted(&reply.outcome), "{reply:?}");
    }
    engine.close();
    let log = data.log_bytes(CHAT);
    (data, log)
}

fn is_accepted(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Answer(answer) if !matches!(answer, Answer::Refused(_)))
}

/// A new bounty asked for in the chat.
fn try_add(engine: &Engine, chat: i64) -> Outcome {
    engine
        .ask(request(chat, 1, 77_777, add("One more")))
        .outcome
}

/// Puts these bytes in the place of the chat's log, beside its snapshots, and sees that the chat takes no writes, that what
/// is readable can be read, that nothing is changed, and that another chat goes on.
#[track_caller]
fn refused(data: &Data, log: &[u8], trouble: Trouble, readable: Option<u64>) {
    fs::write(data.log(CHAT), log).expect("written");
    refused_as_it_is(data, trouble, readable);
}

#[track_caller]
fn refused_as_it_is(data: &Data, trouble: Trouble, readable: Option<u64>) {
    let engine = untouched(data, trouble, readable);
    assert!(is_accepted(&try_add(&engine, OTHER)));
    engine.close();
    fs::remove_dir_all(data.chat(OTHER)).expect("removed");
}

/// The part of [`refused`] that is about the chat itself. The engine that refused it goes on.
#[track_caller]
fn untouched(data: &Data, trouble: Trouble, readable: Option<u64>) -> Engine {
    let before = files(&data.chat(CHAT));
    let engine = engine(data);
    assert_eq!(try_add(&engine, CHAT), Outcome::Trouble(trouble));
    assert_eq!(count(&engine, CHAT), readable);
    assert!(
        files(&data.chat(CHAT)) == before,
        "the chat's files were changed"
    );
    engine
}

/// How many bounties the first lines of [`small_log`] leave on the board; none when there is no line, and so nothing to read.
fn living_after(lines: u64) -> Option<u64> {
    [None, Some(0), Some(1), Some(2), Some(2), Some(1)]
        [usize::try_from(lines).expect("a small number")]
}

/// Where damage is, by the words that say it.
#[track_caller]
fn assert_named(problem: &str, data: &Data, line: u64) {
    let path = data.log(CHAT).display().to_string();
    let place = format!("{path} is damaged at line {line} (seq {}): ", Seq(line));
    assert!(problem.contains(&place), "line {line}: {problem}");
}
