//! `bounty replay`: rebuild the snapshots from the logs, or compare them.

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::audit::{
    Difference, Found, Reader, Rebuilt, SnapshotCheck, for_each_followed, rebuild, rebuild_into,
};
use crate::domain::{ChatId, StreamId};
use crate::store::{Disk, Layout, StoreError};

use super::Status;
use super::args::{DataArgs, Format, streams};
use super::output::{if_read, visible};
use super::progress::Progress;
use super::words::counted;

/// Rebuild snapshots from the logs alone; safe beside a running bot
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The chats to rebuild, `bridge`, or `notifier-` and a tracker's id; all when none is named
    #[arg(value_name = "CHAT", allow_negative_numbers = true)]
    chats: Vec<StreamId>,
    /// Change nothing; compare each file with the log and exit 1 on a difference
    #[arg(long, conflicts_with = "out")]
    check: bool,
    /// Write the files into this directory instead
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// How the report is printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

pub fn run(data: &DataArgs, args: &Args) -> anyhow::Result<Status> {
    data.require()?;
    let replay = Replay {
        disk: data.disk(),
        layout: data.layout(),
        args,
    };
    let reader = Reader::new(&*replay.disk, &replay.layout);
    let streams = streams(&reader, &args.chats)?;
    let mut progress =
        Progress::of_bytes(streams.iter().map(|stream| reader.log_size(*stream)).sum());
    let mut totals = Totals::default();
    let mut reports = Vec::new();
    for_each_followed(
        &reader,
        &streams,
        |stream| replay.one(&reader, stream),
        |stream, outcome| {
            progress.advance(outcome.bytes());
            totals.add(stream, &outcome);
            match args.format {
                Format::Table => {
                    if_read(progress.aside(|| outcome.print(stream, &replay.layout)))?;
                }
                Format::Json => reports.push(outcome.report(stream, &replay.layout)),
            }
            anyhow::Ok(())
        },
    )?;
    drop(progress);
    match args.format {
        Format::Table => if_read(totals.print(args.check))?,
        Format::Json => {
            let json = serde_json::to_string_pretty(&reports)?;
            if_read(writeln!(stdout(), "{json}"))?;
        }
    }
    Ok(Status::from(totals.problems > 0))
}

struct Replay<'a> {
    disk: Arc<dyn Disk>,
    layout: Layout,
    args: &'a Args,
}

impl Replay<'_> {
    fn one(&self, reader: &Reader<'_>, stream: StreamId) -> Outcome {
        let outcome = if self.args.check {
            reader
                .check_snapshots(stream)
                .map(|check| check.map_or(Outcome::NoLog, Outcome::Checked))
        } else if let Some(out) = &self.args.out {
            rebuild_into(reader, stream, out)
                .map(|rebuilt| rebuilt.map_or(Outcome::NoLog, Outcome::Rebuilt))
        } else {
            rebuild(&self.disk, &self.layout, stream)
                .map(|rebuilt| rebuilt.map_or(Outcome::NoLog, Outcome::Rebuilt))
        };
        outcome.unwrap_or_else(Outcome::Failed)
    }
}

enum Outcome {
    Rebuilt(Rebuilt),
    Checked(SnapshotCheck),
    NoLog,
    Failed(StoreError),
}

impl Found for Outcome {
    /// Which ids the log names is not asked: done twice is done once.
    fn ids(&self) -> Option<&[ChatId]> {
        match self {
            Self::NoLog => None,
            Self::Rebuilt(_) | Self::Checked(_) | Self::Failed(_) => Some(&[]),
        }
    }
}

impl Outcome {
    /// How much of a log was read, as far as that is known.
    fn bytes(&self) -> u64 {
        match self {
            Self::Rebuilt(done) => done.end.offset,
            Self::Checked(check) => check.end.offset,
            Self::NoLog | Self::Failed(_) => 0,
        }
    }

