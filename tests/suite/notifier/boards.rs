//! Boards that are replaced, moved or gone, and chats that are told to whom their boards are forwarded.

use std::fs;
use std::os::unix::fs::symlink;

use bounty_ledger::domain::notifier::Outcome;
use bounty_ledger::domain::{ChatId, Locale};
use bounty_ledger::engine::system_time;
use bounty_ledger::notify::{News, Notice};
use serde_json::{Value, json};

use super::lab::{Lab, chat_target, hook_target, order};
use crate::support::{DATE, Data, in_group};

pub fn migrated(update: i64, from: i64, to: i64) -> Value {
    json!({"update_id": update, "message": {
        "message_id": update, "date": DATE, "chat": {"id": from, "type": "group", "title": "G"},
        "from": {"id": 1, "is_bot": false, "first_name": "User 1"}, "migrate_to_chat_id": to,
    }})
}

#[test]
fn a_board_that_was_put_back_from_a_backup_is_noticed_and_not_replayed() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.say(-100, &["/add One"]);
    lab.deliver();
    let backup = lab.data.log_bytes(-100);
    lab.say(-100, &["/add Two", "/add Three"]);
    lab.deliver();
    let snapshots = fs::read_dir(lab.data.chat(-100))
        .expect("a directory")
        .flatten();
    snapshots.for_each(|file| fs::remove_file(file.path()).expect("removed"));
    fs::write(lab.data.log(-100), backup).expect("written");
    lab.say(-100, &["/add Instead"]);
    lab.deliver();
    assert_eq!(lab.told(1), ["added 1 One", "added 2 Two", "added 3 Three"]);
    lab.say(-100, &["/add Next"]);
    lab.deliver();
    assert_eq!(lab.told(1).last().map(String::as_str), Some("added 3 Next"));
}

#[test]
fn a_group_with_a_new_id_goes_on_being_followed_also_by_trackers_that_name_its_old_one() {
    for named in ["*", "-100"] {
        let mut lab = Lab::new(Data::in_memory(), order(&[named], &[chat_target(1)]));
        lab.say(-100, &["/add Old"]);
        lab.deliver();
        lab.say(-100, &["/add One"]);
        lab.data.feed(&[migrated(5_000, -100, -200)]).ok();
        lab.deliver();
        lab.restart();
        lab.say(-200, &["/add Two"]);
        lab.deliver();
        assert_eq!(lab.told(1), ["added 2 One", "added 3 Two"], "{named}");
    }
}

#[test]
fn a_board_that_is_gone_keeps_no_other_waiting() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.say(-100, &["/add One"]);
    let reason = "503".to_owned();
    lab.work(&mut |_| {
        Some(Outcome::Retry {
            after: None,
            reason: reason.clone(),
        })
    });
    lab.say(-100, &["/add Two"]);
    lab.deliver();
    fs::rename(lab.data.chat(-100), lab.data.path().join("away")).expect("renamed");
    lab.say(-200, &["/add Other"]);
    lab.pass(2);
    lab.deliver();
    assert_eq!(lab.told(1), ["added 1 One", "added 1 One", "added 1 Other"]);
    fs::rename(lab.data.path().join("away"), lab.data.chat(-100)).expect("renamed");
    lab.deliver();
    assert_eq!(lab.told(1).last().map(String::as_str), Some("added 2 Two"));
}

/// A clock by which everything that was recorded until now is long past.
fn an_hour_from_now() -> i64 {
    system_time().millis() + 3_600_000
}

#[test]
fn a_board_that_is_older_than_the_tracker_that_finds_it_later_is_told_from_where_it_is() {
    let elsewhere = Data::in_memory();
    elsewhere.feed(&[in_group(1, -100, 1, "/add Old")]).ok();
    let mut lab = Lab::new(Data::in_memory(), order(&["*"], &[chat_target(1)]));
    lab.now = an_hour_from_now();
    lab.deliver();
    fs::rename(elsewhere.chat(-100), lab.data.chat(-100)).expect("renamed");
    lab.deliver();
    lab.say(-100, &["/edit 1 New"]);
    lab.deliver();
    assert_eq!(lab.told(1), ["edited 1 New"]);
}

#[test]
fn a_board_that_cannot_be_looked_at_keeps_no_tracker_from_beginning_and_is_told_from_where_it_is() {
    for named in [&["*"][..], &["-200", "-300"]] {
        let mut lab = Lab::new(Data::in_memory(), order(named, &[chat_target(1)]));
        lab.now = an_hour_from_now();
        lab.say(-200, &["/add One"]);
        lab.say(-300, &["/add Two"]);
        let away = lab.data.path().join("away");
        fs::rename(lab.data.chat(-300), &away).expect("renamed");
        symlink(lab.data.chat(-300), lab.data.chat(-300)).expect("a link to itself");
        lab.deliver();
        lab.say(-200, &["/edit 1 Three"]);
        lab.deliver();
        fs::remove_file(lab.data.chat(-300)).expect("removed");
        fs::rename(&away, lab.data.chat(-300)).expect("renamed");
        lab.deliver();
        lab.say(-300, &["/edit 1 Four"]);
        lab.deliver();
        assert_eq!(
            lab.told(1),
            ["edited 1 Three", "edited 1 Four"],
            "{named:?}"
        );
    }
}

#[test]
fn a_damaged_board_is_told_up_to_the_damage_and_keeps_no_other_waiting() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.say(-100, &["/add One", "/add Two"]);
    let log = fs::read_to_string(lab.data.log(-100)).expect("a log");
    fs::write(lab.data.log(-100), log.replace("Two", "Owt")).expect("written");
    lab.say(-200, &["/add Other"]);
    lab.deliver();
    assert_eq!(lab.told(1), ["added 1 Other", "added 1 One"]);
}

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
fn a_letter_whose_board_cannot_be_read_waits_and_other_targets_are_told() {
    let mut lab = Lab::begun(&[hook_target(1), hook_target(2)]);
    lab.say(-300, &["/add One"]);
    let reason = "503".to_owned();
    lab.work(&mut |letter| {
        Some(match letter.target.id.0 {
            1 => Outcome::retry(None, reason.clone()),
            _ => Outcome::Delivered,
        })
    });
    let away = lab.data.path().join("away");
    fs::rename(lab.data.log(-300), &away).expect("renamed");
    fs::create_dir(lab.data.log(-300)).expect("made");
    lab.restart();
    lab.pass(5);
    lab.say(-200, &["/add Other"]);
    lab.deliver();
    assert_eq!(lab.told(2), ["added 1 One", "added 1 Other"]);
    fs::remove_dir(lab.data.log(-300)).expect("removed");
    fs::rename(&away, lab.data.log(-300)).expect("renamed");
    lab.deliver();
    assert_eq!(lab.told(1), ["added 1 One", "added 1 One", "added 1 Other"]);
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

fn told(notice: Notice) -> News {
    News {
        noticed: Some((notice, Outcome::Delivered)),
        ..News::default()
    }
}
