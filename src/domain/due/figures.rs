//! Words made of figures: dates, times, amounts. Each function reads one whole word.

use std::ops::RangeInclusive;

use chrono::{NaiveDate, NaiveTime};

use super::Day;
use super::words::{Unit, attached_unit};

/// A number of so many ASCII digits; at most nine fit.
pub(super) fn number(word: &str, digits: RangeInclusive<usize>) -> Option<u32> {
    let plain = digits.contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    if plain { word.parse().ok() } else { None }
}

/// How many days or hours: 1 to 9999.
pub(super) fn amount(word: &str) -> Option<u32> {
    number(word, 1..=4).filter(|&amount| amount > 0)
}

/// `3d`, `30min`.
pub(super) fn attached_amount(word: &str) -> Option<(u32, Unit)> {
    let (figures, letters) = split_figures(word);
    Some((amount(figures)?, attached_unit(letters)?))
}

/// The digits at the start of a word, and the rest.
pub(super) fn split_figures(word: &str) -> (&str, &str) {
    let end = word.find(|c: char| !c.is_ascii_digit());
    word.split_at(end.unwrap_or(word.len()))
}

/// `2026-12-01`.
pub(super) fn iso_date(word: &str) -> Option<NaiveDate> {
    let (year_word, month_and_day) = word.split_once('-')?;
    let (month, day) = month_and_day.split_once('-')?;
    date(year(year_word)?, number(month, 2..=2)?, number(day, 2..=2)?)
}

/// `31.12`, `1.2.2031`, `31.12.26`.
pub(super) fn dotted_date(word: &str) -> Option<Day> {
    let (day, rest) = word.split_once('.')?;
    let day = number(day, 1..=2)?;
    match rest.split_once('.') {
        Some((month, word)) => {
            let year = year(word).or_else(|| short_year(word))?;
            date(year, number(month, 1..=2)?, day).map(Day::Date)
        }
        None => yearly(number(rest, 1..=2)?, day),
    }
}

/// A year of the calendar, 0001 to 9999: four digits.
pub(super) fn year(word: &str) -> Option<i32> {
    let year = number(word, 4..=4).filter(|&year| year > 0)?;
    i32::try_from(year).ok()
}

/// `26` is 2026. Less than 20 is more often a part of a version, and a year that has passed.
pub(super) fn short_year(word: &str) -> Option<i32> {
    let year = number(word, 2..=2).filter(|&year| year >= 20)?;
    i32::try_from(2000 + year).ok()
}

pub(super) fn date(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}

/// None when no year has that date.
pub(super) fn yearly(month: u32, day: u32) -> Option<Day> {
    let leap_year = 2000;
    date(leap_year, month, day).map(|_| Day::Yearly { month, day })
}

/// The day of a month next to the month's name: `31`, `31st`.
pub(super) fn day_of_month(word: &str) -> Option<u32> {
    let (figures, suffix) = split_figures(word);
    let day = number(figures, 1..=2)?;
    let ordinal = match day {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    };
    (suffix.is_empty() || suffix == ordinal).then_some(day)
}

/// `18:00`, `9:30`.
pub(super) fn clock_of_24_hours(word: &str) -> Option<NaiveTime> {
    let (hour, minute) = word.split_once(':')?;
    time(number(hour, 1..=2)?, number(minute, 2..=2)?)
}

/// `6pm`, `6:30am`.
pub(super) fn clock_of_12_hours(word: &str) -> Option<NaiveTime> {
    let (figures, half) = word.split_at_checked(word.len().checked_sub(2)?)?;
    half_day_time(figures, half)
}

/// `6` or `6:30` with its `am` or `pm`: 12 am is midnight, 12 pm is noon.
pub(super) fn half_day_time(figures: &str, half: &str) -> Option<NaiveTime> {
    let first_hour = match half {
        "am" => 0,
        "pm" => 12,
        _ => return None,
    };
    let (hour, minute) = figures.split_once(':').unwrap_or((figures, "00"));
    let hour = number(hour, 1..=2).filter(|hour| (1..=12).contains(hour))?;
    time(first_hour + hour % 12, number(minute, 2..=2)?)
}

fn time(hour: u32, minute: u32) -> Option<NaiveTime> {
    NaiveTime::from_hms_opt(hour, minute, 0)
}
