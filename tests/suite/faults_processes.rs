//! Two processes work on one data directory at once: no event is lost or doubled, whoever dies.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;

use bounty_ledger::domain::BountyId;
use bounty_ledger::domain::board::{Answer, Change, Command};
use bounty_ledger::engine::{Engine, Outcome, Settings, Trouble};
use serde_json::Value;

use crate::support::law::{assert_once, assert_sound, events, logs};
use crate::support::scenario::{
    DM, GROUP, NEW, OLD, Step, add, list, open, recover, request, runs, settings,
};
use crate::support::sim_disk::{EIO, Fault, Kind, Plan, Rng, SimDisk};

const BOTS: [i64; 2] = [7_001, 7_002];
/// How many commands each process gets.
const COMMANDS: i64 = 120;
/// How many pairs of processes crash by default.
const CRASHES: u64 = 12;

/// What one process was told: which updates were accepted, and which was the last that it asked.
#[derive(Default)]
struct Told {
    accepted: BTreeSet<i64>,
    /// Asked and not answered well: must not be there, but for the last when the process died.
    refused: BTreeMap<i64, Outcome>,
    last: i64,
}

/// Snapshots in between, and two boards at once.
fn busy() -> Settings {
    Settings {
        workers: 2,
        snapshot_delay: Duration::from_millis(2),
        ..settings()
    }
}

/// Asks one process for additions in random chats until it is dead. One of the two says in the middle that the group moved.
fn work(disk: &SimDisk, bot: i64, seed: u64) -> Told {
    let (mut rng, mut told) = (Rng::new(seed), Told::default());
    let Ok(engine) = open(disk, busy()) else {
        return told;
    };
    for update in 1..=COMMANDS {
        told.last = update;
        let chats = [GROUP, DM, OLD, NEW];
        let chat = chats[usize::try_from(rng.below(4)).expect("small")];
        let step = if update == COMMANDS / 2 && bot == BOTS[0] {
            Step::Migrate
        } else if rng.below(8) == 0 {
            list(chat)
        } else {
            add(chat, 7, &format!("{bot} {update}"))
        };
        match engine.ask(request(&step, bot, update)).outcome {
            Outcome::Answer(Answer::Added(_)) => {
                told.accepted.insert(update);
            }
            trouble @ Outcome::Trouble(_) => {
                told.refused.insert(update, trouble);
            }
            _ => {}
        }
        if disk.fired() {
            break;
        }
    }
    told
}

/// Lets both processes work side by side.
fn side_by_side(disks: [&SimDisk; 2], seed: u64) -> [Told; 2] {
    thread::scope(|scope| {
        let one = scope.spawn(|| work(disks[0], BOTS[0], seed));
        let two = scope.spawn(|| work(disks[1], BOTS[1], seed + 1));
        [one, two].map(|thread| thread.join().expect("no panic"))
    })
}

/// Every accepted addition is there once, in the order in which its bot sent it, and no refused one is, but for the last of
/// a process that died.
fn check(disk: &SimDisk, told: &[Told; 2], died: [bool; 2], at: &str) {
    let logs = logs(disk);
    assert_once(&logs, at);
    for ((bot, told), died) in BOTS.iter().zip(told).zip(died) {
        let mut present = BTreeMap::new();
        for log in logs.values() {
            let added = added_by(*bot, log);
            assert!(added.is_sorted(), "{at}: bot {bot}: {added:?}");
            present.extend(added.into_iter().map(|update| (update, ())));
        }
        for update in &told.accepted {
            assert!(
                present.contains_key(update),
                "{at}: bot {bot} lost {update}"
            );
        }
        for update in present.keys() {
            let is_last = died && *update == told.last;
            assert!(
                told.accepted.contains(update) || is_last,
                "{at}: bot {bot} was refused {update}, and it is there"
            );
        }
    }
}

/// The updates of a bot's additions, in the order of the log. Those that came from another log have its order.
fn added_by(bot: i64, log: &[u8]) -> Vec<i64> {
    let is_own = |event: &Value| event["type"] == "BountyAdded" && event["cause"]["bot"] == bot;
    let own = events(log).into_iter().filter(is_own);
    own.filter_map(|event| {
        let update = event["cause"]["update"].as_i64();
        assert_eq!(
            event["data"]["text"],
            format!("{bot} {}", update.unwrap_or_default())
        );
        update
    })
    .collect()
}

