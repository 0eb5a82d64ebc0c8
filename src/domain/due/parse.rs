//! The grammar: which normalised words, in which order, are a due date.

use chrono::NaiveTime;

use super::figures::{self, amount, attached_amount, day_of_month, iso_date};
use super::words::{self, Unit};
use super::{Day, Meaning};

pub(super) fn expression(words: &[&str]) -> Option<Meaning> {
    later(words)
        .or_else(|| joined(words))
        .or_else(|| day_and_time(words))
}

/// Hours or minutes from now.
fn later(words: &[&str]) -> Option<Meaning> {
    match span(words)? {
        (minutes, Unit::Minute) => Some(Meaning::Later { minutes }),
        (hours, Unit::Hour) => Some(Meaning::Later {
            minutes: hours * 60,
        }),
        (_, Unit::Day | Unit::Week | Unit::Month) => None,
    }
}

/// `2026-12-01T18:00`.
fn joined(words: &[&str]) -> Option<Meaning> {
    let ([word] | ["on", word]) = words else {
        return None;
    };
    let (date, time) = word.split_once('t')?;
    let time = figures::clock_of_24_hours(time)?;
    Some(Meaning::Day(Day::Date(iso_date(date)?), Some(time)))
}

fn day_and_time(words: &[&str]) -> Option<Meaning> {
    match split_time(words) {
        None => Some(Meaning::Day(day(words)?, None)),
        Some(([], time)) => Some(Meaning::Clock(time)),
        Some(([before @ .., ","] | before, time)) => Some(Meaning::Day(day(before)?, Some(time))),
    }
}

/// The time at the end, and what stands before it. No day ends like a time, so one way to split
/// will do.
fn split_time<'a, 'w>(words: &'a [&'w str]) -> Option<(&'a [&'w str], NaiveTime)> {
    let (before, time) = match words {
        [before @ .., figures, half @ ("am" | "pm")] => {
            (before, figures::half_day_time(figures, half)?)
        }
        [before @ .., word] => (before, clock(word)?),
        [] => return None,
    };
    let ([before @ .., "at" | "в" | "во"] | before) = before;
    Some((before, time))
}

fn clock(word: &str) -> Option<NaiveTime> {
    figures::clock_of_24_hours(word).or_else(|| figures::clock_of_12_hours(word))
}

fn day(words: &[&str]) -> Option<Day> {
    match words {
        ["on", words @ ..] => date(words).or_else(|| weekday(words)),
        ["в" | "во", words @ ..] => weekday(words),
        _ => date(words)
            .or_else(|| weekday(words))
            .or_else(|| relative_day(words))
            .or_else(|| days_ahead(words)),
    }
}

fn date(words: &[&str]) -> Option<Day> {
    match words {
        [word] => figures::dotted_date(word).or_else(|| iso_date(word).map(Day::Date)),
        _ => date_with_month_name(words),
    }
}

fn date_with_month_name(words: &[&str]) -> Option<Day> {
    match words {
        [month, day, ",", year] => month_first(month, day, Some(year)),
        [a, b] => day_first(a, b, None).or_else(|| month_first(a, b, None)),
        [a, b, year] => day_first(a, b, Some(year)).or_else(|| month_first(a, b, Some(year))),
        _ => None,
    }
}

fn day_first(day: &str, month: &str, year: Option<&str>) -> Option<Day> {
    named(words::month(month)?, day, year)
}

fn month_first(month: &str, day: &str, year: Option<&str>) -> Option<Day> {
    named(words::english_month(month)?, day, year)
}

fn named(month: u32, day: &str, year: Option<&str>) -> Option<Day> {
    let day = day_of_month(day)?;
    match year {
        Some(year) => figures::date(figures::year(year)?, month, day).map(Day::Date),
        None => figures::yearly(month, day),
    }
}

fn weekday(words: &[&str]) -> Option<Day> {
    match words {
        [name] => words::weekday(name).map(Day::Coming),
        [next, name] if words::is_next(next) => words::weekday(name).map(Day::WeekAfter),
        _ => None,
    }
}

fn relative_day(words: &[&str]) -> Option<Day> {
    let ahead = match words {
        ["today" | "сегодня"] => 0,
        ["tomorrow" | "завтра"] => 1,
        ["послезавтра"] | ["day", "after", "tomorrow"] | ["the", "day", "after", "tomorrow"] => {
            2
        }
        _ => return None,
    };
    Some(Day::DaysAhead(ahead))
}

fn days_ahead(words: &[&str]) -> Option<Day> {
    match span(words)? {
        (days, Unit::Day) => Some(Day::DaysAhead(days)),
        (weeks, Unit::Week) => Some(Day::DaysAhead(weeks * 7)),
        (months, Unit::Month) => Some(Day::MonthsAhead(months)),
        (_, Unit::Minute | Unit::Hour) => None,
    }
}

/// How far from now: `in 3 days`, `in a week`, `3d`, `in 3d`, `через 3 дня`, `через неделю`.
fn span(words: &[&str]) -> Option<(u32, Unit)> {
    match words {
        [word] | ["in", word] => attached_amount(word),
        ["через", unit] | ["in", "a" | "an", unit] => Some((1, words::single_unit(unit)?)),
        ["in" | "через", figures, unit] => Some((amount(figures)?, words::unit(unit)?)),
        _ => None,
    }
}
