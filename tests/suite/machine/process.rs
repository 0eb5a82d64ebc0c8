//! The processes on the simulated disk, and what befalls them.

use std::time::Duration;

use bounty_ledger::engine::{Engine, Settings};

use crate::support::scenario::{open, settings};
use crate::support::sim_disk::{EIO, ENOSPC, Fault, Kind, Plan, Rng, SimDisk};

/// One process with its engine.
pub struct Process {
    /// Which it is: never used again.
    pub number: u64,
    pub disk: SimDisk,
    pub engine: Engine,
}

impl Process {
    /// A new process on this disk, which may meet a fault.
    pub fn start(disk: &SimDisk, number: u64, rng: &mut Rng) -> Self {
        let (plan, settings) = (plan(rng), random_settings(rng));
        let own = disk.process(plan);
        match open(&own, settings) {
            Ok(engine) => Self {
                number,
                disk: own,
                engine,
            },
            Err(error) => {
                assert!(own.fired(), "it does not start: {error}");
                Self::start_well(disk, number)
            }
        }
    }

    /// A new process that meets no fault.
    pub fn start_well(disk: &SimDisk, number: u64) -> Self {
        let own = disk.process(None);
        let engine = open(&own, settings()).expect("nothing hinders it");
        Self {
            number,
            disk: own,
            engine,
        }
    }
}

/// Snapshots at the end or at once, boards that stay or leave the memory at once, one thread or two, logs that stay open or not.
fn random_settings(rng: &mut Rng) -> Settings {
    let slow = Duration::from_secs(3_600);
    let either = |coin: bool, short: Duration| if coin { short } else { slow };
    Settings {
        workers: if rng.below(4) == 0 { 2 } else { 1 },
        snapshot_delay: either(rng.below(4) == 0, Duration::from_millis(1)),
        idle: either(rng.below(4) == 0, Duration::ZERO),
        lock_patience: Duration::from_millis(400),
        open_logs: if rng.below(4) == 0 { 1 } else { usize::MAX },
        ..settings()
    }
}

/// A fault of one of the few operations that a move is made of: of any, or of those with which boards are merged.
pub fn plan_of_move(rng: &mut Rng) -> Plan {
    let fault = if rng.coin() {
        Fault::Freeze
    } else {
        Fault::Fail(EIO)
    };
    let plan = match rng.below(3) {
        0 => Plan::new(&[], rng.below(60), fault),
        1 => Plan::new(&[Kind::Rename], rng.below(4), fault),
        _ => Plan::new(&[Kind::Remove], rng.below(4), fault),
    };
    let span = 1 + rng.below(3);
    Plan { span, ..plan }
}

/// Most processes meet no fault; some die at an operation, for some one or a few operations fail.
fn plan(rng: &mut Rng) -> Option<Plan> {
    let at = rng.below(160);
    let plan = match rng.below(15) {
        0 | 1 => Plan::freeze(at),
        // It dies with its events written and not flushed.
        7 => Plan::new(&[Kind::Flush], at / 8, Fault::Freeze),
        2 => Plan::new(&[], at, Fault::Fail(EIO)),
        3 => Plan::new(Kind::GROWING, at / 8, Fault::Fail(ENOSPC)),
        4 => Plan::new(&[Kind::Write], at / 8, Fault::ShortWrite(ENOSPC)),
        5 => Plan::new(&[Kind::Flush], at / 8, Fault::LostFlush),
        6 => Plan::new(&[Kind::FlushDir], at / 40, Fault::Fail(EIO)),
        // A flush fails and so does undoing it, until it ends.
        8 => {
            return Some(Plan {
                span: u64::MAX,
                ..Plan::new(&[Kind::Flush, Kind::SetLen], at / 8, Fault::LostFlush)
            });
        }
        _ => return None,
    };
    let span = 1 + rng.below(3);
    Some(Plan { span, ..plan })
}