#[test]
fn two_processes_lose_and_double_nothing_while_a_group_moves() {
    for seed in 0..3 * runs() {
        let disk = SimDisk::new(seed);
        let told = side_by_side([&disk.process(None), &disk.process(None)], seed);
        let at = format!("seed {seed}");
        for (bot, told) in BOTS.iter().zip(&told) {
            assert!(
                told.refused.is_empty(),
                "{at}: bot {bot}: {:?}",
                told.refused
            );
        }
        recover(&disk, &at);
        check(&disk, &told, [false; 2], &at);
        assert_sound(&disk, &at);
        disk.crash(true, seed);
        check(&disk, &told, [false; 2], &format!("{at}, then a power cut"));
    }
}

#[test]
fn a_process_that_dies_costs_the_other_nothing() {
    for seed in 0..CRASHES * runs() {
        let disk = SimDisk::new(seed);
        let plan = Plan::freeze(Rng::new(seed).below(1_500));
        let (dying, living) = (disk.process(Some(plan)), disk.process(None));
        let told = side_by_side([&dying, &living], seed);
        let at = format!("seed {seed}, {plan:?}");
        assert!(told[1].refused.is_empty(), "{at}: {:?}", told[1].refused);
        let died = [dying.fired(), false];
        recover(&disk, &at);
        check(&disk, &told, died, &at);
        assert_sound(&disk, &at);
        disk.crash(true, seed);
        check(&disk, &told, died, &format!("{at}, then a power cut"));
    }
}

#[test]
fn a_power_cut_under_two_processes_loses_nothing_that_was_acknowledged() {
    for seed in 0..CRASHES * runs() {
        let disk = SimDisk::new(seed);
        let plans = [1, 2].map(|n| Plan::freeze(Rng::new(seed + 100 * n).below(1_200)));
        let processes = plans.map(|plan| disk.process(Some(plan)));
        let told = side_by_side([&processes[0], &processes[1]], seed);
        let at = format!("seed {seed}, {plans:?}");
        let died = [processes[0].fired(), processes[1].fired()];
        disk.crash(true, seed);
        let disk = disk.process(None);
        recover(&disk, &at);
        check(&disk, &told, died, &at);
        assert_sound(&disk, &at);
    }
}

#[test]
fn a_process_whose_disk_fails_as_another_moves_its_log_takes_no_other_log_for_it() {
    let mut k = 0;
    loop {
        let disk = SimDisk::new(k);
        let plan = Plan::new(&[Kind::Status], k, Fault::Fail(EIO));
        let (failing, other) = (disk.process(Some(plan)), disk.process(None));
        let engines = [open(&failing, settings()), open(&other, settings())];
        let [Ok(one), Ok(two)] = engines else {
            panic!("a start asks for no status");
        };
        let ask = |engine: &Engine, step: &Step, update| engine.ask(request(step, BOTS[0], update));
        ask(&two, &add(OLD, 7, "moves along"), 1);
        ask(&one, &add(NEW, 7, "is merged"), 2);
        ask(&two, &Step::Migrate, 3);
        let replies = [4, 5, 6].map(|update| ask(&one, &add(NEW, 7, "goes on"), update).outcome);
        let refused = Outcome::Trouble(Trouble::Storage);
        let accepted = |outcome: &&Outcome| matches!(outcome, Outcome::Answer(Answer::Added(_)));
        let others: Vec<_> = replies
            .iter()
            .filter(|outcome| !accepted(outcome))
            .collect();
        assert!(
            others.is_empty() || others == [&refused],
            "status {k}: {replies:?}"
        );
        if !failing.fired() {
            assert!(k > 5, "only {k} times asked");
            return;
        }
        k += 1;
    }
}

#[test]
fn an_update_of_a_merged_board_is_known_to_a_process_that_saw_the_chat_empty() {
    let disk = SimDisk::new(1);
    let engines = [(); 2].map(|()| open(&disk.process(None), settings()).expect("opened"));
    let ask = |engine: &Engine, step: &Step, update| {
        let reply = engine.ask(request(step, BOTS[0], update));
        reply.outcome
    };
    let deletes = Step::Say(NEW, 7, Command::Change(Change::Delete(BountyId(1))));
    let refused = ask(&engines[0], &deletes, 1);
    assert!(
        matches!(refused, Outcome::Answer(Answer::Refused(_))),
        "{refused:?}"
    );
    ask(&engines[1], &add(NEW, 7, "is merged"), 10);
    ask(&engines[1], &add(OLD, 7, "moves along"), 11);
    ask(&engines[1], &Step::Migrate, 12);
    let again = ask(&engines[0], &add(NEW, 7, "is merged"), 10);
    assert_eq!(again, Outcome::Silent, "it is on the board already");
}
