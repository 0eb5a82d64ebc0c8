//! Readiness follows what the disk takes: a full one, a failing one, a damaged log; and their end is seen without a command.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use std::{fs, path::Path, process::Command};

use bounty_ledger::domain::BotId;
use bounty_ledger::engine::{Engine, Outcome, Settings, Trouble};
use bounty_ledger::metrics::{Watched, serve};
use bounty_ledger::store::Layout;
use bounty_ledger::telegram::{BotVitals, PollState, Roster};
use bounty_ledger::text::page_size;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::library::{add, request};
use crate::support::BOT;
use crate::support::bot::{Bot, Stage};
use crate::support::bot_api::updates::{User, group};
use crate::support::http::{get, wait_get, wait_metric};
use crate::support::sim_disk::{EIO, ENOSPC, Fault, Kind, Plan, SimDisk};

use super::run;

const GROUP: i64 = -42;
const OTHER: i64 = -43;

/// An engine on a simulated disk, watched over HTTP.
pub struct Lab {
    pub disk: SimDisk,
    pub engine: Engine,
    pub roster: Roster,
    pub server: SocketAddr,
    pub runtime: Runtime,
}

/// These operations fail.
pub fn failing(kinds: &'static [Kind], code: i32) -> Plan {
    Plan {
        span: u64::MAX,
        ..Plan::new(kinds, 0, Fault::Fail(code))
    }
}

impl Lab {
    pub fn new() -> Self {
        Self::on(SimDisk::new(1))
    }

    /// The same on a disk with what others left there.
    fn on(disk: SimDisk) -> Self {
        let settings = Settings::new(chrono_tz::UTC, page_size(20));
        let engine = Engine::open(Arc::new(disk.clone()), Layout::new("/data"), settings);
        let engine = engine.expect("an engine");
        let watched = Watched::new(engine.monitor());
        let bot = BotVitals::new(BotId(BOT));
        bot.is_now(PollState::Polling);
        watched.roster.add(Arc::new(bot));
        let roster = watched.roster.clone();
        let runtime = Runtime::new().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("a free port");
        let server = listener.local_addr().expect("an address");
        runtime.spawn(serve(listener, Arc::new(watched)));
        Self {
            disk,
            engine,
            roster,
            server,
            runtime,
        }
    }

    /// From now on these operations fail.
    fn fail(&self, kinds: &'static [Kind], code: i32) {
        self.disk.replan(Some(failing(kinds, code)));
    }

    pub fn add(&self, chat: i64, update: i64) -> Outcome {
        self.engine
            .ask(request(chat, 1, update, add("kept")))
            .outcome
    }

    #[track_caller]
    fn refuses(&self, chat: i64, update: i64) {
        let outcome = self.add(chat, update);
        assert_eq!(outcome, Outcome::Trouble(Trouble::Storage));
    }
}

#[test]
fn a_latched_stream_is_named_and_takes_writes_again_as_soon_as_the_disk_does() {
    let lab = Lab::new();
    lab.add(GROUP, 1);
    assert_eq!(get(lab.server, "/readyz").status, 200);
    lab.fail(&[Kind::Flush, Kind::SetLen], EIO);
    lab.refuses(GROUP, 2);
    let answer = get(lab.server, "/readyz");
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("chat -42: latched: "), "{answer:?}");
    assert_eq!(get(lab.server, "/healthz").status, 200);
    let metrics = wait_metric(lab.server, "bounty_flush_failures_total", 1.0);
    let latched = "bounty_streams_unwritable{reason=\"latched\"}";
    assert_eq!(metrics.get(latched), 1.0);
    lab.disk.replan(None);
    wait_get(lab.server, "/readyz", |answer| answer.status == 200);
    wait_metric(lab.server, latched, 0.0);
    assert!(matches!(lab.add(GROUP, 3), Outcome::Answer(_)));
}

#[test]
fn a_failed_write_is_counted_as_a_failed_flush_is() {
    let lab = Lab::new();
    lab.add(GROUP, 1);
    // The chat is noted as active in a file of its own.
    lab.add(OTHER, 2);
    lab.fail(&[Kind::Write], EIO);
    lab.refuses(GROUP, 3);
    wait_metric(lab.server, "bounty_flush_failures_total", 1.0);
    lab.refuses(OTHER, 4);
    wait_metric(lab.server, "bounty_flush_failures_total", 2.0);
}

#[test]
fn a_full_disk_is_said_until_there_is_room() {
    let lab = Lab::new();
    lab.add(GROUP, 1);
    lab.fail(Kind::GROWING, ENOSPC);
    lab.refuses(OTHER, 2);
    lab.refuses(GROUP, 3);
    let full = |metrics: &str| get(lab.server, metrics);
    let answer = full("/readyz");
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("No space left"), "{answer:?}");
    assert_eq!(full("/healthz").status, 200);
    wait_metric(lab.server, "bounty_disk_full", 1.0);
    lab.disk.replan(None);
    wait_get(lab.server, "/readyz", |answer| answer.status == 200);
    wait_metric(lab.server, "bounty_disk_full", 0.0);
    assert!(matches!(lab.add(OTHER, 4), Outcome::Answer(_)));
    let files = lab.disk.files(Path::new("/data"));
    assert!(!files.keys().any(|path| path.ends_with(".tmp-room")));
}

