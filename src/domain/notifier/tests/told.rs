use std::collections::BTreeMap;

use proptest::prelude::*;

use super::world::{CHAT, ONE, TWO, World, link, rules};
use crate::domain::board::{BoardEvent, BountyAdded};
use crate::domain::bridge::{EventType, NotificationTargetId};
use crate::domain::notifier::{MESSAGE_ENTRIES, NotifierEvent, Outcome, Status};
use crate::domain::{Actor, BountyId, Cause, ChatId, Seq};

use EventType::{Added, Deleted, Edited, Tracked};

#[test]
fn what_happens_is_told_at_once_to_every_target() {
    let mut world = World::new(rules(), &[link(ONE), link(TWO)]);
    world.add(1, None);
    world.deliver();
    world.edit_text(1, "Other");
    world.deliver();
    let told = vec![vec![(Added, 1)], vec![(Edited, 1)]];
    assert_eq!(world.told(ONE), told);
    assert_eq!(world.told(TWO), told);
}

#[test]
fn only_the_chosen_types_are_told() {
    let mut rules = rules();
    rules.kinds = [Deleted].into();
    let mut world = World::new(rules, &[link(ONE)]);
    world.add(1, None);
    world.track(5, 1);
    world.deliver();
    assert!(world.sent.is_empty());
    world.delete(1);
    world.deliver();
    assert_eq!(world.told(ONE), [[(Deleted, 1)]]);
}

#[test]
fn events_within_the_batch_duration_make_one_message() {
    let mut rules = rules();
    rules.batch_seconds = 30;
    let mut world = World::new(rules, &[link(ONE)]);
    world.add(1, None);
    world.deliver();
    world.pass(20);
    world.add(2, None);
    world.deliver();
    assert!(world.sent.is_empty());
    world.restart();
    world.pass(10);
    world.deliver();
    assert_eq!(world.told(ONE), [[(Added, 1), (Added, 2)]]);
    world.add(3, None);
    world.deliver();
    assert_eq!(
        world.sent.len(),
        1,
        "the next batch begins with its first event"
    );
    world.pass(30);
    world.deliver();
    assert_eq!(world.told(ONE)[1], [(Added, 3)]);
}

#[test]
fn a_batch_that_began_by_a_clock_far_ahead_is_told_when_the_clock_is_put_right() {
    let mut rules = rules();
    rules.batch_seconds = 30;
    let mut world = World::new(rules, &[link(ONE)]);
    world.pass(365 * 86_400);
    world.add(1, None);
    world.deliver();
    assert!(world.sent.is_empty());
    world.pass(-365 * 86_400);
    world.deliver();
    assert_eq!(world.told(ONE), [[(Added, 1)]]);
}

#[test]
fn a_message_tells_no_more_than_fits() {
    let mut rules = rules();
    rules.batch_seconds = 1;
    let mut world = World::new(rules, &[link(ONE)]);
    for id in 1..=2 * MESSAGE_ENTRIES as u64 + 3 {
        world.add(id, None);
    }
    world.deliver();
    world.pass(1);
    world.deliver();
    let sizes: Vec<usize> = world.told(ONE).iter().map(Vec::len).collect();
    assert_eq!(sizes, [MESSAGE_ENTRIES, MESSAGE_ENTRIES, 3]);
}

#[test]
fn the_copies_that_a_merge_of_boards_makes_are_no_news() {
    let mut world = World::new(rules(), &[link(ONE)]);
    let added = BountyAdded {
        id: BountyId(1),
        text: "Old".into(),
        link: None,
        due_date_ts: None,
        created_at: 0,
    };
    world.happen(CHAT, 7, BoardEvent::BountyAdded(added));
    let record = &mut world
        .logs
        .get_mut(&CHAT)
        .expect("the board")
        .last_mut()
        .expect("its event");
    record.cause = Cause::Import {
        source: "merge".to_owned(),
        file: String::new(),
        key: String::new(),
    };
    record.actor = Actor::System {};
    world.track(5, 1);
    world.deliver();
    assert_eq!(world.told(ONE), [[(Tracked, 1)]]);
}

