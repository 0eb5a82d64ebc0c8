//! Boards that are away, damaged, put back or cannot be read.

use std::fs;
use std::os::unix::fs::symlink;

use bounty_ledger::domain::ChatId;
use bounty_ledger::domain::bridge::EventType::{Added, Edited, Overdue};
use bounty_ledger::domain::notifier::Outcome;
use bounty_ledger::engine::system_time;
use bounty_ledger::notify::News;

use super::lab::{Lab, chat_target, delivered, hook_target, order};
use crate::library::layout;
use crate::support::{Data, in_group};

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
fn a_board_that_is_gone_keeps_no_other_waiting() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.say(-100, &["/add One"]);
    lab.fail();
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
    for named in ["*", "-100"] {
        let elsewhere = Data::in_memory();
        elsewhere.feed(&[in_group(1, -100, 1, "/add Old")]).ok();
        let mut lab = Lab::new(Data::in_memory(), order(&[named], &[chat_target(1)]));
        lab.now = an_hour_from_now();
        lab.deliver();
        fs::rename(elsewhere.chat(-100), lab.data.chat(-100)).expect("renamed");
        lab.deliver();
        lab.say(-100, &["/edit 1 New"]);
        lab.deliver();
        assert_eq!(lab.told(1), ["edited 1 New"], "{named}");
    }
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
fn what_stands_behind_a_damage_when_a_tracker_begins_is_no_news_once_it_is_mended() {
    let mut lab = Lab::new(Data::in_memory(), order(&["*"], &[chat_target(1)]));
    lab.now = an_hour_from_now();
    lab.say(-100, &["/add One", "/add Two"]);
    let good = fs::read_to_string(lab.data.log(-100)).expect("a log");
    fs::write(lab.data.log(-100), good.replace("Two", "Owt")).expect("written");
    lab.tell(&[Added, Edited, Overdue]);
    lab.deliver();
    fs::write(lab.data.log(-100), good).expect("written");
    lab.deliver();
    lab.say(-100, &["/edit 1 New"]);
    lab.deliver();
    assert_eq!(lab.told(1), ["edited 1 New"]);
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
fn a_board_that_is_opened_after_the_clock_was_ahead_is_told_from_its_beginning() {
    let mut lab = Lab::new(Data::in_memory(), order(&["*"], &[chat_target(1)]));
    lab.now = an_hour_from_now();
    lab.deliver();
    lab.pass(-3_600);
    lab.say(-100, &["/add One"]);
    lab.deliver();
    assert_eq!(lab.told(1), ["added 1 One"]);
}

#[test]
fn a_damaged_board_that_is_put_back_as_it_was_is_not_replayed() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.say(-100, &["/add One", "/add Two", "/add Three"]);
    lab.deliver();
    let good = fs::read_to_string(lab.data.log(-100)).expect("a log");
    fs::write(lab.data.log(-100), good.replace("Two", "Another")).expect("written");
    lab.deliver();
    fs::write(lab.data.log(-100), &good).expect("written");
    lab.say(-100, &["/add Four"]);
    lab.deliver();
    let expected = [
        "added 1 One",
        "added 2 Two",
        "added 3 Three",
        "added 4 Four",
    ];
    assert_eq!(lab.told(1), expected);
}

#[test]
fn what_was_settled_waits_for_a_board_that_is_away_and_other_boards_are_told() {
    let mut lab = Lab::settled(20);
    let letter = lab.round(News::default()).letters.remove(0);
    let away = lab.data.path().join("away");
    fs::rename(lab.data.chat(-100), &away).expect("renamed");
    let round = lab.round(delivered(&letter));
    assert!(round.letters.is_empty());
    lab.say(-200, &["/add Other"]);
    lab.deliver();
    assert_eq!(lab.told(1), ["added 1 Other"]);
    fs::rename(&away, lab.data.chat(-100)).expect("renamed");
    lab.deliver();
    assert_eq!(lab.told(1).len(), 1 + 5, "the other ones than the first 15");
}

#[test]
fn what_changed_while_no_process_worked_is_found_also_after_a_first_round_that_failed() {
    let mut lab = Lab::begun(&[chat_target(1)]);
    lab.say(-100, &["/add One"]);
    lab.deliver();
    lab.restart();
    lab.say(-100, &["/add Two"]);
    let stream = lab.data.path().join("notifier-1");
    let away = lab.data.path().join("away");
    fs::rename(&stream, &away).expect("renamed");
    fs::write(&stream, "").expect("written");
    assert!(lab.try_round(News::default()).is_err());
    fs::remove_file(&stream).expect("removed");
    fs::rename(&away, &stream).expect("renamed");
    let (order, now) = (lab.order.clone(), lab.time());
    let round = lab.worker.round(order.as_ref(), News::default(), None, now);
    assert_eq!(round.expect("a round").letters.len(), 1);
}

#[test]
fn a_note_of_a_new_id_that_cannot_be_read_keeps_no_other_board_waiting() {
    let named = order(&["-100", "-200"], &[chat_target(1)]);
    let mut lab = Lab::new(Data::in_memory(), named);
    lab.deliver();
    let note = layout(&lab.data).moved(ChatId(-100));
    fs::create_dir_all(note.parent().expect("a directory")).expect("made");
    fs::write(&note, "").expect("written");
    lab.restart();
    lab.say(-200, &["/add One"]);
    lab.deliver();
    assert_eq!(lab.told(1), ["added 1 One"]);
}

#[test]
fn what_is_sent_again_waits_while_its_events_are_damaged_and_is_not_sent_empty() {
    let mut lab = Lab::begun(&[hook_target(1)]);
    lab.say(-100, &["/add One"]);
    lab.fail();
    let good = fs::read_to_string(lab.data.log(-100)).expect("a log");
    fs::write(lab.data.log(-100), good.replace("One", "Eno")).expect("written");
    lab.restart();
    lab.pass(10);
    lab.deliver();
    assert_eq!(lab.sent.len(), 1);
    fs::write(lab.data.log(-100), good).expect("written");
    lab.deliver();
    assert_eq!(lab.told(1), ["added 1 One", "added 1 One"]);
}
