//! Groups that get new ids.

use std::fs;

use bounty_ledger::domain::ChatId;
use bounty_ledger::domain::bridge::EventType;
use bounty_ledger::domain::notifier::Status;
use bounty_ledger::notify::{DeliveryFilter, News, deliveries};

use super::deliveries::retry;
use super::lab::{Lab, changed, chat_target, delivered, hook_target, order};
use crate::library::{disk, layout};
use crate::support::Data;

#[test]
fn a_group_goes_on_being_followed_also_by_trackers_that_name_its_old_id() {
    for named in ["*", "-100"] {
        for restarts_before in [true, false] {
            let mut lab = Lab::new(Data::in_memory(), order(&[named], &[chat_target(1)]));
            lab.say(-100, &["/add Old"]);
            lab.deliver();
            lab.say(-100, &["/add One"]);
            lab.migrate(-100, -200);
            if restarts_before {
                lab.restart();
            }
            lab.deliver();
            lab.restart();
            lab.say(-200, &["/add Two"]);
            lab.deliver();
            assert_eq!(lab.told(1), ["added 2 One", "added 3 Two"], "{named}");
        }
    }
}

#[test]
fn a_group_whose_note_cannot_be_read_goes_on_as_its_log_says() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.say(-100, &["/add One"]);
    lab.deliver();
    lab.migrate(-100, -200);
    fs::write(layout(&lab.data).moved(ChatId(-100)), "").expect("written");
    lab.deliver();
    lab.say(-200, &["/add Two"]);
    lab.deliver();
    assert_eq!(lab.told(1), ["added 1 One", "added 2 Two"]);
}

#[test]
fn a_group_that_is_named_by_its_old_id_goes_on_also_when_the_note_of_that_is_damaged_later() {
    let mut lab = Lab::new(Data::in_memory(), order(&["-100"], &[chat_target(1)]));
    lab.deliver();
    lab.say(-100, &["/add One"]);
    lab.deliver();
    lab.migrate(-100, -200);
    lab.deliver();
    fs::write(layout(&lab.data).moved(ChatId(-100)), "").expect("written");
    lab.restart();
    lab.say(-200, &["/add Two"]);
    lab.deliver();
    assert_eq!(lab.told(1), ["added 1 One", "added 2 Two"]);
}

#[test]
fn a_tracker_that_is_edited_meanwhile_goes_on_with_what_waits() {
    let named = order(&["-100", "-300"], &[hook_target(1)]);
    let mut lab = Lab::new(Data::in_memory(), named);
    lab.deliver();
    lab.say(-100, &["/add One"]);
    lab.deliver();
    lab.say(-100, &["/add Two"]);
    lab.migrate(-100, -200);
    lab.order.as_mut().expect("an order").rules.batch_seconds = 1;
    lab.round(changed(&[-100, -200]));
    lab.pass(5);
    lab.deliver();
    assert_eq!(lab.told(1), ["added 1 One", "added 2 Two"]);
}

#[test]
fn a_tracker_of_one_group_that_is_one_of_all_meanwhile_goes_on() {
    let mut lab = Lab::new(Data::in_memory(), order(&["-100"], &[hook_target(1)]));
    lab.deliver();
    lab.say(-100, &["/add One"]);
    lab.migrate(-100, -200);
    lab.order = Some(order(&["*"], &[hook_target(1)]));
    lab.deliver();
    assert_eq!(lab.told(1), ["added 1 One"]);
}

#[test]
fn reminders_that_are_chosen_meanwhile_have_nothing_told_again() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.say(-100, &["/add One", "/add Two"]);
    lab.deliver();
    lab.migrate(-100, -200);
    lab.tell(&[EventType::Added, EventType::Overdue]);
    lab.deliver();
    lab.round(changed(&[-100, -200]));
    lab.deliver();
    assert_eq!(lab.told(1), ["added 1 One", "added 2 Two"]);
}

#[test]
fn what_was_settled_is_sent_also_before_the_new_id_was_seen() {
    let mut lab = Lab::settled(20);
    let letter = lab.round(News::default()).letters.remove(0);
    lab.migrate(-100, -200);
    let (order, now) = (lab.order.clone(), lab.time());
    let happened = delivered(&letter);
    let round = lab.worker.round(order.as_ref(), happened, None, now);
    let letters = round.expect("a round").letters;
    assert_eq!((letters[0].collection.0, letters[0].told.len()), (-200, 5));
}

#[test]
fn what_was_told_under_the_old_id_can_be_sent_again() {
    let mut lab = Lab::begun(&[hook_target(1)]);
    lab.say(-100, &["/add One"]);
    lab.refuse();
    lab.migrate(-100, -200);
    lab.deliver();
    retry(&lab, 1).expect("asked");
    lab.deliver();
    assert_eq!(lab.told(1), ["added 1 One", "added 1 One"]);
}

#[test]
fn a_delivery_of_a_board_that_another_takes_the_place_of_has_an_end() {
    let mut lab = Lab::begun(&[hook_target(1)]);
    lab.say(-100, &["/add One"]);
    lab.deliver();
    lab.say(-200, &["/add Early"]);
    lab.fail();
    lab.migrate(-100, -200);
    lab.pass(10);
    lab.deliver();
    let all = deliveries(&*disk(), &layout(&lab.data), &DeliveryFilter::default());
    let found = all.expect("read").found;
    let early = found
        .iter()
        .find(|delivery| delivery.batch.collection.0 == -200);
    let status = early.and_then(|delivery| delivery.ended);
    assert_eq!(status.map(|(_, status)| status), Some(Status::Refused));
    lab.say(-200, &["/add Late"]);
    lab.deliver();
    assert_eq!(lab.told(1).last().map(String::as_str), Some("added 3 Late"));
}

#[test]
fn what_was_told_of_a_board_is_not_sent_again_from_the_one_that_took_its_place() {
    let mut lab = Lab::begun(&[hook_target(1)]);
    lab.say(-200, &["/add Early"]);
    lab.refuse_and_replace();
    retry(&lab, 1).expect("asked");
    lab.deliver();
    assert_eq!(lab.told(1), ["added 1 Early", "added 1 One"]);
}

#[test]
fn two_new_ids_at_once_go_on_with_the_board_that_has_the_log() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.say(-100, &["/add One"]);
    lab.say(-200, &["/add Other"]);
    lab.deliver();
    lab.migrate(-100, -200);
    lab.migrate(-200, -300);
    lab.say(-300, &["/add Two"]);
    lab.deliver();
    assert_eq!(lab.told(1).last().map(String::as_str), Some("added 3 Two"));
}

#[test]
fn a_group_whose_log_is_damaged_when_it_has_a_new_id_is_told_nothing_twice() {
    for at in ["One", "Two"] {
        let mut lab = Lab::begun(&[chat_target(1)]);
        lab.say(-100, &["/add One", "/add Two"]);
        lab.deliver();
        lab.migrate(-100, -200);
        let good = fs::read_to_string(lab.data.log(-200)).expect("a log");
        fs::write(lab.data.log(-200), good.replace(at, "Damaged")).expect("written");
        let (order, now) = (lab.order.clone(), lab.time());
        let happened = changed(&[-200, -100]);
        let round = lab.worker.round(order.as_ref(), happened, None, now);
        assert!(round.expect("a round").letters.is_empty());
        fs::write(lab.data.log(-200), good).expect("written");
        lab.say(-200, &["/add Three"]);
        lab.deliver();
        let expected = ["added 1 One", "added 2 Two", "added 3 Three"];
        assert_eq!(lab.told(1), expected, "{at}");
    }
}
