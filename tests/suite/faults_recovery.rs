//! A process dies between a write and its flush, or after a flush that failed and could not be undone, and the disk fails when
//! the next one starts from what it finds.

use std::sync::Arc;

use bounty_ledger::domain::board::BoardEvent;
use bounty_ledger::domain::{ChatId, Position, Seq};
use bounty_ledger::engine::{Engine, Outcome};
use bounty_ledger::notify::Boards;
use bounty_ledger::store::{Disk, Layout, OpenMode, has_place};

use crate::support::BOT;
use crate::support::law::Ledger;
use crate::support::scenario::{
    GROUP, ROOT, Step, add, list, open, request, run, runs, scenario, settings, update_of,
};
use crate::support::sim_disk::{EIO, Fault, Kind, Plan, SimDisk};

/// How often Telegram delivers an update again.
const DELIVERIES: usize = 4;

/// Goes on with one engine on a failing disk: the step that was not acknowledged is delivered again, and those after it,
/// until they are answered; then the power is cut.
fn go_on(
    disk: &SimDisk,
    steps: &[Step],
    next: usize,
    mut ledger: Ledger,
    plan: Plan,
    at: &str,
) -> bool {
    let failing = disk.process(Some(plan));
    let opened = open(&failing, settings()).or_else(|_| open(&failing, settings()));
    let engine = opened.unwrap_or_else(|error| panic!("{at}: {error}"));
    let coming = steps.iter().enumerate().skip(next);
    for (index, step) in coming
        .filter(|(_, step)| !matches!(step, Step::Reopen))
        .take(3)
    {
        let update = update_of(index);
        let answered = (0..DELIVERIES).any(|_| {
            if let Step::Say(chat, ..) = step {
                let looked = engine.ask(request(&list(*chat), BOT, 0)).outcome;
                if !matches!(looked, Outcome::Trouble(_)) {
                    ledger.acknowledge(&failing, &list(*chat), 0, &looked);
                }
            }
            let outcome = engine.ask(request(step, BOT, update)).outcome;
            let answered = !matches!(outcome, Outcome::Trouble(_));
            if answered {
                ledger.acknowledge(&failing, step, update, &outcome);
            }
            answered
        });
        assert!(answered, "{at}: step {index} was never answered");
    }
    let fired = failing.fired();
    disk.crash(true, 3);
    drop(engine);
    ledger.check(disk, None, at);
    fired
}

/// Lets a process die of its every flush, and this fault meet the next process at its every operation of these kinds.
fn die_of_each_flush(
    dies_at: impl Fn(u64) -> Plan,
    seed: u64,
    kinds: &'static [Kind],
    fault: Fault,
) {
    let steps = scenario();
    for k in 0.. {
        let disk = SimDisk::new(seed + k);
        let dying = disk.process(Some(dies_at(k)));
        let mut ledger = Ledger::default();
        let next = run(&dying, &steps, 0, &mut ledger);
        if !dying.fired() {
            assert!(k > 10, "only {k} flushes");
            return;
        }
        dying.kill();
        let mut op = 0;
        let mut fired = true;
        while fired && op < 40 {
            let at = format!("died at flush {k}, step {next}, then {fault:?} at {op} of {kinds:?}");
            let plan = Plan::new(kinds, op, fault);
            fired = go_on(&disk.copy(), &steps, next, ledger.clone(), plan, &at);
            op += 1;
        }
    }
}

/// It dies before the flush.
fn unflushed(k: u64) -> Plan {
    Plan::new(&[Kind::Flush], k, Fault::Freeze)
}

/// The flush fails, nothing can be undone, and it ends: what it wrote is seen, counts as clean, and is not on the platter.
fn lost(k: u64) -> Plan {
    Plan {
        span: u64::MAX,
        ..Plan::new(&[Kind::Flush, Kind::SetLen], k, Fault::LostFlush)
    }
}

#[test]
fn what_another_process_left_unflushed_is_not_told_after_its_flush_failed() {
    die_of_each_flush(unflushed, 0, &[Kind::Flush], Fault::LostFlush);
}

