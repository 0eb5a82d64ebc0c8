//! Changes of a group's id that stop half-way, fail, or meet what is not theirs.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bounty_ledger::domain::board::{Answer, Change, Command, EditParts, Query};
use bounty_ledger::domain::{BountyId, ChatId};
use bounty_ledger::engine::{Engine, Outcome, Trouble};
use bounty_ledger::store::{Disk, Layout};

use crate::support::hooked_disk::{About, HookedDisk};
use crate::support::law::assert_sound;
use crate::support::scenario::{NEW, OLD, ROOT, Step, add, change, list, open, say, settings};
use crate::support::sim_disk::{EIO, ENOSPC, Fault, Kind, Plan, SimDisk};
use crate::support::wait_until;

/// The texts on a chat's board.
#[track_caller]
fn texts(engine: &Engine, chat: i64, update: i64) -> Vec<String> {
    match say(engine, &list(chat), update) {
        Outcome::Answer(Answer::List(page)) => {
            let entries = page.entries.iter();
            entries.map(|entry| entry.bounty.text.to_string()).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn edit(id: u64, text: &str) -> Step {
    let parts = EditParts {
        text: Some(text.to_owned()),
        ..EditParts::default()
    };
    change(NEW, 4, Change::Edit(BountyId(id), parts))
}

/// A group whose new id has a board too. All renames of its migration fail from this one on.
fn half_moved(process: &SimDisk, rename: u64) -> Engine {
    let engine = open(process, settings()).expect("an engine");
    for (update, step) in [
        (1, add(OLD, 1, "of the old group")),
        (2, add(NEW, 4, "one")),
        (3, add(NEW, 4, "two")),
        (4, change(NEW, 5, Change::Track(BountyId(1)))),
        (5, change(NEW, 6, Change::Track(BountyId(2)))),
    ] {
        assert!(matches!(say(&engine, &step, update), Outcome::Answer(_)));
    }
    process.replan(Some(Plan {
        span: 1_000,
        ..Plan::new(&[Kind::Rename], rename, Fault::Fail(EIO))
    }));
    let told = say(&engine, &Step::Migrate, 10);
    assert_eq!(told, Outcome::Trouble(Trouble::Storage));
    engine
}

#[test]
fn what_is_asked_after_a_migration_that_failed_half_way_meets_the_whole_board() {
    for rename in [1, 2] {
        let disk = SimDisk::new(3);
        let process = disk.process(None);
        let engine = half_moved(&process, rename);
        let refused = say(&engine, &list(NEW), 11);
        assert_eq!(refused, Outcome::Trouble(Trouble::Storage), "{rename}");
        process.replan(None);
        let all = ["of the old group", "one", "two"];
        assert_eq!(texts(&engine, NEW, 12), all, "{rename}");
        // Told once more: it is known.
        say(&engine, &add(NEW, 4, "one"), 2);
        assert_eq!(texts(&engine, NEW, 13), all, "{rename}");
        drop(engine);
        assert_sound(&disk, "after the migration");
    }
}

#[test]
fn what_changes_on_the_newer_board_after_it_was_carried_over_is_carried_over_too() {
    let disk = SimDisk::new(3);
    let (old, new) = (
        Layout::new(ROOT).chat(ChatId(OLD)),
        Layout::new(ROOT).chat(ChatId(NEW)),
    );
    // A process that knows nothing of the attempt goes on with the newer board: as one that looked before the note was there.
    let moved = Layout::new(ROOT).moved(ChatId(OLD));
    drop(half_moved(&disk.process(None), 1));
    let between = disk.process(None);
    between.remove_file(&moved).expect("removed");
    let away = Path::new(ROOT).join("away");
    between.rename(&old, &away).expect("renamed");
    {
        let engine = open(&between, settings()).expect("an engine");
        for (update, step) in [
            (11, edit(1, "one, edited")),
            (12, change(NEW, 4, Change::Delete(BountyId(2)))),
            (13, change(NEW, 5, Change::Untrack(BountyId(1)))),
            (14, change(NEW, 6, Change::Track(BountyId(1)))),
            (15, add(NEW, 4, "three")),
        ] {
            assert!(matches!(say(&engine, &step, update), Outcome::Answer(_)));
        }
    }
    between.rename(&away, &old).expect("renamed");
    between
        .replace(&moved, NEW.to_string().as_bytes(), true)
        .expect("written");
    assert!(disk.content(&new.join(Layout::LOG)).is_some());
    let engine = open(&disk.process(None), settings()).expect("an engine");
    let found = texts(&engine, NEW, 20);
    assert_eq!(found, ["of the old group", "one, edited", "three"]);
    let tracked = |user, update| match say(
        &engine,
        &Step::Say(NEW, user, Command::Query(Query::Mine { page: 1 })),
        update,
    ) {
        Outcome::Answer(answer) => format!("{answer:?}"),
        other => panic!("{other:?}"),
    };
    assert!(!tracked(5, 21).contains("one, edited"));
    assert!(tracked(6, 22).contains("one, edited"));
    drop(engine);
    assert_sound(&disk, "after the migration");
}

#[test]
fn a_migration_that_failed_is_tried_again_by_itself() {
    let disk = SimDisk::new(3);
    let process = disk.process(None);
    let engine = open(&process, settings()).expect("an engine");
    say(&engine, &add(OLD, 1, "of the old group"), 1);
    process.replan(Some(Plan {
        span: 1_000,
        ..Plan::new(Kind::GROWING, 0, Fault::Fail(ENOSPC))
    }));
    let told = say(&engine, &Step::Migrate, 10);
    assert_eq!(told, Outcome::Trouble(Trouble::Storage));
    process.replan(None);
    let log = Layout::new(ROOT).chat(ChatId(NEW)).join(Layout::LOG);
    wait_until("moved", || disk.content(&log).is_some());
    assert_eq!(texts(&engine, NEW, 12), ["of the old group"]);
}

#[test]
fn nothing_is_merged_into_the_log_of_another_chat_and_the_new_id_goes_on() {
    let disk = SimDisk::new(3);
    let layout = Layout::new(ROOT);
    let process = disk.process(None);
    let engine = open(&process, settings()).expect("an engine");
    say(&engine, &add(-777, 1, "of another chat"), 1);
    say(&engine, &add(NEW, 4, "one"), 2);
    drop(engine);
    let process = disk.process(None);
    let (other, old) = (layout.chat(ChatId(-777)), layout.chat(ChatId(OLD)));
    process.rename(&other, &old).expect("renamed");
    let before = disk.content(&old.join(Layout::LOG));
    let engine = open(&process, settings()).expect("an engine");
    let told = say(&engine, &Step::Migrate, 10);
    assert_eq!(told, Outcome::Trouble(Trouble::Damaged));
    assert_eq!(texts(&engine, NEW, 12), ["one"]);
    assert_eq!(disk.content(&old.join(Layout::LOG)), before);
}

#[test]
fn a_board_that_begins_under_the_old_id_while_the_new_one_is_noted_is_moved() {
    let disk = SimDisk::new(3);
    let other = open(&disk.process(None), settings()).expect("an engine");
    let note = Layout::new(ROOT).moved(ChatId(OLD));
    let began = AtomicBool::new(false);
    let hooked = HookedDisk::new(disk.process(None), move |about, path: &Path| {
        if about == About::Replace && path == note && !began.swap(true, Ordering::Relaxed) {
            let said = say(&other, &add(OLD, 1, "just begun"), 1);
            assert!(matches!(said, Outcome::Answer(_)), "{said:?}");
        }
        Ok(())
    });
    let engine = Engine::open(Arc::new(hooked), Layout::new(ROOT), settings()).expect("an engine");
    assert_eq!(say(&engine, &Step::Migrate, 10), Outcome::Silent);
    assert_eq!(texts(&engine, NEW, 11), ["just begun"]);
    drop(engine);
    assert_sound(&disk, "after the migration");
}

#[test]
fn a_board_that_comes_to_an_id_which_was_left_long_ago_goes_on_from_there() {
    // Notes are gone through by name, so one of the groups meets them in the order that leaves its board half-way.
    for [first, second, third] in [[-1, -2, -3], [-2, -1, -3]] {
        let disk = SimDisk::new(3);
        let process = disk.process(None);
        let engine = open(&process, settings()).expect("an engine");
        say(&engine, &add(first, 1, "of the first group"), 1);
        drop(engine);
        let layout = Layout::new(ROOT);
        process.create_dir(&layout.moved_dir()).expect("made");
        for (old, new) in [(first, second), (second, third)] {
            let note = layout.moved(ChatId(old));
            process
                .replace(&note, new.to_string().as_bytes(), true)
                .expect("written");
        }
        let engine = open(&disk.process(None), settings()).expect("an engine");
        let log = layout.chat(ChatId(third)).join(Layout::LOG);
        wait_until("moved on", || disk.content(&log).is_some());
        assert_eq!(texts(&engine, first, 2), ["of the first group"]);
        drop(engine);
        assert_sound(&disk, "after the migrations");
    }
}
