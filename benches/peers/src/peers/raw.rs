//! What the disk gives: lines written and flushed with nothing around them.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;

use crate::drive::{Run, clients};
use crate::workload::Op;

/// About what a line of our log has besides its event: id, time, cause, hash.
const FRAME: usize = 240;

fn line(op: &Op) -> anyhow::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(&op.entry)?;
    line.resize(line.len() + FRAME, b'.');
    line.push(b'\n');
    Ok(line)
}

fn log(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

/// Appends the lines to one log, each with an fdatasync.
pub fn appends(dir: &Path, ops: &[Op]) -> anyhow::Result<Run> {
    let lines = ops.iter().map(line).collect::<anyhow::Result<Vec<_>>>()?;
    append_all(dir, &lines)
}

/// Appends the lines to one log, `batch` of them with each write and fdatasync.
pub fn batched_appends(dir: &Path, ops: &[Op], batch: usize) -> anyhow::Result<Duration> {
    let lines = ops.iter().map(line).collect::<anyhow::Result<Vec<_>>>()?;
    let batches: Vec<Vec<u8>> = lines.chunks(batch).map(<[_]>::concat).collect();
    Ok(append_all(dir, &batches)?.elapsed)
}

fn append_all(dir: &Path, blocks: &[Vec<u8>]) -> anyhow::Result<Run> {
    let path = dir.join("events.jsonl");
    clients(
        blocks,
        1,
        || Ok(log(&path)?),
        |file, block| {
            file.write_all(block)?;
            Ok(file.sync_data()?)
        },
    )
}

/// Each line to its chat's own log with an fdatasync of its own, from so many threads.
pub fn one_sync_each(dir: &Path, ops: &[Op], threads: usize) -> anyhow::Result<Run> {
    let logs = logs(dir, ops)?;
    let work = ops
        .iter()
        .map(|op| Ok((op.chat, line(op)?)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    clients(
        &work,
        threads,
        || Ok(()),
        |(), (chat, line)| {
            let mut file = logs.get(chat).context("each chat has a log")?;
            file.write_all(line)?;
            Ok(file.sync_data()?)
        },
    )
}

/// Each line to its chat's own log, one syncfs for `batch` of them.
pub fn one_syncfs(dir: &Path, ops: &[Op], batch: usize) -> anyhow::Result<Duration> {
    let logs = logs(dir, ops)?;
    let work = ops
        .iter()
        .map(|op| Ok((op.chat, line(op)?)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let batches: Vec<_> = work.chunks(batch).collect();
    let run = clients(
        &batches,
        1,
        || Ok(File::open(dir)?),
        |dir, batch| {
            for (chat, line) in *batch {
                logs.get(chat)
                    .context("each chat has a log")?
                    .write_all(line)?;
            }
            Ok(rustix::fs::syncfs(dir)?)
        },
    )?;
    Ok(run.elapsed)
}

fn logs(dir: &Path, ops: &[Op]) -> anyhow::Result<HashMap<i64, File>> {
    let mut logs = HashMap::new();
    for op in ops {
        if let std::collections::hash_map::Entry::Vacant(vacant) = logs.entry(op.chat) {
            let file = log(&dir.join(op.chat.to_string()))?;
            (&file).write_all(b"{}\n")?;
            vacant.insert(file);
        }
    }
    rustix::fs::sync();
    Ok(logs)
}
