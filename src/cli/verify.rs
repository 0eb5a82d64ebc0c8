//! `bounty verify`: check every line of every log.

use std::collections::BTreeMap;
use std::io::{Write, stdout};

use serde_json::json;

use crate::audit::{Expectation, Problem, Reader, Verdict, for_each_followed};
use crate::backup::{is_incomplete, noted_problems};
use crate::domain::{ChatId, StreamId};
use crate::engine::broken_notes;
use crate::store::{Disk, Layout, Position, StoreError};

use super::args::{DataArgs, Format, streams};
use super::output::{if_read, visible};
use super::progress::Progress;
use super::{Status, UsageError};

/// Check every line of every log; print each log's last seq and head; change nothing
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The chats to check, `bridge`, or `notifier-` and a tracker's id; all when none is named
    #[arg(value_name = "CHAT", allow_negative_numbers = true)]
    chats: Vec<StreamId>,
    /// A seq and its hash as noted earlier: shows a cut or a rewrite of the one chat that is named
    #[arg(long, value_name = "SEQ:HEAD")]
    expect: Option<Expectation>,
    /// How the report is printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

pub fn run(data: &DataArgs, args: &Args) -> anyhow::Result<Status> {
    if args.expect.is_some() && args.chats.len() != 1 {
        return Err(UsageError(
            "--expect needs the one chat that it is about: bounty verify CHAT --expect SEQ:HEAD"
                .into(),
        )
        .into());
    }
    data.require()?;
    let (disk, layout) = (data.disk(), data.layout());
    let reader = Reader::new(&*disk, &layout);
    let mut streams = streams(&reader, &args.chats)?;
    let (noted, told) = told_by_backup(&*disk, &layout, &args.chats)?;
    let (notes, are_unread) = match args.chats.is_empty() {
        true => notes(&*disk, &layout),
        false => (BTreeMap::new(), false),
    };
    // What the backup lacks has no directory in it.
    let lacking = noted.keys().filter(|stream| !streams.contains(stream));
    streams.extend(lacking.copied().collect::<Vec<_>>());
    let mut progress =
        Progress::of_printed_bytes(streams.iter().map(|stream| reader.log_size(*stream)).sum());
    let (mut problems, mut reports) = (0, Vec::new());
    let verify = |stream| reader.verify(stream, args.expect);
    for_each_followed(&reader, &streams, verify, |stream, verdict: Verdict| {
        progress.advance(reader.log_size(stream));
        let problem = problem(&verdict, noted.get(&stream));
        problems += usize::from(problem.is_some());
        match args.format {
            Format::Table => print_line(&verdict, problem.as_deref())?,
            Format::Json => reports.push(report(&verdict, problem.as_deref())),
        }
        anyhow::Ok(())
    })?;
    drop(progress);
    for (old, error) in &notes {
        let verdict = Verdict {
            stream: (*old).into(),
            end: Position::START,
            problem: None,
            ids: Vec::new(),
        };
        let problem = Some(error.to_string());
        match args.format {
            Format::Table => print_line(&verdict, problem.as_deref())?,
            Format::Json => reports.push(report(&verdict, problem.as_deref())),
        }
    }
    if args.format == Format::Json {
        let json = serde_json::to_string_pretty(&reports)?;
        if_read(writeln!(stdout(), "{json}"))?;
    } else if problems > 0 {
        to_stderr!("logs with a problem: {problems} of {}", streams.len());
    }
    Ok(Status::from(
        problems > 0 || told || are_unread || !notes.is_empty(),
    ))
}

/// The notes of new ids that lead nowhere, and whether the notes could not even be listed, which is said at once.
fn notes(disk: &dyn Disk, layout: &Layout) -> (BTreeMap<ChatId, StoreError>, bool) {
    match broken_notes(disk, layout) {
        Ok(notes) => (notes, false),
        Err(error) => {
            to_stderr!("error: {}", visible(&error.to_string()));
            (BTreeMap::new(), true)
        }
    }
}

/// What a backup, perhaps copied back, says of itself: the problems that the named chats had when it was made, and whether it says
/// anything bad at all.
fn told_by_backup(
    disk: &dyn Disk,
    layout: &Layout,
    named: &[StreamId],
) -> anyhow::Result<(BTreeMap<StreamId, String>, bool)> {
    let root = layout.root().display();
    let update = Layout::new("LIVE").command(&format!("backup --update {root}"));
    let update = format!("`{update}`, with the live data directory,");
    let mut told = is_incomplete(disk, layout)?;
    if told {
        to_stderr!(
            "error: {root} is a backup that was not finished: logs or events may be missing; finish it with {update}"
        );
    }
    let mut noted = noted_problems(disk, layout).unwrap_or_else(|error| {
        told = true;
        to_stderr!(
            "error: {error}; what the backup lacks is not known: {update} writes the file anew"
        );
        BTreeMap::new()
    });
    noted.retain(|stream, _| named.is_empty() || named.contains(stream));
    if !noted.is_empty() {
        told = true;
        to_stderr!(
            "error: {root}/backup.json names chats that are missing, behind or damaged in this backup; {update} tries them again. \
             In a restored data directory, remove backup.json to go on without what is missing"
        );
    }
    Ok((noted, told))
}

/// What is wrong with a log, or else with its backup. A log that is found damaged says that better itself.
fn problem(verdict: &Verdict, noted: Option<&String>) -> Option<String> {
    match (&verdict.problem, noted) {
        (None | Some(Problem::NoLog { .. }), Some(noted)) => {
            Some(format!("when the backup was last made: {noted}"))
        }
        (found, _) => found.as_ref().map(ToString::to_string),
    }
}

fn print_line(verdict: &Verdict, problem: Option<&str>) -> anyhow::Result<()> {
    let Verdict { stream, end, .. } = verdict;
    let found = match problem {
        None => "ok".to_owned(),
        Some(problem) => format!("PROBLEM: {}", visible(problem)),
    };
    let line = format!("{stream}\tseq {}\t{}\t{found}", end.seq, end.head);
    Ok(if_read(writeln!(stdout().lock(), "{line}"))?)
}

fn report(verdict: &Verdict, problem: Option<&str>) -> serde_json::Value {
    json!({
        "chat": verdict.stream,
        "seq": verdict.end.seq,
        "head": verdict.end.head.as_str(),
        "problem": problem,
    })
}
