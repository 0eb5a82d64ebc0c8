//! What a bot on SQLite keeps, and what we do for a command: each update once, only the creator changes a bounty, the
//! event for the audit, and the board as it is now.

use std::collections::HashMap;

use rusqlite::{Transaction, params};

use super::Tables;
use crate::board::{Added, Edited, Entry, Event, Id};
use crate::workload::Op;

/// The writer's last number of each chat.
#[derive(Default)]
pub struct Boards(HashMap<i64, i64>);

impl Tables for Boards {
    // The update's number as the row's own makes "each update once" free: it is the end of the table.
    const SCHEMA: &'static str = "
        CREATE TABLE events (update_id INTEGER PRIMARY KEY, chat INTEGER NOT NULL, seq INTEGER NOT NULL, payload TEXT NOT NULL);
        CREATE UNIQUE INDEX events_of_chat ON events (chat, seq);
        CREATE TABLE bounties (chat INTEGER NOT NULL, id INTEGER NOT NULL, creator INTEGER NOT NULL, text TEXT NOT NULL,
            link TEXT, due INTEGER, created INTEGER NOT NULL, PRIMARY KEY (chat, id)) WITHOUT ROWID;
        CREATE TABLE tracked (chat INTEGER NOT NULL, id INTEGER NOT NULL, user INTEGER NOT NULL,
            PRIMARY KEY (chat, id, user)) WITHOUT ROWID;";

    fn carry_out(&mut self, transaction: &Transaction<'_>, op: &Op) -> anyhow::Result<bool> {
        let seq = self.0.get(&op.chat).copied().unwrap_or_default() + 1;
        let added = transaction
            .prepare_cached("INSERT OR IGNORE INTO events VALUES (?1, ?2, ?3, ?4)")?
            .execute((
                op.entry.update,
                op.chat,
                seq,
                serde_json::to_string(&op.entry)?,
            ))?;
        if added == 0 {
            return Ok(false);
        }
        if change(transaction, op.chat, &op.entry)? {
            self.0.insert(op.chat, seq);
            return Ok(true);
        }
        transaction
            .prepare_cached("DELETE FROM events WHERE update_id = ?1")?
            .execute((op.entry.update,))?;
        Ok(false)
    }
}

/// Changes the board. Returns whether there was such a bounty, and this user may do that.
fn change(transaction: &Transaction<'_>, chat: i64, entry: &Entry) -> anyhow::Result<bool> {
    let user = entry.user;
    let changed = match &entry.event {
        Event::BoardOpened(_) => 1,
        Event::BountyAdded(Added { id, text, link, due_date_ts, created_at }) => transaction
            .prepare_cached("INSERT INTO bounties VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
            .execute(params![chat, *id as i64, user, text, link, due_date_ts, created_at])?,
        Event::BountyEdited(Edited { id, text }) => transaction
            .prepare_cached("UPDATE bounties SET text = ?4 WHERE chat = ?1 AND id = ?2 AND creator = ?3")?
            .execute((chat, *id as i64, user, text))?,
        Event::BountyDeleted(Id { id }) => {
            transaction
                .prepare_cached("DELETE FROM tracked WHERE chat = ?1 AND id = ?2")?
                .execute((chat, *id as i64))?;
            transaction
                .prepare_cached("DELETE FROM bounties WHERE chat = ?1 AND id = ?2 AND creator = ?3")?
                .execute((chat, *id as i64, user))?
        }
        Event::Tracked(Id { id }) => transaction
            .prepare_cached("INSERT OR IGNORE INTO tracked SELECT chat, id, ?3 FROM bounties WHERE chat = ?1 AND id = ?2")?
            .execute((chat, *id as i64, user))?,
        Event::Untracked(Id { id }) => transaction
            .prepare_cached("DELETE FROM tracked WHERE chat = ?1 AND id = ?2 AND user = ?3")?
            .execute((chat, *id as i64, user))?,
    };
    Ok(changed == 1)
}
