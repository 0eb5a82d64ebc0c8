//! Black-box tests of the program, one file per capability.

#[path = "../support/mod.rs"]
mod support;

mod chain;
mod damage;
mod golden;
mod library;
mod processes;
mod properties;
mod replay;
