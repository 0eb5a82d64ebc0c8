//! The library within this process, for loops over more cases than there could be processes; and what such tests
//! need of files and lines.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bounty_ledger::audit::{Reader, Verdict};
use bounty_ledger::domain::board::{Answer, Change, ChatKind, Command, NewBounty, Query};
use bounty_ledger::domain::{Actor, BotId, Cause, ChatId, Delivery, UserId};
use bounty_ledger::engine::{Ask, Chat, Engine, Outcome, Request, Settings, Terms};
use bounty_ledger::store::{Access, Disk, Layout, LocalDisk, LockGuard, LockMode, OpenMode};
use bounty_ledger::text::page_size;
use sha2::{Digest, Sha256};

use crate::support::{BOT, DATE, Data};

pub fn disk() -> Arc<dyn Disk> {
    Arc::new(LocalDisk::new(Access::Owner))
}

pub fn layout(data: &Data) -> Layout {
    Layout::new(data.path())
}

/// Holds what the one process that sends notifications holds.
pub fn send_alone(data: &Data) -> LockGuard {
    let path = layout(data).notifier_lock();
    fs::create_dir_all(path.parent().expect("a directory")).expect("made");
    let file = disk().open(&path, OpenMode::Create).expect("opened");
    let alone = file.lock(LockMode::Exclusive, Duration::ZERO);
    alone.expect("nobody else has it")
}

/// An engine of few threads that writes its snapshots when it is closed.
pub fn engine(data: &Data) -> Engine {
    engine_with_checkpoints(
        data,
        Settings::new(chrono_tz::UTC, page_size(20)).checkpoint_over,
    )
}

/// The same; logs of more than `over` bytes have checkpoints.
pub fn engine_with_checkpoints(data: &Data, over: u64) -> Engine {
    let settings = Settings {
        checkpoint_over: over,
        workers: 1,
        snapshot_delay: Duration::from_secs(3_600),
        ..Settings::new(chrono_tz::UTC, page_size(20))
    };
    Engine::open(disk(), layout(data), settings).expect("an engine")
}

pub fn verify(data: &Data, chat: i64) -> Verdict {
    Reader::new(&*disk(), &layout(data)).verify(ChatId(chat), None)
}

/// What a check says is wrong.
#[track_caller]
pub fn problem(data: &Data, chat: i64) -> String {
    verify(data, chat).problem.expect("a problem").to_string()
}

/// Something that a user asks, in an update of this number.
pub fn request(chat: i64, user: i64, update: i64, command: Command) -> Request {
    let kind = if chat < 0 {
        ChatKind::Group
    } else {
        ChatKind::Private
    };
    Request {
        chat: Chat {
            id: ChatId(chat),
            kind,
            title: None,
        },
        actor: Actor::User {
            id: UserId(user),
            name: format!("U{user}").into(),
        },
        cause: Cause::Feed(Delivery {
            bot: BotId(BOT),
            update,
            message: update,
            date: DATE,
        }),
        at: DATE,
        ask: Ask::Command(command),
        terms: Terms::default(),
    }
}

pub fn add(text: &str) -> Command {
    Command::Change(Change::Add(NewBounty {
        text: text.to_owned(),
        link: None,
        due: None,
    }))
}

/// How many bounties a chat's readable part has; none when it cannot be read.
pub fn count(engine: &Engine, chat: i64) -> Option<u64> {
    let list = Command::Query(Query::List { page: 1 });
    match engine.ask(request(chat, 1, 9_999, list)).outcome {
        Outcome::Answer(Answer::List(page)) => Some(page.total),
        _ => None,
    }
}

/// Every file below a directory, with its content.
pub fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                dirs.push(path);
            } else {
                let content = fs::read(&path).expect("a file");
                found.insert(path, content);
            }
        }
    }
    found
}

/// The lines of a log, each with its newline.
pub fn lines(log: &[u8]) -> Vec<&[u8]> {
    log.split_inclusive(|byte| *byte == b'\n').collect()
}

pub fn sha256(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    let digest = hasher.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of a line before its hash.
pub fn body(line: &[u8]) -> &[u8] {
    &line[..line.len() - 76]
}

/// The hash that a log ends with.
pub fn head(log: &[u8]) -> String {
    let digits = &log[log.len() - 67..log.len() - 3];
    String::from_utf8(digits.to_vec()).expect("hex digits")
}

/// A log of these bodies with the hashes that belong to them.
pub fn sealed<B: AsRef<[u8]>>(bodies: impl IntoIterator<Item = B>) -> Vec<u8> {
    let (mut log, mut previous) = (Vec::new(), "0".repeat(64));
    for body in bodies {
        previous = sha256(&[previous.as_bytes(), body.as_ref()]);
        log.extend_from_slice(body.as_ref());
        log.extend_from_slice(format!(",\"hash\":\"{previous}\"}}\n").as_bytes());
    }
    log
}
