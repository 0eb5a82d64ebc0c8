//! What an import did, or would do, in words.

use std::collections::BTreeMap;
use std::io::{StdoutLock, Write, stdout};

use serde_json::{Value, json};

use crate::cli::args::Format;
use crate::cli::bridge::words::same_token;
use crate::cli::output::{visible, visible_json};
use crate::cli::words::counted;
use crate::domain::bridge::without_tokens;
use crate::import::{Comparison, Fate, Home, Note, Outlook, Plan};
use crate::store::Layout;

/// How many rows of one remark are named on a terminal.
const SHOWN: usize = 10;

/// Everything that is to be said.
pub struct Report<'r> {
    pub layout: &'r Layout,
    pub source: &'r str,
    pub plan: &'r Plan,
    pub outlook: &'r Outlook,
    /// What was found afterwards; none when nothing was written.
    pub compared: Option<&'r Comparison>,
}

impl Report<'_> {
    pub fn print(&self, format: Format) -> std::io::Result<()> {
        let mut out = stdout().lock();
        match format {
            Format::Table => self.table(&mut out),
            Format::Json => {
                let json = serde_json::to_string_pretty(&self.json())?;
                writeln!(out, "{}", visible_json(&json))
            }
        }
    }

    fn table(&self, out: &mut StdoutLock<'_>) -> std::io::Result<()> {
        self.tables(out)?;
        self.streams(out)?;
        self.renumbered(out)?;
        self.notes(out)?;
        self.twins(out)?;
        self.end(out)
    }

    fn tables(&self, out: &mut StdoutLock<'_>) -> std::io::Result<()> {
        let tables = self.plan.findings.tables.iter();
        let tables: Vec<_> = tables.map(|(name, count)| (shown(name), count)).collect();
        let width = tables.iter().map(|(name, _)| name.chars().count());
        let width = width.max().unwrap_or(0).max(5);
        writeln!(
            out,
            "{:<width$}  {:>8}  {:>8}  {:>8}  {:>8}",
            "table", "rows", "carried", "dropped", "bad"
        )?;
        for (name, count) in &tables {
            writeln!(
                out,
                "{name:<width$}  {:>8}  {:>8}  {:>8}  {:>8}",
                count.read, count.carried, count.dropped, count.bad
            )?;
        }
        writeln!(out)
    }

    fn streams(&self, out: &mut StdoutLock<'_>) -> std::io::Result<()> {
        writeln!(out, "{:<16}  {:>8}  {:>10}", "stream", "rows", "new events")?;
        for stream in &self.outlook.streams {
            writeln!(
                out,
                "{:<16}  {:>8}  {:>10}",
                stream.stream, stream.rows, stream.events
            )?;
        }
        writeln!(out)
    }

    fn renumbered(&self, out: &mut StdoutLock<'_>) -> std::io::Result<()> {
        if self.outlook.renumbered.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "Ids that are taken here, or below the highest that was given, get new ones:"
        )?;
        writeln!(out, "{:<28}  {:>8}  {:>8}", "of", "old", "new")?;
        for renumbered in &self.outlook.renumbered {
            writeln!(
                out,
                "{:<28}  {:>8}  {:>8}",
                renumbered.of.to_string(),
                renumbered.old,
                renumbered.new
            )?;
        }
        writeln!(out)
    }

    fn notes(&self, out: &mut StdoutLock<'_>) -> std::io::Result<()> {
        let mut remarks: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for note in &self.plan.findings.notes {
            let rows = remarks
                .entry((note.fate, note.table.as_str(), note.reason.as_str()))
                .or_default();
            let chat = note.chat.map(|chat| chat.to_string());
            rows.extend(note.key.clone().or(chat));
        }
        for ((fate, table, reason), rows) in &remarks {
            writeln!(
                out,
                "{:<9}{}{}: {}",
                word(*fate),
                self::shown(table),
                named(*fate, rows),
                self.layout.with_commands(&shown(reason))
            )?;
        }
        if remarks.is_empty() {
            return Ok(());
        }
        writeln!(out)
    }

    fn twins(&self, out: &mut StdoutLock<'_>) -> std::io::Result<()> {
        for twins in &self.outlook.twins {
            let line = self.layout.with_commands(&same_token(twins));
            writeln!(out, "{line}.")?;
        }
        match self.outlook.twins.is_empty() {
            true => Ok(()),
            false => writeln!(out),
        }
    }

    fn end(&self, out: &mut StdoutLock<'_>) -> std::io::Result<()> {
        let events = counted(self.outlook.events(), "event");
        let Some(compared) = self.compared else {
            return writeln!(out, "Nothing was written. To be written: {events}.");
        };
        writeln!(out, "Written: {events}.")?;
        for difference in &compared.differences {
            let what = if difference.is_recorded {
                "is not what was imported: the source was changed since, or the board's log has it otherwise"
            } else {
                "is not there"
            };
            let (table, key) = (difference.table, visible(&difference.key));
            writeln!(out, "differs  {table} {key}: {what}")?;
        }
        let (rows, differing) = (compared.compared, compared.differences.len());
        writeln!(
            out,
            "Compared with the events: {}, {} the same.",
            counted(rows, "row"),
            rows - differing as u64
        )
    }

    fn json(&self) -> Value {
        let tables = self.plan.findings.tables.iter().map(|(name, count)| {
            json!({ "table": name, "rows": count.read, "carried": count.carried,
                    "dropped": count.dropped, "bad": count.bad })
        });
        let streams = self.outlook.streams.iter().map(
            |stream| json!({ "chat": stream.stream, "rows": stream.rows, "events": stream.events }),
        );
        let ids = self.outlook.renumbered.iter();
        let ids = ids.map(|one| match one.of {
            Home::Chat(chat) => json!({ "chat": chat, "old": one.old, "new": one.new }),
            Home::Entity(kind) => json!({ "entity": kind, "old": one.old, "new": one.new }),
        });
        let twins = self.outlook.twins.iter();
        let twins = twins.map(|twins| json!({ "bot": twins.other.id, "as": twins.first.id }));
        let notes = self.plan.findings.notes.iter();
        let notes = notes.map(|note| self.note(note));
        let compared = self.compared.map(|compared| {
            let differences = compared.differences.iter();
            let differences = differences.map(
                |one| json!({ "table": one.table, "key": one.key, "recorded": one.is_recorded }),
            );
            json!({ "rows": compared.compared, "differences": differences.collect::<Vec<_>>() })
        });
        json!({
            "source": self.source,
            "written": self.compared.is_some(),
            "events": self.outlook.events(),
            "tables": tables.collect::<Vec<_>>(),
            "chats": streams.collect::<Vec<_>>(),
            "ids": ids.collect::<Vec<_>>(),
            "same_token": twins.collect::<Vec<_>>(),
            "notes": notes.collect::<Vec<_>>(),
            "compared": compared,
        })
    }

    fn note(&self, note: &Note) -> Value {
        let reason = self.layout.with_commands(&without_tokens(&note.reason));
        json!({ "fate": word(note.fate), "table": note.table, "key": note.key, "chat": note.chat, "reason": reason })
    }
}

fn word(fate: Fate) -> &'static str {
    match fate {
        Fate::Bad => "bad",
        Fate::Dropped => "dropped",
        Fate::Carried => "carried",
    }
}

/// The rows of a remark; each, when they cannot be carried.
fn named(fate: Fate, rows: &[String]) -> String {
    let limit = if fate == Fate::Bad { usize::MAX } else { SHOWN };
    let shown: Vec<String> = rows.iter().take(limit).map(|row| shown(row)).collect();
    let rest = rows.len() - shown.len();
    let rest = match rest {
        0 => String::new(),
        _ => format!(" and {rest} more (all with --format json)"),
    };
    match shown.is_empty() {
        true => String::new(),
        false => format!(" {}{rest}", shown.join(", ")),
    }
}

/// What stands in a source is shown harmless, and without anything that looks like a token.
fn shown(text: &str) -> String {
    visible(&without_tokens(text))
}
