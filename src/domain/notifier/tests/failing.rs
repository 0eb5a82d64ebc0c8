use super::world::{ONE, TWO, World, link, rules};
use crate::domain::bridge::EventType;
use crate::domain::notifier::{
    DeliveryRetryAsked, NotifierEvent, Outcome, PAUSE_AFTER, Status, TargetFreed, TargetsLeft,
};

use EventType::Added;

fn failure() -> Outcome {
    Outcome::Retry {
        after: None,
        reason: "no connection".to_owned(),
    }
}

#[test]
fn a_failing_target_keeps_no_other_waiting_and_gets_the_same_message_again() {
    let mut world = World::new(rules(), &[link(ONE), link(TWO)]);
    world.add(1, None);
    world.work(&mut |target| {
        Some(if target == ONE {
            failure()
        } else {
            Outcome::Delivered
        })
    });
    world.add(2, None);
    world.deliver();
    assert_eq!(world.told(TWO), [[(Added, 1)], [(Added, 2)]]);
    assert_eq!(world.told(ONE), [[(Added, 1)]], "it rests");
    world.restart();
    world.pass(1);
    world.deliver();
    assert_eq!(world.told(ONE), [[(Added, 1)], [(Added, 1)], [(Added, 2)]]);
    let (first, again) = (world.sent[0].1, world.sent[3].1);
    assert_eq!(
        first, again,
        "the same delivery, so that the target can know it"
    );
}

#[test]
fn a_target_is_left_alone_as_long_as_it_asks_for() {
    let mut world = World::new(rules(), &[link(ONE)]);
    world.add(1, None);
    rests(&mut world, 40_000, 40);
}

#[test]
fn a_target_is_left_alone_for_a_day_at_most() {
    let mut world = World::new(rules(), &[link(ONE)]);
    world.add(1, None);
    rests(&mut world, u64::MAX, 86_400);
}

/// A target that asks for a pause of so many milliseconds is left alone for so many seconds.
fn rests(world: &mut World, asked: u64, seconds: i64) {
    world.work(&mut |_| {
        Some(Outcome::Retry {
            after: Some(asked),
            reason: "too many requests".to_owned(),
        })
    });
    world.pass(seconds - 1);
    world.deliver();
    assert_eq!(world.sent.len(), 1);
    world.pass(1);
    world.deliver();
    assert_eq!(world.sent.len(), 2);
}

#[test]
fn a_rest_is_over_when_the_clock_by_which_it_began_is_put_back() {
    for ahead in [3_600, 365 * 86_400] {
        let mut world = World::new(rules(), &[link(ONE)]);
        world.pass(ahead);
        world.add(1, None);
        world.work(&mut |_| Some(failure()));
        world.pass(-ahead);
        world.deliver();
        assert_eq!(world.told(ONE), vec![vec![(Added, 1)]; 2]);
    }
}

#[test]
fn rests_grow_and_a_target_that_never_answers_is_paused_until_it_is_freed() {
    let mut world = World::new(rules(), &[link(ONE)]);
    world.add(1, None);
    let begun = world.now;
    let mut waits = Vec::new();
    for _ in 0..PAUSE_AFTER {
        let before = world.sent.len();
        let since = world.now;
        while world.sent.len() == before {
            world.work(&mut |_| Some(failure()));
            world.pass(1);
        }
        waits.push(world.now - since);
    }
    assert!(waits.is_sorted(), "{waits:?}");
    assert!((1_800_000..7_200_000).contains(&(world.now - begun)));
    assert!(world.state.queue(ONE).expect("a queue").paused);
    world.pass(86_400);
    world.deliver();
    assert_eq!(world.sent.len(), PAUSE_AFTER as usize);
    world.record(NotifierEvent::TargetFreed(TargetFreed { target: ONE }));
    world.deliver();
    assert_eq!(world.ends(ONE).last(), Some(&Status::Delivered));
}

#[test]
fn an_unreachable_target_is_sent_nothing_until_it_is_freed() {
    let mut world = World::new(rules(), &[link(ONE)]);
    world.add(1, None);
    let reason = "blocked".to_owned();
    world.work(&mut |_| {
        Some(Outcome::Unreachable {
            reason: reason.clone(),
        })
    });
    world.pass(86_400);
    world.add(2, None);
    world.deliver();
    assert_eq!(world.sent.len(), 1);
    world.record(NotifierEvent::TargetFreed(TargetFreed { target: ONE }));
    world.deliver();
    assert_eq!(world.told(ONE)[1..], [[(Added, 1)], [(Added, 2)]]);
}

#[test]
fn what_was_refused_is_not_sent_again_unless_the_operator_asks() {
    let mut world = World::new(rules(), &[link(ONE)]);
    world.add(1, None);
    let reason = "no such topic".to_owned();
    world.work(&mut |_| {
        Some(Outcome::Refused {
            reason: reason.clone(),
        })
    });
    world.add(2, None);
    world.deliver();
    assert_eq!(world.told(ONE), [[(Added, 1)], [(Added, 2)]]);
    let (target, delivery, batch) = world.sent[0].clone();
    world.record(NotifierEvent::DeliveryRetryAsked(DeliveryRetryAsked {
        delivery,
        target,
        batch,
        key: None,
    }));
    world.deliver();
    assert_eq!(world.told(ONE)[2], [(Added, 1)]);
}

#[test]
fn a_target_that_is_linked_again_starts_at_now() {
    let mut world = World::new(rules(), &[link(ONE)]);
    world.add(1, None);
    world.work(&mut |_| Some(failure()));
    world.record(NotifierEvent::TargetsLeft(TargetsLeft {
        targets: vec![ONE],
    }));
    world.links.clear();
    world.pass(60);
    world.add(2, None);
    world.deliver();
    world.links.push(link(ONE));
    world.add(3, None);
    world.deliver();
    assert_eq!(world.told(ONE)[1..], [[(Added, 3)]]);
}
