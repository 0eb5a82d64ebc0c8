//! `bounty audit`: who changed what, across chats.

use std::collections::BTreeSet;
use std::io::{BufWriter, Write, stdout};
use std::ops::ControlFlow;

use clap::ValueEnum;

use crate::audit::{AuditFilter, Change, Followed, Found, Reader};
use crate::domain::board::{BoardEvent, FieldChange};
use crate::domain::bridge::BridgeEvent;
use crate::domain::{BountyId, ChatId, Event, Timestamp};
use crate::store::Layout;

use super::args::{DataArgs, ZoneArgs, actor, bounty, chats};
use super::audit_bridge;
use super::output::{cell, visible_json};
use super::progress::Progress;
use super::summary;
use super::when;
use super::words::{of_the_record, setting_sides, what, who};
use super::{Status, UsageError};

/// Who changed what, when, from what to what
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this chat; may be given several times
    #[arg(long, value_name = "ID", allow_negative_numbers = true)]
    chat: Vec<ChatId>,
    /// Only this bounty's events
    #[arg(long, value_name = "ID", value_parser = bounty)]
    bounty: Option<BountyId>,
    /// Only what this actor did, by Telegram id
    #[arg(long, value_name = "ID", allow_negative_numbers = true, value_parser = actor)]
    user: Option<i64>,
    /// Only events of this type, like BountyEdited
    #[arg(long = "type", value_name = "TYPE")]
    event: Option<String>,
    /// The bridge's events instead: who changed which bot, config, tracker or listener
    #[arg(long, conflicts_with_all = ["chat", "bounty", "user", "summary"])]
    bridge: bool,
    /// What was done on boards before they were merged into these chats' instead, from their own logs
    #[arg(long, conflicts_with_all = ["bridge", "summary"])]
    merged: bool,
    /// Not before this time (a date means its begin, UTC)
    #[arg(long, value_name = "TIME", value_parser = when::since)]
    since: Option<Timestamp>,
    /// Not after this time (a date means its end, UTC)
    #[arg(long, value_name = "TIME", value_parser = when::until)]
    until: Option<Timestamp>,
    /// Count the events instead, by user, type, chat, day or month (UTC); several group by all of them
    #[arg(long, value_enum, value_name = "BY")]
    summary: Vec<summary::By>,
    #[command(flatten)]
    zone: ZoneArgs,
    /// How the events are printed
    #[arg(long, value_enum, default_value_t = AuditFormat::Table)]
    format: AuditFormat,
}

/// How the events are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AuditFormat {
    /// For people, one event a line
    Table,
    /// The events as they stand in the logs, with the chat, one object a line
    Json,
    /// For spreadsheets
    Csv,
}

pub fn run(data: &DataArgs, args: &Args) -> anyhow::Result<Status> {
    data.require()?;
    args.check_event()?;
    let (disk, layout) = (data.disk(), data.layout());
    let reader = Reader::new(&*disk, &layout);
    let filter = AuditFilter {
        bounty: args.bounty,
        user: args.user,
        event: args.event.clone(),
        since: args.since,
        until: args.until,
    };
    if args.bridge {
        return audit_bridge::run(&reader, &filter, args.format);
    }
    let chats = chats(&reader, &args.chat)?;
    if !args.summary.is_empty() {
        return args.summarize(&reader, &chats, &filter);
    }
    let total = chats.iter().map(|chat| reader.log_size(*chat)).sum();
    let mut progress = Progress::of_printed_bytes(total);
    let mut printer = Printer::new(args)?;
    let mut problems = 0;
    let (mut chats, mut followed) = (chats.into_iter(), Followed::new(&reader));
    while let Some(chat) = chats.next().or_else(|| followed.next_chat()) {
        let mut failed = None;
        let mut print = |change: Change<'_>| match printer.print(&change) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        };
        let told = args.tell(&reader, chat, &filter, &mut print);
        if let Some(error) = failed {
            return Err(error);
        }
        if !followed.is_all(chat.into(), &told) {
            continue;
        }
        progress.advance(reader.log_size(chat));
        if let Some(problem) = told.problem {
            problems += 1;
            to_stderr!("error: {problem}");
        } else {
            problems += usize::from(args.names_no_log(&reader, chat));
        }
    }
    printer.finish()?;
    drop(progress);
    if !args.merged {
        args.name_merged(&reader, &layout);
    }
    Ok(Status::from(problems > 0))
}

