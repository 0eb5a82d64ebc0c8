//! Everything that may happen to a tracker, its boards and its targets, in any order, against a model.
//!
//! A short run is part of `cargo test`; `BOUNTY_TRACKER_WORLDS=10000` makes a long one, `BOUNTY_SEED` another one. What fails is shown
//! as the shortest sequence of operations that was found.

mod board;
mod history;
mod op;
mod oracle;
mod plan;
mod told;
mod verdict;
mod world;

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::support::from_environment;
use op::Op;
use world::World;

/// How many sequences there are by default.
const WORLDS: usize = 100;

fn live(ops: &[Op]) {
    let mut world = World::new();
    world.round(true);
    ops.iter().for_each(|op| world.apply(op));
    world.settle();
    world.check();
}

#[test]
fn whatever_happens_everything_is_told_once_and_nothing_else() {
    let worlds = from_environment("BOUNTY_TRACKER_WORLDS", WORLDS);
    let seed = from_environment("BOUNTY_SEED", 1);
    let config = Config {
        cases: u32::try_from(worlds).expect("not that many"),
        failure_persistence: None,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&(seed as u64).to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let result = runner.run(&op::ops(), |ops| {
        live(&ops);
        Ok(())
    });
    if let Err(error) = result {
        panic!("BOUNTY_SEED={seed}: {error}");
    }
}
