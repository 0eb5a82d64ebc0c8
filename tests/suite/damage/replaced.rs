//! A log in whose place somebody puts another one while a process knows it: an older copy, then one with everything.

use std::path::PathBuf;

use bounty_ledger::domain::ChatId;
use bounty_ledger::domain::board::Answer;
use bounty_ledger::engine::{Engine, Outcome, Settings, Trouble};
use bounty_ledger::store::{Disk, Layout, OpenMode};

use crate::support::scenario::{GROUP, ROOT, add, list, open, say, settings};
use crate::support::sim_disk::{EIO, Fault, Kind, Plan, SimDisk};

#[track_caller]
fn count(engine: &Engine, update: i64) -> usize {
    match say(engine, &list(GROUP), update) {
        Outcome::Answer(Answer::List(page)) => page.entries.len(),
        other => panic!("{other:?}"),
    }
}

/// A group with two bounties whose log was copied after the first; its snapshots are gone, which would tell what is missing.
struct Stage {
    process: SimDisk,
    engine: Engine,
    log: PathBuf,
    older: Vec<u8>,
    newer: Vec<u8>,
}

fn stage(settings: Settings) -> Stage {
    let process = SimDisk::new(3).process(None);
    let engine = open(&process, settings).expect("an engine");
    let log = Layout::new(ROOT).chat(ChatId(GROUP)).join(Layout::LOG);
    let content = || process.content(&log).expect("a log");
    say(&engine, &add(GROUP, 1, "one"), 1);
    let older = content();
    say(&engine, &add(GROUP, 1, "two"), 2);
    let newer = content();
    Stage {
        process,
        engine,
        log,
        older,
        newer,
    }
}

#[test]
fn an_older_log_in_its_place_is_refused_until_it_is_back() {
    for open_logs in [1, usize::MAX] {
        let Stage {
            process,
            engine,
            log,
            older,
            newer,
        } = stage(Settings {
            open_logs,
            ..settings()
        });
        process.replace(&log, &older, true).expect("replaced");
        for (update, step) in [
            (3, list(GROUP)),
            (4, add(GROUP, 1, "three")),
            (5, list(GROUP)),
        ] {
            let outcome = say(&engine, &step, update);
            assert_eq!(outcome, Outcome::Trouble(Trouble::Damaged), "{step:?}");
        }
        assert_eq!(process.content(&log), Some(older.clone()), "as it was put");

        process.replace(&log, &newer, true).expect("replaced");
        assert_eq!(count(&engine, 6), 2);
        say(&engine, &add(GROUP, 1, "three"), 7);
        assert_eq!(count(&engine, 8), 3);
    }
}

/// The same, after a third bounty that could neither be flushed nor cut off again: its line stands in the file.
fn latched() -> Stage {
    let stage = stage(settings());
    stage.process.replan(Some(Plan {
        span: u64::MAX,
        ..Plan::new(&[Kind::Flush, Kind::SetLen], 0, Fault::Fail(EIO))
    }));
    let outcome = say(&stage.engine, &add(GROUP, 1, "three"), 3);
    assert_eq!(outcome, Outcome::Trouble(Trouble::Storage));
    stage
}

#[test]
fn a_write_that_failed_is_not_cut_off_a_log_that_was_put_in_the_place_of_its_own() {
    let Stage {
        process,
        engine,
        log,
        older,
        newer,
    } = latched();
    let operator = process.process(None);
    operator.replace(&log, &older, true).expect("replaced");
    process.replan(None);
    let outcome = say(&engine, &add(GROUP, 1, "four"), 4);
    assert_eq!(outcome, Outcome::Trouble(Trouble::Damaged));
    assert_eq!(process.content(&log), Some(older), "as it was put");

    process.replace(&log, &newer, true).expect("replaced");
    say(&engine, &add(GROUP, 1, "four"), 5);
    assert_eq!(count(&engine, 6), 3);
}

#[test]
fn what_others_wrote_behind_a_write_that_failed_is_not_cut_off_with_it() {
    let Stage {
        process,
        engine,
        log,
        newer,
        ..
    } = latched();
    let found = process.content(&log).expect("a log");
    assert!(found.len() > newer.len());
    let other = SimDisk::new(4).process(None);
    let dir = log.parent().expect("a directory");
    other.create_dir(dir).expect("made");
    other.replace(&log, &found, true).expect("written");
    let outcome = say(
        &open(&other, settings()).expect("an engine"),
        &add(GROUP, 1, "four"),
        4,
    );
    assert!(matches!(outcome, Outcome::Answer(_)), "{outcome:?}");
    let longer = other.content(&log).expect("a log");
    assert!(longer.starts_with(&found) && longer.len() > found.len());

    process.replan(None);
    let file = process.open(&log, OpenMode::ReadWrite).expect("opened");
    file.write_at(&longer, 0).expect("written");
    say(&engine, &add(GROUP, 1, "five"), 6);
    assert_eq!(count(&engine, 7), 5);
    assert!(process.content(&log).expect("a log").starts_with(&longer));
}

#[test]
fn whoever_starts_anew_goes_on_with_the_log_that_is_there() {
    let stage = stage(settings());
    stage
        .process
        .replace(&stage.log, &stage.older, true)
        .expect("replaced");
    let outcome = say(&stage.engine, &list(GROUP), 3);
    assert_eq!(outcome, Outcome::Trouble(Trouble::Damaged));
    stage.engine.close();
    let dir = stage.log.parent().expect("a directory");
    for path in stage.process.files(dir).into_keys() {
        if path != stage.log {
            stage.process.remove_file(&path).expect("removed");
        }
    }
    let engine = open(&stage.process, settings()).expect("an engine");
    assert_eq!(count(&engine, 4), 1);
}
