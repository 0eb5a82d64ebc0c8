//! Which words are taken for the due date, and when its absence is mentioned.

use super::{added, assert_added, assert_edited, hiding};
use crate::telegram::command::{MessageText, parse};

#[test]
fn a_marker_makes_the_rest_a_date_wherever_the_link_stands() {
    assert_added(&[
        (
            "A by tomorrow https://e.com/1",
            "A | link https://e.com/1 | due 2030-05-16 23:59",
        ),
        (
            "A https://e.com/1 due tomorrow",
            "A | link https://e.com/1 | due 2030-05-16 23:59",
        ),
        (
            "A due https://e.com/1 tomorrow",
            "A | link https://e.com/1 | due 2030-05-16 23:59",
        ),
        (
            "https://e.com/1 A due: tomorrow",
            "A | link https://e.com/1 | due 2030-05-16 23:59",
        ),
        ("A DUE:tomorrow", "A | due 2030-05-16 23:59"),
        ("A due:18:00", "A | due 2030-05-15 18:00"),
        ("A due:friday 18:00", "A | due 2030-05-17 18:00"),
        ("A срок:в пятницу 18:00", "A | due 2030-05-17 18:00"),
        ("A Due: in 3 days", "A | due 2030-05-18 23:59"),
        ("A due by fri", "A | due 2030-05-17 23:59"),
        ("A by 3.12", "A | due 2030-12-03 23:59"),
        ("Stand by", "Stand by"),
        ("Pay what is due", "Pay what is due"),
        ("A due:", "A due:"),
    ]);
}

#[test]
fn the_longest_words_at_the_end_that_are_a_date_are_the_due_date() {
    assert_added(&[
        ("A next fri", "A | due 2030-05-24 23:59"),
        (
            "A the day after tomorrow at 6 pm",
            "A | due 2030-05-17 18:00",
        ),
        (
            "A on 31 December 2031, at 18:00",
            "A | due 2031-12-31 18:00",
        ),
        (
            "A https://e.com/1 B 31.12",
            "A B | link https://e.com/1 | due 2030-12-31 23:59",
        ),
        (
            "https://e.com/1 A fri",
            "A | link https://e.com/1 | due 2030-05-17 23:59",
        ),
        ("A tomorrow B", "A tomorrow B"),
        ("A in 3 hours", "A | due 2030-05-15 15:00"),
    ]);
}

#[test]
fn the_words_before_a_link_at_the_end_are_no_date() {
    assert_added(&[
        (
            "A tomorrow https://e.com/1",
            "A tomorrow | link https://e.com/1",
        ),
        ("A 31.13 https://e.com/1", "A 31.13 | link https://e.com/1"),
    ]);
}

#[test]
fn a_version_at_the_end_is_no_date() {
    assert_added(&[
        ("Update Python to 3.12", "Update Python to 3.12"),
        ("Release 1.2", "Release 1.2"),
        ("Release 10.2", "Release 10.2"),
        ("Release 31.12", "Release | due 2030-12-31 23:59"),
        ("Release 01.02", "Release | due 2031-02-01 23:59"),
        ("Release 1.2.2031", "Release | due 2031-02-01 23:59"),
        ("Release 3.12 18:00", "Release | due 2030-12-03 18:00"),
        (
            "Release https://e.com/1 3.12",
            "Release | link https://e.com/1 | due 2030-12-03 23:59",
        ),
        (
            "Release https://e.com/1 of 3.12",
            "Release of 3.12 | link https://e.com/1",
        ),
    ]);
    assert_edited(&[
        ("Release 3.12", "text Release 3.12"),
        ("3.12", "due 2030-12-03 23:59"),
    ]);
}

#[test]
fn a_missed_date_is_mentioned_and_ordinary_words_are_not() {
    assert_added(&[
        ("A due soon", "A due soon"),
        ("A by 25:00", "A by 25:00 | no date: 25:00"),
        (
            "A by 31.13 https://e.com/1",
            "A by 31.13 | link https://e.com/1 | no date: 31.13",
        ),
        (
            "A due: when https://e.com/1 it works",
            "A due: when it works | link https://e.com/1 | no date: when it works",
        ),
        ("A due:soon", "A due:soon | no date: soon"),
        (
            "A due: soon, due: later",
            "A due: soon, due: later | no date: later",
        ),
        ("Fix next week", "Fix next week | no date: next week"),
        ("A friday!", "A friday! | no date: friday!"),
        (
            "A https://e.com/1 tomorrow 25:00",
            "A tomorrow 25:00 | link https://e.com/1 | no date: tomorrow 25:00",
        ),
        (
            "A due: soon by friday",
            "A due: soon | due 2030-05-17 23:59",
        ),
        ("due: soon", "due: soon | no date: soon"),
        ("A 5 days", "A 5 days"),
    ]);
}

#[test]
fn a_missed_date_is_quoted_in_part_when_it_is_long() {
    let parsed = super::read(&format!("/add A due: {}", "word ".repeat(200)));
    let line = added(&parsed);
    let (_, quoted) = line
        .split_once("no date: ")
        .expect("the line names what is no date");
    assert_eq!(quoted.chars().count(), 101);
    assert!(quoted.starts_with("word word") && quoted.ends_with('…'));
}

