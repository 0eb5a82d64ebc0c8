//! Words and where they stand, and how what is left of them becomes a text again.

/// A word of a text, split at Unicode white space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub text: &'a str,
    /// Its first byte in the text.
    pub at: usize,
}

impl Word<'_> {
    fn end(self) -> usize {
        self.at + self.text.len()
    }
}

pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut next = 0;
    text.split_inclusive(char::is_whitespace)
        .map(|piece| {
            let at = next;
            next += piece.len();
            Word {
                text: piece.trim_end(),
                at,
            }
        })
        .filter(|word| !word.text.is_empty())
        .collect()
}

pub(super) fn texts<'a>(words: &[Word<'a>]) -> Vec<&'a str> {
    words.iter().map(|word| word.text).collect()
}

/// The white space between two words of `source`. Where words between them were taken out, one side of the hole is enough: the
/// one with more lines.
pub(super) fn separator<'s>(source: &'s str, before: Word, after: Word) -> &'s str {
    let between = &source[before.end()..after.at];
    let left = &between[..between.len() - between.trim_start().len()];
    let right = &between[between.trim_end().len()..];
    if lines(right) > lines(left) {
        right
    } else {
        left
    }
}

fn lines(space: &str) -> usize {
    space.matches('\n').count()
}
