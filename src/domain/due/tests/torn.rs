//! What stands before words that can be read as a date and makes another one of them.

use super::{super::is_torn, words};

#[track_caller]
fn assert_torn(rows: &[(&str, &str)], torn: bool) {
    for (before, found) in rows {
        let is_torn = is_torn(&words(before), &words(found));
        assert_eq!(is_torn, torn, "{before:?} before {found:?}");
    }
}

#[test]
fn the_beginning_of_a_date_is_known_before_its_end() {
    let rows = [
        ("31.13", "18:00"),
        ("31/12/2026", "18:00"),
        ("31.13 в", "18:00"),
        ("31.13", "до 18:00"),
        ("18.00", "завтра"),
        ("25:00", "tomorrow"),
        ("next week", "monday"),
        ("next week", "by 18:00"),
        ("через 2 недели", "в среду"),
        ("через неделю", "в среду"),
        ("a week from", "monday"),
        ("last", "friday"),
        ("прошлую", "пятницу"),
        ("every", "friday"),
        ("after", "18:00"),
        ("с", "пятницы"),
        ("days", "before friday"),
        ("день", "до пятницы"),
        ("5", "May 18"),
        ("at 6", "tomorrow"),
        ("к 6", "завтра"),
        ("wed,", "fri"),
        ("5th of May", "18:00"),
    ];
    assert_torn(&rows, true);
}

#[test]
fn ordinary_words_and_numbers_before_a_date_stay_what_they_are() {
    assert_torn(
        &[
            ("", "tomorrow"),
            ("5", "tomorrow"),
            ("5", "18:00"),
            ("milk", "tomorrow"),
            ("3.12", "tomorrow"),
            ("3.12", "18:00"),
            ("sun", "tomorrow"),
            ("5h", "tomorrow"),
            ("30min", "18:00"),
            ("the", "tomorrow"),
            ("5 days", "tomorrow"),
            ("week", "tomorrow"),
            ("this", "tomorrow"),
            ("room at 600", "tomorrow"),
            ("last page", "friday"),
            ("завтра", "к пятнице"),
            ("by", "friday"),
            ("May", "tomorrow"),
        ],
        false,
    );
}
