//! SQLite: an events table in WAL mode, each commit flushed (`synchronous=FULL`).

use std::collections::HashMap;
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use rusqlite::Connection;

use crate::drive::{Done, Run, clients, closed_loop};
use crate::workload::Op;

/// How many commands share a transaction at most.
const BATCH: usize = 64;
const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS events (
    chat INTEGER NOT NULL, seq INTEGER NOT NULL, payload TEXT NOT NULL, PRIMARY KEY (chat, seq)) WITHOUT ROWID";

fn open(path: &Path) -> anyhow::Result<Connection> {
    let database = Connection::open(path)?;
    database.busy_handler(Some(wait))?;
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.pragma_update(None, "synchronous", "FULL")?;
    Ok(database)
}

/// SQLite's own handler sleeps up to 100 ms while others write; this one serves its clients better.
fn wait(_attempts: i32) -> bool {
    std::thread::sleep(Duration::from_micros(100));
    true
}

fn create(dir: &Path) -> anyhow::Result<std::path::PathBuf> {
    let path = dir.join("events.sqlite");
    open(&path)?.execute(SCHEMA, ())?;
    Ok(path)
}

/// So many clients, each with a connection of its own and one transaction a command.
pub fn one_transaction_each(dir: &Path, ops: &[Op], threads: usize) -> anyhow::Result<Run> {
    let path = create(dir)?;
    clients(
        ops,
        threads,
        || open(&path),
        |database, op| {
            // One statement is one transaction. Only the key's first part is looked up, so that this is one descent of the tree.
            let mut insert = database.prepare_cached(
            "INSERT INTO events SELECT ?1, coalesce((SELECT seq FROM events WHERE chat = ?1 ORDER BY seq DESC LIMIT 1), 0) + 1, ?2",
        )?;
            insert.execute((op.chat, serde_json::to_string(&op.entry)?))?;
            Ok(())
        },
    )
}

/// One writer, which puts what waits into one transaction.
pub fn batched(dir: &Path, ops: &[Op], window: usize) -> anyhow::Result<Run> {
    let database = open(&create(dir)?)?;
    let (sender, receiver) = sync_channel(window);
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || write_all(database, &receiver));
        let run = closed_loop(ops.iter().collect(), window, move |op, done| {
            // When the writer has failed, the client hears it by the missing answer.
            let _ = sender.send((op, done));
        });
        let written = writer
            .join()
            .map_err(|_| anyhow::anyhow!("the writer panicked"))?;
        written.and(run)
    })
}

fn write_all(mut database: Connection, work: &Receiver<(&Op, Done)>) -> anyhow::Result<()> {
    let mut seqs: HashMap<i64, i64> = HashMap::new();
    while let Ok(first) = work.recv() {
        let batch: Vec<_> = std::iter::once(first)
            .chain(work.try_iter().take(BATCH - 1))
            .collect();
        let transaction = database.transaction()?;
        {
            let mut insert =
                transaction.prepare_cached("INSERT INTO events VALUES (?1, ?2, ?3)")?;
            for (op, _) in &batch {
                let seq = seqs.entry(op.chat).or_default();
                *seq += 1;
                insert.execute((op.chat, *seq, serde_json::to_string(&op.entry)?))?;
            }
        }
        transaction.commit()?;
        batch.into_iter().for_each(|(_, done)| done.tell(true));
    }
    Ok(())
}
