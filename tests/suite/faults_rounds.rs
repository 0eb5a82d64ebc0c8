//! Many chats behind one flush: what a fault does to one of them it may do to all, and nobody is told a lie.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::channel;

use bounty_ledger::domain::ChatId;
use bounty_ledger::engine::{Engine, Outcome, Trouble};
use bounty_ledger::store::Layout;

use crate::support::BOT;
use crate::support::law::{assert_sound, events, logs};
use crate::support::scenario::{ROOT, Step, add, open, request, runs, settings};
use crate::support::sim_disk::{EIO, ENOSPC, Fault, Kind, Plan, SimDisk};

const CHATS: i64 = 8;
const BURSTS: i64 = 3;

/// What each chat was told.
#[derive(Default)]
struct Told {
    /// The updates that were acknowledged, in order.
    accepted: BTreeMap<i64, Vec<i64>>,
    refused: Vec<i64>,
    /// The updates that nobody knows of.
    unknown: Vec<i64>,
}

/// Says one thing in every chat at once, and waits for all answers.
fn burst(engine: &Engine, burst: i64, told: &mut Told) {
    let (sender, answers) = channel();
    for chat in 1..=CHATS {
        let (update, sender) = (burst * 100 + chat, sender.clone());
        let step: Step = add(-chat, 1, &format!("bounty {update}"));
        engine.submit(request(&step, BOT, update), move |reply| {
            sender
                .send((chat, update, reply.outcome))
                .expect("a listener");
        });
    }
    drop(sender);
    for (chat, update, outcome) in answers {
        match outcome {
            Outcome::Answer(_) => told.accepted.entry(chat).or_default().push(update),
            // A frozen process cannot say anything any more: what it would say is not known to anyone.
            Outcome::Trouble(Trouble::Storage) => told.refused.push(update),
            other => panic!("{update}: {other:?}"),
        }
    }
}

#[test]
fn a_burst_of_more_chats_than_a_round_takes_is_answered_whole() {
    const MANY: i64 = 1_000;
    let disk = SimDisk::new(1).with_group_flush();
    let engine = open(&disk.process(None), settings()).expect("an engine");
    let (sender, answers) = channel();
    for update in 1..=3 * MANY {
        let (chat, sender) = (-(update % MANY) - 1, sender.clone());
        engine.submit(
            request(&add(chat, 1, "one of many"), BOT, update),
            move |reply| {
                sender.send(reply.outcome).expect("a listener");
            },
        );
    }
    drop(sender);
    let accepted = answers
        .iter()
        .filter(|outcome| matches!(outcome, Outcome::Answer(_)));
    assert_eq!(accepted.count() as i64, 3 * MANY);
    assert!(disk.group_flushes() > 0);
}

/// Runs the bursts with this plan, as long as the process lives.
fn run(disk: &SimDisk, plan: Option<Plan>) -> (Told, bool) {
    let (process, mut told) = (disk.process(plan), Told::default());
    if let Ok(engine) = open(&process, settings()) {
        (1..=BURSTS).for_each(|number| burst(&engine, number, &mut told));
    }
    (told, process.fired())
}

/// Each log has what was acknowledged, in order, once; of the rest nothing that was refused.
fn check(disk: &SimDisk, told: &Told, at: &str) {
    assert_sound(disk, at);
    let logs: BTreeMap<PathBuf, Vec<u8>> = logs(disk);
    for chat in 1..=CHATS {
        let path = Layout::new(ROOT).chat(ChatId(-chat)).join(Layout::LOG);
        let found = logs.get(&path).map_or_else(Vec::new, |log| events(log));
        let updates = found
            .iter()
            .filter_map(|event| event["cause"]["update"].as_i64());
        let kept: Vec<i64> = updates
            .filter(|update| !told.unknown.contains(update))
            .collect();
        let accepted = told.accepted.get(&chat).cloned().unwrap_or_default();
        assert_eq!(kept, accepted, "{at}: chat -{chat}");
    }
}

/// Opens all boards again, which finishes what a crash left.
fn reopen(disk: &SimDisk) {
    let engine = open(disk, settings()).expect("an engine");
    for chat in 1..=CHATS {
        let reply = engine.ask(request(&crate::support::scenario::list(-chat), BOT, 0));
        assert!(matches!(reply.outcome, Outcome::Answer(_)), "{reply:?}");
    }
}

/// The faults that hit after the last operation say that all were tried.
fn everywhere(seed: u64, mut fault_at: impl FnMut(u64) -> Plan, ends: bool) -> u64 {
    let mut together = 0;
    for k in 0.. {
        let at = format!("seed {seed}, operation {k}");
        let disk = SimDisk::new(seed + k).with_group_flush();
        let (mut told, fired) = run(&disk, Some(fault_at(k)));
        together += disk.group_flushes();
        if ends {
            // What a dead process refused is not known to anyone.
            told.unknown.append(&mut told.refused);
        }
        // Half of the crashes are kills; after a fault that the process survived the cut shows what is on the platter.
        disk.crash(!ends || k % 2 == 0, seed + k);
        reopen(&disk.process(None));
        check(&disk, &told, &at);
        if !fired {
            return together;
        }
    }
    together
}

#[test]
fn a_crash_in_a_round_loses_nothing_that_was_acknowledged() {
    let together: u64 = (0..runs())
        .map(|seed| everywhere(1_000 * seed, Plan::freeze, true))
        .sum();
    assert!(together > 0, "no flush was shared");
}

#[test]
fn a_failed_flush_refuses_every_chat_whose_events_it_may_have_lost() {
    let lost = |k| Plan::new(&[Kind::Flush], k, Fault::LostFlush);
    assert!(everywhere(7, lost, false) > 0, "no flush was shared");
    let failed = |k| Plan::new(&[Kind::Flush], k, Fault::Fail(EIO));
    assert!(everywhere(8, failed, false) > 0);
}

#[test]
fn a_full_disk_in_a_round_refuses_only_what_did_not_fit() {
    let full = |k| Plan {
        span: 5,
        ..Plan::new(Kind::GROWING, k, Fault::Fail(ENOSPC))
    };
    assert!(everywhere(9, full, false) > 0);
    let short = |k| Plan::new(&[Kind::Write], k, Fault::ShortWrite(ENOSPC));
    assert!(everywhere(10, short, false) > 0);
}
