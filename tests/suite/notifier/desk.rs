//! The trackers of a process beside its engine.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bounty_ledger::bridge::{OpenBridge, watch};
use bounty_ledger::domain::notifier::Outcome;
use bounty_ledger::engine::{Engine, system_time};
use bounty_ledger::notify::{Courier, Letter, Notice, Notifications, Sending};
use tokio::runtime::Runtime;
use tokio::time::{Instant, sleep, timeout};

use super::lab::line;
use crate::bridge::bridge;
use crate::library::{disk, engine, layout, request};
use crate::support::{Data, in_group};

/// Everything arrives, and is noted.
#[derive(Default)]
struct Post {
    told: Mutex<Vec<String>>,
    notices: Mutex<Vec<i64>>,
}

impl Courier for Post {
    fn send<'s>(&'s self, letter: &'s Letter) -> Sending<'s> {
        Box::pin(async move {
            self.told
                .lock()
                .expect("a lock")
                .extend(letter.told.iter().map(line));
            Outcome::Delivered
        })
    }

    fn tell<'s>(&'s self, notice: &'s Notice) -> Sending<'s> {
        Box::pin(async move {
            self.notices.lock().expect("a lock").push(notice.chat.0);
            Outcome::Delivered
        })
    }
}

impl Post {
    async fn wait_for(&self, told: &[&str]) {
        let wait = async {
            while *self.told.lock().expect("a lock") != told {
                sleep(Duration::from_millis(5)).await;
            }
        };
        let waited = timeout(Duration::from_secs(60), wait).await;
        assert!(waited.is_ok(), "{told:?}, not {:?}", self.told.lock());
    }
}

fn data(scan_interval: u32) -> Data {
    let data = Data::in_memory();
    for line in [
        "provider add --name Boards",
        "target add --name Hook --type webhook --url https://example.com/in --key-env HOOK_KEY",
        &format!(
            "notifier add --name News --provider 1 --collections * --scan-interval {scan_interval}"
        ),
        "link add --notifier 1 --target 1",
    ] {
        bridge(&data, line).ok();
    }
    data
}

fn add(engine: &Engine, update: i64, text: &str) {
    let command = crate::library::add(text);
    engine.ask(request(-100, 1, update, command));
}

/// Runs the notifications of this data while `test` goes on.
fn run<T>(data: &Data, engine: &Engine, test: impl AsyncFnOnce(Arc<Post>) -> T) -> T {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let bridge = OpenBridge::new(disk(), layout(data));
        let post = Arc::new(Post::default());
        let notifications = Notifications {
            disk: disk(),
            layout: layout(data),
            bridge: watch(bridge).expect("a thread"),
            changes: engine.changes(),
            courier: Arc::clone(&post) as Arc<dyn Courier>,
            now: system_time,
        };
        let (stop, mut stopped) = tokio::sync::watch::channel(false);
        let working = tokio::spawn(async move { notifications.run(&mut stopped).await });
        wait_for_start(data).await;
        let answer = test(post).await;
        stop.send_replace(true);
        working.await.expect("no panic").expect("an end");
        answer
    })
}

/// The tracker has its baseline.
async fn wait_for_start(data: &Data) {
    let begun = Instant::now();
    while !data.path().join("notifier-1/notifier.json").exists() {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "it does not begin"
        );
        sleep(Duration::from_millis(5)).await;
    }
}

#[test]
fn what_the_engine_of_the_process_records_is_told_without_a_scan() {
    let data = data(86_400);
    let engine = engine(&data);
    run(&data, &engine, async |post| {
        add(&engine, 1, "One");
        post.wait_for(&["added 1 One"]).await;
        add(&engine, 2, "Two");
        post.wait_for(&["added 1 One", "added 2 Two"]).await;
    });
    engine.close();
    data.run(&["verify"]).ok();
    let check = data.run(&["replay", "--check"]).ok().stdout;
    assert!(check.contains("0 problems, 0 files behind"), "{check}");
}

#[test]
fn what_another_process_records_and_ends_is_found_by_a_scan() {
    let data = data(1);
    let engine = engine(&data);
    run(&data, &engine, async |post| {
        data.feed(&[in_group(1, -100, 1, "/add One")]).ok();
        post.wait_for(&["added 1 One"]).await;
        data.feed(&[in_group(2, -100, 1, "/add Two")]).ok();
        post.wait_for(&["added 1 One", "added 2 Two"]).await;
        let notices = post.notices.lock().expect("a lock").clone();
        assert_eq!(notices, [-100]);
    });
}

#[test]
fn a_tracker_that_the_bridge_gets_while_the_process_runs_works_and_one_that_is_removed_stops() {
    let data = data(86_400);
    let engine = engine(&data);
    run(&data, &engine, async |post| {
        add(&engine, 1, "One");
        post.wait_for(&["added 1 One"]).await;
        bridge(&data, "notifier remove 1").ok();
        let dir = data.path().join("notifier-1/events.jsonl");
        let begun = Instant::now();
        while !std::fs::read_to_string(&dir)
            .expect("a log")
            .contains("FollowingStopped")
        {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "it does not stop"
            );
            sleep(Duration::from_millis(5)).await;
        }
        bridge(
            &data,
            "notifier add --name Again --provider 1 --collections -100",
        )
        .ok();
        bridge(&data, "link add --notifier 2 --target 1").ok();
        let begun = Instant::now();
        while !data.path().join("notifier-2/notifier.json").exists() {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "it does not begin"
            );
            sleep(Duration::from_millis(5)).await;
        }
        add(&engine, 2, "Two");
        post.wait_for(&["added 1 One", "added 2 Two"]).await;
    });
}

#[test]
fn only_one_process_at_a_time_works_for_the_trackers() {
    let data = data(86_400);
    let engine = engine(&data);
    run(&data, &engine, async |first| {
        let bridge = OpenBridge::new(disk(), layout(&data));
        let second = Arc::new(Post::default());
        let notifications = Notifications {
            disk: disk(),
            layout: layout(&data),
            bridge: watch(bridge).expect("a thread"),
            changes: engine.changes(),
            courier: Arc::clone(&second) as Arc<dyn Courier>,
            now: system_time,
        };
        let (stop, mut stopped) = tokio::sync::watch::channel(false);
        let working = tokio::spawn(async move { notifications.run(&mut stopped).await });
        data.feed(&[in_group(1, -100, 1, "/add One")]).ok();
        add(&engine, 2, "Two");
        first.wait_for(&["added 1 One", "added 2 Two"]).await;
        assert!(second.told.lock().expect("a lock").is_empty());
        stop.send_replace(true);
        working.await.expect("no panic").expect("an end");
    });
}
