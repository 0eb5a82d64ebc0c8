//! One client that waits for each answer.

use crate::lab::Lab;
use crate::peers::{engine, raw};
use crate::table::{Row, Sample, Unit};
use crate::workload::Workload;

pub fn row(lab: &Lab) -> Row<'_> {
    let ops = || Workload::new(1).take(lab.count(5_000));
    Row::new("one client, one command at a time", Unit::PerSecond)
        .with("bounty", move || {
            let dir = lab.fresh()?;
            let engine = engine::service(dir.path())?;
            Ok(Sample::of_run(engine::one_by_one(&engine, &ops())?))
        })
        .with("limit: fdatasync of an append", move || {
            let dir = lab.fresh()?;
            Ok(Sample::of_run(raw::appends(dir.path(), &ops())?))
        })
}
