//! What is no date expression, and which of it was an attempt at one.

use super::{looks_like_date, parse, words};

#[track_caller]
fn assert_refused(texts: &[&str], attempt: bool) {
    for text in texts {
        assert_eq!(parse(&words(text)), None, "{text:?}");
        assert_eq!(looks_like_date(&words(text)), attempt, "{text:?}");
    }
}

#[test]
fn a_date_that_never_exists_is_refused() {
    let texts = [
        "31.13",
        "30.02",
        "32.12",
        "2031-02-30",
        "2031-13-01",
        "29.02.2027",
        "31.04.2031",
        "0000-01-01",
        "01.01.0000",
        "2031-02-30 18:00",
        "2031-02-30T18:00",
        "31 Feb",
        "Jan 32",
        "31 апреля",
        "29 февраля 2027",
        "0 May",
        "on 31.13",
    ];
    assert_refused(&texts, true);
}

#[test]
fn a_time_that_never_exists_is_refused() {
    let texts = [
        "25:00",
        "24:00",
        "18:60",
        "13pm",
        "0am",
        "13 pm",
        "0:30 am",
        "6:60pm",
        "18:00 pm",
        "tomorrow 25:00",
        "завтра в 25:00",
        "at 25:00",
        "2031-06-01 25:00",
        "2031-06-01T25:00",
        "fri 25:00",
        "18:00:00",
    ];
    assert_refused(&texts, true);
}

#[test]
fn a_date_in_another_notation_is_refused_but_noticed() {
    let texts = [
        "31.12.19",
        "Fri 17 May 2031",
        "31/12/2026",
        "12/31/26",
        "31-12-2026",
        "2026/12/31",
        "2031-6-1",
        "18.00",
        "31.12.",
        "tomorrow 18.00",
        "tomorrow at 6",
        "friday at 6",
        "tonight",
        "tomorrow evening",
        "завтра вечером",
        "next week",
        "next month",
        "на следующей неделе",
        "в следующем месяце",
        "in 5 years",
        "через 5 лет",
        "in 30m",
        "in 0 days",
        "in 10000 days",
        "через 0 дней",
        "5th of May",
        "on 32nd may",
        "31.12,",
        "до 31.12",
        "Dec 31 27",
        "tomorrow UTC",
    ];
    assert_refused(&texts, true);
}

#[test]
fn the_end_of_a_sentence_hides_no_attempt() {
    let texts = [
        "friday!",
        "tomorrow.",
        "in a week.",
        "31.12!",
        "fri,",
        "tomorrow at 6 pm.",
    ];
    assert_refused(&texts, true);
}

#[test]
fn ordinary_words_are_no_attempt() {
    let texts = [
        "",
        "5",
        "12",
        "2031",
        "for the crash",
        "next foo",
        "Read May report",
        "May",
        "may be",
        "in May",
        "Fix 5",
        "5 days",
        "days",
        "a day",
        "the sun",
        "on",
        "at",
        "in",
        "at 5",
        "in 5",
        "в",
        "во",
        "on 5",
        "day",
        "the day after",
        "next",
        "через",
        "через 5",
        "в 5",
        "am 5",
        "the pm",
        "pm",
        "30m",
        "0d",
        "1.25.3",
        "v1.2",
        "3.14159",
        "99.5",
        "10.0.0.1",
        "24/7",
        "50/50",
        "16-9",
        "a1b2",
        "tomorrow's",
        "fridays",
        "https://example.org/2031-02-30",
        "on sun in 3",
        "мая",
        "в мае",
        "in a days",
        "через дней",
        "что-то",
        "!",
        ".",
        ",",
        ", ,",
        "today foo",
        "31.13 foo",
    ];
    assert_refused(&texts, false);
}

#[test]
fn words_around_or_within_an_expression_spoil_it() {
    let texts = [
        "due tomorrow",
        "tomorrow please",
        "by fri",
        "к пятнице",
        "31.12 (fri)",
        "call 18:00",
        "tomorrow,, 18:00",
        "31.12 , 18:00",
        "3d, ,",
    ];
    assert_refused(&texts, false);
    let attempts = [
        "on tomorrow",
        "at tomorrow",
        "on 18:00",
        "at on 18:00",
        "in 3 hours 18:00",
        "5h 18:00",
        "tomorrow tomorrow",
        "18:00 18:00",
        "2031-06-01T18:00 19:00",
        "5st may",
        "2nd may 19",
        "мая 5",
        "May 5, 18",
        "on at 18:00",
        "next next fri 5",
        "2031-06-01T6pm",
        "in today",
    ];
    assert_refused(&attempts, true);
}

#[test]
fn more_than_ten_words_are_given_up() {
    assert_refused(&["tomorrow ".repeat(11).as_str()], false);
}

#[test]
fn figures_are_ascii_digits_only() {
    assert_refused(
        &[
            "٣d",
            "１８:00",
            "+5d",
            "-3d",
            "in +3 days",
            "³d",
            "in ٣ days",
        ],
        false,
    );
}
