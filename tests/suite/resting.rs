//! A board whose log is closed while it stays in memory: when it is used again, the log must be the one that it was.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bounty_ledger::domain::board::{Answer, BoardEvent, Command, Query};
use bounty_ledger::domain::{BountyId, ChatId};
use bounty_ledger::engine::{Engine, Outcome, Settings, Trouble};
use bounty_ledger::store::{Disk, Layout, Line, Log, OpenMode};

use crate::support::BOT;
use crate::support::law::assert_sound;
use crate::support::scenario::{DM, GROUP, ROOT, Step, add, list, open, request, settings};
use crate::support::sim_disk::SimDisk;

/// One process that may have one log open, and another one beside it.
struct Stage {
    disk: SimDisk,
    engine: Engine,
    operator: SimDisk,
    updates: Cell<i64>,
}

impl Stage {
    /// The group has one bounty, and its log was closed since.
    fn new() -> Self {
        let disk = SimDisk::new(3);
        let settings = Settings {
            open_logs: 1,
            ..settings()
        };
        let stage = Self {
            engine: open(&disk.process(None), settings).expect("an engine"),
            operator: disk.process(None),
            disk,
            updates: Cell::new(0),
        };
        stage.added(&add(GROUP, 1, "one"));
        stage.rest();
        stage
    }

    fn say(&self, engine: &Engine, step: &Step) -> Outcome {
        self.updates.set(self.updates.get() + 1);
        engine.ask(request(step, BOT, self.updates.get())).outcome
    }

    #[track_caller]
    fn added(&self, step: &Step) {
        let said = self.say(&self.engine, step);
        assert!(
            matches!(said, Outcome::Answer(Answer::Added(_))),
            "{said:?}"
        );
    }

    /// Uses another chat, for which the group's log is closed.
    fn rest(&self) {
        self.added(&add(DM, 7, "beside"));
    }

    #[track_caller]
    fn texts(&self) -> Vec<String> {
        match self.say(&self.engine, &list(GROUP)) {
            Outcome::Answer(Answer::List(page)) => {
                let entries = page.entries.iter();
                entries.map(|entry| entry.bounty.text.to_string()).collect()
            }
            other => panic!("{other:?}"),
        }
    }
}

fn log() -> PathBuf {
    Layout::new(ROOT).chat(ChatId(GROUP)).join(Layout::LOG)
}

#[test]
fn it_goes_on_where_it_was_and_sees_what_another_process_wrote_meanwhile() {
    let stage = Stage::new();
    assert_eq!(stage.texts(), ["one"]);
    stage.rest();
    stage.added(&add(GROUP, 1, "two"));
    stage.rest();
    let other = open(&stage.operator, settings()).expect("an engine");
    let said = stage.say(&other, &add(GROUP, 2, "three"));
    assert!(matches!(said, Outcome::Answer(_)), "{said:?}");
    assert_eq!(stage.texts(), ["one", "two", "three"]);
    stage.rest();
    let said = stage.say(&other, &add(GROUP, 2, "four"));
    assert!(matches!(said, Outcome::Answer(_)), "{said:?}");
    stage.added(&add(GROUP, 1, "five"));
    assert_eq!(stage.texts(), ["one", "two", "three", "four", "five"]);
    drop(other);
    drop(stage.engine);
    assert_sound(&stage.disk, "after the processes ended");
}

#[test]
fn what_was_cut_off_meanwhile_is_damage() {
    let stage = Stage::new();
    stage.added(&add(GROUP, 1, "two"));
    stage.rest();
    let whole = stage.disk.content(&log()).expect("a log");
    let file = stage
        .operator
        .open(&log(), OpenMode::ReadWrite)
        .expect("opened");
    file.set_len(whole.len() as u64 - 10).expect("cut");
    let said = stage.say(&stage.engine, &add(GROUP, 1, "three"));
    assert_eq!(said, Outcome::Trouble(Trouble::Damaged));
    assert_eq!(
        stage.disk.content(&log()).map(|cut| cut.len()),
        Some(whole.len() - 10),
        "nothing is written to it"
    );
}

