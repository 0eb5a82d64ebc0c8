//! A thousand chats, each with a log of its own.

use crate::lab::Lab;
use crate::peers::raw;
use crate::peers::sqlite::{Boards, Events};
use crate::table::{Row, Sample, Unit};
use crate::workload::Workload;

use super::hot::{BATCHED, BOT, WINDOW, batched_sqlite, ours};

const CHATS: usize = 1_000;

pub fn row(lab: &Lab) -> Row<'_> {
    let ops = |count: usize| Workload::new(CHATS).take(lab.count(count));
    Row::new(
        "1,000 chats, 64 in flight, durable in their own logs, snapshots following",
        Unit::PerSecond,
    )
    .with("bounty", move || {
        let mut workload = Workload::new(CHATS);
        let warm = workload.one_each();
        ours(lab, &workload.take(lab.count(100_000)), &warm)
    })
    .with(BATCHED, move || {
        batched_sqlite::<Events>(lab, &ops(100_000))
    })
    .with(BOT, move || batched_sqlite::<Boards>(lab, &ops(100_000)))
    .with("one fdatasync per log, 32 threads", move || {
        let dir = lab.fresh()?;
        Ok(Sample::of_run(raw::one_sync_each(
            dir.path(),
            &ops(50_000),
            32,
        )?))
    })
    .with("64 writes and one syncfs", move || {
        let (dir, ops) = (lab.fresh()?, ops(100_000));
        let elapsed = raw::one_syncfs(dir.path(), &ops, WINDOW)?;
        Ok(Sample::rate(ops.len(), elapsed))
    })
}
