//! The `bounty` program: parses its arguments, starts logging, runs one subcommand.

use std::io::{IsTerminal, stderr};
use std::process::ExitCode;

use bounty_ledger::cli::Cli;
use clap::Parser;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_env("BOUNTY_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,bounty_ledger=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .init();
    cli.run()
}
