//! The `bounty` program: parses its arguments, starts logging, runs one subcommand.

use std::io::{IsTerminal, stderr};
use std::process::ExitCode;

use bounty_ledger::cli::{Cli, LogFormat};
use tikv_jemallocator::Jemalloc;
use tracing_subscriber::EnvFilter;

/// One thread allocates what another one frees here: the C library's allocator takes locks for that.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    let cli = Cli::read();
    start_logging(cli.log_format());
    cli.run()
}

/// Logs go to stderr; BOUNTY_LOG filters them.
fn start_logging(format: LogFormat) {
    let filter = EnvFilter::try_from_env("BOUNTY_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,bounty_ledger=info"));
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal());
    match format {
        LogFormat::Text => logging.init(),
        LogFormat::Json => logging.json().flatten_event(true).init(),
    }
}
