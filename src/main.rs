//! The `bounty` program: parses its arguments, starts logging, runs one subcommand.

use std::env::{self, VarError};
use std::io::{IsTerminal, Write, stderr};
use std::process::ExitCode;

use bounty_ledger::cli::{Cli, LogFormat};
use tikv_jemallocator::Jemalloc;
use tracing_subscriber::EnvFilter;

/// One thread allocates what another one frees here: the C library's allocator takes locks for that.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

/// The variable that says what is logged.
const FILTER: &str = "BOUNTY_LOG";
/// What is logged when it says nothing.
const USUAL: &str = "warn,bounty_ledger=info";

fn main() -> ExitCode {
    let cli = Cli::read();
    if let Err(problem) = start_logging(cli.log_format()) {
        // Nobody may be there to read it.
        let _ = writeln!(stderr(), "error: {problem}");
        return ExitCode::from(2);
    }
    cli.run()
}

/// Logs go to stderr; BOUNTY_LOG filters them. Fails, with the words for it, when that is no filter.
fn start_logging(format: LogFormat) -> Result<(), String> {
    let text = match env::var(FILTER) {
        Ok(text) => text,
        Err(VarError::NotPresent) => USUAL.to_owned(),
        Err(VarError::NotUnicode(_)) => return Err(format!("{FILTER} is not UTF-8")),
    };
    let filter = EnvFilter::try_new(&text).map_err(|error| {
        format!("{FILTER} is no filter for the log: {text:?}: {error}; use a level, like `info`, or some of them apart by commas, like `{USUAL}`")
    })?;
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        // A line that cannot be written would be told of on stderr, which would end the program.
        .log_internal_errors(false)
        .with_ansi(stderr().is_terminal());
    match format {
        LogFormat::Text => logging.init(),
        LogFormat::Json => logging.json().flatten_event(true).init(),
    }
    Ok(())
}
