//! One operation on the disk fails and the process goes on: nobody is told a lie, and what was refused is not there.

use bounty_ledger::domain::board::Command;
use bounty_ledger::engine::{Engine, Outcome, Trouble};

use crate::support::BOT;
use crate::support::law::{Ledger, assert_same_boards, assert_sound};
use crate::support::scenario::{
    NEW, OLD, Step, add, open, recover, request, runs, scenario, settings, undisturbed, update_of,
};
use crate::support::sim_disk::{EIO, ENOSPC, Fault, Kind, Plan, SimDisk};

/// How often a user says the same again before giving up.
const TRIES: i64 = 5;

/// Carries out every step, said again as a new message when it was refused. Returns how many refusals there were.
fn insist(disk: &SimDisk, steps: &[Step], ledger: &mut Ledger, at: &str) -> usize {
    let (mut refused, mut engine) = (0, None);
    for (index, step) in steps.iter().enumerate() {
        if matches!(step, Step::Reopen) {
            engine = None;
            continue;
        }
        let accepted = (0..TRIES).any(|attempt| {
            let update = update_of(index) + 1_000 * attempt;
            let accepted = say(disk, &mut engine, step, update, ledger, at);
            refused += usize::from(!accepted);
            accepted
        });
        assert!(accepted, "{at}: step {index} was refused every time");
    }
    refused
}

/// Whether the step was accepted. A refusal must say that the disk is the reason.
fn say(
    disk: &SimDisk,
    engine: &mut Option<Engine>,
    step: &Step,
    update: i64,
    ledger: &mut Ledger,
    at: &str,
) -> bool {
    if engine.is_none() {
        *engine = open(disk, settings()).ok();
    }
    let Some(engine) = engine else { return false };
    let outcome = engine.ask(request(step, BOT, update)).outcome;
    if let Outcome::Trouble(trouble) = outcome {
        assert_eq!(trouble, Trouble::Storage, "{at}: {step:?}");
        return false;
    }
    ledger.acknowledge(disk, step, update, &outcome);
    true
}

/// Runs the scenario with this fault at the first operation that counts, at the second, and so on until it meets none.
/// Returns how many commands were refused in all.
fn fail_everywhere(kinds: &'static [Kind], span: u64, fault: Fault) -> usize {
    let steps = scenario();
    let wanted = undisturbed(&steps);
    let (mut at, mut refused) = (0, 0);
    loop {
        let name = format!("{fault:?} at {at}, {span} operations of {kinds:?}");
        let disk = SimDisk::new(at);
        let plan = Plan {
            span,
            ..Plan::new(kinds, at, fault)
        };
        let failing = disk.process(Some(plan));
        let mut ledger = Ledger::default();
        refused += insist(&failing, &steps, &mut ledger, &name);
        recover(&disk.process(None), &name);
        ledger.check(&disk, None, &name);
        assert_sound(&disk, &name);
        assert_same_boards(&disk, &wanted, &name);
        disk.crash(true, at);
        ledger.check(&disk, None, &format!("{name}, then a power cut"));
        if !failing.fired() {
            assert!(at > 10, "{name}: only {at} operations");
            return refused;
        }
        // Of all operations every third; all of them with BOUNTY_FAULT_RUNS=2.
        at += if kinds.is_empty() && runs() == 1 {
            3
        } else {
            1
        };
    }
}

/// Changes alone: everything else may fail without a refusal.
fn changes() -> usize {
    let is_change = |step: &&Step| matches!(step, Step::Say(_, _, Command::Change(_)));
    scenario().iter().filter(is_change).count()
}

#[test]
fn any_operation_may_fail_once_and_the_command_is_refused_or_carried_out_whole() {
    assert!(fail_everywhere(&[], 1, Fault::Fail(EIO)) > changes());
}

#[test]
fn a_full_disk_refuses_commands_and_takes_them_again_when_there_is_space() {
    let refused = fail_everywhere(Kind::GROWING, 3, Fault::Fail(ENOSPC));
    assert!(refused >= changes(), "{refused} refusals");
}

#[test]
fn a_write_that_stops_half_way_leaves_nothing() {
    assert!(fail_everywhere(&[Kind::Write], 1, Fault::ShortWrite(ENOSPC)) >= changes());
}

#[test]
fn after_a_failed_flush_nothing_is_told_from_pages_that_are_not_on_the_platter() {
    assert!(fail_everywhere(&[Kind::Flush], 1, Fault::LostFlush) >= changes());
}

#[test]
fn a_log_that_cannot_be_cut_back_takes_no_writes_until_it_can() {
    for span in 2..=2 + runs().min(8) {
        assert!(fail_everywhere(&[Kind::Flush], span, Fault::LostFlush) >= changes());
    }
}

#[test]
fn a_group_that_was_told_to_have_moved_has_moved_though_its_note_was_not_flushed_at_first() {
    let steps = [add(OLD, 1, "moves along"), Step::Migrate];
    for k in 0.. {
        let disk = SimDisk::new(k);
        let failing = disk.process(Some(Plan::new(&[Kind::FlushDir], k, Fault::Fail(EIO))));
        let name = format!("directory flush {k}");
        insist(&failing, &steps, &mut Ledger::default(), &name);
        for seed in 0..8 {
            let cut = disk.copy();
            cut.crash(true, seed);
            let engine = open(&cut.process(None), settings()).expect("opened");
            let reply = engine.ask(request(&add(OLD, 1, "late"), BOT, 9_000));
            assert_eq!(
                reply.chat.0, NEW,
                "{name}, then power cut {seed}: {reply:?}"
            );
        }
        if !failing.fired() {
            assert!(k > 4, "{name}: only {k} flushes");
            return;
        }
    }
}
