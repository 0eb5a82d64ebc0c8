//! Black-box tests of the program, one file per capability.

#[path = "../support/mod.rs"]
mod support;

mod backup;
mod chain;
mod damage;
mod feed;
mod library;
mod migration;
mod run_basics;
mod shell;
mod summary;
