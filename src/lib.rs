//! Bounty boards for Telegram in plain files: every accepted command is one event in an append-only, hash-chained log.
#![cfg_attr(not(test), deny(clippy::print_stderr))]

pub mod audit;
pub mod backup;
pub mod bridge;
mod causes;
pub mod cli;
pub mod domain;
pub mod engine;
#[cfg(feature = "import")]
pub mod import;
pub mod metrics;
pub mod notify;
pub mod store;
pub mod telegram;
pub mod text;
