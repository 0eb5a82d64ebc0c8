//! The trackers of a process beside its engine.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bounty_ledger::bridge::{OpenBridge, watch};
use bounty_ledger::domain::notifier::Outcome;
use bounty_ledger::domain::{ChatId, Timestamp};
use bounty_ledger::engine::{Engine, system_time};
use bounty_ledger::notify::{Courier, Letter, Notice, Notifications, Sending};
use bounty_ledger::store::{Access, Disk, LocalDisk};
use tokio::runtime::Runtime;
use tokio::time::{Instant, sleep};

use super::lab::{Lab, chat_target, line, migrated};
use crate::bridge::bridge;
use crate::library::{disk, engine, layout, request};
use crate::support::hooked_disk::{About, HookedDisk};
use crate::support::{Data, in_group};

/// Everything arrives, and is noted.
#[derive(Default)]
pub struct Post {
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
        wait(|| *self.told.lock().expect("a lock") == told).await;
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
    add_in(-100, engine, update, text);
}

fn add_in(chat: i64, engine: &Engine, update: i64, text: &str) {
    let command = crate::library::add(text);
    engine.ask(request(chat, 1, update, command));
}

/// Runs the notifications of this data while `test` goes on.
pub fn run<T>(data: &Data, engine: &Engine, test: impl AsyncFnOnce(Arc<Post>) -> T) -> T {
    run_on(disk(), data, engine, system_time, test).0
}

/// The same on this disk with this clock; says too how often a bug ended a tracker.
fn run_on<T>(
    disk: Arc<dyn Disk>,
    data: &Data,
    engine: &Engine,
    now: fn() -> Timestamp,
    test: impl AsyncFnOnce(Arc<Post>) -> T,
) -> (T, u64) {
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let mut bridge = OpenBridge::new(Arc::clone(&disk), layout(data));
        bridge.refresh().expect("read");
        let (post, bugs) = (Arc::new(Post::default()), Arc::new(AtomicU64::new(0)));
        let notifications = Notifications {
            disk,
            layout: layout(data),
            bridge: watch(bridge, engine.reports()).expect("a thread"),
            changes: engine.changes(),
            long_logs: engine.long_logs(),
            reports: engine.reports(),
            courier: Arc::clone(&post) as Arc<dyn Courier>,
            now,
            bugs: Arc::clone(&bugs),
        };
        let (stop, mut stopped) = tokio::sync::watch::channel(false);
        let working = tokio::spawn(async move { notifications.run(&mut stopped).await });
        wait_for_start(data, 1).await;
        let answer = test(post).await;
        stop.send_replace(true);
        working.await.expect("no panic");
        (answer, bugs.load(Ordering::Relaxed))
    })
}

/// The tracker has its baseline.
async fn wait_for_start(data: &Data, tracker: u64) {
    let path = data
        .path()
        .join(format!("notifier-{tracker}/notifier.json"));
    wait(|| path.exists()).await;
}

/// The tracker recorded this.
async fn wait_in_log(data: &Data, tracker: u64, event: &str) {
    let path = data.path().join(format!("notifier-{tracker}/events.jsonl"));
    wait(|| std::fs::read_to_string(&path).is_ok_and(|log| log.contains(event))).await;
}

/// Waits as long as a machine may take that stands still.
pub async fn wait(is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it never comes");
        sleep(Duration::from_millis(5)).await;
    }
}

