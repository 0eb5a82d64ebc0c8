//! Attempts at a date: what was plainly meant as one, whether or not it can be read.

use super::figures::{number, split_figures};
use super::{parse, words};

/// What a word contributes to an attempt. A word that has no part in dates at all has no such
/// value.
#[derive(Clone, Copy)]
enum Part {
    /// Has the figures of a date or time, possible or not: `31.13`, `25:00`, `13pm`.
    Figures,
    /// Names a day by itself: `tomorrow`.
    Day,
    /// The name of a weekday or month; some are everyday words, so one alone is no attempt.
    Name,
    Number,
    /// A number with letters that may be a unit: `30m`.
    Span,
    Unit,
    /// `in`, `через`: a number and a unit follow.
    Lead,
    Next,
    Half,
    Filler,
}

const DAYS: &[&str] = &[
    "today",
    "tonight",
    "tomorrow",
    "сегодня",
    "завтра",
    "послезавтра",
];

/// Units that are not read: forms that stand only after "next", as in "на следующей неделе", and years.
const OTHER_UNITS: &[&str] = &[
    "year",
    "years",
    "неделе",
    "месяце",
    "году",
    "год",
    "года",
    "лет",
];

const FILLERS: &[&str] = &[
    "a",
    "after",
    "afternoon",
    "an",
    "at",
    "evening",
    "midnight",
    "morning",
    "night",
    "noon",
    "of",
    "on",
    "the",
    "в",
    "вечером",
    "во",
    "днем",
    "на",
    "ночью",
    "утром",
];

/// For words as the vocabulary spells them.
pub(super) fn is_attempt(words: &[&str]) -> bool {
    let words = without_punctuation(words);
    parse::expression(&words).is_some() || parts(&words).is_some_and(|parts| has_sign(&parts))
}

/// Whether an attempt, or a date that can be read, may have this word, given as the vocabulary spells it. All figures of dates begin
/// with a digit.
pub(super) fn is_part(word: &[&str]) -> bool {
    let is_one =
        |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) || part(word).is_some();
    let words = without_punctuation(word);
    let bare = words.first().map(|word| without_brackets(word));
    bare.is_some_and(|word| is_one(&word))
}

/// A date may end with a remark in brackets.
fn without_brackets(word: &str) -> &str {
    let word = word.strip_prefix('(').unwrap_or(word);
    word.strip_suffix(')').unwrap_or(word)
}

/// Commas stay where a date may have them; a sentence's end goes.
fn without_punctuation<'w>(words: &[&'w str]) -> Vec<&'w str> {
    let mut words = words.to_vec();
    if words.last() == Some(&",") {
        words.pop();
    }
    if let Some(last) = words.last_mut() {
        *last = last.trim_end_matches(['.', '!', '?', ';', ':']);
    }
    words
}

/// None when one of the words is an ordinary one.
fn parts(words: &[&str]) -> Option<Vec<Part>> {
    words
        .iter()
        .filter(|&&word| word != ",")
        .map(|word| part(word))
        .collect()
}

/// Whether it says by itself which day it is: `tomorrow`.
pub(super) fn is_day(word: &str) -> bool {
    matches!(part(word), Some(Part::Day))
}

pub(super) fn is_unit(word: &str) -> bool {
    matches!(part(word), Some(Part::Unit))
}

pub(super) fn is_number(word: &str) -> bool {
    matches!(part(word), Some(Part::Number))
}

fn part(word: &str) -> Option<Part> {
    part_by_name(word).or_else(|| part_by_figures(word))
}

fn part_by_name(word: &str) -> Option<Part> {
    let is_unit = words::unit(word).is_some() || OTHER_UNITS.contains(&word);
    let is_name = words::weekday(word).is_some() || words::month(word).is_some();
    match word {
        "in" | "через" => Some(Part::Lead),
        "am" | "pm" => Some(Part::Half),
        "следующем" => Some(Part::Next),
        _ if words::is_next(word) => Some(Part::Next),
        _ if DAYS.contains(&word) => Some(Part::Day),
        _ if FILLERS.contains(&word) || words::is_this(word) || words::is_limit(word) => {
            Some(Part::Filler)
        }
        _ if is_unit => Some(Part::Unit),
        _ if is_name => Some(Part::Name),
        _ if words::zone(word).is_some() => Some(Part::Filler),
        _ => None,
    }
}

fn part_by_figures(word: &str) -> Option<Part> {
    if is_date_like(word) || is_time_like(word) {
        return Some(Part::Figures);
    }
    match split_figures(word) {
        ("", _) => None,
        (_, "" | "st" | "nd" | "rd" | "th") => Some(Part::Number),
        (_, "m") => Some(Part::Span),
        (_, letters) => words::attached_unit(letters).map(|_| Part::Span),
    }
}

/// Whether the parts, somewhere among them, show that a date was meant.
fn has_sign(parts: &[Part]) -> bool {
    (0..parts.len()).any(|start| starts_with_sign(&parts[start..]))
}

fn starts_with_sign(parts: &[Part]) -> bool {
    use Part::{Day, Figures, Filler, Half, Lead, Name, Next, Number, Span, Unit};
    matches!(
        parts,
        [Figures | Day, ..]
            | [Name, Number, ..]
            | [Name, Filler, Number, ..]
            | [Number, Name | Half, ..]
            | [Number, Filler, Name, ..]
            | [Next, Unit, ..]
            | [Lead, Span, ..]
            | [Lead, Number, Unit, ..]
    )
}

/// `31.13`, `31/12/2026`, `2031-02-30`, `31.12.26`, `2031-02-30T25:00`. A version such as `1.25.3`
/// is not.
fn is_date_like(word: &str) -> bool {
    match word.split_once('t') {
        Some((date, time)) => is_date_like_figures(date) && is_time_like(time),
        None => is_date_like_figures(word),
    }
}

fn is_date_like_figures(word: &str) -> bool {
    is_day_and_month(word) || ['.', '-', '/'].iter().any(|&mark| is_full_date(word, mark))
}

/// With two digits each, so that decimal numbers and versions stay such.
fn is_day_and_month(word: &str) -> bool {
    lengths(word, '.').as_deref() == Some(&[2, 2])
}

fn is_full_date(word: &str, mark: char) -> bool {
    matches!(
        lengths(word, mark).as_deref(),
        Some([4, 1 | 2, 1 | 2] | [1 | 2, 1 | 2, 4] | [2, 2, 2])
    )
}

/// `25:00`, `18:60`, `18:00:00`, `13pm`, `6:75pm`.
fn is_time_like(word: &str) -> bool {
    match word.strip_suffix("am").or_else(|| word.strip_suffix("pm")) {
        Some(figures) => is_clock(figures) || number(figures, 1..=2).is_some(),
        None => is_clock(word),
    }
}

fn is_clock(word: &str) -> bool {
    matches!(
        lengths(word, ':').as_deref(),
        Some([1 | 2, 2] | [1 | 2, 2, 2])
    )
}

/// How many digits there are before, between and after the marks. None when there is anything else.
fn lengths(word: &str, mark: char) -> Option<Vec<usize>> {
    word.split(mark)
        .map(|figures| number(figures, 1..=4).map(|_| figures.len()))
        .collect()
}
