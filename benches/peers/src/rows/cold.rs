//! The first command to a chat that is not in memory.

use std::path::PathBuf;

use crate::fixture::late_add;
use crate::lab::{Lab, cache, drop_caches};
use crate::peers::engine;
use crate::table::{Row, Sample, Unit};

const CHATS: usize = 1_000;
/// Events of each chat: about 4 kB.
const EVENTS: usize = 10;
/// Chats that are asked in a round.
const ASKED: usize = 200;
const LONG: usize = 1_000_000;

pub fn rows(lab: &Lab) -> anyhow::Result<Vec<Row<'_>>> {
    let (chats, long) = (lab.count(CHATS), lab.count(LONG));
    let small = lab.fixture(chats, EVENTS)?;
    let large = lab.fixture(1, long)?;
    // A service has seen this chat before: a checkpoint may stand beside its log.
    lab.feed_one(&large, &late_add(0, 0))?;
    let cache = cache();
    Ok(vec![
        row(
            format!("first command to a cold chat, {cache}"),
            small,
            lab.count(ASKED),
        ),
        row(
            format!("first command to a chat with 1M events in its log, {cache}"),
            large,
            1,
        ),
    ])
}

/// Asks this many chats once, in an engine that was just opened; the value is the median.
fn row<'a>(work: String, data: PathBuf, asked: usize) -> Row<'a> {
    let mut update = 0;
    Row::new(work, Unit::Millis).with("bounty", move || {
        drop_caches();
        let engine = engine::service(&data)?;
        let ops: Vec<_> = (0..asked)
            .map(|chat| {
                update += 1;
                late_add(chat, update)
            })
            .collect();
        let run = Sample::of_run(engine::one_by_one(&engine, &ops)?);
        let median = run.latency.map(|[median, _]| Sample::millis(median).value);
        Ok(Sample {
            value: median.unwrap_or(f64::NAN),
            ..run
        })
    })
}
