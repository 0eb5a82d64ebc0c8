//! What the simulated processes do: a fixed run of commands in three chats, with reopenings and a migration that merges.

use std::sync::Arc;
use std::time::Duration;

use bounty_ledger::domain::board::{
    Answer, Change, ChatKind, Command, DueWish, EditParts, NewBounty, PageSize, Query,
};
use bounty_ledger::domain::{Actor, BotId, BountyId, Cause, ChatId, Delivery, Timestamp, UserId};
use bounty_ledger::engine::{Ask, Chat, Engine, Outcome, Request, Settings, Terms};
use bounty_ledger::store::{Layout, StoreError};

use super::law::{Ledger, assert_sound};
use super::sim_disk::SimDisk;
use super::{BOT, DATE};

pub const ROOT: &str = "/data";
pub const GROUP: i64 = -100;
pub const DM: i64 = 7;
pub const OLD: i64 = -555;
pub const NEW: i64 = -1_555;
pub const CHATS: [i64; 4] = [GROUP, DM, OLD, NEW];

/// The first event alone gives no checkpoint.
const CHECKPOINT_OVER: u64 = 400;

/// How often the sampled tests run more than by default: `BOUNTY_FAULT_RUNS=20 cargo test faults`.
pub fn runs() -> u64 {
    let runs = std::env::var("BOUNTY_FAULT_RUNS").ok();
    runs.and_then(|runs| runs.parse().ok()).unwrap_or(1)
}

/// One thing that happens.
#[derive(Clone, Debug)]
pub enum Step {
    /// A user says something in a chat.
    Say(i64, i64, Command),
    /// The group has a new id.
    Migrate,
    /// The engine is closed, which writes the snapshots, and opened again.
    Reopen,
}

/// A user adds a bounty.
pub fn add(chat: i64, user: i64, text: &str) -> Step {
    let new = NewBounty {
        text: text.to_owned(),
        link: None,
        due: None,
    };
    Step::Say(chat, user, Command::Change(Change::Add(new)))
}

/// A user changes a board.
pub fn change(chat: i64, user: i64, change: Change) -> Step {
    Step::Say(chat, user, Command::Change(change))
}

fn edit(chat: i64, user: i64, id: u64, text: &str) -> Step {
    let parts = EditParts {
        text: Some(text.to_owned()),
        link: Some(Some("https://example.com/x".to_owned())),
        due: Some(DueWish::Clear),
    };
    change(chat, user, Change::Edit(BountyId(id), parts))
}

/// A user looks at the list.
pub fn list(chat: i64) -> Step {
    Step::Say(chat, 1, Command::Query(Query::List { page: 1 }))
}

/// The run that most fault tests take.
pub fn scenario() -> Vec<Step> {
    let id = BountyId;
    let long = "ёж & co, over more than one sector. ".repeat(24);
    vec![
        add(GROUP, 1, "first of the group"),
        add(DM, 7, "my own"),
        change(GROUP, 2, Change::Start),
        change(GROUP, 2, Change::Track(id(1))),
        add(OLD, 1, "moves along"),
        change(OLD, 3, Change::Track(id(1))),
        Step::Reopen,
        add(GROUP, 1, &long),
        edit(GROUP, 1, 1, "first, edited"),
        change(DM, 7, Change::Delete(id(1))),
        Step::Say(GROUP, 1, Command::Query(Query::History(id(1)))),
        change(GROUP, 1, Change::Delete(id(99))),
        add(NEW, 4, "was under the new id already"),
        change(NEW, 3, Change::Track(id(1))),
        Step::Reopen,
        Step::Migrate,
        add(OLD, 1, "sent to the old id"),
        change(NEW, 2, Change::Track(id(2))),
        Step::Reopen,
        change(GROUP, 3, Change::Track(id(2))),
        change(GROUP, 2, Change::Untrack(id(1))),
        change(GROUP, 1, Change::Delete(id(1))),
        add(DM, 7, &long),
        edit(DM, 7, 2, "shorter now"),
        list(NEW),
        add(NEW, 4, "last"),
    ]
}

