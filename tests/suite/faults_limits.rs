//! What could not be carried out because the disk failed does not count in the limits of who asked for it.

use std::sync::mpsc::channel;

use bounty_ledger::domain::BountyId;
use bounty_ledger::domain::board::{Category, Command, Query};
use bounty_ledger::engine::{Engine, Limit, Outcome, Settings, Terms, Trouble};

use crate::support::scenario::{GROUP, Step, add, open, request, settings};
use crate::support::sim_disk::{EIO, ENOSPC, Fault, Kind, Plan, SimDisk};
use crate::support::{BOT, DATE};

const SECONDS: u32 = 30;

/// How the disk fails a change that was decided already.
const FAULTS: [(&[Kind], Fault); 3] = [
    (&[Kind::Write], Fault::ShortWrite(ENOSPC)),
    (&[Kind::Flush], Fault::Fail(EIO)),
    (&[Kind::Flush], Fault::LostFlush),
];

/// What comes of adding a bounty in this chat, so many seconds after the first message.
fn add_after(engine: &Engine, chat: i64, seconds: i64, limit: Option<Limit>) -> Outcome {
    ask_after(engine, &add(chat, 1, "one"), seconds, limit)
}

fn ask_after(engine: &Engine, step: &Step, seconds: i64, limit: Option<Limit>) -> Outcome {
    let mut asked = request(step, BOT, 100 + seconds);
    asked.at = DATE + seconds;
    asked.terms = Terms {
        limit,
        ..asked.terms
    };
    engine.ask(asked).outcome
}

#[track_caller]
fn assert_added(outcome: &Outcome) {
    assert!(matches!(outcome, Outcome::Answer(_)), "{outcome:?}");
}

/// A disk with a board of the group on it, an engine that has it open, and then the fault.
fn failing(kinds: &'static [Kind], fault: Fault, settings: Settings) -> (SimDisk, Engine) {
    let disk = SimDisk::new(1);
    let engine = open(&disk, settings).expect("an engine");
    assert_added(&add_after(&engine, GROUP, -1_000, None));
    disk.replan(Some(Plan::new(kinds, 0, fault)));
    (disk, engine)
}

#[test]
fn a_change_that_the_disk_refused_is_no_use_of_its_category() {
    let limit = Some(Limit {
        category: Category::Write,
        seconds: SECONDS,
    });
    for (kinds, fault) in FAULTS {
        let (_disk, engine) = failing(kinds, fault, settings());
        let refused = add_after(&engine, GROUP, 0, limit);
        assert_eq!(refused, Outcome::Trouble(Trouble::Storage), "{fault:?}");
        assert_added(&add_after(&engine, GROUP, 1, limit));
        let too_soon = Outcome::Trouble(Trouble::TooSoon { seconds: 29 });
        assert_eq!(add_after(&engine, GROUP, 2, limit), too_soon, "{fault:?}");
    }
}

#[test]
fn a_change_that_the_disk_refused_is_none_of_a_flood() {
    for (kinds, fault) in FAULTS {
        let settings = Settings {
            flood_limit: Some(1),
            ..settings()
        };
        let (_disk, engine) = failing(kinds, fault, settings);
        let refused = add_after(&engine, GROUP, 0, None);
        assert_eq!(refused, Outcome::Trouble(Trouble::Storage), "{fault:?}");
        assert_added(&add_after(&engine, GROUP, 1, None));
        let flood = Outcome::Trouble(Trouble::Flood { seconds: 59 });
        assert_eq!(add_after(&engine, GROUP, 2, None), flood, "{fault:?}");
    }
}

#[test]
fn a_flush_for_many_chats_that_failed_gives_every_change_back() {
    const CHATS: i64 = 8;
    let limit = Some(Limit {
        category: Category::Write,
        seconds: SECONDS,
    });
    let settings = Settings {
        flood_limit: Some(1),
        ..settings()
    };
    let disk = SimDisk::new(1).with_group_flush();
    let engine = open(&disk, settings).expect("an engine");
    for chat in 1..=CHATS {
        assert_added(&add_after(&engine, -chat, -1_000, None));
    }
    disk.replan(Some(Plan {
        span: 200,
        ..Plan::new(&[Kind::Flush], 0, Fault::LostFlush)
    }));
    let (sender, answers) = channel();
    for chat in 1..=CHATS {
        let mut asked = request(&add(-chat, 1, "two"), BOT, 100);
        asked.terms.limit = limit;
        let sender = sender.clone();
        engine.submit(asked, move |reply| {
            sender.send(reply.outcome).expect("a listener");
        });
    }
    drop(sender);
    for outcome in answers {
        assert_eq!(outcome, Outcome::Trouble(Trouble::Storage));
    }
    disk.replan(None);
    for chat in 1..=CHATS {
        // The disk tells each file of the loss once more.
        let mut tries = (1..i64::from(SECONDS)).map(|at| add_after(&engine, -chat, at, limit));
        let is_refused = |outcome: &Outcome| *outcome == Outcome::Trouble(Trouble::Storage);
        let accepted = tries.find(|outcome| !is_refused(outcome));
        assert_added(&accepted.expect("the disk works again"));
    }
}

#[test]
fn a_read_that_the_disk_refused_is_no_use_of_its_category() {
    let limit = Some(Limit {
        category: Category::Read,
        seconds: SECONDS,
    });
    let disk = SimDisk::new(1);
    let engine = open(&disk, settings()).expect("an engine");
    assert_added(&add_after(&engine, GROUP, -1_000, None));
    drop(engine);
    let list = Step::Say(GROUP, 1, Command::Query(Query::List { page: 1 }));
    let engine = open(&disk, settings()).expect("an engine");
    disk.replan(Some(Plan {
        span: 200,
        ..Plan::new(&[Kind::Open], 0, Fault::Fail(EIO))
    }));
    let refused = ask_after(&engine, &list, 0, limit);
    assert_eq!(refused, Outcome::Trouble(Trouble::Storage));
    disk.replan(None);
    assert_added(&ask_after(&engine, &list, 1, limit));
    let too_soon = Outcome::Trouble(Trouble::TooSoon { seconds: 29 });
    assert_eq!(ask_after(&engine, &list, 2, limit), too_soon);
}

#[test]
fn a_history_that_cannot_be_read_is_no_use_of_its_category() {
    let limit = Some(Limit {
        category: Category::Read,
        seconds: SECONDS,
    });
    let fault = Fault::Fail(EIO);
    let (disk, engine) = failing(&[Kind::Read], fault, settings());
    let history = Step::Say(GROUP, 1, Command::Query(Query::History(BountyId(1))));
    let refused = ask_after(&engine, &history, 0, limit);
    assert_eq!(refused, Outcome::Trouble(Trouble::Storage));
    disk.replan(None);
    assert_added(&ask_after(&engine, &history, 1, limit));
    let too_soon = Outcome::Trouble(Trouble::TooSoon { seconds: 29 });
    assert_eq!(ask_after(&engine, &history, 2, limit), too_soon);
}
