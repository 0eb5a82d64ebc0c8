//! `bounty backup`: a verified copy of all boards, beside a running bot.

use std::io::{Write, stdout};
use std::path::PathBuf;

use crate::audit::Reader;
use crate::backup::{Entry, back_up};

use super::Status;
use super::args::{DataArgs, Format};
use super::output::{if_read, visible};
use super::progress::Progress;

/// Copy all boards while the bot runs, verify the copy, print each log's last seq and head; restoring is copying back
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where the backup is made: a directory that is empty or not there yet
    #[arg(value_name = "DEST")]
    dest: PathBuf,
    /// Bring an earlier backup in DEST up to date, or finish an interrupted one: its logs only grow
    #[arg(long)]
    update: bool,
    /// How the report is printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

pub fn run(data: &DataArgs, args: &Args) -> anyhow::Result<Status> {
    data.require()?;
    let (disk, layout) = (data.disk(), data.layout());
    let reader = Reader::new(&*disk, &layout);
    let total = reader
        .streams()?
        .iter()
        .map(|stream| reader.log_size(*stream))
        .sum();
    let mut progress = Progress::of_bytes(total);
    let entries = back_up(&*disk, &layout, &args.dest, args.update, &mut |bytes| {
        progress.advance(bytes);
    })?;
    drop(progress);
    match args.format {
        Format::Table => if_read(print_lines(&entries))?,
        Format::Json => {
            let json = serde_json::to_string_pretty(&entries)?;
            if_read(writeln!(stdout(), "{json}"))?;
        }
    }
    let problems = entries
        .iter()
        .filter(|entry| entry.problem.is_some())
        .count();
    if problems > 0 {
        to_stderr!("chats with a problem: {problems} of {}", entries.len());
    }
    Ok(Status::from(problems > 0))
}

fn print_lines(entries: &[Entry]) -> std::io::Result<()> {
    let mut out = stdout().lock();
    for Entry {
        stream,
        end,
        problem,
    } in entries
    {
        let found = match problem {
            None => "ok".to_owned(),
            Some(problem) => format!("PROBLEM: {}", visible(&problem.to_string())),
        };
        writeln!(out, "{stream}\tseq {}\t{}\t{found}", end.seq, end.head)?;
    }
    Ok(())
}
