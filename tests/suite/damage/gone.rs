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
