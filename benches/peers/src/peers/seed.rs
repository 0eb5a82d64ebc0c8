//! The seed's design: a group is one JSON file, read, changed and rewritten atomically by each command.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use crate::board::{Board, Entry};
use crate::drive::Run;
use crate::workload::Op;

/// Carries out one command after the other on a board that has these entries; each is durable.
pub fn rewrite(dir: &Path, before: Vec<Entry>, ops: &[Op]) -> anyhow::Result<Run> {
    let path = dir.join("group.json");
    let mut board = Board::default();
    for entry in before {
        board.apply(entry.user, entry.event);
    }
    write(&path, &board)?;
    let (first, mut latencies) = (Instant::now(), Vec::with_capacity(ops.len()));
    for op in ops {
        let begun = Instant::now();
        let mut board: Board = serde_json::from_slice(&fs::read(&path)?)?;
        board.apply(op.entry.user, op.entry.event.clone());
        write(&path, &board)?;
        latencies.push(begun.elapsed());
    }
    let elapsed = first.elapsed();
    Ok(Run { elapsed, latencies })
}

fn write(path: &Path, board: &Board) -> anyhow::Result<()> {
    let temporary = path.with_extension("tmp");
    let mut file = File::create(&temporary)?;
    file.write_all(&serde_json::to_vec_pretty(board)?)?;
    file.sync_data()?;
    fs::rename(&temporary, path)?;
    Ok(())
}
