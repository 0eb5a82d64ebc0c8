//! Black-box tests of the program, one file per capability.

#[path = "../support/mod.rs"]
mod support;

mod chain;
mod damage;
mod feed;
mod library;
mod migration;
mod repair;
mod run_basics;
mod shell;
