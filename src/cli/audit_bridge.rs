//! `bounty audit --bridge`: who changed which setting, from what to what.

use std::io::{BufWriter, Stdout, Write, stdout};
use std::ops::ControlFlow;

use crate::audit::{AuditFilter, BridgeChange, Reader};
use crate::domain::SettingChange;
use crate::domain::{Event, StreamId};

use super::Status;
use super::audit::AuditFormat;
use super::bridge::words::{entity, setting, value};
use super::output::{cell, visible_json};
use super::words::who;

/// Prints the bridge's events that are asked for.
pub fn run(
    reader: &Reader<'_>,
    filter: &AuditFilter,
    format: AuditFormat,
) -> anyhow::Result<Status> {
    let mut printer = Printer::new(format)?;
    let mut failed = None;
    let damage = reader.bridge_changes(filter, &mut |change| match printer.print(&change) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    printer.finish()?;
    if let Some(damage) = &damage {
        to_stderr!("error: {damage}");
        return Ok(Status::Problem);
    }
    let is_missing = reader.log_size(StreamId::Bridge) == 0;
    if is_missing {
        to_stderr!("error: there is no bridge here: check --data");
    }
    Ok(Status::from(is_missing))
}

enum Printer {
    Table(BufWriter<Stdout>),
    Json(BufWriter<Stdout>),
    Csv(Box<csv::Writer<Stdout>>),
}

const CSV_HEADER: [&str; 10] = [
    "seq",
    "time",
    "actor_kind",
    "actor_name",
    "type",
    "entity",
    "id",
    "field",
    "old",
    "new",
];

impl Printer {
    fn new(format: AuditFormat) -> anyhow::Result<Self> {
        let out = || BufWriter::new(stdout());
        Ok(match format {
            AuditFormat::Table => Self::Table(out()),
            AuditFormat::Json => Self::Json(out()),
            AuditFormat::Csv => {
                let mut out = csv::Writer::from_writer(stdout());
                out.write_record(CSV_HEADER)?;
                Self::Csv(Box::new(out))
            }
        })
    }

    fn print(&mut self, change: &BridgeChange<'_>) -> anyhow::Result<()> {
        match self {
            Self::Table(out) => writeln!(out, "{}", line(change))?,
            Self::Json(out) => {
                let line = String::from_utf8_lossy(change.line);
                let rest = line.strip_prefix('{').unwrap_or(&line);
                let chat = StreamId::BRIDGE;
                writeln!(out, "{{\"chat\":\"{chat}\",{}", visible_json(rest))?;
            }
            Self::Csv(out) => {
                for row in csv_rows(change) {
                    out.write_record(row)?;
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> std::io::Result<()> {
        match self {
            Self::Table(mut out) | Self::Json(mut out) => out.flush(),
            Self::Csv(mut out) => out.flush(),
        }
    }
}

fn line(change: &BridgeChange<'_>) -> String {
    let record = change.record;
    let subject = record.event.subject();
    let subject = subject.map_or_else(
        || "-".to_owned(),
        |subject| format!("{} {}", entity(subject.entity), subject.id),
    );
    let settings = change
        .settings
        .iter()
        .filter(|setting| says_something(setting));
    let settings: Vec<String> = settings.map(setting).collect();
    format!(
        "{}  {:>6}  {:<29}  {subject:<11}  {}  {}",
        record.time,
        record.seq.0,
        record.event.name(),
        who(&record.actor),
        settings.join("; ")
    )
}

/// Of a new or removed entity, what is not as it always begins; its time is the event's.
fn says_something(setting: &SettingChange) -> bool {
    match (&setting.old, &setting.new) {
        (Some(_), Some(_)) => true,
        (None, Some(only)) | (Some(only), None) => {
            setting.field != "created_at" && !matches!(value(only).as_str(), "" | "-")
        }
        (None, None) => false,
    }
}

/// One row for each setting; one without a setting when the event has none.
fn csv_rows(change: &BridgeChange<'_>) -> Vec<[String; 10]> {
    let record = change.record;
    let mut row: [String; 10] = Default::default();
    row[0] = record.seq.to_string();
    row[1] = record.time.to_string();
    row[2] = record.actor.kind().to_owned();
    row[3] = cell(record.actor.name());
    row[4] = record.event.name().to_owned();
    if let Some(subject) = record.event.subject() {
        row[5] = subject.entity.to_owned();
        row[6] = subject.id.to_string();
    }
    if change.settings.is_empty() {
        return vec![row];
    }
    let side = |side: &Option<serde_json::Value>| side.as_ref().map(|side| cell(&value(side)));
    let settings = change.settings.iter().map(|setting| {
        let mut row = row.clone();
        row[7] = cell(&setting.field);
        row[8] = side(&setting.old).unwrap_or_default();
        row[9] = side(&setting.new).unwrap_or_default();
        row
    });
    settings.collect()
}
