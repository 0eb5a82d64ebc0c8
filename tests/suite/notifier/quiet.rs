//! Many events with batching, quiet hours, failures and restarts, while the test moves the clock: what is told adds up to what happened.

use std::collections::BTreeMap;

use bounty_ledger::domain::board::{Change, Command, EditParts};
use bounty_ledger::domain::bridge::{EventType, QuietHours};
use bounty_ledger::domain::notifier::{Batch, Outcome};
use bounty_ledger::domain::{BountyId, ChatId, Seq};
use bounty_ledger::engine::Engine;
use bounty_ledger::notify::{DeliveryFilter, deliveries};

use super::lab::{Lab, chat_target, hook_target, order};
use crate::library::{add, disk, engine, layout, request};
use crate::support::sim_disk::Rng;
use crate::support::{Data, from_environment};

const BOARDS: u64 = 100;
const TARGETS: u64 = 3;

/// What happened to a bounty: the events of it, in order.
#[derive(Default)]
struct Life {
    events: Vec<(EventType, Seq)>,
}

impl Life {
    fn is_over(&self) -> bool {
        self.events
            .last()
            .is_some_and(|(kind, _)| *kind == EventType::Deleted)
    }
}

#[derive(Default)]
struct Board {
    seq: u64,
    lives: BTreeMap<BountyId, Life>,
}

struct World {
    engine: Engine,
    rng: Rng,
    update: i64,
    boards: BTreeMap<ChatId, Board>,
}

impl World {
    /// Something happens on some board.
    fn happen(&mut self) {
        let chat = ChatId(-1_000 - self.rng.below(BOARDS) as i64);
        let board = self.boards.entry(chat).or_default();
        let living: Vec<BountyId> = board
            .lives
            .iter()
            .filter(|(_, life)| !life.is_over())
            .map(|(id, _)| *id)
            .collect();
        let picked = living
            .get(self.rng.below(living.len() as u64) as usize)
            .copied();
        let (kind, id, command) = match (self.rng.below(4), picked) {
            (2, Some(id)) => (EventType::Edited, id, edit(id, self.update)),
            (3, Some(id)) => (EventType::Deleted, id, Command::Change(Change::Delete(id))),
            _ => {
                let id = BountyId(board.lives.len() as u64 + 1);
                (EventType::Added, id, add(&format!("Text {}", self.update)))
            }
        };
        board.seq += if board.seq == 0 { 2 } else { 1 };
        let seq = Seq(board.seq);
        board.lives.entry(id).or_default().events.push((kind, seq));
        self.update += 1;
        self.engine.ask(request(chat.0, 1, self.update, command));
    }
}

fn edit(id: BountyId, number: i64) -> Command {
    let parts = EditParts {
        text: Some(format!("Text {number}")),
        link: None,
        due: None,
    };
    Command::Change(Change::Edit(id, parts))
}

fn lab() -> Lab {
    let targets = [chat_target(1), chat_target(2), hook_target(3)];
    let mut order = order(&["*"], &targets);
    order.rules.batch_seconds = 300;
    let hours = |start: &str, end: &str, zone| QuietHours {
        start: start.parse().expect("a time"),
        end: end.parse().expect("a time"),
        zone,
    };
    order.links[1].quiet = Some(hours("22:00", "07:00", chrono_tz::Europe::Berlin));
    order.links[2].quiet = Some(hours("12:00", "12:30", chrono_tz::UTC));
    let mut lab = Lab::new(Data::in_memory(), order);
    lab.deliver();
    lab
}

fn answer(rng: &mut Rng) -> Option<Outcome> {
    let reason = "x".to_owned();
    Some(match rng.below(60) {
        0 => return None,
        1 => Outcome::Unknown { reason },
        2..=4 => Outcome::Retry {
            after: Some(2_000),
            reason,
        },
        _ => Outcome::Delivered,
    })
}

#[test]
fn what_is_told_in_batches_and_after_quiet_hours_adds_up_to_what_happened() {
    let mut lab = lab();
    let mut world = World {
        engine: engine(&lab.data),
        rng: Rng::new(3),
        update: 1,
        boards: BTreeMap::new(),
    };
    let mut left = from_environment("BOUNTY_NOTIFIED_EVENTS", 3_000) as u64;
    while left > 0 {
        let some = (1 + world.rng.below(60)).min(left);
        left -= some;
        (0..some).for_each(|_| world.happen());
        lab.pass(world.rng.below(5_400) as i64);
        if !lab.work(&mut |_| answer(&mut world.rng)) || world.rng.below(20) == 0 {
            lab.restart();
        }
    }
    for _ in 0..48 {
        lab.pass(3_600);
        lab.deliver();
    }
    world.engine.close();
    for target in 1..=TARGETS {
        check(&lab, target, &world.boards);
    }
    lab.data.run(&["verify"]).ok();
}

/// Every batch that was sent, or of which nobody knows whether it was.
fn batches(lab: &Lab, target: u64) -> Vec<Batch> {
    let all = deliveries(&*disk(), &layout(&lab.data), &DeliveryFilter::default()).expect("read");
    let of_it = all
        .found
        .into_iter()
        .filter(|delivery| delivery.target.0 == target);
    of_it.map(|delivery| delivery.batch).collect()
}

fn check(lab: &Lab, target: u64, boards: &BTreeMap<ChatId, Board>) {
    let mut told: BTreeMap<(ChatId, Seq), EventType> = BTreeMap::new();
    let mut last: BTreeMap<ChatId, Seq> = BTreeMap::new();
    for batch in batches(lab, target) {
        for telling in &batch.told {
            let first = telling.seqs[0];
            let before = last.insert(batch.collection, first);
            assert!(
                before.is_none_or(|before| before < first),
                "{target}: the order of the board"
            );
            for seq in &telling.seqs {
                let twice = told.insert((batch.collection, *seq), telling.kind);
                assert_eq!(twice, None, "{target}: told twice");
            }
        }
    }
    let mut silent = 0;
    for (chat, board) in boards {
        for (id, life) in &board.lives {
            let is_told = |(_, seq): &(EventType, Seq)| told.contains_key(&(*chat, *seq));
            let count = life.events.iter().filter(|event| is_told(event)).count();
            silent += life.events.len() - count;
            let adds_up = match (life.is_over(), count) {
                // It came and went in quiet hours.
                (true, 0) => target != 1,
                (true, _) => is_told(life.events.last().expect("an event")),
                (false, _) => count == life.events.len(),
            };
            assert!(adds_up, "{target}: {chat} #{id} {:?}", life.events);
        }
    }
    println!(
        "target {target}: {} events told, {silent} made short",
        told.len()
    );
    assert_eq!(silent == 0, target == 1, "only quiet hours make short");
}
