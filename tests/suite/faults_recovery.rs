//! A process dies between a write and its flush, and the disk fails when the next one starts from what it finds.

use bounty_ledger::engine::Outcome;

use crate::support::BOT;
use crate::support::law::Ledger;
use crate::support::scenario::{Step, list, open, request, run, scenario, settings, update_of};
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

/// Lets a process die before its every flush, and this fault meet the next process at its every operation of these kinds.
fn die_before_each_flush(kinds: &'static [Kind], fault: Fault) {
    let steps = scenario();
    for k in 0.. {
        let disk = SimDisk::new(k);
        let dying = disk.process(Some(Plan::new(&[Kind::Flush], k, Fault::Freeze)));
        let mut ledger = Ledger::default();
        let next = run(&dying, &steps, 0, &mut ledger);
        if !dying.fired() {
            assert!(k > 10, "only {k} flushes");
            return;
        }
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

#[test]
fn what_another_process_left_unflushed_is_not_told_after_its_flush_failed() {
    die_before_each_flush(&[Kind::Flush], Fault::LostFlush);
}

#[test]
fn what_another_process_left_unflushed_is_not_told_after_a_directory_could_not_be_flushed() {
    die_before_each_flush(&[Kind::FlushDir], Fault::Fail(EIO));
}
