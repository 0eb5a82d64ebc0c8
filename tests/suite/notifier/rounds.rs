//! What is told when, and what is not told twice.

use std::collections::BTreeSet;

use bounty_ledger::domain::ChatId;
use bounty_ledger::domain::bridge::EventType;
use bounty_ledger::domain::notifier::{Outcome, Status};
use bounty_ledger::notify::{Delivery, DeliveryFilter, Ended, News, Round, deliveries};

use super::lab::{Lab, chat_target, delivered, heard, hook_target, order};
use crate::library::{disk, layout};
use crate::support::Data;

#[test]
fn what_happens_on_a_board_is_told_from_its_log() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.say(
        -100,
        &[
            "/add Fix login https://example.com/1 tomorrow",
            "/edit 1 Fix logout",
            "/track 1",
            "/untrack 1",
            "/delete 1",
        ],
    );
    lab.deliver();
    let expected = [
        "added 1 Fix login",
        "edited 1 Fix logout",
        "tracked 1 Fix logout",
        "untracked 1 Fix logout",
        "deleted 1 Fix logout",
    ];
    assert_eq!(lab.told(1), expected);
    let letter = &lab.sent[0];
    assert_eq!(letter.title.as_deref(), Some("Group -100"));
}

#[test]
fn the_same_delivery_of_another_data_directory_has_another_key() {
    let keys = [(); 2].map(|()| {
        let mut lab = Lab::begun(&[chat_target(1)]);
        lab.say(-100, &["/add One"]);
        lab.deliver();
        lab.sent[0].key
    });
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn a_restart_goes_on_where_it_was_and_tells_nothing_twice() {
    let mut lab = Lab::begun(&[chat_target(1), hook_target(2)]);
    lab.say(-100, &["/add One", "/add Two"]);
    lab.deliver();
    lab.restart();
    lab.deliver();
    lab.say(-100, &["/add Three"]);
    lab.say(-200, &["/add Other"]);
    lab.restart();
    lab.deliver();
    for target in [1, 2] {
        assert_eq!(
            lab.told(target),
            [
                "added 1 One",
                "added 2 Two",
                "added 1 Other",
                "added 3 Three"
            ]
        );
    }
}

#[test]
fn a_new_tracker_tells_nothing_that_was_there_before() {
    let data = Data::in_memory();
    let mut lab = Lab::new(data, order(&["*"], &[chat_target(1)]));
    lab.say(-100, &["/add Old"]);
    lab.deliver();
    lab.say(-100, &["/edit 1 New"]);
    lab.deliver();
    assert_eq!(lab.told(1), ["edited 1 New"]);
}

#[test]
fn what_was_on_its_way_when_the_process_was_killed_is_not_sent_again() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.say(-100, &["/add One"]);
    assert!(!lab.work(&mut |_| None));
    lab.restart();
    lab.say(-100, &["/add Two"]);
    lab.deliver();
    assert_eq!(lab.told(1), ["added 1 One", "added 2 Two"]);
}

#[test]
fn a_message_that_did_not_arrive_is_sent_again_after_a_restart_as_it_was() {
    let mut lab = Lab::begun(&[hook_target(1)]);
    lab.say(-100, &["/add One"]);
    lab.fail();
    lab.say(-100, &["/add Two"]);
    lab.restart();
    lab.deliver();
    assert_eq!(lab.sent.len(), 1, "it rests");
    lab.pass(2);
    lab.deliver();
    assert_eq!(lab.told(1), ["added 1 One", "added 1 One", "added 2 Two"]);
    assert_eq!(lab.sent[0].key, lab.sent[1].key);
    assert_ne!(lab.sent[0].key, lab.sent[2].key);
}

#[test]
fn an_unreachable_target_is_told_what_waited_once_its_chat_writes() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.say(-100, &["/add One"]);
    let reason = "blocked".to_owned();
    lab.work(&mut |_| {
        Some(Outcome::Unreachable {
            reason: reason.clone(),
        })
    });
    lab.say(-100, &["/add Two"]);
    lab.restart();
    lab.deliver();
    assert_eq!(lab.sent.len(), 1);
    let round = lab.round(heard(-901));
    assert_eq!(round.letters.len(), 1);
}

