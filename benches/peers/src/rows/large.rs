//! What a command costs on a large board.

use bounty_ledger::engine::Engine;
use tempfile::TempDir;

use crate::lab::Lab;
use crate::peers::{engine, seed};
use crate::table::{Row, Sample, Unit};
use crate::workload::{Op, Workload};

use super::hot::WINDOW;

const LARGE: usize = 10_000;
const SMALL: usize = 10;
const COMMANDS: usize = 2_000;

pub fn rows(lab: &Lab) -> Vec<Row<'_>> {
    let row = |bounties, work| {
        Row::new(work, Unit::PerSecond)
            .with("bounty", ours(lab, bounties))
            .with(
                "the seed's design: the whole file rewritten",
                seeds(lab, bounties),
            )
    };
    vec![
        row(LARGE, "a group of 10,000 bounties, one command at a time")
            .with("bounty, a group of 10", ours(lab, SMALL)),
        row(SMALL, "a group of 10 bounties, one command at a time"),
    ]
}

/// A board as it was filled, for all rounds. The engine is closed before its directory goes.
struct Filled {
    engine: Engine,
    workload: Workload,
    _dir: TempDir,
}

fn ours(lab: &Lab, bounties: usize) -> impl FnMut() -> anyhow::Result<Sample> {
    let mut filled = None;
    move || {
        let Filled {
            engine, workload, ..
        } = match &mut filled {
            Some(filled) => filled,
            none => none.insert(fill(lab, bounties)?),
        };
        let ops = edits(workload, lab.count(COMMANDS));
        Ok(Sample::of_run(engine::one_by_one(engine, &ops)?))
    }
}

fn fill(lab: &Lab, bounties: usize) -> anyhow::Result<Filled> {
    let (dir, mut workload) = (lab.fresh()?, Workload::new(1));
    let engine = engine::service(dir.path())?;
    let adds: Vec<Op> = (0..bounties).map(|_| workload.add_in(0)).collect();
    engine::drive(&engine, &adds, WINDOW)?;
    Ok(Filled {
        engine,
        workload,
        _dir: dir,
    })
}

fn seeds(lab: &Lab, bounties: usize) -> impl FnMut() -> anyhow::Result<Sample> {
    move || {
        let (dir, mut workload) = (lab.fresh()?, Workload::new(1));
        let before = (0..bounties).map(|_| workload.add_in(0).entry).collect();
        // The large file is slow: a tenth of the commands tells it.
        let count = if bounties == LARGE {
            COMMANDS / 10
        } else {
            COMMANDS
        };
        let ops = edits(&mut workload, lab.count(count));
        Ok(Sample::of_run(seed::rewrite(dir.path(), before, &ops)?))
    }
}

fn edits(workload: &mut Workload, count: usize) -> Vec<Op> {
    (0..count).map(|_| workload.edit_in(0)).collect()
}
