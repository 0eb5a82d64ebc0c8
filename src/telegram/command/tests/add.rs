//! What belongs to what after `/add`.

use super::{added, assert_added, read};

#[test]
fn the_table_of_what_belongs_to_what_holds() {
    assert_added(&[
        (
            "Fix login bug https://e.com/1 2031-01-31",
            "Fix login bug | link https://e.com/1 | due 2031-01-31 23:59",
        ),
        (
            "Fix login bug tomorrow 18:00",
            "Fix login bug | due 2030-05-16 18:00",
        ),
        (
            "Fix login bug by friday",
            "Fix login bug | due 2030-05-17 23:59",
        ),
        ("Fix 5", "Fix 5"),
        ("Read May report", "Read May report"),
        ("tomorrow", "tomorrow"),
        (
            "See https://e.com/1 for the crash",
            "See for the crash | link https://e.com/1",
        ),
        (
            "A https://e.com/1 https://e.com/2",
            "A https://e.com/2 | link https://e.com/1",
        ),
        (
            "A https://e.com/1 31.13",
            "A 31.13 | link https://e.com/1 | no date: 31.13",
        ),
        ("A due: soon", "A due: soon | no date: soon"),
        ("A 2001-01-01", "A | due 2001-01-01 23:59"),
        ("A ftp://e.com/x", "A | link ftp://e.com/x"),
        ("A javascript:alert(1)", "A javascript:alert(1)"),
    ]);
}

#[test]
fn russian_is_understood_the_same_way() {
    assert_added(&[
        (
            "Починить вход завтра 18:00",
            "Починить вход | due 2030-05-16 18:00",
        ),
        (
            "Починить вход к пятнице",
            "Починить вход | due 2030-05-17 23:59",
        ),
        (
            "Починить вход ДО 31.12",
            "Починить вход | due 2030-12-31 23:59",
        ),
        (
            "Починить вход срок: через 3 дня",
            "Починить вход | due 2030-05-18 23:59",
        ),
        (
            "Починить вход Срок:завтра",
            "Починить вход | due 2030-05-16 23:59",
        ),
        (
            "Починить вход срок завтра",
            "Починить вход | due 2030-05-16 23:59",
        ),
        (
            "Починить вход, срок до пятницы",
            "Починить вход | due 2030-05-17 23:59",
        ),
        (
            "Починить вход — завтра",
            "Починить вход | due 2030-05-16 23:59",
        ),
        ("Отчёт срок: скоро", "Отчёт срок: скоро | no date: скоро"),
        ("Отчёт к 31.13", "Отчёт к 31.13 | no date: 31.13"),
        ("Письмо к бабушке", "Письмо к бабушке"),
        ("послезавтра", "послезавтра"),
    ]);
}

#[test]
fn a_bounty_without_a_text_is_refused_with_an_example() {
    for typed in ["/add", "/add ", "/add\n"] {
        assert_eq!(added(&read(typed)), "usage", "{typed:?}");
    }
    for typed in ["/add https://e.com/1", "/add (https://e.com/1)."] {
        assert_eq!(added(&read(typed)), "only a link", "{typed:?}");
    }
    assert_eq!(
        added(&read("/add ftp://e.com/x")),
        "bad link: ftp://e.com/x"
    );
}

#[test]
fn a_date_never_takes_the_only_text() {
    assert_added(&[
        ("next fri", "next fri"),
        ("by tomorrow", "by tomorrow"),
        ("due: tomorrow", "due: tomorrow"),
        ("due by friday", "due by friday"),
        (
            "tomorrow https://e.com/1 18:00",
            "tomorrow 18:00 | link https://e.com/1",
        ),
        (
            "https://e.com/1 tomorrow",
            "tomorrow | link https://e.com/1",
        ),
        ("31.13", "31.13 | no date: 31.13"),
    ]);
}

#[test]
fn the_text_is_kept_as_it_was_typed() {
    assert_added(&[
        (
            "  two  spaces\nand\u{a0}lines  ",
            "two  spaces\nand\u{a0}lines",
        ),
        (
            "first\n\n  second\n2031-01-31",
            "first\n\n  second | due 2031-01-31 23:59",
        ),
        ("a  https://e.com/1 b", "a  b | link https://e.com/1"),
        (
            "a  b https://e.com/1 c  d",
            "a  b c  d | link https://e.com/1",
        ),
        (
            "first\nhttps://e.com/1\nsecond",
            "first\nsecond | link https://e.com/1",
        ),
        (
            "first https://e.com/1\n\nsecond",
            "first\n\nsecond | link https://e.com/1",
        ),
        ("💥 crash 🔥", "💥 crash 🔥"),
    ]);
    assert_eq!(added(&read("/add\nFix\nit")), "Fix\nit");
    assert_eq!(added(&read("/add\u{a0}Fix it")), "Fix it");
    assert_eq!(
        added(&read("/add\u{2003}Fix it\u{3000}today")),
        "Fix it | due 2030-05-15 23:59"
    );
}

#[test]
fn what_joined_the_text_to_its_date_goes_with_the_date() {
    assert_added(&[
        ("Buy milk, tomorrow", "Buy milk | due 2030-05-16 23:59"),
        ("Buy milk - tomorrow", "Buy milk | due 2030-05-16 23:59"),
        ("Buy milk; due: tomorrow", "Buy milk | due 2030-05-16 23:59"),
        (
            "Buy https://e.com/1, tomorrow",
            "Buy | link https://e.com/1 | due 2030-05-16 23:59",
        ),
        ("- tomorrow", "- | due 2030-05-16 23:59"),
        ("Buy milk , tomorrow", "Buy milk | due 2030-05-16 23:59"),
        (", tomorrow", ", | due 2030-05-16 23:59"),
    ]);
}
