//! Notification trackers: what is told from the boards' logs, through restarts, kills, restores and migrations.

mod anything;
mod away;
mod checkpoints;
mod deliveries;
mod desk;
mod golden;
mod lab;
mod moved;
mod notices;
mod quiet;
mod reminders;
mod rounds;
mod storm;
mod stream;
