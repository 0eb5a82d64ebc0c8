//! Which word of a message is its link. Whether the link is any good is judged by the domain.

use std::ops::Range;

use super::words::Word;
use super::{Body, HiddenLink};

/// What may stand in front of a link without white space, and what closes it.
const BRACKETS: [(char, char); 8] = [
    ('(', ')'),
    ('[', ']'),
    ('<', '>'),
    ('"', '"'),
    ('\'', '\''),
    ('«', '»'),
    ('“', '”'),
    ('‘', '’'),
];

/// What ends a sentence, not a link.
const PUNCTUATION: [char; 7] = ['.', ',', ';', ':', '!', '?', '…'];

/// Written before a link by those who know `link:none`, with a colon.
const LABELS: [&str; 2] = ["link", "ссылка"];

/// The link of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link<'a> {
    pub url: &'a str,
    /// How many of the words stand in front of it, or are the words that hide it.
    pub words_before: usize,
    /// The words that hide it stay text, whatever else they could be.
    pub hidden: bool,
    /// What was written onto its front and belongs to the next word.
    pub lead: &'a str,
    /// What was written onto its end and belongs to the word before.
    pub tail: &'a str,
}

/// A link behind words, seen from where the arguments begin.
pub(super) struct Hidden<'a> {
    range: Range<usize>,
    url: &'a str,
}

impl<'a> Hidden<'a> {
    /// The first of those that reach behind the byte `start` of the text.
    pub(super) fn first(body: &'a Body, start: usize) -> Option<Self> {
        let links = body.hidden_links.iter();
        let first = links
            .filter(|link| link.range.end > start)
            .min_by_key(|link| link.range.start)?;
        Some(Self {
            range: first.range.start.saturating_sub(start)..first.range.end - start,
            url: &first.url,
        })
    }
}

/// The links behind words that are not the link of the message, each with the index of the word that it goes behind, in order.
pub(super) fn others<'a>(
    body: &'a Body,
    start: usize,
    words: &[Word],
    link: Option<&Link>,
) -> Vec<(usize, &'a str)> {
    let is_other = |hidden: &&HiddenLink| {
        hidden.range.end > start && link.is_none_or(|link| link.url != hidden.url)
    };
    let mut others: Vec<_> = body
        .hidden_links
        .iter()
        .filter(is_other)
        .filter_map(|hidden| {
            let index = words
                .partition_point(|word| start + word.at < hidden.range.end)
                .checked_sub(1)?;
            let word = words[index];
            // Otherwise its words were taken out, or say it themselves.
            let is_there = start + word.at + word.text.len() > hidden.range.start;
            (is_there && word.text != hidden.url).then_some((index, hidden.url.as_str()))
        })
        .collect();
    others.sort_by_key(|(index, _)| *index);
    others
}

/// Finds the first link, and takes it out of the words if it is one of them.
pub(super) fn take<'a>(words: &mut Vec<Word<'a>>, hidden: Option<Hidden<'a>>) -> Option<Link<'a>> {
    let written = words
        .iter()
        .enumerate()
        .find_map(|(index, word)| Some((index, Written::read(word.text)?)));
    match (written, hidden) {
        (Some((index, written)), Some(hidden)) => {
            if hidden.range.start < words[index].at + written.before {
                Some(behind(words, &hidden))
            } else {
                Some(written.take(words, index))
            }
        }
        (Some((index, written)), None) => Some(written.take(words, index)),
        (None, hidden) => hidden.map(|hidden| behind(words, &hidden)),
    }
}

fn behind<'a>(words: &[Word], hidden: &Hidden<'a>) -> Link<'a> {
    Link {
        url: hidden.url,
        words_before: words.partition_point(|word| word.at < hidden.range.end),
        hidden: true,
        lead: "",
        tail: "",
    }
}

/// A word that is a link, and what is written onto it.
struct Written<'a> {
    lead: &'a str,
    url: &'a str,
    tail: &'a str,
    /// How many bytes of the word stand in front of the link.
    before: usize,
}

impl<'a> Written<'a> {
    fn read(word: &'a str) -> Option<Self> {
        let rest = word.trim_start_matches(|c| BRACKETS.iter().any(|&(open, _)| open == c));
        let lead = &word[..word.len() - rest.len()];
        let rest = without_label(rest);
        if !has_scheme(rest) {
            return None;
        }
        let (url, tail) = rest.split_at(end_of_link(rest));
        let (lead, tail) = without_pairs(lead, tail);
        Some(Self {
            lead,
            url,
            tail,
            before: word.len() - rest.len(),
        })
    }

    fn take(self, words: &mut Vec<Word<'a>>, index: usize) -> Link<'a> {
        let is_labelled = index > 0 && is_label_before(words[index - 1].text);
        let first = if is_labelled { index - 1 } else { index };
        words.drain(first..=index);
        Link {
            url: self.url,
            words_before: first,
            hidden: false,
            lead: self.lead,
            tail: self.tail,
        }
    }
}

fn without_label(text: &str) -> &str {
    match text.split_once(':') {
        Some((label, rest)) if is_label(label) => rest,
        _ => text,
    }
}

fn is_label_before(word: &str) -> bool {
    word.strip_suffix(':').is_some_and(is_label)
}

pub(super) fn is_label(word: &str) -> bool {
    const LONGEST_LABEL: usize = 12;
    word.len() <= LONGEST_LABEL && LABELS.contains(&word.to_lowercase().as_str())
}

/// Begins as a URL with an authority does, `scheme://` (RFC 3986, 3.1). `javascript:` and the like are words.
fn has_scheme(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

/// Where the punctuation behind a link begins. A bracket that was opened within the link belongs to it.
fn end_of_link(text: &str) -> usize {
    let mut unopened = [surplus(text, '(', ')'), surplus(text, '[', ']')];
    let mut end = text.len();
    for (at, c) in text.char_indices().rev() {
        let is_outside = match c {
            ')' => take_one(&mut unopened[0]),
            ']' => take_one(&mut unopened[1]),
            _ => PUNCTUATION.contains(&c) || BRACKETS.iter().any(|&(_, close)| close == c),
        };
        if !is_outside {
            break;
        }
        end = at;
    }
    end
}

fn surplus(text: &str, open: char, close: char) -> usize {
    text.matches(close)
        .count()
        .saturating_sub(text.matches(open).count())
}

fn take_one(count: &mut usize) -> bool {
    let is_left = *count > 0;
    *count = count.saturating_sub(1);
    is_left
}

/// Brackets and quotes that hold nothing but the link go with it.
fn without_pairs<'a>(mut lead: &'a str, mut tail: &'a str) -> (&'a str, &'a str) {
    for (open, close) in inner_pairs(lead, tail) {
        lead = &lead[..lead.len() - open.len_utf8()];
        tail = &tail[close.len_utf8()..];
    }
    (lead, tail)
}

fn inner_pairs(lead: &str, tail: &str) -> impl Iterator<Item = (char, char)> {
    lead.chars()
        .rev()
        .zip(tail.chars())
        .take_while(|pair| BRACKETS.contains(pair))
}
