//! The vocabulary of due dates in both languages, and the spelling in which it is looked up.

use chrono::Weekday;
use chrono_tz::Tz;

use crate::domain::zone;

/// The longest expression has nine words: "Fri 31 Jan 2031 23:59 UTC (in 3 days)".
const MAX_WORDS: usize = 10;

/// In bytes; the longest word is a zone's name, `America/Argentina/Buenos_Aires`, with 30.
const MAX_WORD_LEN: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
}

/// What a word may be, with all the words that say it.
type Table<T> = [(T, &'static [&'static str])];

/// Units as they stand without a number, or after `a`: "in a week", "через неделю".
const SINGLE_UNITS: &Table<Unit> = &[
    (Unit::Minute, &["minute", "минуту"]),
    (Unit::Hour, &["hour", "час"]),
    (Unit::Day, &["day", "день"]),
    (Unit::Week, &["week", "неделю"]),
    (Unit::Month, &["month", "месяц"]),
];

/// Units as they stand only after a number.
const COUNTED_UNITS: &Table<Unit> = &[
    (Unit::Minute, &["min", "mins", "minutes", "минуты", "минут"]),
    (Unit::Hour, &["hours", "часа", "часов"]),
    (Unit::Day, &["days", "дня", "дней"]),
    (Unit::Week, &["weeks", "неделя", "недели", "недель"]),
    (Unit::Month, &["months", "месяца", "месяцев"]),
];

/// Units written onto their number. `m` is left out: minutes or months, nobody knows.
const ATTACHED_UNITS: &Table<Unit> = &[
    (Unit::Minute, &["min"]),
    (Unit::Hour, &["h"]),
    (Unit::Day, &["d"]),
    (Unit::Week, &["w"]),
];

#[rustfmt::skip]
const WEEKDAYS: &Table<Weekday> = &[
    (Weekday::Mon, &["mon", "monday", "пн", "понедельник", "понедельника", "понедельнику"]),
    (Weekday::Tue, &["tue", "tues", "tuesday", "вт", "вторник", "вторника", "вторнику"]),
    (Weekday::Wed, &["wed", "wednesday", "ср", "среда", "среду", "среды", "среде"]),
    (Weekday::Thu, &["thu", "thur", "thurs", "thursday", "чт", "четверг", "четверга", "четвергу"]),
    (Weekday::Fri, &["fri", "friday", "пт", "пятница", "пятницу", "пятницы", "пятнице"]),
    (Weekday::Sat, &["sat", "saturday", "сб", "суббота", "субботу", "субботы", "субботе"]),
    (Weekday::Sun, &["sun", "sunday", "вс", "воскресенье", "воскресенья", "воскресенью"]),
];

/// "Next", as it stands before a weekday.
const NEXT: &[&str] = &[
    "next",
    "следующий",
    "следующая",
    "следующее",
    "следующую",
    "следующей",
    "следующего",
    "следующему",
];

/// "This", as it stands before a weekday.
const THIS: &[&str] = &[
    "this",
    "эта",
    "этого",
    "этой",
    "этот",
    "эту",
    "это",
    "этому",
];

/// What says that something is to be done until then.
const LIMITS: &[&str] = &["before", "by", "till", "until", "до", "к", "ко"];

const ENGLISH_MONTHS: &Table<u32> = &[
    (1, &["jan", "january"]),
    (2, &["feb", "february"]),
    (3, &["mar", "march"]),
    (4, &["apr", "april"]),
    (5, &["may"]),
    (6, &["jun", "june"]),
    (7, &["jul", "july"]),
    (8, &["aug", "august"]),
    (9, &["sep", "sept", "september"]),
    (10, &["oct", "october"]),
    (11, &["nov", "november"]),
    (12, &["dec", "december"]),
];

const RUSSIAN_MONTHS: &Table<u32> = &[
    (1, &["янв", "января"]),
    (2, &["фев", "февр", "февраля"]),
    (3, &["мар", "марта"]),
    (4, &["апр", "апреля"]),
    (5, &["мая"]),
    (6, &["июн", "июня"]),
    (7, &["июл", "июля"]),
    (8, &["авг", "августа"]),
    (9, &["сен", "сент", "сентября"]),
    (10, &["окт", "октября"]),
    (11, &["ноя", "нояб", "ноября"]),
    (12, &["дек", "декабря"]),
];

pub(super) fn single_unit(word: &str) -> Option<Unit> {
    look_up(SINGLE_UNITS, word)
}

/// After a number people write any form, "in 1 days" too.
pub(super) fn unit(word: &str) -> Option<Unit> {
    look_up(COUNTED_UNITS, word).or_else(|| single_unit(word))
}

pub(super) fn attached_unit(letters: &str) -> Option<Unit> {
    look_up(ATTACHED_UNITS, letters)
}

pub(super) fn weekday(word: &str) -> Option<Weekday> {
    look_up(WEEKDAYS, word)
}

pub(super) fn is_next(word: &str) -> bool {
    NEXT.contains(&word)
}

pub(super) fn is_this(word: &str) -> bool {
    THIS.contains(&word)
}

pub(super) fn is_limit(word: &str) -> bool {
    LIMITS.contains(&word)
}

pub(super) fn month(word: &str) -> Option<u32> {
    english_month(word).or_else(|| look_up(RUSSIAN_MONTHS, without_dot(word)))
}

/// Only in English a month also stands before its day.
pub(super) fn english_month(word: &str) -> Option<u32> {
    look_up(ENGLISH_MONTHS, without_dot(word))
}

/// `дек.`, `Dec.`
fn without_dot(month: &str) -> &str {
    month.strip_suffix('.').unwrap_or(month)
}

/// A zone's name as the answers show it. Other names of zones, and cities, are everyday words too.
pub(super) fn zone(word: &str) -> Option<Tz> {
    let is_name = word.contains('/') || word.starts_with("utc");
    is_name.then(|| zone::find(word)).flatten()
}

fn look_up<T: Copy>(table: &Table<T>, word: &str) -> Option<T> {
    let (meaning, _) = table.iter().find(|(_, words)| words.contains(&word))?;
    Some(*meaning)
}

/// The words as the tables spell them; a comma at the end of a word becomes a word of its own. None
/// for what is too long to be a date, so that whatever follows is bounded.
pub(super) fn normalised(words: &[&str]) -> Option<Vec<String>> {
    let too_long = words.len() > MAX_WORDS || words.iter().any(|word| word.len() > MAX_WORD_LEN);
    (!too_long).then(|| words.iter().flat_map(|word| split_comma(word)).collect())
}

fn split_comma(word: &str) -> impl Iterator<Item = String> {
    let (word, comma) = match word.strip_suffix(',') {
        Some(word) => (word, Some(",".to_owned())),
        None => (word, None),
    };
    std::iter::once(word.to_lowercase().replace('ё', "е")).chain(comma)
}

pub(super) fn borrowed(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}
