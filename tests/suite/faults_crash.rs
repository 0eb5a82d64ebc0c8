//! The process dies at any operation on the disk, the machine loses power with it or not: the law holds.

use crate::support::law::{Ledger, assert_same_boards, assert_sound, timeless};
use crate::support::scenario::{Step, recover, run, runs, scenario, undisturbed, update_of, visit};
use crate::support::sim_disk::{Plan, Rng, SimDisk};

/// How a crashed disk is looked at again.
struct Crash<'c> {
    steps: &'c [Step],
    /// The disk after the crash; every process on it is dead.
    disk: SimDisk,
    ledger: Ledger,
    /// The first step that was not acknowledged.
    next: usize,
    power_cut: bool,
    at: String,
}

impl Crash<'_> {
    fn pending(&self) -> Option<(&Step, i64)> {
        let step = self.steps.get(self.next)?;
        Some((step, update_of(self.next)))
    }

    /// The law holds after a recovery, and the run can go on to the same end as one without a fault.
    fn recover(&self, wanted: &SimDisk) -> SimDisk {
        let disk = self.disk.copy();
        recover(&disk, &self.at);
        self.ledger.check(&disk, self.pending(), &self.at);
        assert_sound(&disk, &self.at);
        let recovered = disk.copy();
        let mut ledger = self.ledger.clone();
        let reached = run(&disk.process(None), self.steps, self.next, &mut ledger);
        assert_eq!(reached, self.steps.len(), "{}", self.at);
        // What was not acknowledged when the first run ended may stand without its snapshots.
        recover(&disk, &self.at);
        ledger.check(&disk, None, &self.at);
        assert_sound(&disk, &self.at);
        assert_same_boards(&disk, wanted, &self.at);
        // Everything that was acknowledged is on the platter.
        disk.crash(true, 1);
        ledger.check(&disk, None, &format!("{}, then a power cut", self.at));
        recovered
    }

    /// A crash at operation `op` of the recovery changes nothing. False when the recovery has fewer operations.
    fn recover_twice(&self, op: u64, recovered: &SimDisk) -> bool {
        let at = format!("{}, recovery frozen at {op}", self.at);
        let disk = self.disk.copy();
        let dying = disk.process(Some(Plan::freeze(op)));
        let visited = visit(&dying);
        if !dying.fired() {
            assert_eq!(visited, Ok(()), "{at}");
            return false;
        }
        disk.crash(self.power_cut, op);
        let disk = disk.process(None);
        recover(&disk, &at);
        self.ledger.check(&disk, self.pending(), &at);
        assert_sound(&disk, &at);
        assert_eq!(timeless(&disk), timeless(recovered), "{at}");
        true
    }
}

/// Freezes the scenario at operation `k`; none when it ends before.
fn freeze(steps: &[Step], k: u64) -> Option<(SimDisk, Ledger, usize)> {
    let disk = SimDisk::new(k);
    let dying = disk.process(Some(Plan::freeze(k)));
    let mut ledger = Ledger::default();
    let next = run(&dying, steps, 0, &mut ledger);
    dying.fired().then_some((disk, ledger, next))
}

/// Crashes the scenario at every operation, each with these power cuts (none: the machine goes on), and recovers. Of the
/// operations of each recovery, `interruptions` are crashed too.
fn crash_everywhere(seeds: &[Option<u64>], interruptions: u64) {
    let steps = scenario();
    let wanted = undisturbed(&steps);
    let mut rng = Rng::new(4);
    let mut k = 0;
    while let Some((disk, ledger, next)) = freeze(&steps, k) {
        for seed in seeds {
            let at = format!("frozen at {k}, step {next}, power cut {seed:?}");
            let crashed = disk.copy();
            crashed.crash(seed.is_some(), seed.unwrap_or_default() ^ k);
            let crash = Crash {
                steps: &steps,
                disk: crashed,
                ledger: ledger.clone(),
                next,
                power_cut: seed.is_some(),
                at,
            };
            let recovered = crash.recover(&wanted);
            let rounds = if k % INTERRUPTED == 0 || runs() > 1 {
                interruptions
            } else {
                0
            };
            for _ in 0..rounds {
                let mut op = rng.below(RECOVERY_OPS);
                while !crash.recover_twice(op, &recovered) {
                    op /= 2;
                }
            }
        }
        k += 1;
    }
    assert!(k > 200, "the scenario has only {k} operations");
}

/// By default only the recoveries of every such crash are crashed too.
const INTERRUPTED: u64 = 4;

/// About how many operations a recovery has.
const RECOVERY_OPS: u64 = 120;

#[test]
fn a_process_killed_at_any_operation_loses_nothing_that_was_acknowledged() {
    crash_everywhere(&[None], runs());
}

#[test]
fn a_power_cut_at_any_operation_loses_nothing_that_was_acknowledged() {
    let seeds: Vec<_> = (0..runs()).map(|run| Some(run * 7_919 + 1)).collect();
    crash_everywhere(&seeds, runs());
}
