//! More commands than the disk takes: what waits is bounded, the poller waits with it, and nobody is told anything too soon.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, sleep};
use std::time::Duration;

use bounty_ledger::domain::BotId;
use bounty_ledger::engine::{Engine, Settings};
use bounty_ledger::store::Layout;
use bounty_ledger::telegram::{BotIdentity, BotVitals, Front, Outbox, Poller, bot};
use bounty_ledger::text::page_size;
use tokio::sync::{oneshot, watch};

use crate::support::bot::{LIMIT, Stage, TOKEN, USERNAME};
use crate::support::bot_api::updates::{User, supergroup};
use crate::support::hooked_disk::{About, HookedDisk};
use crate::support::law::{events, logs};
use crate::support::scenario::ROOT;
use crate::support::sim_disk::SimDisk;
use crate::support::{BOT, Data, in_group};

/// Many times what one poll brings.
const UPDATES: usize = 700;
const CHATS: i64 = 35;
/// The most updates that Telegram gives to one poll.
const BATCH: usize = 100;
/// Long enough for a program that does not wait to show it; a program that waits passes however short it is.
const A_WHILE: Duration = Duration::from_millis(300);

/// A gate before every flush of a log.
#[derive(Default)]
struct Gate {
    /// How many flushes may still pass.
    passes: Mutex<usize>,
    opened: Condvar,
    waiting: AtomicUsize,
}

impl Gate {
    fn open(&self, passes: usize) {
        *self.passes.lock().unwrap_or_else(PoisonError::into_inner) += passes;
        self.opened.notify_all();
    }

    fn pass(&self) {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut passes = self.passes.lock().unwrap_or_else(PoisonError::into_inner);
        while *passes == 0 {
            passes = self
                .opened
                .wait(passes)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *passes -= 1;
        self.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A disk that flushes a file only when the gate lets it.
fn gated(disk: &SimDisk, gate: &Arc<Gate>) -> HookedDisk<SimDisk> {
    let gate = Arc::clone(gate);
    HookedDisk::new(disk.clone(), move |about, _| {
        if about == About::Flush {
            gate.pass();
        }
        Ok(())
    })
}

/// How many answers were sent, and how many events a power cut would leave. The answers are counted first.
fn told_and_durable(stage: &Stage, disk: &SimDisk) -> (usize, usize) {
    let told = stage.api.all_messages().len();
    let copy = disk.copy();
    copy.crash(true, 1);
    let added = |log: &Vec<u8>| {
        let events = events(log);
        events
            .iter()
            .filter(|event| event["type"] == "BountyAdded")
            .count()
    };
    (told, logs(&copy).values().map(added).sum())
}

/// The updates that were handed out so far, by the polls that were answered.
fn polls(stage: &Stage) -> usize {
    let calls = stage.api.calls();
    calls.iter().filter(|call| call.is("getUpdates")).count()
}

#[test]
fn a_disk_that_is_too_slow_slows_the_poller_and_nobody_is_told_too_soon() {
    let stage = Stage::new();
    let ada = User::new(1, "Ada");
    for number in 0..UPDATES {
        let chat = supergroup(-1 - number as i64 % CHATS, "Group");
        stage.say(&chat, &ada, &format!("/add number {number}."));
    }
    let (disk, gate) = (SimDisk::new(1), Arc::new(Gate::default()));
    let gated = gated(&disk, &gate);
    let (stop, mut stopping) = watch::channel(false);
    let url = stage.api.url().parse().expect("an address");
    let running = thread::spawn(move || {
        let settings = Settings::new(chrono_tz::UTC, page_size(20));
        let engine = Engine::open(Arc::new(gated), Layout::new(ROOT), settings).expect("an engine");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(async move {
            let bot = bot(TOKEN, Some(url)).expect("a client");
            let vitals = Arc::new(BotVitals::new(BotId(BOT)));
            let nobody = Arc::new(|_, _| oneshot::channel().1);
            let outbox = Outbox::new(bot.clone(), Arc::clone(&vitals), nobody);
            let poller = Poller {
                bot,
                identity: BotIdentity {
                    id: BotId(BOT),
                    username: USERNAME.to_owned(),
                },
                front: Arc::new(Front::new(Arc::new(engine), chrono_tz::UTC)),
                outbox: outbox.clone(),
                vitals,
            };
            poller.run(&mut stopping).await.expect("it polls");
            outbox.drained(LIMIT).await;
        });
    });

    stage.api.wait_until(LIMIT, "a flush that waits", |_| {
        gate.waiting.load(Ordering::SeqCst) > 0
    });
    sleep(A_WHILE);
    assert_eq!(
        polls(&stage),
        1,
        "nothing more is asked for while the disk does not take it"
    );
    assert_eq!(
        stage.api.unconfirmed(TOKEN),
        UPDATES,
        "nothing is confirmed"
    );
    assert_eq!(told_and_durable(&stage, &disk), (0, 0));

    // The disk takes a little, and again a little.
    for round in 1..=10 {
        gate.open(3);
        sleep(A_WHILE / 10);
        let (told, durable) = told_and_durable(&stage, &disk);
        assert!(
            told <= durable,
            "round {round}: {told} told, {durable} durable"
        );
        let unconfirmed = stage.api.unconfirmed(TOKEN);
        assert!(
            UPDATES - unconfirmed <= durable,
            "round {round}: {unconfirmed} not confirmed, {durable} durable"
        );
        assert!(durable <= polls(&stage) * BATCH);
    }
    gate.open(usize::MAX / 2);
    stage.wait_confirmed();
    stop.send(true).expect("it runs");
    running.join().expect("it ends");
    assert_eq!(told_and_durable(&stage, &disk), (UPDATES, UPDATES));
}

#[test]
fn feed_reads_no_more_than_it_can_answer() {
    let data = Data::new();
    let updates = 60_000;
    let mut command = data.bounty(&["feed"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let stdout = child.stdout.take().expect("a pipe");
    let written = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&written);
    let writer = thread::spawn(move || {
        for number in 1..=updates {
            let update = in_group(number, -100, 1, "/help");
            stdin
                .write_all(format!("{update}\n").as_bytes())
                .expect("it reads");
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    // Nobody reads its answers: it must stop reading. Should it be slow to start, this waits too short and passes.
    let mut before = 0;
    loop {
        sleep(A_WHILE);
        let now = written.load(Ordering::SeqCst);
        if now == before && now > 0 {
            break;
        }
        before = now;
    }
    assert!(
        before < 10_000,
        "it took {before} updates and could answer none"
    );
    let answers: BTreeSet<String> = BufReader::new(stdout)
        .lines()
        .map(|line| line.expect("UTF-8"))
        .collect();
    writer.join().expect("written");
    assert!(child.wait().expect("ended").success());
    assert_eq!(
        answers.len(),
        updates as usize,
        "each names the message that it answers"
    );
}
