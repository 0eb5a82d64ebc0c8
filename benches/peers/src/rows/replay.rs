//! Everything read again, in a fresh process.

use std::process::{Command, Stdio};
use std::thread::available_parallelism;
use std::time::Instant;

use anyhow::ensure;

use crate::child::Child;
use crate::lab::Lab;
use crate::peers::cqrs;
use crate::table::{Row, Sample, Unit};

pub const CHATS: usize = 1_000;
pub const EVENTS: usize = 1_000;

pub fn row(lab: &Lab) -> anyhow::Result<Row<'_>> {
    let chats = lab.count(CHATS);
    let data = lab.fixture(chats, EVENTS)?;
    let dir = lab.fresh()?;
    let database = dir.path().join("events.sqlite");
    cqrs::fill(&database, chats, EVENTS)?;
    let count = chats * EVENTS;
    let (check, plain) = (data.clone(), data);
    let (one_by_one, threads) = (database.clone(), available_parallelism()?.get());
    let work =
        "replay, hash chain verified, 1M events in 1,000 chats, fresh process, 2 cores (events)";
    Ok(Row::new(work, Unit::PerSecond)
        .with(
            "bounty replay --check (states and snapshots made, compared)",
            move || timed(lab.bounty(&check)?.args(["replay", "--check"]), count),
        )
        .with(
            "cqrs-es on SQLite, load of each, one by one (no chain)",
            move || {
                let database = one_by_one.clone();
                timed(
                    &mut Child::CqrsReplay {
                        database,
                        chats,
                        threads: 1,
                    }
                    .command()?,
                    count,
                )
            },
        )
        .with("the same, spread over all cores by us", move || {
            let database = database.clone();
            timed(
                &mut Child::CqrsReplay {
                    database,
                    chats,
                    threads,
                }
                .command()?,
                count,
            )
        })
        .with("serde_json + SHA-256 + apply", move || {
            let data = plain.clone();
            timed(&mut Child::PlainReplay { data }.command()?, count)
        }))
}

fn timed(command: &mut Command, count: usize) -> anyhow::Result<Sample> {
    let begun = Instant::now();
    let status = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    let elapsed = begun.elapsed();
    ensure!(status.success(), "{command:?} failed");
    Ok(Sample::rate(count, elapsed))
}
