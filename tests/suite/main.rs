//! Black-box tests of the program, one file per capability.

#[path = "../support/mod.rs"]
mod support;

mod chain;
mod damage;
mod feed;
mod library;
mod migration;
mod run_basics;
mod run_flood;
mod run_kill;
mod run_migration;
mod run_odd_updates;
mod run_polling;
mod run_repeat;
mod run_sending;
mod run_stop;
mod run_token;
mod shell;
