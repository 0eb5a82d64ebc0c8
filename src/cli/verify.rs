//! `bounty verify`: check every line of every log.

use std::io::{Write, stdout};

use serde_json::json;

use crate::audit::{Expectation, Reader, Verdict, for_each_stream};
use crate::backup::is_incomplete;
use crate::domain::StreamId;

use super::args::{DataArgs, Format, streams};
use super::output::visible;
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
    let streams = streams(&reader, &args.chats)?;
    let mut progress =
        Progress::of_bytes(streams.iter().map(|stream| reader.log_size(*stream)).sum());
    let incomplete = is_incomplete(&*disk, &layout)?;
    if incomplete {
        eprintln!(
            "error: {} is a backup that was not finished: logs or events may be missing; finish it with `bounty backup --update`",
            layout.root().display()
        );
    }
    let (mut problems, mut reports) = (0, Vec::new());
    let verify = |stream| reader.verify(stream, args.expect);
    for_each_stream(&streams, verify, |stream, verdict: Verdict| {
        progress.advance(reader.log_size(stream));
        problems += usize::from(verdict.problem.is_some());
        match args.format {
            Format::Table => print_line(&verdict)?,
            Format::Json => reports.push(report(&verdict)),
        }
        anyhow::Ok(())
    })?;
    drop(progress);
    if args.format == Format::Json {
        serde_json::to_writer_pretty(stdout().lock(), &reports)?;
        writeln!(stdout())?;
    } else if problems > 0 {
        eprintln!("logs with a problem: {problems} of {}", streams.len());
    }
    Ok(Status::from(problems > 0 || incomplete))
}

fn print_line(verdict: &Verdict) -> anyhow::Result<()> {
    let Verdict {
        stream,
        end,
        problem,
    } = verdict;
    let mut out = stdout().lock();
    match problem {
        None => writeln!(out, "{stream}\tseq {}\t{}\tok", end.seq, end.head)?,
        Some(problem) => {
            let problem = visible(&problem.to_string());
            writeln!(
                out,
                "{stream}\tseq {}\t{}\tPROBLEM: {problem}",
                end.seq, end.head
            )?;
        }
    }
    Ok(())
}

fn report(verdict: &Verdict) -> serde_json::Value {
    json!({
        "chat": verdict.stream,
        "seq": verdict.end.seq,
        "head": verdict.end.head.as_str(),
        "problem": verdict.problem.as_ref().map(ToString::to_string),
    })
}
