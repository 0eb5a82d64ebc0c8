//! What a thousand notification trackers over a thousand idle boards cost: the processor time of `bounty run` over a minute.
//!
//! `cargo bench --bench notifiers` measures trackers that follow one board each and tell its own chat, then trackers that follow all
//! boards. `BOUNTY_TRACKERS` and `BOUNTY_SECONDS` choose other numbers.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use bounty_ledger::bridge::{Asker, OpenBridge};
use bounty_ledger::domain::board::{Change, ChatKind, Command as BoardCommand, NewBounty};
use bounty_ledger::domain::bridge::{
    BotParts, BridgeCommand, BridgeUserId, LinkParts, NotificationCommand, NotificationTargetId,
    NotificationTrackerId, NotifierParts, ProviderParts, SecretWish, ServiceProviderId,
    TargetParts, TelegramBotId,
};
use bounty_ledger::domain::{Actor, Cause, ChatId, UserId};
use bounty_ledger::engine::{Ask, Chat, Engine, Request, Settings, Terms, system_time};
use bounty_ledger::store::{Access, Disk, Layout, LocalDisk};
use bounty_ledger::text::page_size;

/// How long trackers may take to begin.
const PATIENCE: Duration = Duration::from_secs(600);
/// After the start, until it is quiet.
const REST: Duration = Duration::from_secs(15);

fn main() -> anyhow::Result<()> {
    let number = |name, default| {
        let text = std::env::var(name).ok();
        text.map_or(Ok(default), |text| text.parse()).context(name)
    };
    let count = number("BOUNTY_TRACKERS", 1_000)?;
    let seconds = number("BOUNTY_SECONDS", 60)?;
    for is_all in [false, true] {
        let dir = tempfile::tempdir()?;
        let layout = Layout::new(dir.path());
        boards(&layout, count)?;
        trackers(&layout, count, is_all)?;
        let mut child = Process(start(dir.path())?);
        let begun = Instant::now();
        wait_begun(dir.path(), count)?;
        let started = begun.elapsed();
        sleep(REST);
        let before = child.cpu()?;
        sleep(Duration::from_secs(seconds));
        let used = child.cpu()? - before;
        let share = 100.0 * used.as_secs_f64() / seconds as f64;
        let follows = if is_all { "all" } else { "one" };
        println!(
            "{count} trackers of {follows} of {count} idle boards: {used:?} of processor time in {seconds} s = {share:.2} % of a core; begun after {started:.1?}; {} MB resident",
            child.resident()? / 1024
        );
        child.0.kill()?;
        child.0.wait()?;
    }
    Ok(())
}

fn disk() -> Arc<dyn Disk> {
    Arc::new(LocalDisk::new(Access::Owner))
}

fn chat(number: u64) -> ChatId {
    ChatId(-1_000 - number as i64)
}

fn boards(layout: &Layout, count: u64) -> anyhow::Result<()> {
    let settings = Settings::new(chrono_tz::UTC, page_size(20));
    let engine = Engine::open(disk(), layout.clone(), settings)?;
    for number in 0..count {
        engine.submit(request(chat(number)), |_| {});
    }
    engine.close();
    Ok(())
}

fn request(chat: ChatId) -> Request {
    let bounty = NewBounty {
        text: "Fix login".to_owned(),
        link: None,
        due: None,
    };
    let now = system_time().seconds();
    Request {
        chat: Chat {
            id: chat,
            kind: ChatKind::Group,
            title: None,
        },
        actor: Actor::User {
            id: UserId(1),
            name: "U".into(),
        },
        cause: Cause::Cli {
            user: "bench".to_owned(),
        },
        at: now,
        ask: Ask::Command(BoardCommand::Change(Change::Add(bounty))),
        terms: Terms::default(),
    }
}

fn trackers(layout: &Layout, count: u64, is_all: bool) -> anyhow::Result<()> {
    let mut bridge = OpenBridge::new(disk(), layout.clone());
    let by = Asker {
        user: BridgeUserId::OPERATOR,
        actor: Actor::System {},
        cause: Cause::System {},
        now: system_time(),
    };
    let mut execute = |command: BridgeCommand| bridge.execute(&command, &by).map(|_| ());
    let name = || Some("N".to_owned());
    execute(BridgeCommand::AddProvider {
        provider_type: "bounty".to_owned(),
        parts: ProviderParts {
            name: name(),
            ..ProviderParts::default()
        },
    })?;
    execute(BridgeCommand::AddBot {
        token: SecretWish::Env("TOKEN".to_owned()),
        parts: BotParts {
            name: name(),
            ..BotParts::default()
        },
    })?;
    for number in 0..count {
        let id = number + 1;
        let collection = if is_all {
            "*".to_owned()
        } else {
            chat(number).to_string()
        };
        execute(BridgeCommand::Notification(
            NotificationCommand::AddNotifier {
                provider: ServiceProviderId(1),
                parts: NotifierParts {
                    name: name(),
                    collections: Some(vec![collection]),
                    event_types: Some(vec!["added".to_owned(), "overdue".to_owned()]),
                    ..NotifierParts::default()
                },
            },
        ))?;
        if is_all {
            continue;
        }
        execute(BridgeCommand::Notification(
            NotificationCommand::AddTarget {
                target_type: "telegram".to_owned(),
                parts: Box::new(TargetParts {
                    name: name(),
                    bot: Some(TelegramBotId(1)),
                    chat: Some(chat(number)),
                    ..TargetParts::default()
                }),
            },
        ))?;
        execute(BridgeCommand::Notification(NotificationCommand::AddLink {
            notifier: NotificationTrackerId(id),
            target: NotificationTargetId(id),
            parts: LinkParts::default(),
        }))?;
    }
    Ok(())
}

fn start(data: &Path) -> anyhow::Result<Child> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bounty"));
    command
        .arg("run")
        .env("BOUNTY_DATA", data)
        .env("TOKEN", "1:x");
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    child.context("the program does not start")
}

fn wait_begun(data: &Path, count: u64) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    for id in 1..=count {
        let file = data.join(format!("notifier-{id}/notifier.json"));
        while !file.exists() {
            ensure!(Instant::now() < deadline, "the trackers do not begin");
            sleep(Duration::from_millis(50));
        }
    }
    Ok(())
}

/// The program; killed when something goes wrong.
struct Process(Child);

impl Process {
    /// The processor time that it used so far.
    fn cpu(&mut self) -> anyhow::Result<Duration> {
        ensure!(self.0.try_wait()?.is_none(), "the program ended");
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0.id()))?;
        let (_, fields) = stat.rsplit_once(") ").context("no fields")?;
        let mut times = fields.split(' ').skip(11).take(2).map(str::parse::<u64>);
        let mut next = || times.next().context("no times")?.context("no number");
        let ticks = next()? + next()?;
        // A tick is a hundredth of a second on every Linux.
        Ok(Duration::from_millis(ticks * 10))
    }

    /// What it has in memory, in KiB.
    fn resident(&self) -> anyhow::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let text = line.context("no VmRSS")?.trim().trim_end_matches(" kB");
        text.parse().context("VmRSS")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
