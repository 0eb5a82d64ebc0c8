//! We: the engine of the crate that is measured, by its public interface.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use bounty_ledger::domain::board::{Answer, Command, Query};
use bounty_ledger::engine::{Ask, Engine, Outcome, Reply, Settings};
use bounty_ledger::store::{Layout, LocalDisk};
use bounty_ledger::text::page_size;
use chrono_tz::Tz;

use crate::ask::request;
use crate::drive::{Run, closed_loop};
use crate::workload::Op;

/// An engine with the settings of a service, but for this: how long a board that nobody uses stays in memory.
pub fn open(data: &Path, idle: Duration) -> anyhow::Result<Engine> {
    let settings = Settings {
        idle,
        ..Settings::new(Tz::UTC, page_size(20))
    };
    Ok(Engine::open(
        Arc::new(LocalDisk::default()),
        Layout::new(data),
        settings,
    )?)
}

/// An engine as a service has it.
pub fn service(data: &Path) -> anyhow::Result<Engine> {
    open(data, Duration::from_secs(600))
}

/// Carries out the commands in order, `window` of them in flight.
pub fn drive(engine: &Engine, ops: &[Op], window: usize) -> anyhow::Result<Run> {
    let requests = ops
        .iter()
        .map(request)
        .collect::<anyhow::Result<Vec<_>>>()?;
    closed_loop(requests, window, |request, done| {
        engine.submit(request, move |reply| done.tell(is_event(&reply)));
    })
}

/// Carries out one command after the other.
pub fn one_by_one(engine: &Engine, ops: &[Op]) -> anyhow::Result<Run> {
    let requests = ops
        .iter()
        .map(request)
        .collect::<anyhow::Result<Vec<_>>>()?;
    let (first, mut latencies) = (Instant::now(), Vec::with_capacity(ops.len()));
    for request in requests {
        let begun = Instant::now();
        let reply = engine.ask(request);
        latencies.push(begun.elapsed());
        ensure!(
            is_event(&reply),
            "a command of the workload was refused: {reply:?}"
        );
    }
    let elapsed = first.elapsed();
    Ok(Run { elapsed, latencies })
}

/// Asks for the list of this chat, which loads its board.
pub fn list(engine: &Engine, op: &Op) -> anyhow::Result<()> {
    let mut request = request(op)?;
    request.ask = Ask::Command(Command::Query(Query::List { page: 1 }));
    match engine.ask(request).outcome {
        Outcome::Answer(Answer::List(_)) => Ok(()),
        other => bail!("no list of chat {}: {other:?}", op.chat),
    }
}

fn is_event(reply: &Reply) -> bool {
    !matches!(
        reply.outcome,
        Outcome::Answer(Answer::Refused(_)) | Outcome::Silent | Outcome::Trouble(_)
    )
}
