//! `bounty import`: what other programs kept becomes events.

mod left_behind;
mod print;

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Subcommand;

use crate::domain::Timestamp;
use crate::engine::system_time;
use crate::import::{
    Comparison, ImportError, Outlook, Place, Plan, bounty_sqlite, json_files, notify_bridge,
};

use super::Status;
use super::args::{DataArgs, Format, require_owner};
use super::progress::Progress;
use super::words::counted;
use print::Report;

pub use left_behind::name_left_behind;

/// Take over what another bot kept, as events; doing it again adds only what is new. Bots may run meanwhile
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    source: Source,
    /// Say what would be done, and change nothing
    #[arg(long, global = true)]
    dry_run: bool,
    /// Go on without the rows that cannot be carried
    #[arg(long, global = true)]
    skip_bad: bool,
    /// What the source is called for ever: the same rows under another name are other rows [default: the name of the file]
    #[arg(long = "source", global = true, value_name = "NAME")]
    source_name: Option<String>,
    /// How the report is printed
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum Source {
    /// The bounty bot's JSON files: a directory with a directory for each chat
    JsonFiles {
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
    /// The bounty bot's older SQLite database
    BountySqlite {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// The notification bridge's SQLite database, before its refactor or after it
    NotifyBridge {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

impl Source {
    fn path(&self) -> &Path {
        match self {
            Self::JsonFiles { dir } => dir,
            Self::BountySqlite { file } | Self::NotifyBridge { file } => file,
        }
    }

    /// The files of another bot cannot be read and written over at once.
    fn refuse_in_place(&self, root: &Path) -> anyhow::Result<()> {
        let is_root = match (self.path().canonicalize(), root.canonicalize()) {
            (Ok(source), Ok(root)) => source == root,
            _ => false,
        };
        anyhow::ensure!(
            !is_root,
            "{0} is the data directory, in which no file of another bot is ever changed. Move it away, then import it: `mv {0} old && bounty import json-files old`",
            root.display()
        );
        Ok(())
    }

    /// Reads it whole; secrets are to go to the directory `secrets`.
    fn read(&self, name: &str, now: Timestamp, secrets: &Path) -> Result<Plan, ImportError> {
        match self {
            Self::JsonFiles { dir } => json_files::read(dir, name, now),
            Self::BountySqlite { file } => bounty_sqlite::read(file, name, now),
            Self::NotifyBridge { file } => notify_bridge::read(file, name, secrets),
        }
    }
}

pub fn run(data: &DataArgs, args: &Args) -> anyhow::Result<Status> {
    let (disk, layout) = (data.disk(), data.layout());
    let place = Place {
        disk: &disk,
        layout: &layout,
    };
    if !args.dry_run && rustix::process::geteuid().is_root() {
        // What root makes in the directory of another user, that user could not open.
        require_owner(layout.root())?;
    }
    args.source.refuse_in_place(layout.root())?;
    let name = match &args.source_name {
        Some(name) => name.clone(),
        None => name_of(args.source.path())?,
    };
    // A bot may be started from anywhere.
    let secrets = std::path::absolute(layout.secrets_dir())?;
    let mut plan = args.source.read(&name, system_time(), &secrets)?;
    let bad = plan.findings.bad_rows();
    let stops = bad > 0 && !args.skip_bad;
    // What cannot be carried is said first, also when the data directory has troubles of its own.
    let outlook = match plan.outlook(place) {
        Err(_) if stops => Outlook::default(),
        outlook => outlook.context("nothing was written")?,
    };
    let writes = !args.dry_run && !stops;
    let compared = if writes {
        carry_out(&mut plan, place, &outlook)?
    } else {
        None
    };
    let report = Report {
        layout: &layout,
        source: &name,
        plan: &plan,
        outlook: &outlook,
        compared: compared.as_ref(),
    };
    report.print(args.format)?;
    anyhow::ensure!(
        !stops,
        "{} cannot be carried: mend the source, or go on without them by --skip-bad. Nothing was written",
        counted(bad, "row")
    );
    let differs = compared.is_some_and(|compared| !compared.differences.is_empty());
    Ok(Status::from(differs))
}

fn carry_out(
    plan: &mut Plan,
    place: Place<'_>,
    outlook: &Outlook,
) -> anyhow::Result<Option<Comparison>> {
    let mut progress = Progress::of_events(outlook.events());
    plan.carry_out(place, outlook, &mut |events| progress.advance(events))
        .context("the import was not finished; run it again and it goes on")?;
    drop(progress);
    Ok(Some(plan.compare(place)?))
}

/// The last part of a path, also of one like `.`.
fn name_of(path: &Path) -> anyhow::Result<String> {
    let whole = path
        .canonicalize()
        .with_context(|| format!("cannot open {}", path.display()))?;
    let name = whole.file_name().unwrap_or(whole.as_os_str());
    Ok(name.to_string_lossy().into_owned())
}
