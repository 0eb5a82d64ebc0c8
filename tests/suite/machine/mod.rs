//! Everything at once, against a model: commands in several chats to several processes on one simulated disk, repeated updates,
//! bursts, processes that are killed or restarted, operations that fail, power cuts, lost snapshots, idle boards, moves to new ids.
//!
//! A short run is part of `cargo test`; `BOUNTY_STEPS=1000000` makes a long one, `BOUNTY_SEED` another one.

mod check;
mod compare;
mod counts;
mod moves;
mod process;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::support::from_environment;
use counts::Counts;
use world::World;

/// How many steps there are by default.
const STEPS: usize = 4_000;
/// How many steps a world lasts. Each has a seed of its own: a failure needs no more steps than these to be had again.
const PER_WORLD: usize = 200;
/// How many worlds live at a time: in each, most of the time goes by with waiting for logs that a failed process holds.
const AT_A_TIME: usize = 8;

/// Lets the world of this seed live.
fn live(seed: usize) -> Counts {
    let lived = catch_unwind(AssertUnwindSafe(|| World::new(seed as u64).live(PER_WORLD)));
    lived.unwrap_or_else(|panic| {
        eprintln!("to see it again: BOUNTY_SEED={seed} BOUNTY_STEPS={PER_WORLD}");
        resume_unwind(panic)
    })
}

#[test]
fn whatever_happens_what_was_told_is_kept_and_nothing_else() {
    let steps = from_environment("BOUNTY_STEPS", STEPS);
    let first = from_environment("BOUNTY_SEED", 1);
    let (next, end) = (AtomicUsize::new(first), first + steps.div_ceil(PER_WORLD));
    let some_worlds = || {
        let seeds = std::iter::repeat_with(|| next.fetch_add(1, Ordering::SeqCst));
        seeds
            .take_while(|seed| *seed < end)
            .map(live)
            .fold(Counts::default(), Counts::plus)
    };
    let counts = thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_A_TIME).map(|_| scope.spawn(some_worlds)).collect();
        let counts = threads
            .into_iter()
            .map(|thread| thread.join().expect("it says above what is wrong"));
        counts.fold(Counts::default(), Counts::plus)
    });
    println!("{steps} steps from seed {first}: {counts:?}");
    assert!(
        counts.happened() || steps < STEPS,
        "something never happened: {counts:?}"
    );
}
