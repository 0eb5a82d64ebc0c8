//! A repair that is stopped after any of its steps, and done again.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bounty_ledger::audit::{Operator, Repaired, repair};
use bounty_ledger::domain::{ChatId, Timestamp};
use bounty_ledger::store::{
    Access, Disk, DiskFile, FileStatus, Layout, LocalDisk, LockGuard, LockMode, OpenMode,
    StoreError,
};
use serde_json::Value;

use super::{CHAT, assert_repaired, board, change_line, keep_lines};
use crate::library::{engine, files, request};
use crate::support::{Data, copy_tree};

/// A disk whose first `steps` changes are carried out, and nothing after them: what a killed process leaves.
#[derive(Clone)]
struct Dying {
    left: Arc<AtomicUsize>,
}

impl Dying {
    const DISK: fn() -> LocalDisk = || LocalDisk::new(Access::Owner);

    fn after(steps: usize) -> Self {
        Self {
            left: Arc::new(AtomicUsize::new(steps)),
        }
    }

    fn step(&self) -> io::Result<()> {
        let one_less = |left: usize| left.checked_sub(1);
        let taken = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less);
        taken
            .map(|_| ())
            .map_err(|_| io::Error::other("the process was killed"))
    }
}

impl Disk for Dying {
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Box<dyn DiskFile>> {
        if mode == OpenMode::Create {
            self.step()?;
        }
        let file = Self::DISK().open(path, mode)?;
        Ok(Box::new(DyingFile {
            file,
            disk: self.clone(),
        }))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        Self::DISK().read(path)
    }

    fn status(&self, path: &Path) -> io::Result<Option<FileStatus>> {
        Self::DISK().status(path)
    }

    fn replace(&self, path: &Path, content: &[u8], durable: bool) -> io::Result<()> {
        self.step()?;
        Self::DISK().replace(path, content, durable)
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        Self::DISK().create_dir(path)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        Self::DISK().sync_dir(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        Self::DISK().rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        Self::DISK().remove_file(path)
    }

    fn names(&self, path: &Path) -> io::Result<Vec<OsString>> {
        Self::DISK().names(path)
    }
}

struct DyingFile {
    file: Box<dyn DiskFile>,
    disk: Dying,
}

impl DiskFile for DyingFile {
    fn status(&self) -> io::Result<FileStatus> {
        self.file.status()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.file.read_at(buffer, offset)
    }

    /// The write that is cut short by the end leaves its first half.
    fn write_at(&self, content: &[u8], offset: u64) -> io::Result<()> {
        if let Err(error) = self.disk.step() {
            self.file.write_at(&content[..content.len() / 2], offset)?;
            return Err(error);
        }
        self.file.write_at(content, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.disk.step()?;
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.disk.step()?;
        self.file.sync_data()
    }

    fn lock(&self, mode: LockMode, patience: Duration) -> io::Result<LockGuard> {
        self.file.lock(mode, patience)
    }
}

fn repair_on(disk: &dyn Disk, data: &Data) -> Result<Option<Repaired>, StoreError> {
    let operator = Operator {
        name: "ada".to_owned(),
        now: Timestamp::from_millis(1_735_603_200_000),
    };
    repair(disk, &Layout::new(data.path()), ChatId(CHAT), &operator)
}

/// The chat's files, without what is new in each repair: an event's random id, and the hashes that follow from it.
fn comparable(data: &Data) -> BTreeMap<String, Vec<u8>> {
    let name = |path: &Path| {
        path.file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned()
    };
    let mut found: BTreeMap<String, Vec<u8>> = files(&data.chat(CHAT))
        .into_iter()
        .map(|(path, content)| (name(&path), content))
        .collect();
    let events: Vec<Value> = data.events(CHAT).into_iter().map(without_chance).collect();
    found.insert(
        "events.jsonl".to_owned(),
        format!("{events:#?}").into_bytes(),
    );
    let board = without_chance(data.json(CHAT, "group.json"));
    found.insert("group.json".to_owned(), format!("{board:#}").into_bytes());
    found
}

fn without_chance(mut value: Value) -> Value {
    for key in ["id", "hash", "head"] {
        value.as_object_mut().expect("an object").remove(key);
    }
    value
}

/// What a bot does that comes between: it is refused, or it gives an id that was never given.
fn a_bot_is_safe(data: &Data, steps: usize) {
    let copy = Data::in_memory();
    copy_tree(&data.path(), &copy.path());
    let engine = engine(&copy);
    engine.ask(request(CHAT, 1, 4_242, crate::library::add("Between")));
    engine.close();
    let log =
        String::from_utf8_lossy(&std::fs::read(copy.log(CHAT)).unwrap_or_default()).into_owned();
    for line in log.lines().filter(|line| line.contains("Between")) {
        let event: Value = serde_json::from_str(line).expect("an event");
        assert_eq!(event["data"]["id"], 6, "after {steps} steps");
    }
}

/// Stops a repair of this damage after each of its steps and does it again.
fn at_every_step(damage: impl Fn(&Data)) {
    let damaged = board();
    damage(&damaged);
    let another = || {
        let data = Data::in_memory();
        copy_tree(&damaged.path(), &data.path());
        data
    };
    let once = another();
    repair_on(&Dying::DISK(), &once).expect("repaired");
    let expected = comparable(&once);

    for steps in 0.. {
        let data = another();
        let ended = repair_on(&Dying::after(steps), &data).is_ok();
        a_bot_is_safe(&data, steps);
        repair_on(&Dying::DISK(), &data).expect("repaired");
        let found = comparable(&data);
        assert_eq!(
            found.keys().collect::<Vec<_>>(),
            expected.keys().collect::<Vec<_>>(),
            "{steps} steps"
        );
        assert!(
            found == expected,
            "after {steps} steps: {}",
            data.run(&["audit"]).stdout
        );
        if ended {
            assert!(steps > 8, "a repair has more steps than {steps}");
            assert_repaired(&data, 6);
            return;
        }
    }
}

#[test]
fn a_repair_of_a_changed_line_can_be_stopped_anywhere_and_done_again() {
    at_every_step(|data| change_line(data, 4));
}

#[test]
fn a_repair_of_a_changed_last_line_can_be_stopped_anywhere_and_done_again() {
    at_every_step(|data| change_line(data, 8));
}

#[test]
fn a_repair_of_a_log_too_short_can_be_stopped_anywhere_and_done_again() {
    at_every_step(|data| keep_lines(data, 3));
}

#[test]
fn a_repair_of_a_log_without_its_last_event_can_be_stopped_anywhere_and_done_again() {
    at_every_step(|data| keep_lines(data, 7));
}

#[test]
fn a_repair_of_a_missing_log_can_be_stopped_anywhere_and_done_again() {
    at_every_step(|data| std::fs::remove_file(data.log(CHAT)).expect("removed"));
}
