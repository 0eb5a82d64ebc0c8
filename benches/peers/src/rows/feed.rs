//! From Telegram's JSON to the answer's, by the program as it is installed.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context, ensure};

use crate::ask::{BOT, update_line};
use crate::lab::Lab;
use crate::table::{Row, Sample, Unit};
use crate::workload::Workload;

const CHATS: usize = 1_000;

pub fn row(lab: &Lab) -> Row<'_> {
    let work = "feed: Update JSON in, durable event, reply JSON out, 1,000 chats; start and last snapshots included (updates)";
    Row::new(work, Unit::PerSecond).with("bounty feed", move || feed(lab))
}

fn feed(lab: &Lab) -> anyhow::Result<Sample> {
    let (dir, count) = (lab.fresh()?, lab.count(50_000));
    let input = dir.path().join("updates.jsonl");
    let mut updates = BufWriter::new(File::create(&input)?);
    for op in Workload::new(CHATS).take(count) {
        updates.write_all(update_line(&op).as_bytes())?;
    }
    updates.into_inner()?.sync_all()?;
    let mut command = lab.bounty(&dir.path().join("data"))?;
    let begun = Instant::now();
    let mut child = command
        .args(["feed", "--bot-id", &BOT.to_string()])
        .stdin(File::open(&input)?)
        .stdout(Stdio::piped())
        .spawn()?;
    let output = child.stdout.take().context("no pipe")?;
    let answers = BufReader::new(output).lines().count();
    ensure!(child.wait()?.success(), "`bounty feed` failed");
    let elapsed = begun.elapsed();
    ensure!(answers == count, "{answers} answers to {count} updates");
    Ok(Sample::rate(count, elapsed))
}