/// What was read of a chat.
struct Told {
    problem: Option<String>,
    ids: Option<Vec<ChatId>>,
}

impl Found for Told {
    fn ids(&self) -> Option<&[ChatId]> {
        self.ids.as_deref()
    }
}

impl Told {
    fn failed(error: &impl ToString) -> Self {
        Self {
            problem: Some(error.to_string()),
            ids: Some(Vec::new()),
        }
    }
}

impl Args {
    /// Reads one chat's log, or those of the boards that were merged into its board.
    fn tell(
        &self,
        reader: &Reader<'_>,
        chat: ChatId,
        filter: &AuditFilter,
        print: &mut dyn FnMut(Change<'_>) -> ControlFlow<()>,
    ) -> Told {
        if self.merged {
            let read = reader.merged_changes(chat, filter, print);
            let has_log = reader.log_size(chat) > 0;
            return read.map_or_else(
                |error| Told::failed(&error),
                |problem| Told {
                    problem: problem.as_ref().map(ToString::to_string),
                    ids: has_log.then(Vec::new),
                },
            );
        }
        let read = reader.changes(chat, filter, print);
        read.map_or_else(
            |error| Told::failed(&error),
            |extent| Told {
                problem: extent
                    .as_ref()
                    .and_then(|extent| Some(extent.damage.as_ref()?.to_string())),
                ids: extent.map(|extent| extent.ids),
            },
        )
    }

    /// Says where the rest is of the chats that were named.
    fn name_merged(&self, reader: &Reader<'_>, layout: &Layout) {
        let named = self
            .chat
            .iter()
            .filter_map(|chat| reader.current(*chat).ok());
        for chat in named.collect::<BTreeSet<_>>() {
            if reader.merged_logs(chat).is_ok_and(|logs| !logs.is_empty()) {
                let audit = layout.command(&format!("audit --chat {chat} --merged"));
                to_stderr!(
                    "a board was merged into that of chat {chat}; what was done on it before: `{audit}`"
                );
            }
        }
    }

    /// Says so when a chat that was named has no log.
    fn names_no_log(&self, reader: &Reader<'_>, chat: ChatId) -> bool {
        let now = || reader.current(chat).unwrap_or(chat);
        let missing = !self.chat.is_empty() && reader.log_size(now()) == 0;
        if missing {
            to_stderr!("error: chat {chat} has no log: check the id and --data");
        }
        missing
    }

    fn summarize(
        &self,
        reader: &Reader<'_>,
        chats: &[ChatId],
        filter: &AuditFilter,
    ) -> anyhow::Result<Status> {
        let problems = summary::run(reader, chats, filter, &self.summary, self.format)?;
        let is_told = |chat: &ChatId| problems.iter().any(|(told, _)| told == chat);
        let untold = chats.iter().filter(|chat| !is_told(chat));
        let missing = untold
            .filter(|chat| self.names_no_log(reader, **chat))
            .count();
        Ok(Status::from(missing > 0 || !problems.is_empty()))
    }

    /// A type that no event has would find nothing and say nothing.
    fn check_event(&self) -> Result<(), UsageError> {
        let names: &[&str] = if self.bridge {
            BridgeEvent::NAMES
        } else {
            &BoardEvent::NAMES
        };
        let known = |event: &String| names.iter().any(|name| name.eq_ignore_ascii_case(event));
        match &self.event {
            Some(event) if !known(event) => {
                let names = names.join(", ");
                Err(UsageError(format!(
                    "no event has the type {event}; the types are {names}"
                )))
            }
            _ => Ok(()),
        }
    }
}

/// Prints events as they come.
enum Printer<'a> {
    Table {
        out: BufWriter<std::io::Stdout>,
        args: &'a Args,
    },
    Json {
        out: BufWriter<std::io::Stdout>,
    },
    Csv {
        out: Box<csv::Writer<std::io::Stdout>>,
    },
}