#[test]
fn what_another_process_left_unflushed_is_not_told_after_a_directory_could_not_be_flushed() {
    die_of_each_flush(unflushed, 0, &[Kind::FlushDir], Fault::Fail(EIO));
}

#[test]
fn what_a_dead_process_failed_to_flush_and_to_undo_is_not_told_before_it_is_durable() {
    for run in 0..runs() {
        die_of_each_flush(lost, 1_000 * run, &[Kind::Flush], Fault::LostFlush);
    }
}

/// How many power cuts follow a read.
const CUTS: u64 = 32;

/// Up to where the group's board was read.
fn read(boards: &Boards) -> Position {
    let place = boards.with_board(ChatId(GROUP), |_, at| at);
    place.expect("it can be read")
}

fn is_kept(disk: &SimDisk, place: Position) -> bool {
    let path = Layout::new(ROOT).chat(ChatId(GROUP)).join(Layout::LOG);
    let log = disk.process(None).open(&path, OpenMode::Read);
    has_place::<BoardEvent>(&*log.expect("a log"), place).expect("read")
}

/// What was there before the event that was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Nothing,
    AnEvent,
    AnEventThatWasRead,
}

/// A notifier reads a board whose last event a dead process wrote and lost.
fn read_what_was_lost(seed: u64, before: Before) {
    let disk = SimDisk::new(seed);
    let boards = Boards::new(Arc::new(disk.process(None)), Layout::new(ROOT));
    let dying = disk.process(None);
    let engine = open(&dying, settings()).expect("an engine");
    let say = |update, text| {
        let asked = request(&add(GROUP, 1, text), BOT, update);
        engine.ask(asked).outcome
    };
    if before != Before::Nothing {
        let first = say(1, "one");
        assert!(matches!(first, Outcome::Answer(_)), "{first:?}");
    }
    if before == Before::AnEventThatWasRead {
        read(&boards);
    }
    let is_new = before == Before::Nothing;
    // The log's length is set and flushed before a process writes to it first, and when another one has written to it, as one that
    // reads does; before its first event it is noted that the chat is active, with a flush.
    let earlier = match before {
        Before::Nothing => 3,
        Before::AnEvent => 0,
        Before::AnEventThatWasRead => 2,
    };
    dying.replan(Some(lost(earlier)));
    let second = say(2, "two");
    assert!(matches!(second, Outcome::Trouble(_)), "{second:?}");
    dying.kill();
    drop(engine);
    let place = read(&boards);
    let opened_and_added = if is_new { 2 } else { 3 };
    assert_eq!(place.seq, Seq(opened_and_added), "{before:?}");
    disk.crash(true, seed);
    assert!(is_kept(&disk, place), "seed {seed}, {before:?}: {place:?}");
}

#[test]
fn what_a_dead_process_failed_to_flush_and_to_undo_is_not_told_to_others_before_it_is_durable() {
    for seed in 0..CUTS * runs() {
        for before in [Before::Nothing, Before::AnEvent, Before::AnEventThatWasRead] {
            read_what_was_lost(seed, before);
        }
    }
}

#[test]
fn what_an_engine_said_is_durable_is_not_written_again_before_it_is_told_to_others() {
    let disk = SimDisk::new(1);
    let engine = open(&disk.process(None), settings()).expect("an engine");
    let added = engine.ask(request(&add(GROUP, 1, "one"), BOT, 1)).outcome;
    assert!(matches!(added, Outcome::Answer(_)), "{added:?}");
    let boards_on = |plan| Boards::new(Arc::new(disk.process(plan)), Layout::new(ROOT));
    let end = read(&boards_on(None));
    let boards = boards_on(Some(Plan {
        span: u64::MAX,
        ..Plan::new(&[Kind::Write], 0, Fault::Fail(EIO))
    }));
    assert!(boards.with_board(ChatId(GROUP), |_, at| at).is_err());
    boards.note_durable(ChatId(GROUP), end);
    assert_eq!(read(&boards), end);
}

