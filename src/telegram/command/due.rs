//! Which words of a message are its due date: the words after a marker, the words after the link, or the last words.

use crate::domain::due::{self, DueExpr};

use super::link::Link;
use super::words::{Word, texts};

/// [`due::parse`] takes no more words, so only so many at the end are worth a try.
const LONGEST: usize = 10;

/// Words that say themselves that a due date follows; with a colon they say nothing else.
const LABELS: [&str; 2] = ["due", "срок"];

/// A due date among words.
pub(super) struct Due {
    /// The first of the words that are the date or its marker; all the words from there on are.
    pub from: usize,
    pub expression: DueExpr,
}

/// Words that were meant as a due date and are none.
pub(super) struct Missed {
    /// The first of them or of their marker.
    pub from: usize,
    /// What was not understood, the marker left out.
    pub words: String,
}

/// The due date at the end of the words, from which the link was taken out. Its `from` is 0 when all the words are one.
pub(super) fn find(words: &[Word], link: Option<&Link>) -> Option<Due> {
    readable(words, link).filter(|due| torn(words, link, due).is_none())
}

/// The most of the words that can be read as a date, whatever stands before them.
fn readable(words: &[Word], link: Option<&Link>) -> Option<Due> {
    let (free, run) = (first_free(link), last_date_words(words));
    whole(words, free.max(run)).or_else(|| {
        let found = [marked(words, free, run), last_words(words, link, run)];
        found.into_iter().flatten().min_by_key(|due| due.from)
    })
}

/// Where a date begins of which only the end can be read. Behind a label and behind the link nothing else is meant.
fn torn(words: &[Word], link: Option<&Link>, due: &Due) -> Option<usize> {
    let first = words.get(due.from)?.text;
    if is_label(without_colon(first)) || after_label(first).is_some() {
        return None;
    }
    let behind = link.map_or(0, |link| link.words_before);
    let start = if behind <= due.from { behind } else { 0 };
    let found = texts(&words[due.from..]);
    (start.max(due.from.saturating_sub(LONGEST))..due.from)
        .find(|&start| due::is_torn(&texts(&words[start..due.from]), &found))
}

/// What looks as if it should have been found.
pub(super) fn missed(words: &[Word], link: Option<&Link>) -> Option<Missed> {
    let run = last_date_words(words);
    torn_date(words, link)
        .or_else(|| labelled(words))
        .or_else(|| marked_attempt(words, first_free(link), run))
        .or_else(|| last_attempt(words, link, run))
}

fn torn_date(words: &[Word], link: Option<&Link>) -> Option<Missed> {
    let from = torn(words, link, &readable(words, link)?)?;
    let words = shown(words[from..].iter().map(|word| word.text));
    Some(Missed { from, words })
}

/// Where the words begin, at the end of all, that can be words of a date.
fn last_date_words(words: &[Word]) -> usize {
    let last = &words[words.len().saturating_sub(LONGEST)..];
    let run = last
        .iter()
        .rev()
        .take_while(|word| due::is_date_word(word.text));
    words.len() - run.count()
}

/// Words that hide a link are no date.
fn first_free(link: Option<&Link>) -> usize {
    link.filter(|link| link.hidden)
        .map_or(0, |link| link.words_before)
}

fn whole(words: &[Word], first: usize) -> Option<Due> {
    let expression = if first == 0 { parse(words) } else { None };
    expression.map(|expression| Due {
        from: 0,
        expression,
    })
}

fn parse(words: &[Word]) -> Option<DueExpr> {
    let is_short = words.len() <= LONGEST;
    if is_short {
        due::parse(&texts(words))
    } else {
        None
    }
}

/// Where a date that ends with the last word may begin behind a marker, the earliest first. The marker may be glued to its first word,
/// which does not look like one of a date then.
fn starts(words: &[Word], free: usize, run: usize) -> std::ops::Range<usize> {
    let longest = words.len().saturating_sub(LONGEST);
    free.max(run.saturating_sub(1)).max(longest)..words.len()
}

fn marked(words: &[Word], free: usize, run: usize) -> Option<Due> {
    starts(words, free, run).find_map(|start| {
        let (from, words_of_date) = after_marker(words, start)?;
        let expression = due::parse(&words_of_date)?;
        Some(Due { from, expression })
    })
}

