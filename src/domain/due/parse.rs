//! The grammar: which normalised words, in which order, are a due date.

use chrono::{Datelike, NaiveTime};

use super::figures::{self, amount, attached_amount, day_of_month, iso_date};
use super::words::{self, Unit};
use super::{Day, DueExpr, Meaning, shape};

pub(super) fn expression(words: &[&str]) -> Option<DueExpr> {
    match without_remark(words) {
        Some(words) => in_zone(words).filter(|due| matches!(due.meaning, Meaning::Day(_, Some(_)))),
        None => in_zone(words),
    }
}

/// The words before a remark such as the answers make behind a date, `(in 3 days)`.
fn without_remark<'a, 'w>(words: &'a [&'w str]) -> Option<&'a [&'w str]> {
    let start = words.iter().rposition(|word| word.starts_with('('))?;
    let mut remark = words[start..].to_vec();
    if let Some(first) = remark.first_mut() {
        *first = first.strip_prefix('(')?;
    }
    if let Some(last) = remark.last_mut() {
        *last = last.strip_suffix(')')?;
    }
    shape::is_attempt(&remark).then_some(&words[..start])
}

/// A zone may be named behind a time.
fn in_zone(words: &[&str]) -> Option<DueExpr> {
    if let Some(meaning) = plain(words) {
        return Some(DueExpr {
            meaning,
            zone: None,
        });
    }
    let (name, words) = words.split_last()?;
    let zone = words::zone(name)?;
    let has_time =
        |meaning: &Meaning| matches!(meaning, Meaning::Clock(_) | Meaning::Day(_, Some(_)));
    plain(words).filter(has_time).map(|meaning| DueExpr {
        meaning,
        zone: Some(zone),
    })
}

fn plain(words: &[&str]) -> Option<Meaning> {
    later(words)
        .or_else(|| joined(words))
        .or_else(|| day_and_time(words))
        .or_else(|| time_and_day(words))
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

/// `6pm tomorrow`, `at 18:00 on friday`.
fn time_and_day(words: &[&str]) -> Option<Meaning> {
    let (["at" | "в" | "во", words @ ..] | words) = words;
    let (time, rest) = match words {
        [figures, half @ ("am" | "pm"), rest @ ..] => {
            (figures::half_day_time(figures, half)?, rest)
        }
        [word, rest @ ..] => (clock(word)?, rest),
        [] => return None,
    };
    let ([",", rest @ ..] | rest) = rest;
    Some(Meaning::Day(day(rest)?, Some(time)))
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
    let day = match before {
        [day @ .., "at" | "в" | "во"] => day,
        [day @ .., limit] if !day.is_empty() && words::is_limit(limit) => day,
        day => day,
    };
    Some((day, time))
}

fn clock(word: &str) -> Option<NaiveTime> {
    figures::clock_of_24_hours(word).or_else(|| figures::clock_of_12_hours(word))
}

fn day(words: &[&str]) -> Option<Day> {
    match words {
        ["on", words @ ..] => date(words)
            .or_else(|| weekday(words))
            .or_else(|| weekday_and_date(words)),
        ["на", words @ ..] => date(words)
            .or_else(|| weekday(words))
            .or_else(|| relative_day(words)),
        ["в" | "во", words @ ..] => weekday(words).or_else(|| weekday_and_date(words)),
        _ => date(words)
            .or_else(|| weekday(words))
            .or_else(|| weekday_and_date(words))
            .or_else(|| relative_day(words))
            .or_else(|| days_ahead(words)),
    }
}

/// `Fri 27 Nov 2026`, `ср, 25 ноября 2026`. Of a date with its year the weekday must be right.
fn weekday_and_date(words: &[&str]) -> Option<Day> {
    let (name, rest) = words.split_first()?;
    let ([",", rest @ ..] | rest) = rest;
    let weekday = words::weekday(name)?;
    match date(rest)? {
        Day::Date(date) if date.weekday() != weekday => None,
        day => Some(day),
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
    let year_of = |word| figures::year(word).or_else(|| figures::short_year(word));
    named(words::month(month)?, day, year.map(year_of))
}

fn month_first(month: &str, day: &str, year: Option<&str>) -> Option<Day> {
    named(words::english_month(month)?, day, year.map(figures::year))
}

fn named(month: u32, day: &str, year: Option<Option<i32>>) -> Option<Day> {
    let day = day_of_month(day)?;
    match year {
        Some(year) => figures::date(year?, month, day).map(Day::Date),
        None => figures::yearly(month, day),
    }
}

fn weekday(words: &[&str]) -> Option<Day> {
    match words {
        [name] => words::weekday(name).map(Day::Coming),
        [this, name] if words::is_this(this) => words::weekday(name).map(Day::Coming),
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