#[test]
fn a_chat_that_wrote_before_it_was_known_that_it_was_unreachable_is_tried_again_once() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.say(-100, &["/add One"]);
    let round = lab.round(News::default());
    assert_eq!(round.awaited, BTreeSet::from([ChatId(-901)]));
    lab.round(heard(-901));
    let refused = |round: &Round| News {
        ended: vec![Ended {
            target: round.letters[0].target.id,
            delivery: round.letters[0].delivery,
            outcome: Outcome::Unreachable {
                reason: "blocked".to_owned(),
            },
        }],
        ..News::default()
    };
    let again = lab.round(refused(&round));
    assert_eq!(again.letters.len(), 1);
    assert!(lab.round(refused(&again)).letters.is_empty());
}

#[test]
fn a_tracker_that_is_switched_off_and_on_starts_at_now() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.say(-100, &["/add One"]);
    let order = lab.order.take();
    lab.deliver();
    assert!(lab.sent.is_empty());
    assert!(lab.worker.is_wound_up());
    lab.say(-100, &["/add Two"]);
    lab.order = order;
    lab.deliver();
    lab.say(-100, &["/add Three"]);
    lab.deliver();
    assert_eq!(lab.told(1), ["added 3 Three"]);
}

#[test]
fn a_tracker_that_is_off_for_a_moment_while_something_is_on_its_way_starts_at_now() {
    let mut lab = Lab::begun(&[hook_target(1)]);
    lab.say(-100, &["/add One"]);
    let letter = lab.round(News::default()).letters.remove(0);
    let order = lab.order.take();
    lab.round(News::default());
    lab.say(-100, &["/add Two"]);
    lab.order = order;
    lab.round(News::default());
    assert!(lab.round(delivered(&letter)).letters.is_empty());
    lab.say(-100, &["/add Three"]);
    lab.deliver();
    assert_eq!(lab.told(1), ["added 3 Three"]);
    let all = deliveries(&*disk(), &layout(&lab.data), &DeliveryFilter::default());
    let found = all.expect("read").found;
    let is_delivered = |delivery: &Delivery| delivery.status() == Status::Delivered;
    assert!(found.iter().all(is_delivered), "{found:?}");
}

#[test]
fn a_target_that_is_far_behind_is_told_everything_in_order() {
    let mut order = order(&["*"], &[chat_target(1)]);
    order.rules.batch_seconds = 60;
    let mut lab = Lab::new(Data::in_memory(), order);
    lab.deliver();
    let texts: Vec<String> = (1..=700)
        .map(|number| format!("/add Number {number}"))
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    lab.say(-100, &texts);
    lab.deliver();
    lab.pass(60);
    lab.restart();
    lab.deliver();
    let expected: Vec<String> = (1..=700)
        .map(|number| format!("added {number} Number {number}"))
        .collect();
    assert_eq!(lab.told(1), expected);
}

#[test]
fn what_was_on_its_way_when_a_tracker_was_switched_off_or_a_link_removed_has_an_end() {
    for is_off in [true, false] {
        let mut lab = Lab::begun(&[chat_target(1)]);
        lab.say(-100, &["/add One"]);
        let letter = lab.round(News::default()).letters.remove(0);
        if is_off {
            lab.order = None;
        } else {
            let order = lab.order.as_mut().expect("an order");
            order.links.clear();
            order.targets.clear();
        }
        assert!(lab.round(News::default()).letters.is_empty());
        let ended = Ended {
            target: letter.target.id,
            delivery: letter.delivery,
            outcome: Outcome::retry(None, "503".to_owned()),
        };
        let happened = News {
            ended: vec![ended],
            ..News::default()
        };
        assert!(lab.round(happened).letters.is_empty());
        let all = deliveries(&*disk(), &layout(&lab.data), &DeliveryFilter::default());
        let found = all.expect("read").found;
        let status = found[0].ended.map(|(_, status)| status);
        assert_eq!(status, Some(Status::Refused), "{is_off}");
        assert!(lab.worker.stream().state().queues().len() == 0);
    }
}

#[test]
fn a_board_that_was_not_read_yet_as_one_of_all_is_told_when_it_is_named() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.say(-100, &["/add One"]);
    lab.order = Some(order(&["-100"], &[chat_target(1)]));
    lab.deliver();
    assert_eq!(lab.told(1), ["added 1 One"]);
}

#[test]
fn a_board_that_is_followed_again_begins_at_its_end_also_when_the_process_ended_meanwhile() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.tell(&[EventType::Edited]);
    lab.say(-100, &["/add One"]);
    lab.deliver();
    lab.say(-100, &["/edit 1 Two"]);
    let all = lab.order.replace(order(&["-200"], &[chat_target(1)]));
    lab.deliver();
    let now = lab.time();
    lab.worker.close(News::default(), now);
    lab.order = all;
    lab.restart();
    lab.deliver();
    assert!(lab.sent.is_empty());
}
