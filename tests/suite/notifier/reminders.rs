//! Reminders of due dates, also of those that were set before reminders were wanted.

use bounty_ledger::domain::bridge::EventType::{self, Added, DueSoon, Overdue};

use super::deliveries::retry;
use super::lab::{Lab, chat_target, order};
use crate::support::Data;

/// When the messages of the tests were sent, in seconds: "in 5 hours" is seen from here.
const SENT: i64 = 1_735_603_200;

/// A tracker of all groups that tells these, and has not begun.
fn lab(kinds: &[EventType]) -> Lab {
    let mut lab = Lab::new(Data::in_memory(), order(&["*"], &[chat_target(1)]));
    lab.now = SENT * 1_000;
    lab.tell(kinds);
    lab
}

#[test]
fn reminders_come_for_boards_that_nobody_opened_since_the_start() {
    let mut lab = lab(&[DueSoon, Overdue]);
    lab.deliver();
    lab.say(-100, &["/add Soon in 5 hours", "/add Never in 5 hours"]);
    lab.deliver();
    lab.say(-100, &["/delete 2"]);
    lab.restart();
    let next = lab
        .round(Default::default())
        .next
        .expect("a reminder is to come");
    assert_eq!(next.seconds(), SENT + 4 * 3_600);
    lab.pass(4 * 3_600);
    lab.deliver();
    lab.restart();
    lab.pass(3_600);
    lab.deliver();
    assert_eq!(lab.told(1), ["due_soon 1 Soon", "overdue 1 Soon"]);
}

#[test]
fn what_was_not_read_when_reminders_were_chosen_is_told_and_reminded_of() {
    let mut lab = lab(&[Added]);
    lab.say(-100, &["/add Old"]);
    lab.deliver();
    lab.say(-100, &["/add Soon in 5 hours"]);
    lab.tell(&[Added, Overdue]);
    lab.deliver();
    lab.pass(5 * 3_600);
    lab.deliver();
    assert_eq!(lab.told(1), ["added 2 Soon", "overdue 2 Soon"]);
}

#[test]
fn reminders_that_are_chosen_later_know_the_due_dates_that_are_there() {
    for told_to_nobody in [&[][..], &["/track 1"]] {
        let mut lab = lab(&[Added]);
        lab.deliver();
        lab.say(-100, &["/add Soon in 5 hours"]);
        lab.deliver();
        lab.say(-100, told_to_nobody);
        lab.deliver();
        lab.tell(&[Overdue]);
        lab.deliver();
        lab.pass(5 * 3_600);
        lab.deliver();
        assert_eq!(lab.told(1), ["added 1 Soon", "overdue 1 Soon"]);
    }
}

/// A reminder is refused; then another board takes the place of its own.
fn lose_board(lab: &mut Lab) {
    lab.say(-200, &["/add Early in 5 hours"]);
    lab.deliver();
    lab.pass(4 * 3_600);
    lab.refuse_and_replace();
}

#[test]
fn a_reminder_is_not_sent_again_from_the_board_that_took_the_place_of_its_own() {
    let mut lab = lab(&[DueSoon]);
    lab.deliver();
    lose_board(&mut lab);
    retry(&lab, 1).expect("asked");
    lab.deliver();
    assert_eq!(lab.told(1), ["due_soon 1 Early"]);
}

#[test]
fn nor_is_it_when_another_target_is_just_told_of_that_board() {
    let mut lab = lab(&[DueSoon]);
    lab.order = Some(order(&["*"], &[chat_target(1), chat_target(2)]));
    lab.tell(&[Added, DueSoon]);
    lab.deliver();
    lose_board(&mut lab);
    retry(&lab, 4).expect("asked");
    lab.say(-200, &["/add Two"]);
    lab.deliver();
    assert_eq!(
        lab.told(2),
        [
            "added 1 Early",
            "due_soon 1 Early",
            "added 1 One",
            "added 3 Two"
        ]
    );
}
