//! `bounty history`: one bounty, change by change.

use std::io::{Write, stdout};
use std::ops::ControlFlow;

use serde_json::json;

use crate::audit::Reader;
use crate::domain::board::{BoardEvent, FieldChange, HistoryEntry, HistoryFold};
use crate::domain::{BountyId, ChatId};
use crate::store::Line;

use super::Status;
use super::args::{DataArgs, Format, ZoneArgs, bounty};
use super::output::visible_json;
use super::words::{field, who};

/// One bounty, change by change: who, when, old -> new; also of a deleted one
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The chat, by its id: negative for a group
    #[arg(allow_negative_numbers = true)]
    chat: ChatId,
    /// The bounty, by its id
    #[arg(value_parser = bounty)]
    bounty: BountyId,
    #[command(flatten)]
    zone: ZoneArgs,
    /// How it is printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

pub fn run(data: &DataArgs, args: &Args) -> anyhow::Result<Status> {
    data.require()?;
    let (disk, layout) = (data.disk(), data.layout());
    let reader = Reader::new(&*disk, &layout);
    let chat = reader.current(args.chat)?;
    let mut fold = HistoryFold::new(args.bounty);
    let extent = reader.read_extent(chat, &mut |line: Line<'_, BoardEvent>| {
        fold.see(line.record);
        ControlFlow::Continue(())
    })?;
    let Some(extent) = extent else {
        anyhow::bail!("chat {chat} has no log: check the id and --data")
    };
    let entries = fold.into_entries();
    if entries.is_empty() {
        if let Some(damage) = extent.damage {
            // The bounty may stand behind it.
            return Err(damage.into());
        }
        anyhow::bail!(
            "chat {chat} never had a bounty {}: `{}` lists what it has",
            args.bounty,
            layout.command(&format!("show {chat}"))
        );
    }
    let mut out = stdout().lock();
    match args.format {
        Format::Table => {
            for entry in &entries {
                print_entry(&mut out, entry, args)?;
            }
            writeln!(
                out,
                "chat {chat} is at seq {}, head {}",
                extent.end.seq, extent.end.head
            )?;
        }
        Format::Json => {
            let whole: Vec<_> = entries
                .iter()
                .map(|entry| report(chat, args.bounty, entry))
                .collect();
            writeln!(
                out,
                "{}",
                visible_json(&serde_json::to_string_pretty(&whole)?)
            )?;
        }
    }
    if let Some(damage) = extent.damage {
        to_stderr!("error: {damage}");
        return Ok(Status::Problem);
    }
    Ok(Status::Done)
}

fn print_entry(out: &mut impl Write, entry: &HistoryEntry, args: &Args) -> std::io::Result<()> {
    writeln!(
        out,
        "{}  seq {:<6} {}  {}",
        entry.time,
        entry.seq,
        entry.event,
        who(&entry.actor)
    )?;
    for change in &entry.changes {
        writeln!(out, "    {}", field(change, args.zone.tz))?;
    }
    Ok(())
}

fn report(chat: ChatId, bounty: BountyId, entry: &HistoryEntry) -> serde_json::Value {
    let changes: serde_json::Map<_, _> = entry.changes.iter().map(old_and_new).collect();
    json!({ "chat": chat, "bounty": bounty, "seq": entry.seq, "time": entry.time, "actor": entry.actor, "type": entry.event, "changes": changes })
}

fn old_and_new(change: &FieldChange) -> (String, serde_json::Value) {
    let (name, value) = match change {
        FieldChange::Text { old, new } => ("text", json!({ "old": some(old), "new": some(new) })),
        FieldChange::Link { old, new } => ("link", json!({ "old": old, "new": new })),
        FieldChange::Due { old, new } => ("due_date_ts", json!({ "old": old, "new": new })),
    };
    (name.to_owned(), value)
}

/// A bounty always has a text: an empty one stands for none, before it was added or after it was deleted.
fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
