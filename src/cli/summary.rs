//! `bounty audit --summary`: how much happened, counted.

use std::io::{BufWriter, Write, stdout};

use clap::ValueEnum;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::audit::{AuditFilter, Group, GroupBy, Reader, Row, Summary, Who, summarize};
use crate::domain::ChatId;

use super::audit::AuditFormat;
use super::output::{cell, visible, visible_json};
use super::progress::Progress;

/// By what events are counted, on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// Who did it
    User,
    /// The event's type
    Type,
    /// The chat
    Chat,
    /// The day, UTC
    Day,
    /// The month, UTC
    Month,
}

impl From<By> for GroupBy {
    fn from(by: By) -> Self {
        match by {
            By::User => Self::User,
            By::Type => Self::Type,
            By::Chat => Self::Chat,
            By::Day => Self::Day,
            By::Month => Self::Month,
        }
    }
}

/// The columns behind the groups.
const COUNTS: [&str; 5] = ["events", "added", "edited", "deleted", "tracked"];

/// Counts the events of these chats and prints the counts, and which logs could not be read to their ends. Answers with these.
pub fn run(
    reader: &Reader<'_>,
    chats: &[ChatId],
    filter: &AuditFilter,
    by: &[By],
    format: AuditFormat,
) -> anyhow::Result<Vec<(ChatId, String)>> {
    let mut groups: Vec<GroupBy> = Vec::new();
    for by in by.iter().map(|by| GroupBy::from(*by)) {
        if !groups.contains(&by) {
            groups.push(by);
        }
    }
    let mut chats = chats.to_vec();
    chats.sort_unstable();
    let total = chats.iter().map(|chat| reader.log_size(*chat)).sum();
    let mut progress = Progress::of_bytes(total);
    let summary = summarize(reader, &chats, filter, &groups, |chat| {
        progress.advance(reader.log_size(chat));
    });
    drop(progress);
    print(&Table::new(&summary, &groups), format)?;
    for (_, problem) in &summary.problems {
        to_stderr!("error: {}", visible(problem));
    }
    Ok(summary.problems)
}

fn print(table: &Table, format: AuditFormat) -> anyhow::Result<()> {
    match format {
        AuditFormat::Table => table.print()?,
        AuditFormat::Csv => table.print_csv()?,
        AuditFormat::Json => {
            let json = serde_json::to_string_pretty(&table.objects())?;
            writeln!(stdout(), "{}", visible_json(&json))?;
        }
    }
    Ok(())
}

/// One row for programs; its keys are in the order of the columns.
struct Object<'t> {
    header: &'t [&'static str],
    row: &'t [Value],
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.header.iter().zip(self.row))
    }
}

/// A summary as rows of values.
struct Table {
    header: Vec<&'static str>,
    rows: Vec<Vec<Value>>,
}

impl Table {
    fn new(summary: &Summary, by: &[GroupBy]) -> Self {
        let header = by.iter().flat_map(|by| columns(*by)).chain(&COUNTS);
        let rows = summary.rows(by);
        Self {
            header: header.copied().collect(),
            rows: rows.iter().map(|row| values(summary, row)).collect(),
        }
    }

    fn objects(&self) -> Vec<Object<'_>> {
        let rows = self.rows.iter();
        rows.map(|row| Object {
            header: &self.header,
            row,
        })
        .collect()
    }

    fn print_csv(&self) -> anyhow::Result<()> {
        let mut out = csv::Writer::from_writer(stdout());
        out.write_record(&self.header)?;
        for row in &self.rows {
            out.write_record(row.iter().map(|value| match value {
                Value::String(text) => cell(text),
                other => shown(other),
            }))?;
        }
        out.flush()?;
        Ok(())
    }

    /// Numbers to the right, words to the left.
    fn print(&self) -> std::io::Result<()> {
        let header: Vec<String> = self.header.iter().map(|name| (*name).to_owned()).collect();
        let rows: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|row| row.iter().map(shown).collect())
            .collect();
        let lines = || std::iter::once(&header).chain(&rows);
        let width = |column: usize| lines().map(|line| line[column].chars().count()).max();
        let widths: Vec<usize> = (0..header.len()).filter_map(width).collect();
        let mut out = BufWriter::new(stdout());
        for line in lines() {
            let cells = line.iter().zip(&widths).zip(&header);
            let cells = cells.map(|((text, width), name)| match is_word(name) {
                true => format!("{text:<width$}"),
                false => format!("{text:>width$}"),
            });
            writeln!(out, "{}", cells.collect::<Vec<_>>().join("  "))?;
        }
        out.flush()
    }
}

fn is_word(column: &str) -> bool {
    matches!(column, "name" | "type" | "day" | "month")
}

fn columns(by: GroupBy) -> &'static [&'static str] {
    match by {
        GroupBy::User => &["user", "name"],
        GroupBy::Type => &["type"],
        GroupBy::Chat => &["chat"],
        GroupBy::Day => &["day"],
        GroupBy::Month => &["month"],
    }
}

fn values(summary: &Summary, row: &Row) -> Vec<Value> {
    let count = row.count;
    let counts = [
        count.events,
        count.added,
        count.edited,
        count.deleted,
        count.tracked,
    ];
    let groups = row.groups.iter().flat_map(|group| words(summary, group));
    groups.chain(counts.map(Value::from)).collect()
}

fn words(summary: &Summary, group: &Group) -> Vec<Value> {
    match group {
        Group::User(Who::Id(id)) => vec![(*id).into(), summary.name(*id).into()],
        Group::User(Who::Operator(name)) => vec![Value::Null, format!("operator {name}").into()],
        Group::User(Who::System) => vec![Value::Null, "system".into()],
        Group::Type(name) => vec![(*name).into()],
        Group::Chat(chat) => vec![chat.0.into()],
        Group::Day(day) => vec![day.to_string().into()],
        Group::Month(day) => vec![day.format("%Y-%m").to_string().into()],
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => visible(text),
        other => other.to_string(),
    }
}