    /// Only what an operator has to know: nothing for a chat where all is well.
    fn print(&self, stream: StreamId, layout: &Layout) -> std::io::Result<()> {
        let mut out = stdout().lock();
        match self {
            Self::Rebuilt(_) => Ok(()),
            Self::NoLog => writeln!(
                out,
                "{stream}\tPROBLEM: no log here; check the id and --data"
            ),
            Self::Failed(error) => {
                writeln!(out, "{stream}\tPROBLEM: {}", visible(&error.to_string()))
            }
            Self::Checked(check) => {
                for file in &check.files {
                    writeln!(
                        out,
                        "{}\t{}",
                        file.path.display(),
                        describe(file.difference, layout)
                    )?;
                }
                Ok(())
            }
        }
    }

    fn report(&self, stream: StreamId, layout: &Layout) -> Value {
        match self {
            Self::Rebuilt(done) => {
                json!({ "chat": stream, "seq": done.end.seq, "head": done.end.head.as_str(),
                        "written": done.written, "unchanged": done.unchanged, "problem": null })
            }
            Self::NoLog => json!({ "chat": stream, "problem": "no log" }),
            Self::Failed(error) => json!({ "chat": stream, "problem": error.to_string() }),
            Self::Checked(check) => {
                let files: Vec<Value> = check.files.iter().map(|file| {
                    json!({ "file": file.path, "difference": describe(file.difference, layout), "lag": file.difference.is_lag() })
                }).collect();
                json!({ "chat": stream, "seq": check.end.seq, "head": check.end.head.as_str(), "files": files, "problem": null })
            }
        }
    }
}

fn describe(difference: Difference, layout: &Layout) -> String {
    let replay = layout.command("replay");
    match difference {
        Difference::Behind { seq, latest } => {
            format!("behind: reflects seq {seq} of {latest} (a running bot writes it soon)")
        }
        Difference::Missing => format!("PROBLEM: missing; `{replay}` writes it"),
        Difference::Content => {
            format!(
                "PROBLEM: not what the log gives: the file was changed, or the log was, which a head noted elsewhere tells (`verify CHAT --expect SEQ:HEAD`); `{replay}` writes it anew"
            )
        }
        Difference::Unexpected => {
            "PROBLEM: the log gives no such file; remove it if it is not yours".to_owned()
        }
    }
}

#[derive(Default)]
struct Totals {
    chats: usize,
    /// Whether the bridge is among them.
    bridge: bool,
    notifiers: usize,
    events: u64,
    written: usize,
    unchanged: usize,
    behind: usize,
    problems: usize,
}

impl Totals {
    fn add(&mut self, stream: StreamId, outcome: &Outcome) {
        match stream {
            StreamId::Chat(_) => self.chats += 1,
            StreamId::Bridge => self.bridge = true,
            StreamId::Notifier(_) => self.notifiers += 1,
        }
        match outcome {
            Outcome::Rebuilt(done) => {
                self.events += done.end.seq.0;
                self.written += done.written;
                self.unchanged += done.unchanged;
            }
            Outcome::Checked(check) => {
                self.events += check.end.seq.0;
                let behind = check
                    .files
                    .iter()
                    .filter(|file| file.difference.is_lag())
                    .count();
                self.behind += behind;
                self.problems += check.files.len() - behind;
            }
            Outcome::NoLog | Outcome::Failed(_) => self.problems += 1,
        }
    }

    fn print(&self, check: bool) -> std::io::Result<()> {
        let count = |count: usize, noun| counted(count as u64, noun);
        let head = format!(
            "{}{}{}, {}",
            count(self.chats, "chat"),
            if self.bridge { " and the bridge" } else { "" },
            match self.notifiers {
                0 => String::new(),
                notifiers => format!(", {}", count(notifiers, "notification tracker")),
            },
            counted(self.events, "event")
        );
        let problems = count(self.problems, "problem");
        let mut out = stdout().lock();
        if check {
            let behind = count(self.behind, "file");
            writeln!(out, "{head}: {problems}, {behind} behind")
        } else {
            let (written, unchanged) = (count(self.written, "file"), self.unchanged);
            writeln!(
                out,
                "{head}: {written} written, {unchanged} unchanged, {problems}"
            )
        }
    }
}