/// Few threads, no waiting, snapshots only at the end: what happens on the disk is nearly the same in every run. Logs of a
/// few events are long enough for a checkpoint; what stands before it is verified at the same time.
pub fn settings() -> Settings {
    let page = PageSize {
        entries: 10,
        units: 3_500,
        entry_overhead: 60,
    };
    Settings {
        workers: 1,
        lock_patience: Duration::from_secs(10),
        snapshot_delay: Duration::from_secs(3_600),
        checkpoint_over: CHECKPOINT_OVER,
        now: || Timestamp::from_millis(DATE * 1_000),
        ..Settings::new(chrono_tz::UTC, page)
    }
}

pub fn open(disk: &SimDisk, settings: Settings) -> Result<Engine, StoreError> {
    Engine::open(Arc::new(disk.clone()), Layout::new(ROOT), settings)
}

/// What comes of this step, asked as this update of the bot of these tests.
pub fn say(engine: &Engine, step: &Step, update: i64) -> Outcome {
    engine.ask(request(step, BOT, update)).outcome
}

/// A step as the bot hands it on, as this update.
pub fn request(step: &Step, bot: i64, update: i64) -> Request {
    let (chat, user, ask) = match step {
        Step::Say(chat, user, command) => (*chat, *user, Ask::Command(command.clone())),
        Step::Migrate => (OLD, 1, Ask::Migrate { to: ChatId(NEW) }),
        Step::Reopen => unreachable!("nothing that the engine is asked"),
    };
    let kind = if chat < 0 {
        ChatKind::Group
    } else {
        ChatKind::Private
    };
    Request {
        chat: Chat {
            id: ChatId(chat),
            kind,
            title: Some(format!("Chat {chat}")),
        },
        actor: Actor::User {
            id: UserId(user),
            name: format!("User {user}").into(),
        },
        cause: Cause::Update(Delivery {
            bot: BotId(bot),
            update,
            message: update,
            date: DATE,
        }),
        at: DATE,
        ask,
        terms: Terms::default(),
    }
}

/// Carries out the steps from `from` on, each as the update of its own number, until one is not answered well. Returns that
/// step's index. What was acknowledged goes into the ledger.
pub fn run(disk: &SimDisk, steps: &[Step], from: usize, ledger: &mut Ledger) -> usize {
    let mut engine = None;
    for (index, step) in steps.iter().enumerate().skip(from) {
        if matches!(step, Step::Reopen) {
            engine = None;
            continue;
        }
        let update = update_of(index);
        let opened = match engine.take() {
            Some(engine) => engine,
            None => match open(disk, settings()) {
                Ok(engine) => engine,
                Err(_) => return index,
            },
        };
        let reply = opened.ask(request(step, BOT, update));
        if matches!(reply.outcome, Outcome::Trouble(_)) {
            return index;
        }
        ledger.acknowledge(disk, step, update, &reply.outcome);
        engine = Some(opened);
    }
    steps.len()
}

/// The disk after a run without a fault.
pub fn undisturbed(steps: &[Step]) -> SimDisk {
    let disk = SimDisk::new(0);
    let mut ledger = Ledger::default();
    assert_eq!(run(&disk, steps, 0, &mut ledger), steps.len());
    recover(&disk, "undisturbed");
    ledger.check(&disk, None, "undisturbed");
    assert_sound(&disk, "undisturbed");
    disk
}

/// The update that a step comes as, and comes as again after a crash.
pub fn update_of(index: usize) -> i64 {
    i64::try_from(index).expect("few steps") + 1
}

/// Opens every board once, and closes: what a start does after a crash. Nothing of it may fail.
pub fn recover(disk: &SimDisk, at: &str) {
    if let Err(trouble) = visit(disk) {
        panic!("{at}: {trouble}");
    }
}

/// The same, on a disk that may fail.
pub fn visit(disk: &SimDisk) -> Result<(), String> {
    let engine = open(disk, settings()).map_err(|error| error.to_string())?;
    for chat in CHATS {
        let reply = engine.ask(request(&list(chat), BOT, 0));
        if reply.partial || !matches!(reply.outcome, Outcome::Answer(Answer::List(_))) {
            return Err(format!("chat {chat}: {reply:?}"));
        }
    }
    Ok(())
}
