//! Memory follows the chats in use: a board that nobody uses leaves it, and its log is closed.
#![cfg(target_os = "linux")]

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use bounty_ledger::domain::board::{Answer, Command, Query};
use bounty_ledger::engine::{Engine, Outcome, Settings};
use bounty_ledger::text::page_size;

use crate::library::{add, disk, layout, request};
use crate::support::Data;

/// How many logs below this data directory the process has open.
fn open_logs(data: &Data) -> usize {
    let links = fs::read_dir("/proc/self/fd").expect("open files").flatten();
    let targets = links.filter_map(|link| fs::read_link(link.path()).ok());
    targets
        .filter(|target| target.starts_with(data.path()) && target.ends_with("events.jsonl"))
        .count()
}

#[test]
fn idle_boards_leave_the_memory_and_are_read_again_when_they_are_used() {
    let data = Data::new();
    let settings = Settings {
        idle: Duration::from_millis(20),
        snapshot_delay: Duration::from_millis(10),
        ..Settings::new(chrono_tz::UTC, page_size(20))
    };
    let engine = Engine::open(disk(), layout(&data), settings).expect("an engine");
    for chat in 1..=20 {
        engine.ask(request(-chat, 1, chat, add("kept")));
    }
    let begun = Instant::now();
    while open_logs(&data) > 0 {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "a board stays in memory"
        );
        sleep(Duration::from_millis(20));
    }
    let list = Command::Query(Query::List { page: 1 });
    let Outcome::Answer(Answer::List(page)) = engine.ask(request(-7, 1, 99, list)).outcome else {
        panic!("a list");
    };
    assert_eq!(page.total, 1);
}
