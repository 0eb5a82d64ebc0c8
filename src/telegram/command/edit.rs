//! `/edit <id> [text] [link] [due]`: what is not given stays, `link:none` and `due:none` clear.

use crate::domain::BountyId;
use crate::domain::board::{Change, Command, DueWish, EditParts};

use super::split::Split;
use super::words::Word;
use super::{Body, Parsed, Usage, bounty_id, due, link, words};

pub(super) fn edit(body: &Body, after: usize) -> Parsed {
    let Some((id, after)) = target(body.text, after) else {
        return Parsed::Usage(Usage::Edit);
    };
    match parts(body, after) {
        Ok(parts) => Parsed::Command(Command::Change(Change::Edit(id, parts)), Vec::new()),
        Err(usage) => Parsed::Usage(usage),
    }
}

/// The id behind the byte `after` of the text, and where it ends.
pub(super) fn target(text: &str, after: usize) -> Option<(BountyId, usize)> {
    let arguments = text[after..].trim_start();
    let length = arguments
        .find(char::is_whitespace)
        .unwrap_or(arguments.len());
    let id = bounty_id(&arguments[..length])?;
    Some((id, text.len() - arguments.len() + length))
}

fn parts(body: &Body, after: usize) -> Result<EditParts, Usage> {
    let (words, cleared) = Cleared::take(words(&body.text[after..]));
    let split = Split::new(body, after, words);
    let due = split.due();
    if let (None, false, Some(missed)) = (&due, cleared.due, split.missed_due()) {
        return Err(Usage::DueNotUnderstood {
            words: missed.words,
        });
    }
    let text = match &due {
        Some(due) => split.text_before(due.from),
        None => split.text(),
    };
    let parts = EditParts {
        text,
        link: wish(cleared.link, None, split.link().map(Some))?,
        due: wish(
            cleared.due,
            DueWish::Clear,
            due.map(|due| DueWish::Set(due.expression)),
        )?,
    };
    if parts == EditParts::default() {
        return Err(Usage::Edit);
    }
    Ok(parts)
}

/// To clear and to set at once is no wish.
fn wish<T>(is_cleared: bool, cleared: T, set: Option<T>) -> Result<Option<T>, Usage> {
    match (is_cleared, set) {
        (true, Some(_)) => Err(Usage::Edit),
        (true, None) => Ok(Some(cleared)),
        (false, set) => Ok(set),
    }
}

/// Which parts are to be cleared.
#[derive(Default)]
struct Cleared {
    link: bool,
    due: bool,
}

impl Cleared {
    /// Takes out all `link:none` and `due:none`, also those with white space after the colon; without a colon if there is nothing else.
    fn take(words: Vec<Word>) -> (Vec<Word>, Self) {
        let mut cleared = Self::default();
        if words.chunks(2).all(is_bare_wish) {
            for pair in words.chunks(2) {
                cleared.note(pair[0].text);
            }
            return (Vec::new(), cleared);
        }
        let mut kept = Vec::with_capacity(words.len());
        let mut rest = words.as_slice();
        while let [word, behind @ ..] = rest {
            rest = match cleared.read(word.text, behind.first().map(|word| word.text)) {
                0 => {
                    kept.push(*word);
                    behind
                }
                used => &rest[used..],
            };
        }
        (kept, cleared)
    }

    /// How many words were used.
    fn read(&mut self, word: &str, next: Option<&str>) -> usize {
        let Some((name, value)) = word.split_once(':') else {
            return 0;
        };
        let used = match value {
            "" if next.is_some_and(is_none) => 2,
            value if is_none(value) => 1,
            _ => return 0,
        };
        if !is_field(name) {
            return 0;
        }
        self.note(name);
        used
    }

    fn note(&mut self, name: &str) {
        self.link |= link::is_label(name);
        self.due |= due::is_label(name);
    }
}

/// `link none`
fn is_bare_wish(pair: &[Word]) -> bool {
    matches!(pair, [name, value] if is_field(name.text) && is_none(value.text))
}

fn is_field(name: &str) -> bool {
    link::is_label(name) || due::is_label(name)
}

fn is_none(value: &str) -> bool {
    let word = value.trim_end_matches([',', ';', '.']).to_lowercase();
    matches!(word.as_str(), "none" | "нет")
}
