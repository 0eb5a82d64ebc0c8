//! Entities as tables and as JSON.

use std::io::{Write, stdout};

use serde::Serialize;
use serde_json::{Map, Value};

use super::refusal;
use super::words::{self, value};
use crate::cli::args::Format;
use crate::cli::output::visible_json;
use crate::domain::Timestamp;
use crate::domain::bridge::{Bridge, EntityKind, Refusal};

/// An entity as it is in `bridge.json`.
type Row = Map<String, Value>;

/// The columns of a kind's table.
fn columns(kind: EntityKind) -> &'static [&'static str] {
    match kind {
        EntityKind::Provider => &["id", "name", "type", "config"],
        EntityKind::Bot => &["id", "name", "bot_username", "token", "update_mode"],
        EntityKind::Config => &[
            "id",
            "name",
            "provider_type",
            "locale",
            "response_mode",
            "default_count",
            "rate_limits",
            "enabled_commands",
        ],
        EntityKind::Tracker => &["id", "name", "enabled", "provider_id", "command_config_id"],
        EntityKind::Listener => &["id", "command_tracker_id", "listener_type", "listener_id"],
        EntityKind::Target => &["id", "name", "type", "config", "chat_action"],
        EntityKind::Notifier => &[
            "id",
            "name",
            "enabled",
            "provider_id",
            "collection_ids",
            "event_types",
            "locale",
        ],
        EntityKind::Link => &[
            "id",
            "notification_tracker_id",
            "target_id",
            "enabled",
            "quiet_hours_start",
            "quiet_hours_end",
            "quiet_hours_zone",
        ],
    }
}

fn rows(bridge: &Bridge, kind: EntityKind) -> Vec<Row> {
    fn all<R: Serialize>(rows: impl Iterator<Item = R>) -> Vec<Row> {
        let row = |row: R| match serde_json::to_value(row) {
            Ok(Value::Object(row)) => Some(row),
            _ => None,
        };
        rows.filter_map(row).collect()
    }
    match kind {
        EntityKind::Provider => all(bridge.providers.iter()),
        EntityKind::Bot => all(bridge.bots.iter()),
        EntityKind::Config => all(bridge.configs.iter()),
        EntityKind::Tracker => all(bridge.trackers.iter()),
        EntityKind::Listener => all(bridge.listeners.iter()),
        EntityKind::Target => all(bridge.targets.iter()),
        EntityKind::Notifier => all(bridge.notifiers.iter()),
        EntityKind::Link => all(bridge.links.iter()),
    }
}

/// Prints all entities of a kind.
pub fn table(
    bridge: &Bridge,
    kind: EntityKind,
    format: Format,
    is_whole: bool,
) -> anyhow::Result<()> {
    let rows = rows(bridge, kind);
    if format == Format::Json {
        return print_json(&rows);
    }
    if rows.is_empty() {
        let word = words::kind(kind);
        if is_whole {
            to_stderr!("no {word} yet; `bounty bridge {word} add --help` tells how to add one");
        }
        return Ok(());
    }
    let columns = columns(kind);
    let head = columns.iter().map(|name| (*name).to_owned()).collect();
    let cells = |row: &Row| columns.iter().map(|name| cell(row, name)).collect();
    let lines: Vec<Vec<String>> = std::iter::once(head)
        .chain(rows.iter().map(cells))
        .collect();
    print_lines(&lines)?;
    Ok(())
}

/// Prints one entity with all its fields.
pub fn one(bridge: &Bridge, kind: EntityKind, id: u64, format: Format) -> anyhow::Result<()> {
    let rows = rows(bridge, kind);
    let row = rows.iter().find(|row| row["id"].as_u64() == Some(id));
    let Some(row) = row else {
        let removed = false;
        anyhow::bail!(refusal::words(&Refusal::Unknown { kind, id, removed }));
    };
    if format == Format::Json {
        return print_json(row);
    }
    let first = columns(kind).iter().copied();
    let others = row.keys().map(String::as_str);
    let others = others.filter(|name| !columns(kind).contains(name));
    let lines = first
        .chain(others)
        .map(|name| vec![name.to_owned(), cell(row, name)]);
    print_lines(&lines.collect::<Vec<_>>())?;
    Ok(())
}

fn cell(row: &Row, name: &str) -> String {
    let found = row.get(name).unwrap_or(&Value::Null);
    match found.as_i64().filter(|_| name == "created_at") {
        Some(seconds) => Timestamp::from_millis(seconds.saturating_mul(1_000)).to_string(),
        None => value(found),
    }
}

pub fn print_json(result: &impl Serialize) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(result)?;
    writeln!(stdout(), "{}", visible_json(&text))?;
    Ok(())
}

/// Prints lines whose cells stand below each other.
pub fn print_lines(lines: &[Vec<String>]) -> std::io::Result<()> {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = stdout().lock();
    for line in lines {
        let cells = line.iter().zip(&widths);
        let padded = cells.map(|(cell, width)| format!("{cell:<width$}"));
        let text = padded.collect::<Vec<_>>().join("  ");
        writeln!(out, "{}", text.trim_end())?;
    }
    Ok(())
}
