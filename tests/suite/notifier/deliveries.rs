//! The event log, and what the operator has sent again.

use std::thread;

use bounty_ledger::domain::notifier::{DeliveryId, Outcome, PAUSE_AFTER, Status};
use bounty_ledger::domain::{Actor, Cause, Timestamp};
use bounty_ledger::notify::{Delivery, DeliveryFilter, RetryError, ask_retry, deliveries};

use super::lab::{Lab, TRACKER, chat_target, hook_target, order};
use crate::library::{disk, layout, send_alone};
use crate::support::Data;

fn all(lab: &Lab, filter: &DeliveryFilter) -> Vec<Delivery> {
    let all = deliveries(&*disk(), &layout(&lab.data), filter).expect("read");
    assert!(all.damages.is_empty());
    all.found
}

pub fn retry(lab: &Lab, delivery: u64) -> Result<(), RetryError> {
    retry_of(&lab.data, delivery, lab.time())
}

fn retry_of(data: &Data, delivery: u64, now: Timestamp) -> Result<(), RetryError> {
    let actor = Actor::Operator { name: "ada".into() };
    let cause = Cause::Cli {
        user: "ada".to_owned(),
    };
    let (disk, layout) = (disk(), layout(data));
    ask_retry(
        &disk,
        &layout,
        TRACKER,
        DeliveryId(delivery),
        (actor, cause),
        now,
    )
}

#[test]
fn deliveries_are_listed_with_what_became_of_them() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    let reason = "no such topic".to_owned();
    lab.say(-100, &["/add One"]);
    lab.deliver();
    lab.pass(60);
    lab.say(-100, &["/add Two"]);
    lab.work(&mut |_| {
        Some(Outcome::Refused {
            reason: reason.clone(),
        })
    });
    let found = all(&lab, &DeliveryFilter::default());
    let status = |delivery: &Delivery| delivery.ended.map(|(_, status)| status);
    assert_eq!(
        found.iter().filter_map(status).collect::<Vec<_>>(),
        [Status::Delivered, Status::Refused]
    );
    assert_eq!(found[1].reason.as_deref(), Some("no such topic"));
    let refused = DeliveryFilter {
        status: Some(Status::Refused),
        ..Default::default()
    };
    assert_eq!(all(&lab, &refused), found[1..]);
    let since = DeliveryFilter {
        since: Some(lab.time()),
        ..Default::default()
    };
    assert_eq!(all(&lab, &since), found[1..]);
}

#[test]
fn what_was_refused_or_is_unknown_is_sent_again_when_the_operator_asks_and_what_arrived_is_not() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.say(-100, &["/add One"]);
    assert!(!lab.work(&mut |_| None));
    lab.restart();
    lab.deliver();
    retry(&lab, 1).expect("asked");
    lab.deliver();
    assert_eq!(lab.told(1), ["added 1 One", "added 1 One"]);
    assert!(matches!(retry(&lab, 2), Err(RetryError::Arrived(_))));
    assert!(matches!(retry(&lab, 7), Err(RetryError::Unknown { .. })));
    lab.data.run(&["verify"]).ok();
}

#[test]
fn what_several_operators_want_sent_again_at_the_same_moment_is_sent_again_once() {
    let mut lab = Lab::begun(&[hook_target(1)]);
    for round in 1..=20 {
        lab.say(-100, &["/add One"]);
        let refused = Outcome::Refused {
            reason: "404".to_owned(),
        };
        lab.work(&mut |_| Some(refused.clone()));
        let id = 2 * round - 1;
        let asked: Vec<_> = thread::scope(|scope| {
            let (data, now) = (&lab.data, lab.time());
            let ask = || scope.spawn(move || retry_of(data, id, now));
            let asking: Vec<_> = (0..4).map(|_| ask()).collect();
            let asked = asking.into_iter().map(|asking| asking.join());
            asked.map(|asked| asked.expect("no panic")).collect()
        });
        let is_refused = |asked: &Result<(), _>| matches!(asked, Err(RetryError::AskedAlready(_)));
        assert_eq!(asked.iter().filter(|asked| asked.is_ok()).count(), 1);
        assert_eq!(asked.iter().filter(|asked| is_refused(asked)).count(), 3);
        lab.deliver();
        assert_eq!(lab.sent.len() as u64, 2 * round);
    }
}

#[test]
fn what_was_on_its_way_when_the_program_ended_can_be_sent_again_at_once_with_the_same_key() {
    let mut lab = Lab::begun(&[hook_target(1)]);
    lab.say(-100, &["/add One"]);
    assert!(!lab.work(&mut |_| None));
    retry(&lab, 1).expect("asked");
    lab.restart();
    lab.refuse();
    retry(&lab, 2).expect("asked");
    lab.say(-100, &["/add Two"]);
    lab.restart();
    lab.deliver();
    assert_eq!(
        lab.told(1),
        ["added 1 One", "added 1 One", "added 1 One", "added 2 Two"]
    );
    let keys: Vec<_> = lab.sent.iter().map(|letter| letter.key).collect();
    assert!(keys[..3].iter().all(|key| *key == keys[0]), "{keys:?}");
    assert_ne!(keys[3], keys[0]);
}

#[test]
fn what_waits_to_be_sent_again_has_an_end_when_its_board_is_not_followed_any_more() {
    let named = order(&["-100", "-200"], &[hook_target(1)]);
    let mut lab = Lab::new(Data::in_memory(), named);
    lab.deliver();
    lab.say(-100, &["/add One"]);
    lab.fail();
    lab.order = Some(order(&["-200"], &[hook_target(1)]));
    lab.pass(10);
    lab.deliver();
    let found = all(&lab, &DeliveryFilter::default());
    assert_eq!(found[0].status(), Status::Refused);
}

#[test]
fn what_the_program_is_sending_is_not_sent_again() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.say(-100, &["/add One"]);
    assert!(!lab.work(&mut |_| None));
    let _alone = send_alone(&lab.data);
    assert!(matches!(retry(&lab, 1), Err(RetryError::UnderWay(_))));
}

#[test]
fn a_paused_target_goes_on_when_one_of_its_deliveries_is_to_be_sent_again() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.say(-100, &["/add One"]);
    let reason = "no connection".to_owned();
    let fail = &mut |_: &_| {
        Some(Outcome::Retry {
            after: None,
            reason: reason.clone(),
        })
    };
    lab.work(fail);
    assert!(matches!(retry(&lab, 1), Err(RetryError::UnderWay(_))));
    for _ in 1..PAUSE_AFTER {
        lab.pass(400);
        lab.work(fail);
    }
    lab.pass(86_400);
    lab.deliver();
    assert_eq!(lab.sent.len(), PAUSE_AFTER as usize, "it is paused");
    retry(&lab, 1).expect("asked");
    lab.deliver();
    assert_eq!(lab.sent.len(), PAUSE_AFTER as usize + 1);
    let found = all(&lab, &DeliveryFilter::default());
    assert_eq!((found.len(), found[0].attempts), (1, PAUSE_AFTER + 1));
    assert_eq!(
        found[0].ended.map(|(_, status)| status),
        Some(Status::Delivered)
    );
}
