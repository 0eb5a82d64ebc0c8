//! One hot chat.

use crate::lab::Lab;
use crate::peers::sqlite::{self, Boards, Events, Tables};
use crate::peers::{cqrs, engine, raw};
use crate::table::{Row, Sample, Unit};
use crate::workload::{Op, Workload};

/// Commands in flight.
pub const WINDOW: usize = 64;

/// The peer that commits many commands in one transaction.
pub const BATCHED: &str = "SQLite, one writer, up to 64 a transaction: the event alone";
/// The same, with what a bot needs besides.
pub const BOT: &str = "the same, and what a bot needs: each update once, the boards in tables";

pub fn row(lab: &Lab) -> Row<'_> {
    let ops = |count: usize| Workload::new(1).take(lab.count(count));
    Row::new(
        "one hot chat, 64 commands in flight, durable",
        Unit::PerSecond,
    )
    .with("bounty", move || ours(lab, &ops(100_000), &[]))
    .with("SQLite, WAL, FULL, 16 clients", move || {
        let dir = lab.fresh()?;
        let run = sqlite::one_transaction_each(dir.path(), &ops(10_000), 16)?;
        Ok(Sample::of_run(run))
    })
    .with(BATCHED, move || {
        batched_sqlite::<Events>(lab, &ops(100_000))
    })
    .with(BOT, move || batched_sqlite::<Boards>(lab, &ops(100_000)))
    .with("cqrs-es on SQLite", move || {
        let dir = lab.fresh()?;
        Ok(Sample::of_run(cqrs::execute(dir.path(), &ops(4_000))?))
    })
    .with("limit: write of 64 lines + fdatasync", move || {
        let (dir, ops) = (lab.fresh()?, ops(200_000));
        let elapsed = raw::batched_appends(dir.path(), &ops, WINDOW)?;
        Ok(Sample::rate(ops.len(), elapsed))
    })
}

/// SQLite with one writer, in a new database.
pub fn batched_sqlite<T: Tables>(lab: &Lab, ops: &[Op]) -> anyhow::Result<Sample> {
    let dir = lab.fresh()?;
    let run = sqlite::batched::<T>(dir.path(), ops, WINDOW)?;
    Ok(Sample::of_run(run))
}

/// Our engine in a new directory; `warm` comes before what is measured.
pub fn ours(lab: &Lab, ops: &[Op], warm: &[Op]) -> anyhow::Result<Sample> {
    let dir = lab.fresh()?;
    let engine = engine::service(dir.path())?;
    engine::drive(&engine, warm, WINDOW)?;
    Ok(Sample::of_run(engine::drive(&engine, ops, WINDOW)?))
}
