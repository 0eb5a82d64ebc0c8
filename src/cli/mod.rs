//! The command line: one file per subcommand.
//!
//! Results go to stdout, logs and progress to stderr. Exit status: 0 done, 1 failed or a problem found, 2 wrong usage.

/// Writes a line to stderr as `eprintln!` does, but for the panic when that cannot be written: its reader may have ended, its disk may be
/// full, and what is done must not depend on it.
macro_rules! to_stderr {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}

mod args;
mod audit;
mod audit_bridge;
mod backup;
mod bridge;
mod feed;
mod history;
#[cfg(feature = "import")]
mod import;
mod open_files;
mod output;
mod progress;
mod repair;
mod replay;
mod run;
mod shell;
mod show;
mod summary;
mod verify;
mod when;
mod words;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::domain::bridge::without_tokens;

pub use args::{DataArgs, Format, LogFormat};

/// A Telegram bot that keeps bounty boards in plain files, with a log of every change.
#[derive(Debug, Parser)]
#[command(name = "bounty", version, about, max_term_width = 110)]
pub struct Cli {
    #[command(flatten)]
    data: DataArgs,
    /// How log lines are written to stderr
    #[arg(long, global = true, value_enum, env = "BOUNTY_LOG_FORMAT", default_value_t = LogFormat::Text)]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Shell(shell::Args),
    Run(run::Args),
    Feed(feed::Args),
    Replay(replay::Args),
    Audit(audit::Args),
    History(history::Args),
    Show(show::Args),
    Verify(verify::Args),
    Backup(backup::Args),
    Repair(repair::Args),
    #[cfg(feature = "import")]
    Import(import::Args),
    Bridge(Box<bridge::Args>),
}

/// How a subcommand ended, when nothing failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Done,
    /// A problem was found, and was said.
    Problem,
}

impl From<bool> for Status {
    /// From "a problem was found".
    fn from(problem: bool) -> Self {
        if problem { Self::Problem } else { Self::Done }
    }
}

/// What was asked for cannot be understood, though each argument alone can: exit status 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

impl Cli {
    /// Reads the process's arguments. Ends the process when they are no command, and says so without a token that stands among them.
    pub fn read() -> Self {
        Self::try_parse().unwrap_or_else(|error| {
            let text = error.render().to_string();
            let shown = without_tokens(&text);
            if shown == text {
                error.exit()
            }
            to_stderr!("{}", shown.trim_end());
            std::process::exit(2)
        })
    }

    /// How log lines are to be written.
    pub fn log_format(&self) -> LogFormat {
        self.log_format
    }

    /// Runs the subcommand, says what failed, and gives the process's exit status. What ends `run` is a line of the log where that is
    /// JSON.
    pub fn run(self) -> ExitCode {
        let is_logged =
            self.log_format == LogFormat::Json && matches!(self.command, Command::Run(_));
        let layout = self.data.layout();
        match self.dispatch() {
            Ok(Status::Done) => ExitCode::SUCCESS,
            Ok(Status::Problem) => ExitCode::FAILURE,
            Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
            Err(error) => {
                let error = output::named(error);
                let error_text = without_tokens(&format!("{error:#}"));
                let error_text = output::visible(&layout.with_commands(&error_text));
                // A filter that keeps errors out of the log does not keep this to itself.
                if is_logged && tracing::enabled!(tracing::Level::ERROR) {
                    tracing::error!("{error_text}");
                } else {
                    to_stderr!("error: {error_text}");
                }
                ExitCode::from(if error.is::<UsageError>() { 2 } else { 1 })
            }
        }
    }

    fn dispatch(self) -> anyhow::Result<Status> {
        let data = self.data;
        match self.command {
            Command::Shell(args) => shell::run(&data, &args),
            Command::Run(args) => run::run(&data, &args),
            Command::Feed(args) => feed::run(&data, &args),
            Command::Replay(args) => replay::run(&data, &args),
            Command::Audit(args) => audit::run(&data, &args),
            Command::History(args) => history::run(&data, &args),
            Command::Show(args) => show::run(&data, &args),
            Command::Verify(args) => verify::run(&data, &args),
            Command::Backup(args) => backup::run(&data, &args),
            Command::Repair(args) => repair::run(&data, &args),
            #[cfg(feature = "import")]
            Command::Import(args) => import::run(&data, &args),
            Command::Bridge(args) => bridge::run(&data, *args),
        }
    }
}
