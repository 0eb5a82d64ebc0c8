//! The event alone, as one row: nothing is looked up, no board is kept.

use std::collections::HashMap;

use rusqlite::{Connection, Transaction};

use super::Tables;
use crate::workload::Op;

/// The writer's last number of each chat.
#[derive(Default)]
pub struct Events(HashMap<i64, i64>);

impl Tables for Events {
    const SCHEMA: &'static str = "CREATE TABLE events (
        chat INTEGER NOT NULL, seq INTEGER NOT NULL, payload TEXT NOT NULL, PRIMARY KEY (chat, seq)) WITHOUT ROWID";

    fn carry_out(&mut self, transaction: &Transaction<'_>, op: &Op) -> anyhow::Result<bool> {
        let seq = self.0.entry(op.chat).or_default();
        *seq += 1;
        transaction
            .prepare_cached("INSERT INTO events VALUES (?1, ?2, ?3)")?
            .execute((op.chat, *seq, serde_json::to_string(&op.entry)?))?;
        Ok(true)
    }
}

/// The event as a transaction of its own, of a client that is not the only one.
pub fn insert(database: &Connection, op: &Op) -> anyhow::Result<()> {
    // One statement is one transaction. Only the key's first part is looked up, so that this is one descent of the tree.
    let mut insert = database.prepare_cached(
        "INSERT INTO events SELECT ?1, coalesce((SELECT seq FROM events WHERE chat = ?1 ORDER BY seq DESC LIMIT 1), 0) + 1, ?2",
    )?;
    insert.execute((op.chat, serde_json::to_string(&op.entry)?))?;
    Ok(())
}
