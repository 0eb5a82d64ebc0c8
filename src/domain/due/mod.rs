//! Due dates as people type them, in English and Russian.
//!
//! Reading and resolving are two steps: [`parse`] turns words into a [`DueExpr`],
//! [`DueExpr::resolve`] turns that into a moment, seen from the date of a message in the time zone
//! of its chat. This module must not know the clock, where in a message the words stood, or what
//! becomes of a moment that lies in the past.
//!
//! | form | examples |
//! |---|---|
//! | a date | `2026-12-01`, `31.12`, `1.2.2031`, `31.12.26`, `31 Jan`, `January 31, 2031`, `31 янв`, `Fri 31 Jan 2031` |
//! | a day | `today`, `day after tomorrow`, `завтра`, `послезавтра` |
//! | a weekday | `fri`, `on monday`, `this fri`, `next fri`, `в пятницу`, `на пятницу`, `следующий вторник` |
//! | days from now | `in 3 days`, `in a month`, `3d`, `2w`, `через неделю`, `через 2 месяца` |
//! | hours from now | `in 3 hours`, `5h`, `30min`, `через час`; a moment, so no time follows |
//! | a time | `18:00`, `6:30 pm`, `at 9:30`, `в 18:00` |
//!
//! Every form but the last two may be followed by a time: `31.12, 18:00`, `tomorrow at 6pm`,
//! `завтра к 18:00`; or follow it: `6pm tomorrow`. A day without a time means 23:59 of that day. Behind a time its zone may be
//! named, and behind a whole date how far away it is: so the answers write it, `Fri 31 Jan 2031 23:59 UTC (in 3 days)`.

mod figures;
mod parse;
mod resolve;
mod shape;
mod torn;
mod words;

#[cfg(test)]
mod tests;

use chrono::{NaiveDate, NaiveTime, Weekday};
use chrono_tz::Tz;

pub(super) use resolve::moment_of;

/// What a person typed as a date, not yet tied to a clock or a time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueExpr {
    meaning: Meaning,
    /// The zone that was named; that of the chat when there is none.
    zone: Option<Tz>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// Exactly this long after the message.
    Later { minutes: u32 },
    /// The next time that clocks show this.
    Clock(NaiveTime),
    /// A day, at a time if one was given.
    Day(Day, Option<NaiveTime>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Day {
    Date(NaiveDate),
    /// The next such date; it exists at least in leap years.
    Yearly {
        month: u32,
        day: u32,
    },
    DaysAhead(u32),
    /// Calendar months, the day cut to the length of the month.
    MonthsAhead(u32),
    /// The first such day from today on.
    Coming(Weekday),
    /// A week after the first such day from today on.
    WeekAfter(Weekday),
}

/// Reads a due date. Some only when all the words together are one full date expression, so that
/// "Fix 5" stays text.
///
/// The words are those of a message split at white space; case does not matter, nor does `ё` or
/// `е`.
pub fn parse(words: &[&str]) -> Option<DueExpr> {
    let words = words::normalised(words)?;
    parse::expression(&words::borrowed(&words))
}

/// Whether the words have the shape of a date or were plainly meant as one, though [`parse`] may
/// have refused them: `31.13`, `2031-02-30`, `tomorrow 25:00`, `next week`, `friday!`. What it is
/// for: telling the user that no due date was understood.
///
/// All the words must belong to such an attempt. False for ordinary words and plain numbers.
pub fn looks_like_date(words: &[&str]) -> bool {
    words::normalised(words).is_some_and(|words| shape::is_attempt(&words::borrowed(&words)))
}

/// Whether a word can be one of those that [`parse`] takes or that [`looks_like_date`]: no date has another one among its words.
/// Most words of a message are none, so whoever looks for a date need not try those before them.
pub fn is_date_word(word: &str) -> bool {
    words::normalised(&[word]).is_some_and(|words| shape::is_part(&words::borrowed(&words)))
}

/// Whether all the words in `before` belong to a date that goes on with the words `found` directly behind them. These can be
/// read alone, but do not mean then what was meant: `18:00` behind `31.13`, `monday` behind `next week`, `friday` behind `last`.
pub fn is_torn(before: &[&str], found: &[&str]) -> bool {
    let (Some(before), Some(found)) = (words::normalised(before), words::normalised(found)) else {
        return false;
    };
    torn::is_beginning(&words::borrowed(&before), &words::borrowed(&found))
}

/// Whether it is an everyday word that may stand before a due date: `by`, `до`.
pub fn is_preposition(word: &str) -> bool {
    words::is_limit(&word.to_lowercase())
}

impl DueExpr {
    /// The moment meant, as Unix seconds, seen from `at` (Unix seconds; the date of the message) in
    /// `zone`, or in the one that it names itself.
    ///
    /// May lie in the past, as `today 08:00` does at noon. A local time that summer time skips
    /// moves forward by the length of the gap; one that happens twice is the earlier. None outside
    /// of the years 1 to 9999.
    pub fn resolve(&self, at: i64, zone: Tz) -> Option<i64> {
        resolve::moment(self.meaning, at, self.zone.unwrap_or(zone))
    }
}
