//! Black-box tests of the program, one file per capability.

#[path = "../support/mod.rs"]
mod support;

mod active;
mod backup;
mod bridge;
mod chain;
mod checkpoints;
mod damage;
mod faults_crash;
mod faults_disk;
mod faults_errors;
mod faults_processes;
mod faults_recovery;
mod faults_rounds;
mod faults_snapshots;
mod feed;
mod golden;
mod hostile;
mod idle;
mod import;
mod library;
mod machine;
mod metrics;
mod migration;
mod overload;
mod pool;
mod processes;
mod properties;
mod real_faults;
mod repair;
mod replay;
mod run_basics;
mod run_flood;
mod run_kill;
mod run_logs;
mod run_migration;
mod run_odd_updates;
mod run_polling;
mod run_repeat;
mod run_sending;
mod run_stop;
mod run_token;
mod settings;
mod shell;
mod summary;