#[test]
fn what_was_written_over_meanwhile_is_damage_also_when_the_length_is_the_same() {
    let stage = Stage::new();
    let whole = stage.disk.content(&log()).expect("a log");
    let file = stage
        .operator
        .open(&log(), OpenMode::ReadWrite)
        .expect("opened");
    file.write_at(b"0", whole.len() as u64 - 10)
        .expect("written");
    let damaged = stage.disk.content(&log());
    assert_ne!(damaged, Some(whole));
    let said = stage.say(&stage.engine, &add(GROUP, 1, "two"));
    assert_eq!(said, Outcome::Trouble(Trouble::Damaged));
    assert_eq!(stage.disk.content(&log()), damaged);
}

#[test]
fn a_log_that_was_put_back_from_a_backup_is_read_anew_when_it_has_everything() {
    let stage = Stage::new();
    let older = stage.disk.content(&log()).expect("a log");
    stage.added(&add(GROUP, 1, "two"));
    let backup = stage.disk.content(&log()).expect("a log");
    stage.rest();
    // Without its snapshots, which would tell that the older one lacks an event.
    let dir = Layout::new(ROOT).chat(ChatId(GROUP));
    let away = Path::new(ROOT).join("away");
    stage.operator.rename(&dir, &away).expect("renamed");
    stage.operator.create_dir(&dir).expect("made");
    let put = |content: &[u8]| stage.operator.replace(&log(), content, true);
    put(&older).expect("written");
    let said = stage.say(&stage.engine, &add(GROUP, 1, "another two"));
    assert_eq!(said, Outcome::Trouble(Trouble::Damaged));
    put(&backup).expect("written");
    assert_eq!(stage.texts(), ["one", "two"]);
    stage.rest();
    stage.added(&add(GROUP, 1, "three"));
    assert_eq!(stage.texts(), ["one", "two", "three"]);
}

#[test]
fn a_log_that_is_gone_is_damage_until_it_is_back() {
    let stage = Stage::new();
    let dir = Layout::new(ROOT).chat(ChatId(GROUP));
    let away = Path::new(ROOT).join("away");
    stage.operator.rename(&dir, &away).expect("renamed");
    for step in [list(GROUP), add(GROUP, 1, "two")] {
        let said = stage.say(&stage.engine, &step);
        assert_eq!(said, Outcome::Trouble(Trouble::Damaged), "{step:?}");
        assert!(stage.disk.files(&dir).is_empty(), "nothing was begun there");
    }
    stage.operator.rename(&away, &dir).expect("renamed");
    stage.added(&add(GROUP, 1, "two"));
    assert_eq!(stage.texts(), ["one", "two"]);
}

#[test]
fn the_history_of_a_bounty_is_read_from_it() {
    let stage = Stage::new();
    let history = Step::Say(GROUP, 1, Command::Query(Query::History(BountyId(1))));
    match stage.say(&stage.engine, &history) {
        Outcome::Answer(Answer::History(history)) => assert_eq!(history.entries.len(), 1),
        other => panic!("{other:?}"),
    }
}

#[test]
fn its_known_events_are_read_also_while_it_is_closed() {
    let stage = Stage::new();
    let disk: Arc<dyn Disk> = Arc::new(stage.operator);
    let dir = Layout::new(ROOT).chat(ChatId(GROUP));
    let mut log = Log::<BoardEvent>::new(disk, dir);
    let mut known = 0;
    let locked = log.lock(false, Duration::ZERO, &mut |_| known += 1);
    assert!(locked.expect("readable").is_some());
    log.rest();
    assert!(known > 0 && !log.is_open());
    let mut read = 0;
    let each = &mut |_: Line<'_, BoardEvent>| {
        read += 1;
        ControlFlow::Continue(())
    };
    log.read_known(each).expect("readable");
    assert_eq!(read, known);
}
