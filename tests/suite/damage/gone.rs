//! A log that disappears while a process knows it: an unmounted volume, a directory that somebody moved.

use std::path::Path;

use bounty_ledger::domain::ChatId;
use bounty_ledger::domain::board::Answer;
use bounty_ledger::engine::{Outcome, Trouble};
use bounty_ledger::store::{Disk, Layout};

use crate::support::scenario::{GROUP, ROOT, add, list, open, say, settings};
use crate::support::sim_disk::SimDisk;

#[test]
fn a_board_whose_log_disappears_is_no_new_board_and_goes_on_when_it_is_back() {
    let disk = SimDisk::new(3);
    let process = disk.process(None);
    let engine = open(&process, settings()).expect("an engine");
    let layout = Layout::new(ROOT);
    let (dir, away) = (layout.chat(ChatId(GROUP)), Path::new(ROOT).join("away"));
    assert!(matches!(
        say(&engine, &add(GROUP, 1, "one"), 1),
        Outcome::Answer(_)
    ));
    process.rename(&dir, &away).expect("renamed");
    for (update, step) in [
        (2, list(GROUP)),
        (3, add(GROUP, 1, "two")),
        (4, list(GROUP)),
    ] {
        let outcome = say(&engine, &step, update);
        assert_eq!(outcome, Outcome::Trouble(Trouble::Damaged), "{step:?}");
    }
    assert!(disk.files(&dir).is_empty(), "nothing was begun there");
    process.rename(&away, &dir).expect("renamed");
    let answer = say(&engine, &add(GROUP, 1, "two"), 5);
    assert!(
        matches!(answer, Outcome::Answer(Answer::Added(_))),
        "{answer:?}"
    );
    match say(&engine, &list(GROUP), 6) {
        Outcome::Answer(Answer::List(page)) => assert_eq!(page.entries.len(), 2),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_board_that_was_not_in_memory_is_no_new_board_when_the_data_directory_disappears() {
    let disk = SimDisk::new(3);
    let process = disk.process(None);
    let other = ChatId(GROUP - 1);
    let engine = open(&process, settings()).expect("an engine");
    for chat in [GROUP, other.0] {
        say(&engine, &add(chat, 1, "one"), chat);
    }
    engine.close();
    let engine = open(&process, settings()).expect("an engine");
    let (root, away) = (Path::new(ROOT), Path::new("/away"));
    process.rename(root, away).expect("renamed");
    for (update, is_made) in [(1, false), (2, true)] {
        if is_made {
            // What a mount point is when nothing is mounted there.
            process.create_dir(root).expect("made");
        }
        for (chat, step) in [(GROUP, list(GROUP)), (other.0, add(other.0, 1, "two"))] {
            let outcome = say(&engine, &step, update);
            assert_eq!(
                outcome,
                Outcome::Trouble(Trouble::Storage),
                "{chat} {step:?}"
            );
        }
        let found = disk.files(root);
        assert!(found.is_empty(), "something was begun: {found:?}");
    }
    process.rename(away, root).expect("renamed");
    for chat in [GROUP, other.0] {
        say(&engine, &add(chat, 1, "two"), 3);
        match say(&engine, &list(chat), 4) {
            Outcome::Answer(Answer::List(page)) => assert_eq!(page.entries.len(), 2),
            other => panic!("{other:?}"),
        }
    }
}
