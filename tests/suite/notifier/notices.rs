//! Chats that are told to whom their boards are forwarded.

use std::fs;

use bounty_ledger::domain::notifier::Outcome;
use bounty_ledger::domain::{ChatId, Locale};
use bounty_ledger::notify::{News, Notice};
use serde_json::json;

use super::lab::{Lab, changed, chat_target, hook_target, order};
use crate::support::Data;

#[test]
fn a_board_that_cannot_be_read_keeps_no_letter_from_being_sent_when_its_chat_is_to_be_told() {
    let mut lab = Lab::begun(&[hook_target(2)]);
    lab.say(-300, &["/add One"]);
    let away = lab.data.path().join("away");
    fs::rename(lab.data.log(-300), &away).expect("renamed");
    fs::create_dir(lab.data.log(-300)).expect("made");
    lab.say(-200, &["/add Other"]);
    lab.deliver();
    assert_eq!(lab.told(2), ["added 1 Other"]);
    fs::remove_dir(lab.data.log(-300)).expect("removed");
    fs::rename(&away, lab.data.log(-300)).expect("renamed");
    lab.pass(70);
    lab.deliver();
    assert_eq!(lab.told(2), ["added 1 Other", "added 1 One"]);
}

#[test]
fn a_chat_is_told_in_the_language_that_it_chose() {
    let mut lab = Lab::begun(&[hook_target(2)]);
    lab.say(-100, &["/add One", "/language ru"]);
    let notice = lab.round(News::default()).notice;
    let notice = notice.expect("the group is told");
    assert_eq!(notice.locale, Locale::Russian);
    let happened = told(notice);
    lab.order = None;
    let notice = lab.round(happened).notice;
    let notice = notice.expect("it is told that this is over");
    assert_eq!(notice.locale, Locale::Russian);
}

#[test]
fn a_chat_is_told_once_to_whom_its_board_is_forwarded_and_when_it_is_no_more() {
    let mut own = chat_target(1);
    own.config.insert("chat_id".to_owned(), json!(-100));
    let mut lab = Lab::begun(&[own, hook_target(2)]);
    lab.say(-100, &["/add One"]);
    let notice = lab
        .round(Default::default())
        .notice
        .expect("the group is told");
    assert_eq!(
        (notice.chat.0, notice.started.as_slice()),
        (-100, ["Target 2".to_owned()].as_slice())
    );
    assert_eq!(notice.bots.len(), 1, "the bot that was heard there");
    lab.restart();
    let notice = lab
        .round(Default::default())
        .notice
        .expect("it was not told yet");
    let happened = told(notice);
    assert_eq!(lab.round(happened).notice, None);
    lab.restart();
    assert_eq!(lab.round(Default::default()).notice, None);
    lab.order = None;
    let notice = lab
        .round(Default::default())
        .notice
        .expect("the group is told");
    assert_eq!(
        (notice.started.len(), notice.stopped.as_slice()),
        (0, ["Target 2".to_owned()].as_slice())
    );
    assert!(!lab.worker.is_wound_up());
    let happened = told(notice);
    assert_eq!(lab.round(happened).notice, None);
    assert!(lab.worker.is_wound_up());
}

#[test]
fn a_chat_where_no_bot_can_write_is_told_when_something_happens_there_again() {
    let mut lab = Lab::new(Data::in_memory(), order(&["-100"], &[hook_target(2)]));
    assert_eq!(
        lab.round(Default::default()).notice,
        None,
        "no bot is there"
    );
    let changed = || News {
        changed: [ChatId(-100)].into(),
        ..News::default()
    };
    lab.say(-100, &["/add One"]);
    let notice = lab.round(changed()).notice.expect("the group is told");
    let reason = "403".to_owned();
    let shut_out = News {
        noticed: Some((notice, Outcome::Unreachable { reason })),
        ..News::default()
    };
    assert_eq!(lab.round(shut_out).notice, None);
    lab.say(-100, &["/add Two"]);
    let notice = lab.round(changed()).notice.expect("the group is told");
    assert_eq!(lab.round(told(notice)).notice, None);
    lab.say(-100, &["/add Three"]);
    assert_eq!(lab.round(changed()).notice, None, "it knows");
}

#[test]
fn a_chat_where_no_bot_could_write_is_told_under_its_new_id() {
    let mut lab = Lab::begun(&[hook_target(2)]);
    lab.say(-100, &["/add One"]);
    let notice = lab.round(changed(&[-100])).notice.expect("it is told");
    let reason = "403".to_owned();
    lab.round(News {
        noticed: Some((notice, Outcome::Unreachable { reason })),
        ..News::default()
    });
    lab.migrate(-100, -200);
    lab.say(-200, &["/add Two"]);
    let told = (0..6).filter_map(|_| {
        lab.pass(100);
        lab.round(changed(&[-100, -200])).notice
    });
    let told: Vec<ChatId> = told.map(|notice| notice.chat).collect();
    assert_eq!(told, [ChatId(-200)]);
}

fn told(notice: Notice) -> News {
    News {
        noticed: Some((notice, Outcome::Delivered)),
        ..News::default()
    }
}
