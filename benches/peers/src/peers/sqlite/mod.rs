//! SQLite in WAL mode, each commit flushed (`synchronous=FULL`).

mod boards;
mod events;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use rusqlite::{Connection, Transaction};

use crate::drive::{Done, Run, clients, closed_loop};
use crate::workload::Op;

pub use boards::Boards;
pub use events::Events;

/// How many commands share a transaction at most.
const BATCH: usize = 64;

/// What a command changes in the database.
pub trait Tables: Default + Send {
    /// The tables, to be created.
    const SCHEMA: &'static str;

    /// Carries out one command. Returns whether it was accepted.
    fn carry_out(&mut self, transaction: &Transaction<'_>, op: &Op) -> anyhow::Result<bool>;
}

fn open(path: &Path) -> anyhow::Result<Connection> {
    let database = Connection::open(path)?;
    database.set_prepared_statement_cache_capacity(32);
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

fn create<T: Tables>(dir: &Path) -> anyhow::Result<PathBuf> {
    let path = dir.join("bounties.sqlite");
    open(&path)?.execute_batch(T::SCHEMA)?;
    Ok(path)
}

/// So many clients, each with a connection of its own and one transaction a command: the event alone.
pub fn one_transaction_each(dir: &Path, ops: &[Op], threads: usize) -> anyhow::Result<Run> {
    let path = create::<Events>(dir)?;
    clients(
        ops,
        threads,
        || open(&path),
        |database, op| events::insert(database, op),
    )
}

/// One writer, which puts what waits into one transaction.
pub fn batched<T: Tables>(dir: &Path, ops: &[Op], window: usize) -> anyhow::Result<Run> {
    let database = open(&create::<T>(dir)?)?;
    let (sender, receiver) = sync_channel(window);
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || write_all::<T>(database, &receiver));
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

fn write_all<T: Tables>(
    mut database: Connection,
    work: &Receiver<(&Op, Done)>,
) -> anyhow::Result<()> {
    let mut tables = T::default();
    while let Ok(first) = work.recv() {
        let transaction = database.transaction()?;
        let mut answers = Vec::with_capacity(BATCH);
        for (op, done) in std::iter::once(first).chain(work.try_iter().take(BATCH - 1)) {
            answers.push((done, tables.carry_out(&transaction, op)?));
        }
        transaction.commit()?;
        for (done, accepted) in answers {
            done.tell(accepted);
        }
    }
    Ok(())
}
