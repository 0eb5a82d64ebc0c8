use super::world::{CHAT, ONE, World, all, link, rules, these};
use crate::domain::board::{BoardEvent, BountyAdded};
use crate::domain::bridge::{Collections, EventType};
use crate::domain::notifier::{
    Baseline, BaselineSet, BoardReplaced, CollectionMoved, Notifier, NotifierEvent, Outcome,
    ReminderRules, baselines, due_dates, following,
};
use crate::domain::{BountyId, ChatId, Seq};

use EventType::Added;

const OTHER: ChatId = ChatId(-200);

fn add(world: &mut World, chat: ChatId, id: u64) {
    let added = BountyAdded {
        id: BountyId(id),
        text: "x".into(),
        link: None,
        due_date_ts: None,
        created_at: 0,
    };
    world.happen(chat, 7, BoardEvent::BountyAdded(added));
}

/// A tracker that begins when one board has an event.
fn begun(collections: Collections) -> World {
    let mut rules = rules();
    rules.collections = these(&[ChatId(-1)]);
    let mut world = World::new(rules, &[link(ONE)]);
    add(&mut world, CHAT, 1);
    world.rules.collections = collections;
    world.follow();
    world
}

#[test]
fn a_new_tracker_tells_nothing_old_but_every_event_of_a_board_opened_later() {
    let mut world = begun(all());
    world.deliver();
    assert!(world.sent.is_empty());
    add(&mut world, CHAT, 2);
    add(&mut world, OTHER, 1);
    world.follow();
    world.deliver();
    assert_eq!(world.sent.len(), 2);
    assert_eq!(world.told(ONE), [[(Added, 1)], [(Added, 2)]]);
}

#[test]
fn a_board_that_is_named_later_is_followed_from_then_on() {
    let mut world = begun(these(&[CHAT]));
    add(&mut world, OTHER, 1);
    world.deliver();
    world.rules.collections = these(&[CHAT, OTHER]);
    world.follow();
    world.deliver();
    assert!(world.sent.is_empty());
    add(&mut world, OTHER, 2);
    world.deliver();
    assert_eq!(world.told(ONE), [[(Added, 2)]]);
}

#[test]
fn following_fewer_boards_and_all_again_tells_nothing_that_came_between() {
    let mut world = begun(all());
    world.rules.collections = these(&[CHAT]);
    world.follow();
    add(&mut world, OTHER, 1);
    world.deliver();
    world.rules.collections = all();
    world.follow();
    world.deliver();
    assert!(world.sent.is_empty());
    add(&mut world, OTHER, 2);
    world.deliver();
    assert_eq!(world.told(ONE), [[(Added, 2)]]);
}

#[test]
fn baselines_of_many_boards_are_several_events_and_the_last_completes_them() {
    let due = crate::domain::notifier::DueDate {
        bounty: BountyId(1),
        due: 5,
    };
    let many = (1..=9_000).map(|chat| Baseline {
        collection: ChatId(-chat),
        at: World::place(Seq(3)),
        dues: Some(vec![due.clone()]),
    });
    let events = baselines(many.collect(), true);
    assert!(events.len() > 1);
    let covers: Vec<bool> = events
        .iter()
        .map(|event| {
            matches!(
                event,
                NotifierEvent::BaselineSet(BaselineSet {
                    covers_all: true,
                    ..
                })
            )
        })
        .collect();
    assert!(covers.iter().rev().skip(1).all(|covers| !covers) && covers.ends_with(&[true]));
    for event in &events {
        let json = serde_json::to_vec(&crate::domain::Event::data(event)).expect("JSON");
        assert!(json.len() < 1 << 19, "{} bytes", json.len());
    }
    let mut begun = World {
        state: Notifier::default(),
        ..World::new(rules(), &[])
    };
    begun.record(events[0].clone());
    let boards = (1..=9_000).map(|chat| ChatId(-chat)).collect();
    let left = following(&rules(), &begun.state, &boards);
    assert!(left.covers_all);
    assert!(
        left.from_now.len() < 9_000 && !left.from_now.is_empty(),
        "the rest is begun anew"
    );
}

#[test]
fn the_boards_that_are_left_are_several_events_when_they_are_many() {
    let mut world = World::new(rules(), &[link(ONE)]);
    let begun = (1..=70_000).map(|chat| Baseline {
        collection: ChatId(-1_001_000_000_000 - chat),
        at: World::place(Seq(3)),
        dues: None,
    });
    world.record_all(baselines(begun.collect(), true));
    let before = world.events.len();
    world.rules.collections = these(&[CHAT]);
    world.follow();
    for record in &world.events[before..] {
        let json = serde_json::to_vec(&crate::domain::Event::data(&record.event)).expect("JSON");
        assert!(json.len() < 1 << 19, "{} bytes", json.len());
    }
    assert!(!world.state.covers_all());
    assert_eq!(world.state.collections().len(), 1);
}

#[test]
fn a_board_that_was_put_back_is_told_from_where_it_is() {
    let mut world = begun(all());
    add(&mut world, CHAT, 2);
    world.work(&mut |_| {
        Some(Outcome::Retry {
            after: None,
            reason: "x".to_owned(),
        })
    });
    let was = World::place(Seq(2));
    world.record(NotifierEvent::BoardReplaced(BoardReplaced {
        collection: CHAT,
        was,
        at: World::place(Seq(1)),
        dues: None,
    }));
    world.logs.get_mut(&CHAT).expect("the board").pop();
    world.pass(5);
    world.deliver();
    assert_eq!(
        world.sent.len(),
        1,
        "what waited of the other log is not sent again"
    );
    add(&mut world, CHAT, 3);
    world.deliver();
    assert_eq!(world.told(ONE)[1..], [[(Added, 3)]]);
}

#[test]
fn a_board_with_another_id_goes_on_with_all_that_waits() {
    let mut rules = rules();
    rules.batch_seconds = 10;
    rules.reminders = ReminderRules {
        due_soon: None,
        overdue: true,
    };
    let mut world = World::new(rules, &[link(ONE)]);
    let due = world.seconds() + 60;
    world.add(1, Some(due));
    world.deliver();
    let log = world.logs.remove(&CHAT).expect("the board");
    world.logs.insert(OTHER, log);
    world.record(NotifierEvent::CollectionMoved(CollectionMoved {
        from: CHAT,
        to: OTHER,
    }));
    world.pass(10);
    world.deliver();
    assert_eq!(world.told(ONE), [[(Added, 1)]]);
    assert_eq!(world.sent[0].2.collection, OTHER);
    world.pass(60);
    world.deliver();
    world.pass(10);
    world.deliver();
    assert_eq!(world.told(ONE)[1..], [[(EventType::Overdue, 1)]]);
    assert_eq!(due_dates(&world.board(OTHER)).len(), 1);
}
