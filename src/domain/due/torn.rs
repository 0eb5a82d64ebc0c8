//! Dates of which only the end can be read: what stands before it shows that something else was meant.

use super::parse::expression;
use super::{Meaning, figures, shape, words};

/// Directly before a date these make another one of it, or no due date at all.
const TURNING: &[&str] = &[
    "after",
    "each",
    "every",
    "except",
    "from",
    "last",
    "not",
    "past",
    "previous",
    "since",
    "за",
    "каждая",
    "каждое",
    "каждую",
    "каждый",
    "не",
    "от",
    "после",
    "прошлая",
    "прошлое",
    "прошлой",
    "прошлую",
    "прошлый",
    "с",
    "со",
];

/// What may stand between the two halves.
const JOINTS: &[&str] = &[",", "at", "in", "on", "в", "во", "на", "через"];

/// Whether the words `before` are the beginning of a date of which `found` is the end, in the spelling of the vocabulary.
pub(super) fn is_beginning(before: &[&str], found: &[&str]) -> bool {
    let Some((first, rest)) = found.split_first() else {
        return false;
    };
    if words::is_limit(first) {
        let is_count_back = matches!(*first, "before" | "до") && is_unit_alone(before);
        return is_count_back || (is_time(rest) && is_date(before, rest));
    }
    is_turned(before)
        || is_day_of_month(before, first)
        || is_hour(before, first)
        || is_date(before, found)
}

/// "2 days | before friday"
fn is_unit_alone(before: &[&str]) -> bool {
    matches!(before, [unit] if shape::is_unit(unit))
}

fn is_time(found: &[&str]) -> bool {
    expression(found)
        .is_some_and(|due| matches!(due.meaning, Meaning::Clock(_) | Meaning::Later { .. }))
}

/// "last | friday", "a week from | monday"
fn is_turned(before: &[&str]) -> bool {
    let Some((last, rest)) = before.split_last() else {
        return false;
    };
    let is_counted = || matches!(rest, [.., unit] if shape::is_unit(unit)) && rest.len() <= 2;
    TURNING.contains(last) && (rest.is_empty() || is_counted())
}

/// "31 | Dec 18": the year may not be one.
fn is_day_of_month(before: &[&str], first: &str) -> bool {
    matches!(before, [day] if shape::is_number(day)) && words::month(first).is_some()
}

/// "at 6 | tomorrow"
fn is_hour(before: &[&str], first: &str) -> bool {
    let [preposition, hour] = before else {
        return false;
    };
    let is_at = matches!(*preposition, "at" | "в" | "во") || words::is_limit(preposition);
    let is_hour = figures::number(hour, 1..=2).is_some_and(|hour| hour <= 24);
    is_at && is_hour && (shape::is_day(first) || words::weekday(first).is_some())
}

/// "31.13 | 18:00", "next week | monday", "in 2 weeks | on wednesday"
fn is_date(before: &[&str], found: &[&str]) -> bool {
    let mut words = before;
    while let [rest @ .., last] = words
        && (JOINTS.contains(last) || words::is_limit(last))
    {
        words = rest;
    }
    match words {
        [word] => !is_ambiguous(word, found) && shape::is_attempt(words),
        words => shape::is_attempt(words),
    }
}

/// `3.12` is as likely a version; `sun tomorrow` is no weekday; `5h` how long it takes.
fn is_ambiguous(word: &str, found: &[&str]) -> bool {
    let is_version = word
        .split_once('.')
        .is_some_and(|(day, month)| day.len() == 1 || month.len() == 1);
    let is_word =
        words::weekday(word).is_some() && found.first().is_some_and(|first| shape::is_day(first));
    is_version || is_word || figures::attached_amount(word).is_some()
}
