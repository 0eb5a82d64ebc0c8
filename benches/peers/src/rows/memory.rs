//! What boards take in memory, and give back.

use std::cell::Cell;
use std::path::Path;
use std::process::Stdio;
use std::rc::Rc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::child::Child;
use crate::lab::Lab;
use crate::peers::engine;
use crate::table::{Row, Sample, Unit};
use crate::workload::Workload;

use super::replay::{CHATS, EVENTS};

/// How long boards stay in memory in this measurement.
const IDLE: Duration = Duration::from_secs(2);
/// How long they are given to leave it.
const PATIENCE: Duration = Duration::from_secs(40);

pub fn row(lab: &Lab) -> anyhow::Result<Row<'_>> {
    let chats = lab.count(CHATS);
    let data = lab.fixture(chats, EVENTS)?;
    let (resident, idle) = (Rc::new(Cell::new(f64::NAN)), Rc::new(Cell::new(f64::NAN)));
    let (resident_of, idle_of) = (Rc::clone(&resident), Rc::clone(&idle));
    let base = move || {
        let data = data.clone();
        let output = Child::Memory { data, chats }
            .command()?
            .stderr(Stdio::inherit())
            .output()?;
        ensure!(
            output.status.success(),
            "the process that was measured failed"
        );
        let text = String::from_utf8(output.stdout)?;
        let values = text
            .split_whitespace()
            .map(str::parse)
            .collect::<Result<Vec<f64>, _>>()?;
        let [base, most, least] = values[..] else {
            anyhow::bail!("three figures were expected: {text}");
        };
        resident_of.set(most);
        idle_of.set(least);
        Ok(Sample::of(base))
    };
    Ok(Row::new(
        "memory (VmRSS), the boards of 1M events in 1,000 chats",
        Unit::Megabytes,
    )
    .not_compared()
    .with("bounty, before any", base)
    .with("bounty, all resident", move || {
        Ok(Sample::of(resident.get()))
    })
    .with("bounty, after they went idle", move || {
        Ok(Sample::of(idle.get()))
    }))
}

/// In a process of its own: prints the memory before, with all boards, and after they went idle.
pub fn child(data: &Path, chats: usize) -> anyhow::Result<()> {
    let engine = engine::open(data, IDLE)?;
    let base = resident()?;
    for op in Workload::new(chats).one_each() {
        engine::list(&engine, &op)?;
    }
    let full = resident()?;
    let (begun, mut least) = (Instant::now(), full);
    while begun.elapsed() < PATIENCE {
        sleep(Duration::from_millis(500));
        least = least.min(resident()?);
        if least < base * 1.1 {
            break;
        }
    }
    println!("{base} {full} {least}");
    Ok(())
}

/// This process's resident memory, in MB.
fn resident() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes: f64 = line
        .and_then(|line| line.trim().strip_suffix(" kB"))
        .context("no VmRSS")?
        .parse()?;
    Ok(kibibytes * 1_024.0 / 1e6)
}
