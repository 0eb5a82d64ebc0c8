//! Notification trackers: what is told from the boards' logs, through restarts, kills, restores and migrations.

mod boards;
mod checkpoints;
mod deliveries;
mod desk;
mod golden;
mod lab;
mod quiet;
mod reminders;
mod rounds;
mod storm;
mod stream;