#[test]
fn snapshots_that_cannot_be_written_are_seen_to_lag() {
    let lab = Lab::new();
    lab.add(GROUP, 1);
    wait_metric(lab.server, "bounty_snapshots_waiting", 0.0);
    lab.fail(&[Kind::Rename], EIO);
    lab.add(GROUP, 2);
    wait_get(lab.server, "/metrics", |page| {
        let lag = page
            .body
            .lines()
            .find_map(|line| line.strip_prefix("bounty_snapshot_lag_seconds "));
        // Longer than one attempt takes to come after the other.
        lag.is_some_and(|lag| lag.parse::<f64>().expect("a number") > 1.5)
    });
    lab.disk.replan(None);
    wait_metric(lab.server, "bounty_snapshots_waiting", 0.0);
    wait_metric(lab.server, "bounty_snapshot_lag_seconds", 0.0);
}

#[test]
fn a_disk_without_room_for_the_snapshots_that_a_crash_left_behind_is_said_until_they_are_written() {
    let disk = SimDisk::new(1);
    let settings = Settings::new(chrono_tz::UTC, page_size(20));
    let first = disk.process(None);
    let engine = Engine::open(Arc::new(first.clone()), Layout::new("/data"), settings);
    let engine = engine.expect("an engine");
    engine.ask(request(GROUP, 1, 1, add("kept")));
    engine.ask(request(OTHER, 1, 2, add("kept")));
    disk.crash(false, 1);
    drop(engine);
    let second = disk.process(Some(failing(&[Kind::Create, Kind::Write], ENOSPC)));
    let lab = Lab::on(second);
    let answer = wait_get(lab.server, "/readyz", |answer| answer.status == 503);
    assert!(answer.body.contains("No space left"), "{answer:?}");
    wait_metric(lab.server, "bounty_disk_full", 1.0);
    wait_metric(lab.server, "bounty_snapshots_waiting", 2.0);
    lab.disk.replan(None);
    wait_get(lab.server, "/readyz", |answer| answer.status == 200);
    wait_metric(lab.server, "bounty_disk_full", 0.0);
    wait_metric(lab.server, "bounty_snapshots_waiting", 0.0);
    let files = lab.disk.files(Path::new("/data"));
    assert!(files.contains_key(Path::new("/data/-42/group.json")));
}

#[test]
fn an_engine_that_closes_is_not_taken_for_one_whose_threads_ended() {
    let lab = Lab::new();
    lab.add(GROUP, 1);
    lab.engine.close();
    assert_eq!(get(lab.server, "/healthz").status, 200);
}

#[test]
fn a_damaged_chat_is_named_until_its_log_is_whole_again() {
    let stage = Stage::new();
    let ada = User::new(1, "Ada");
    let first = stage.run(&[]);
    stage.say(&group(GROUP, "Group"), &ada, "/add Work");
    stage.wait_texts(GROUP, 1);
    first.stop().ok();
    let log = stage.data.log(GROUP);
    let whole = fs::read(&log).expect("a log");
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 1;
    fs::write(&log, &damaged).expect("written");

    let (bot, server) = run(&stage);
    wait_get(server, "/readyz", |answer| answer.status == 200);
    stage.say(&group(GROUP, "Group"), &ada, "/add More");
    stage.wait_texts(GROUP, 2);
    let answer = get(server, "/readyz");
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("chat -42: damaged: "), "{answer:?}");
    assert!(answer.body.contains("bounty repair -42"), "{answer:?}");
    assert_eq!(get(server, "/healthz").status, 200);
    wait_metric(server, "bounty_streams_unwritable{reason=\"damaged\"}", 1.0);
    fs::write(&log, &whole).expect("written");
    wait_get(server, "/readyz", |answer| answer.status == 200);
    bot.stop().ok();
}

/// A small file system of its own; none where this user may not mount one.
struct Tmpfs(tempfile::TempDir);

impl Tmpfs {
    fn mount() -> Option<Self> {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=1m", "bounty-test"]);
        let mounted = mount.arg(dir.path()).output();
        let is_mounted = mounted.is_ok_and(|output| output.status.success());
        is_mounted.then(|| Self(dir))
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let mut unmount = Command::new("umount");
        unmount.arg("-l").arg(self.0.path());
        // The directory is left behind if this fails.
        let _ = unmount.output();
    }
}

#[test]
fn a_full_file_system_makes_the_bot_unready_until_there_is_room_again() {
    let Some(tmpfs) = Tmpfs::mount() else {
        println!("skipped: this user may not mount a tmpfs");
        return;
    };
    let stage = Stage::new();
    let mut command = stage.command(&["--metrics", "0"]);
    command.env("BOUNTY_DATA", tmpfs.0.path().join("data"));
    let bot = Bot::spawn(command);
    let server = super::address(&bot);
    let say = |chat, text| stage.say(&group(chat, "Group"), &User::new(1, "Ada"), text);
    say(GROUP, "/add Work");
    stage.wait_texts(GROUP, 1);
    wait_get(server, "/readyz", |answer| answer.status == 200);
    let filler = tmpfs.0.path().join("filler");
    // Ends early: there is no room for all of it.
    let _ = fs::write(&filler, vec![b'x'; 2 << 20]);
    say(OTHER, "/add No room");
    stage.wait_texts(OTHER, 1);
    let answer = wait_get(server, "/readyz", |answer| answer.status == 503);
    assert!(answer.body.contains("No space left"), "{answer:?}");
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!(get(server, "/readyz").status, 503, "still full");
    assert_eq!(get(server, "/healthz").status, 200);
    fs::remove_file(filler).expect("removed");
    wait_get(server, "/readyz", |answer| answer.status == 200);
    say(OTHER, "/add Room");
    stage.wait_texts(OTHER, 2);
    bot.stop().ok();
}
