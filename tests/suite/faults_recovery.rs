//! A process dies between a write and its flush, or after a flush that failed and could not be undone, and the disk fails when
//! the next one starts from what it finds.

use bounty_ledger::engine::Outcome;

use crate::support::BOT;
use crate::support::law::Ledger;
use crate::support::scenario::{
    Step, list, open, request, run, runs, scenario, settings, update_of,
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
