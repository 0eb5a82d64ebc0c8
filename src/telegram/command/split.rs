//! What stands after `/add` or `/edit <id>`, split into text, link and due date.

use super::Body;
use super::due::{self, Due, Missed};
use super::link::{self, Hidden, Link};
use super::words::{Word, separator, words};

/// The dashes that may stand alone between a text and its date.
const DASHES: [&str; 3] = ["-", "–", "—"];

/// Arguments whose link was found and taken out.
pub(super) struct Split<'a> {
    source: &'a str,
    words: Vec<Word<'a>>,
    link: Option<Link<'a>>,
    /// The other links behind words, with the indices of their last words.
    others: Vec<(usize, &'a str)>,
}

impl<'a> Split<'a> {
    /// Of the text from the byte `start` on. `words` are those of it that count.
    pub(super) fn new(body: &'a Body, start: usize, mut words: Vec<Word<'a>>) -> Self {
        let link = link::take(&mut words, Hidden::first(body, start));
        Self {
            source: &body.text[start..],
            others: link::others(body, start, &words, link.as_ref()),
            words,
            link,
        }
    }

    /// A whole text of which no link is taken out.
    pub(super) fn whole(body: &'a Body) -> Self {
        let words = words(body.text);
        Self {
            source: body.text,
            others: link::others(body, 0, &words, None),
            words,
            link: None,
        }
    }

    pub(super) fn link(&self) -> Option<String> {
        self.link.map(|link| link.url.to_owned())
    }

    pub(super) fn due(&self) -> Option<Due> {
        due::find(&self.words, self.link.as_ref())
    }

    pub(super) fn missed_due(&self) -> Option<Missed> {
        due::missed(&self.words, self.link.as_ref())
    }

    /// All the words as typed, without the link; none when there are none.
    pub(super) fn text(&self) -> Option<String> {
        self.text_of(&self.words)
    }

    /// The words before a due date that begins with the word `end`.
    pub(super) fn text_before(&self, end: usize) -> Option<String> {
        let words = match &self.words[..end] {
            [words @ .., last] if !words.is_empty() && DASHES.contains(&last.text) => words,
            words => words,
        };
        let text = self.text_of(words)?;
        let bare = text.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
        Some(if bare.is_empty() {
            text
        } else {
            bare.to_owned()
        })
    }

    fn text_of(&self, words: &[Word]) -> Option<String> {
        let last = words.len().checked_sub(1)?;
        let mut others = self.others.iter().peekable();
        let mut text = String::new();
        for (index, word) in words.iter().enumerate() {
            text += self.lead_at(index);
            text += word.text;
            text += self.tail_at(index + 1);
            // Those behind words that are cut off come last.
            while let Some((_, url)) = others.next_if(|(at, _)| *at <= index || index == last) {
                text.push(' ');
                text += url;
            }
            if let Some(next) = words.get(index + 1) {
                text += separator(self.source, *word, *next);
            }
        }
        Some(text)
    }

    /// What the link leaves for the word with this index.
    fn lead_at(&self, index: usize) -> &'a str {
        self.link_at(index).map_or("", |link| link.lead)
    }

    /// What the link leaves for the word before this index.
    fn tail_at(&self, index: usize) -> &'a str {
        self.link_at(index).map_or("", |link| link.tail)
    }

    fn link_at(&self, index: usize) -> Option<Link<'a>> {
        self.link.filter(|link| link.words_before == index)
    }
}