#[test]
fn the_words_that_hide_a_link_are_no_date() {
    let rows = [
        (
            "/add A fix tomorrow",
            "fix",
            "A fix | link https://e.com/1 | due 2030-05-16 23:59",
        ),
        (
            "/add A tomorrow",
            "tomorrow",
            "A tomorrow | link https://e.com/1",
        ),
        (
            "/add A see tomorrow",
            "see tomorrow",
            "A see tomorrow | link https://e.com/1",
        ),
        (
            "/add A by friday",
            "friday",
            "A by friday | link https://e.com/1",
        ),
        (
            "/add tomorrow",
            "tomorrow",
            "tomorrow | link https://e.com/1",
        ),
    ];
    for (text, words, understood) in rows {
        let body = hiding(text, words, "https://e.com/1");
        let message = MessageText {
            body,
            replied: None,
        };
        assert_eq!(added(&parse(&message, super::BOT)), understood, "{text}");
    }
}

#[test]
fn all_the_words_of_a_date_are_read_whatever_their_order() {
    assert_added(&[
        (
            "Купить молоко завтра к 18:00",
            "Купить молоко | due 2030-05-16 18:00",
        ),
        (
            "Купить молоко завтра до 18:00",
            "Купить молоко | due 2030-05-16 18:00",
        ),
        (
            "Купить молоко к 18:00 завтра",
            "Купить молоко | due 2030-05-16 18:00",
        ),
        (
            "Купить молоко в 18:00 в среду",
            "Купить молоко | due 2030-05-15 18:00",
        ),
        ("Pay 31 Dec 31", "Pay | due 2031-12-31 23:59"),
        ("Pay 31.12.31 18:00", "Pay | due 2031-12-31 18:00"),
        ("X 31 дек 18:00", "X | due 2030-12-31 18:00"),
        ("X 6pm tomorrow", "X | due 2030-05-16 18:00"),
        ("X 18:00 tomorrow", "X | due 2030-05-16 18:00"),
        ("X at 6pm on friday", "X | due 2030-05-17 18:00"),
        ("X tomorrow by 6pm", "X | due 2030-05-16 18:00"),
        ("X due: 6pm tomorrow", "X | due 2030-05-16 18:00"),
    ]);
}

#[test]
fn the_readable_end_of_a_date_sets_no_moment() {
    assert_added(&[
        (
            "X через 2 недели в среду",
            "X через 2 недели в среду | no date: через 2 недели в среду",
        ),
        (
            "X next week monday",
            "X next week monday | no date: next week monday",
        ),
        (
            "X a week from monday",
            "X a week from monday | no date: a week from monday",
        ),
        ("X last friday", "X last friday | no date: last friday"),
        (
            "X 31/12/2030 18:00",
            "X 31/12/2030 18:00 | no date: 31/12/2030 18:00",
        ),
        (
            "X 31.13 by 18:00",
            "X 31.13 by 18:00 | no date: 31.13 by 18:00",
        ),
        ("X 5 May 18", "X 5 May 18 | no date: 5 May 18"),
        (
            "X за день до пятницы",
            "X за день до пятницы | no date: день до пятницы",
        ),
    ]);
    assert_edited(&[
        ("last friday", "no date: last friday"),
        ("New text next week monday", "no date: next week monday"),
        (
            "Water it every friday due:none",
            "text Water it every friday | due cleared",
        ),
    ]);
}

#[test]
fn what_stands_before_a_date_and_is_none_stays_text() {
    assert_added(&[
        ("Fix 5 tomorrow", "Fix 5 | due 2030-05-16 23:59"),
        (
            "Update to Python 3.12 tomorrow",
            "Update to Python 3.12 | due 2030-05-16 23:59",
        ),
        ("Ver 3 by friday", "Ver 3 | due 2030-05-17 23:59"),
        ("Обновить на 3.12", "Обновить на 3.12"),
        (
            "План на завтра к пятнице",
            "План на завтра | due 2030-05-17 23:59",
        ),
        (
            "See 31.13 due: tomorrow",
            "See 31.13 | due 2030-05-16 23:59",
        ),
        (
            "A 31.13 https://e.com/1 18:00",
            "A 31.13 | link https://e.com/1 | due 2030-05-15 18:00",
        ),
    ]);
}

#[test]
fn prepositions_go_with_their_date() {
    assert_added(&[
        ("Отчёт ко вторнику", "Отчёт | due 2030-05-21 23:59"),
        ("Отчёт Ко вторнику", "Отчёт | due 2030-05-21 23:59"),
        ("План на завтра", "План | due 2030-05-16 23:59"),
        ("План на 31.12", "План | due 2030-12-31 23:59"),
        ("Отчёт в эту пятницу", "Отчёт | due 2030-05-17 23:59"),
        ("Report this friday", "Report | due 2030-05-17 23:59"),
        ("Report until friday", "Report | due 2030-05-17 23:59"),
        ("Report till 18:00", "Report | due 2030-05-15 18:00"),
        ("Report before 31.12", "Report | due 2030-12-31 23:59"),
    ]);
}