/// The bridge has a tracker of all boards, which tells a chat.
pub fn tell_of_all_boards(data: &Data) {
    for line in [
        "provider add --name Boards",
        "bot add --name One --token-env TOKEN_ONE",
        "target add --name Team --bot 1 --chat -901",
        "notifier add --name News --provider 1 --collections *",
        "link add --notifier 1 --target 1",
    ] {
        bridge(data, line).ok();
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
fn a_word_that_comes_while_the_program_starts_has_an_unreachable_target_told_what_waited() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.say(-100, &["/add One"]);
    let blocked = Outcome::Unreachable {
        reason: "blocked".to_owned(),
    };
    lab.work(&mut |_| Some(blocked.clone()));
    let Lab { data, .. } = lab;
    tell_of_all_boards(&data);
    let engine = engine(&data);
    engine.changes().hear_all();
    engine.heard(ChatId(-901));
    run(&data, &engine, async |post| {
        post.wait_for(&["added 1 One"]).await
    });
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
fn a_group_to_which_another_process_gave_a_new_id_is_followed_there() {
    let data = data(1);
    bridge(&data, "notifier edit 1 --collections -100").ok();
    let engine = engine(&data);
    run(&data, &engine, async |post| {
        data.feed(&[in_group(1, -100, 1, "/add One")]).ok();
        post.wait_for(&["added 1 One"]).await;
        data.feed(&[migrated(2, -100, -200)]).ok();
        data.feed(&[in_group(3, -200, 1, "/add Two")]).ok();
        post.wait_for(&["added 1 One", "added 2 Two"]).await;
        wait_in_log(&data, 1, "ForwardingTold").await;
        assert_eq!(*post.notices.lock().expect("a lock"), [-100]);
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
        wait_in_log(&data, 1, "FollowingStopped").await;
        bridge(
            &data,
            "notifier add --name Again --provider 1 --collections -100",
        )
        .ok();
        bridge(&data, "link add --notifier 2 --target 1").ok();
        wait_for_start(&data, 2).await;
        add(&engine, 2, "Two");
        post.wait_for(&["added 1 One", "added 2 Two"]).await;
    });
}

#[test]
fn what_another_process_records_is_found_by_a_scan_though_notes_of_some_process_cannot_be_read() {
    let data = data(1);
    let (engine, other) = (engine(&data), engine(&data));
    add(&other, 1, "One");
    let notes = layout(&data).active_dir();
    std::fs::create_dir(notes.join("unreadable")).expect("made");
    // No process came or went for long: only what is noted is looked at.
    let long_ago = std::time::SystemTime::now() - Duration::from_secs(3_600);
    let dir = std::fs::File::open(&notes).expect("a directory");
    dir.set_modified(long_ago).expect("set");
    run(&data, &engine, async |post| {
        add(&other, 2, "Two");
        post.wait_for(&["added 2 Two"]).await;
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
            bridge: watch(bridge, engine.reports()).expect("a thread"),
            changes: engine.changes(),
            long_logs: engine.long_logs(),
            reports: engine.reports(),
            courier: Arc::clone(&second) as Arc<dyn Courier>,
            now: system_time,
            bugs: Arc::default(),
        };
        let (stop, mut stopped) = tokio::sync::watch::channel(false);
        let working = tokio::spawn(async move { notifications.run(&mut stopped).await });
        data.feed(&[in_group(1, -100, 1, "/add One")]).ok();
        add(&engine, 2, "Two");
        first.wait_for(&["added 1 One", "added 2 Two"]).await;
        assert!(second.told.lock().expect("a lock").is_empty());
        stop.send_replace(true);
        working.await.expect("no panic");
    });
}

#[test]
fn a_tracker_that_a_bug_ends_begins_again_and_its_peers_go_on_meanwhile() {
    static IS_BROKEN: AtomicBool = AtomicBool::new(false);
    fn breaking() -> Timestamp {
        assert!(!IS_BROKEN.swap(false, Ordering::Relaxed), "a bug");
        system_time()
    }
    let data = data(86_400);
    for line in [
        "notifier edit 1 --collections -100",
        "notifier add --name Peer --provider 1 --collections -200",
        "link add --notifier 2 --target 1",
    ] {
        bridge(&data, line).ok();
    }
    let engine = engine(&data);
    let (_, bugs) = run_on(disk(), &data, &engine, breaking, async |post| {
        add(&engine, 1, "One");
        post.wait_for(&["added 1 One"]).await;
        add_in(-200, &engine, 2, "Peer");
        post.wait_for(&["added 1 One", "added 1 Peer"]).await;
        for tracker in [1, 2] {
            wait_in_log(&data, tracker, "DeliveryEnded").await;
            wait_in_log(&data, tracker, "ForwardingTold").await;
        }
        IS_BROKEN.store(true, Ordering::Relaxed);
        add(&engine, 3, "Two");
        wait(|| !IS_BROKEN.load(Ordering::Relaxed)).await;
        add_in(-200, &engine, 4, "Goes on");
        add(&engine, 5, "Three");
        wait(|| post.told.lock().expect("a lock").len() == 5).await;
        let mut told = post.told.lock().expect("a lock").clone();
        // Two chats' news come in any order.
        told.sort_by_key(|told| told.contains("Peer") || told.contains("Goes on"));
        let (ours, peers) = told.split_at(3);
        assert_eq!(ours, ["added 1 One", "added 2 Two", "added 3 Three"]);
        assert_eq!(peers, ["added 1 Peer", "added 2 Goes on"]);
    });
    assert_eq!(bugs, 1);
    engine.close();
    let deliveries = data.run(&["bridge", "deliveries"]).ok().stdout;
    assert!(!deliveries.contains("unknown"), "{deliveries}");
    data.run(&["verify"]).ok();
}

#[test]
fn a_start_looks_once_at_the_log_of_a_board_that_no_tracker_follows() {
    let data = data(86_400);
    bridge(&data, "notifier edit 1 --collections -200").ok();
    data.feed(&[in_group(1, -100, 1, "/add One")]).ok();
    let looks = Arc::new(AtomicU64::new(0));
    let (log, counted) = (data.log(-100), Arc::clone(&looks));
    let hook = move |about: About, path: &Path| {
        if about == About::Status && path == log {
            counted.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    };
    let disk = HookedDisk::new(LocalDisk::new(Access::Owner), hook);
    let engine = engine(&data);
    run_on(Arc::new(disk), &data, &engine, system_time, async |_| {});
    assert_eq!(looks.load(Ordering::Relaxed), 1);
}
