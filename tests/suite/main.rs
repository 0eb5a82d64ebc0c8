//! Black-box tests of the program, one file per capability.

#[path = "../support/mod.rs"]
mod support;

mod chain;
mod faults_crash;
mod faults_disk;
mod faults_errors;
mod faults_processes;
mod faults_recovery;
mod faults_snapshots;
mod feed;
mod migration;
mod shell;