#[test]
fn what_was_being_sent_when_the_process_ended_is_unknown_and_not_repeated() {
    let mut world = World::new(rules(), &[link(ONE)]);
    world.add(1, None);
    assert!(!world.work(&mut |_| None));
    world.restart();
    world.add(2, None);
    world.deliver();
    assert_eq!(world.told(ONE), [[(Added, 1)], [(Added, 2)]]);
    assert_eq!(world.ends(ONE), [Status::Unknown, Status::Delivered]);
}

/// Whatever becomes of messages and processes, each event is told once to each target, in the order of its board.
fn check_each_once(world: &World, target: NotificationTargetId) -> Result<(), TestCaseError> {
    let mut told: BTreeMap<ChatId, Vec<Seq>> = BTreeMap::new();
    for record in &world.events {
        let batch = match &record.event {
            NotifierEvent::DeliveryStarted(started) if started.target == target => &started.batch,
            _ => continue,
        };
        let seqs = batch
            .told
            .iter()
            .flat_map(|telling| telling.seqs.iter().copied());
        told.entry(batch.collection).or_default().extend(seqs);
    }
    for (chat, log) in &world.logs {
        let expected: Vec<Seq> = log.iter().map(|record| record.seq).collect();
        prop_assert_eq!(told.get(chat).cloned().unwrap_or_default(), expected);
    }
    Ok(())
}

#[derive(Clone, Debug)]
enum Move {
    Add { chat: i64, count: u8 },
    Work { answers: Vec<u8> },
    Pass { seconds: i64 },
    Restart,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        4 => (-103..-99_i64, 1..20_u8).prop_map(|(chat, count)| Move::Add { chat, count }),
        4 => prop::collection::vec(0..12_u8, 1..8).prop_map(|answers| Move::Work { answers }),
        2 => (1..400_i64).prop_map(|seconds| Move::Pass { seconds }),
        1 => Just(Move::Restart),
    ];
    prop::collection::vec(one, 1..60)
}

fn answer(number: u8) -> Option<Outcome> {
    let reason = "x".to_owned();
    Some(match number {
        0 => return None,
        1 => Outcome::Retry {
            after: Some(3_000),
            reason,
        },
        2 => Outcome::Retry {
            after: None,
            reason,
        },
        3 => Outcome::Unknown { reason },
        4 => Outcome::Unreachable { reason },
        _ => Outcome::Delivered,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_event_is_told_once_and_in_order(moves in moves(), batch in 0..40_u32) {
        let mut rules = rules();
        rules.batch_seconds = batch;
        let mut world = World::new(rules, &[link(ONE), link(TWO)]);
        let mut id = 0;
        for next in moves {
            match next {
                Move::Add { chat, count } => {
                    for _ in 0..count {
                        id += 1;
                        let added = BountyAdded {
                            id: BountyId(id),
                            text: "x".into(),
                            link: None,
                            due_date_ts: None,
                            created_at: 0,
                        };
                        world.happen(ChatId(chat), 7, BoardEvent::BountyAdded(added));
                    }
                }
                Move::Work { answers } => {
                    let mut answers = answers.into_iter().cycle();
                    let goes_on = world.work(&mut |_| answers.next().and_then(answer));
                    if !goes_on {
                        world.restart();
                    }
                }
                Move::Pass { seconds } => world.pass(seconds),
                Move::Restart => world.restart(),
            }
        }
        for target in [ONE, TWO] {
            world.record(NotifierEvent::TargetFreed(crate::domain::notifier::TargetFreed { target }));
        }
        world.deliver();
        world.pass(3_600);
        world.deliver();
        check_each_once(&world, ONE)?;
        check_each_once(&world, TWO)?;
    }
}