/// A flush fails, the write is cut off, and the flush of the cut fails: what is not seen any more may be on the platter.
fn cut_in_vain(at: u64) -> Plan {
    Plan {
        span: 2,
        ..Plan::new(&[Kind::Flush], at, Fault::LostFlush)
    }
}

/// Who writes after a process that ended without being able to undo its write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Successor {
    /// One that is started then.
    New,
    /// One that worked beside it, and wrote the event before.
    Beside,
}

/// A log whose snapshot is written gets a long event that is cut off in vain; the successor dies at this flush, of the first event
/// that it writes or before.
fn write_where_something_was_cut_off(seed: u64, successor: Successor, flush: u64) {
    let disk = SimDisk::new(seed);
    let start = || {
        let process = disk.process(None);
        let engine = open(&process, settings()).expect("an engine");
        (process, engine)
    };
    let say = |engine: &Engine, update, text: &str| {
        let asked = request(&add(GROUP, 1, text), BOT, update);
        engine.ask(asked).outcome
    };
    let beside = start();
    let first = say(&beside.1, 1, "one");
    assert!(matches!(first, Outcome::Answer(_)), "{first:?}");
    let beside = if successor == Successor::Beside {
        Some(beside)
    } else {
        beside.1.close();
        None
    };
    let (dying, engine) = start();
    engine.ask(request(&list(GROUP), BOT, 0));
    // Before its first event it notes that the chat is active, and flushes the log's length unless it just wrote again what stood there.
    let earlier = match successor {
        Successor::New => 2,
        Successor::Beside => 1,
    };
    dying.replan(Some(cut_in_vain(earlier)));
    let second = say(&engine, 2, &"long ".repeat(150));
    assert!(matches!(second, Outcome::Trouble(_)), "{second:?}");
    dying.kill();
    let (process, engine) = beside.unwrap_or_else(start);
    process.replan(Some(Plan::new(&[Kind::Flush], flush, Fault::Freeze)));
    say(&engine, 3, "three");
    disk.crash(true, seed);
    let (_, engine) = start();
    let last = say(&engine, 4, "four");
    assert!(
        matches!(last, Outcome::Answer(_)),
        "seed {seed}, {successor:?}, flush {flush}: {last:?}"
    );
}

#[test]
fn what_a_dead_process_cut_off_in_vain_never_stands_behind_a_later_write() {
    for seed in 0..CUTS * runs() {
        for flush in 0..5 {
            write_where_something_was_cut_off(seed, Successor::New, flush);
        }
    }
}

#[test]
fn what_a_dead_process_cut_off_in_vain_never_stands_behind_a_write_of_one_that_knew_the_log() {
    // It flushes at once: fewer of its flushes, and more power cuts, of which few leave what was cut off behind what was written.
    for seed in 0..8 * CUTS * runs() {
        for flush in 0..2 {
            write_where_something_was_cut_off(seed, Successor::Beside, flush);
        }
    }
}

#[test]
fn what_a_dead_process_cut_off_in_vain_does_not_come_back_once_nothing_was_found() {
    for seed in 0..CUTS * runs() {
        let disk = SimDisk::new(seed);
        let dying = disk.process(Some(cut_in_vain(2)));
        let engine = open(&dying, settings()).expect("an engine");
        let added = engine.ask(request(&add(GROUP, 1, "one"), BOT, 1)).outcome;
        assert!(matches!(added, Outcome::Trouble(_)), "{added:?}");
        dying.kill();
        let engine = open(&disk.process(None), settings()).expect("an engine");
        engine.ask(request(&list(GROUP), BOT, 0));
        disk.crash(true, seed);
        let log = Layout::new(ROOT).chat(ChatId(GROUP)).join(Layout::LOG);
        let left = disk.content(&log).unwrap_or_default();
        assert!(left.is_empty(), "seed {seed}: {} bytes", left.len());
    }
}