impl<'a> Printer<'a> {
    fn new(args: &'a Args) -> anyhow::Result<Self> {
        let out = || BufWriter::new(stdout());
        Ok(match args.format {
            AuditFormat::Table => Self::Table { out: out(), args },
            AuditFormat::Json => Self::Json { out: out() },
            AuditFormat::Csv => {
                let mut out = csv::Writer::from_writer(stdout());
                out.write_record(CSV_HEADER)?;
                Self::Csv { out: Box::new(out) }
            }
        })
    }

    fn print(&mut self, change: &Change<'_>) -> anyhow::Result<()> {
        let record = change.record;
        match self {
            Self::Table { out, args } => {
                let bounty = record
                    .event
                    .bounty()
                    .map_or_else(|| "-".to_owned(), |id| format!("#{id}"));
                let (name, who) = (record.event.name(), who(&record.actor));
                let what = what(change, args.zone.tz);
                writeln!(
                    out,
                    "{}  {:>14}  {:>6}  {name:<13} {bounty:>5}  {who}  {what}",
                    record.time, change.chat.0, record.seq.0
                )?;
            }
            Self::Json { out } => {
                let line = String::from_utf8_lossy(change.line);
                let rest = line.strip_prefix('{').unwrap_or(&line);
                writeln!(out, "{{\"chat\":{},{}", change.chat, visible_json(rest))?;
            }
            Self::Csv { out } => out.write_record(csv_row(change))?,
        }
        Ok(())
    }

    fn finish(self) -> anyhow::Result<()> {
        match self {
            Self::Table { mut out, .. } | Self::Json { mut out } => out.flush()?,
            Self::Csv { mut out } => out.flush()?,
        }
        Ok(())
    }
}

const CSV_HEADER: [&str; 17] = [
    "chat",
    "seq",
    "time",
    "actor_kind",
    "actor_id",
    "actor_name",
    "type",
    "bounty",
    "text_old",
    "text_new",
    "link_old",
    "link_new",
    "due_old",
    "due_new",
    "setting",
    "setting_old",
    "setting_new",
];

fn csv_row(change: &Change<'_>) -> [String; 17] {
    let record = change.record;
    let mut row: [String; 17] = Default::default();
    row[0] = change.chat.to_string();
    row[1] = record.seq.to_string();
    row[2] = record.time.to_string();
    row[3] = record.actor.kind().to_owned();
    row[4] = record
        .actor
        .id()
        .map(|id| id.to_string())
        .unwrap_or_default();
    row[5] = cell(record.actor.name());
    row[6] = record.event.name().to_owned();
    row[7] = record
        .event
        .bounty()
        .map(|id| id.to_string())
        .unwrap_or_default();
    for field in &change.fields {
        let (at, old, new) = match field {
            FieldChange::Text { old, new } => (8, cell(old), cell(new)),
            FieldChange::Link { old, new } => {
                (10, link_cell(old.as_deref()), link_cell(new.as_deref()))
            }
            FieldChange::Due { old, new } => (12, time_cell(*old), time_cell(*new)),
        };
        row[at] = old;
        row[at + 1] = new;
    }
    let setting = change.setting.clone();
    if let Some(setting) = setting.or_else(|| of_the_record(&record.event)) {
        let [old, new] = setting_sides(&setting);
        row[14].clone_from(&setting.field);
        (row[15], row[16]) = (cell(&old), cell(&new));
    }
    row
}

fn link_cell(link: Option<&str>) -> String {
    link.map(cell).unwrap_or_default()
}

fn time_cell(time: Option<i64>) -> String {
    time.map(|time| Timestamp::from_millis(time.saturating_mul(1_000)).to_string())
        .unwrap_or_default()
}
