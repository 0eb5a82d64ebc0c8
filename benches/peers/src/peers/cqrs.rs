//! The crates `cqrs-es` and `sqlite-es`, as their books show them.

use std::path::Path;
use std::time::Instant;

use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::PersistedEventStore;
use cqrs_es::{Aggregate, AggregateContext, CqrsFramework, DomainEvent, EventStore};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use sqlite_es::SqliteEventRepository;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::board::{Board, Entry, Event};
use crate::drive::Run;
use crate::workload::{Op, Workload};

/// After so many events it stores the state, so that a command does not read all events.
const SNAPSHOT: usize = 100;
/// The tables that sqlite-es asks for.
const SCHEMA: &str = "
CREATE TABLE events (aggregate_type text NOT NULL, aggregate_id text NOT NULL, sequence integer NOT NULL,
    event_type text NOT NULL, event_version text NOT NULL, payload text NOT NULL, metadata text NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence)) STRICT;
CREATE TABLE snapshots (aggregate_type text NOT NULL, aggregate_id text NOT NULL, last_sequence integer NOT NULL,
    current_snapshot integer NOT NULL, payload text NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, last_sequence)) STRICT;";

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
struct Chat(Board);

impl DomainEvent for Entry {
    fn event_type(&self) -> String {
        match self.event {
            Event::BoardOpened(_) => "BoardOpened",
            Event::BountyAdded(_) => "BountyAdded",
            Event::BountyEdited(_) => "BountyEdited",
            Event::BountyDeleted(_) => "BountyDeleted",
            Event::Tracked(_) => "Tracked",
            Event::Untracked(_) => "Untracked",
        }
        .to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

impl Aggregate for Chat {
    const TYPE: &'static str = "board";
    type Command = Entry;
    type Event = Entry;
    type Error = std::io::Error;
    type Services = ();

    async fn handle(
        &mut self,
        entry: Entry,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Self::Error> {
        sink.write(entry, self).await;
        Ok(())
    }

    fn apply(&mut self, entry: Entry) {
        self.0.apply(entry.user, entry.event);
    }
}

async fn repository(path: &Path) -> anyhow::Result<SqliteEventRepository> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    Ok(SqliteEventRepository::new(
        SqlitePoolOptions::new().connect_with(options).await?,
    ))
}

fn create(path: &Path) -> anyhow::Result<Connection> {
    let database = Connection::open(path)?;
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.execute_batch(SCHEMA)?;
    Ok(database)
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
}

/// Carries out one command after the other: it lets two commands of one chat collide, not share a transaction.
pub fn execute(dir: &Path, ops: &[Op]) -> anyhow::Result<Run> {
    let path = dir.join("events.sqlite");
    create(&path)?;
    runtime()?.block_on(async {
        let store =
            PersistedEventStore::<_, Chat>::new_snapshot_store(repository(&path).await?, SNAPSHOT);
        let cqrs = CqrsFramework::new(store, Vec::new(), ());
        let (first, mut latencies) = (Instant::now(), Vec::with_capacity(ops.len()));
        for op in ops {
            let begun = Instant::now();
            cqrs.execute(&op.chat.to_string(), op.entry.clone()).await?;
            latencies.push(begun.elapsed());
        }
        let elapsed = first.elapsed();
        Ok(Run { elapsed, latencies })
    })
}

/// Fills a database with as many events as a fixture has.
pub fn fill(path: &Path, chats: usize, events: usize) -> anyhow::Result<()> {
    let mut database = create(path)?;
    let transaction = database.transaction()?;
    let mut workload = Workload::new(chats);
    for chat in 0..chats {
        let mut insert = transaction
            .prepare_cached("INSERT INTO events VALUES ('board', ?1, ?2, ?3, '1', ?4, '{}')")?;
        for seq in 1..=events {
            let Op { chat, entry } = workload.next_in(chat);
            insert.execute((
                chat.to_string(),
                seq as i64,
                entry.event_type(),
                serde_json::to_string(&entry)?,
            ))?;
        }
    }
    transaction.commit()?;
    Ok(())
}

/// Loads every chat from its events, so many at a time.
pub fn replay(path: &Path, chats: usize, threads: usize) -> anyhow::Result<()> {
    runtime()?.block_on(async {
        let repository = repository(path).await?;
        let store =
            std::sync::Arc::new(PersistedEventStore::<_, Chat>::new_event_store(repository));
        let tasks: Vec<_> = (0..threads)
            .map(|first| {
                let store = std::sync::Arc::clone(&store);
                tokio::spawn(async move {
                    for chat in (first..chats).step_by(threads) {
                        let mut loaded = store
                            .load_aggregate(&(-1 - chat as i64).to_string())
                            .await?;
                        anyhow::ensure!(loaded.aggregate().0.next_id > 0, "chat {chat} is empty");
                    }
                    Ok(())
                })
            })
            .collect();
        for task in tasks {
            task.await??;
        }
        Ok(())
    })
}