/// The words from `start` on if a marker stands before them or is glued to the first, and where the marker begins.
fn after_marker<'a>(words: &[Word<'a>], start: usize) -> Option<(usize, Vec<&'a str>)> {
    let mut date = texts(&words[start..]);
    if let Some(glued) = after_label(date[0]).filter(|rest| !rest.is_empty()) {
        date[0] = glued;
        return Some((first_marker(words, start), date));
    }
    let marker = start.checked_sub(1)?;
    is_marker(words[marker].text).then(|| (first_marker(words, marker), date))
}

/// "due by friday", "срок до пятницы": the label goes with the preposition.
fn first_marker(words: &[Word], marker: usize) -> usize {
    let is_label_before = marker > 0 && is_one_of(&LABELS, without_colon(words[marker - 1].text));
    if is_label_before { marker - 1 } else { marker }
}

fn last_words(words: &[Word], link: Option<&Link>, run: usize) -> Option<Due> {
    let behind = link.map_or(0, |link| link.words_before);
    (behind.max(run)..words.len()).find_map(|from| {
        let is_all_behind_link = link.is_some() && from == behind;
        if !is_all_behind_link && is_like_a_version(&words[from..]) {
            return None;
        }
        let expression = parse(&words[from..])?;
        Some(Due { from, expression })
    })
}

/// One word such as `3.12`, which is as likely a version as a date; `31.12` and `01.02` are dates. "Обновить на 3.12" too.
fn is_like_a_version(words: &[Word]) -> bool {
    let word = match words {
        [word] => word,
        [preposition, word] if preposition.text.to_lowercase() == "на" => word,
        _ => return false,
    };
    let Some((day, month)) = word.text.split_once('.') else {
        return false;
    };
    (day.len() == 1 || month.len() == 1) && !month.contains('.')
}

/// `due:` and `срок:` are never said by chance: whatever follows was meant as a date.
fn labelled(words: &[Word]) -> Option<Missed> {
    let from = words
        .iter()
        .rposition(|word| after_label(word.text).is_some())?;
    let glued = after_label(words[from].text).filter(|rest| !rest.is_empty());
    let rest = words[from + 1..].iter().map(|word| word.text);
    let missed = shown(glued.into_iter().chain(rest));
    (!missed.is_empty()).then_some(Missed {
        from,
        words: missed,
    })
}

fn marked_attempt(words: &[Word], free: usize, run: usize) -> Option<Missed> {
    starts(words, free, run).find_map(|start| {
        let (from, date) = after_marker(words, start)?;
        attempt(&date).map(|words| Missed { from, words })
    })
}

fn last_attempt(words: &[Word], link: Option<&Link>, run: usize) -> Option<Missed> {
    let behind = link.map_or(0, |link| link.words_before);
    (behind.max(run)..words.len()).find_map(|from| {
        let words = attempt(&texts(&words[from..]))?;
        Some(Missed { from, words })
    })
}

/// A date that was understood, but not taken for one, is no failed attempt.
fn attempt(words: &[&str]) -> Option<String> {
    let is_missed = due::looks_like_date(words) && due::parse(words).is_none();
    is_missed.then(|| shown(words.iter().copied()))
}

/// The beginning of the words, enough to recognise them.
fn shown<'a>(words: impl Iterator<Item = &'a str>) -> String {
    const CHARACTERS: usize = 100;
    let mut shown = String::new();
    for word in words {
        if !shown.is_empty() {
            shown.push(' ');
        }
        shown.extend(word.chars().take(CHARACTERS + 1));
        if shown.chars().count() > CHARACTERS {
            return shown.chars().take(CHARACTERS).chain(['…']).collect();
        }
    }
    shown
}

/// What stands after `due:` or `срок:` in the same word.
fn after_label(word: &str) -> Option<&str> {
    let (label, rest) = word.split_once(':')?;
    is_one_of(&LABELS, label).then_some(rest)
}

fn is_marker(word: &str) -> bool {
    is_one_of(&LABELS, without_colon(word)) || due::is_preposition(word)
}

fn without_colon(word: &str) -> &str {
    word.strip_suffix(':').unwrap_or(word)
}

pub(super) fn is_label(word: &str) -> bool {
    is_one_of(&LABELS, word)
}

fn is_one_of(markers: &[&str], word: &str) -> bool {
    const LONGEST_MARKER: usize = 8;
    word.len() <= LONGEST_MARKER && markers.contains(&word.to_lowercase().as_str())
}
