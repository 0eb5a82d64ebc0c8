//! Text on its way to a terminal, a spreadsheet or another program.

use std::fmt::Write;
use std::io;

/// Text from users as it may be shown: control and bidirectional characters, which could disturb a terminal or make text look
/// like other text, are escaped.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => shown.push_str("\\n"),
            '\t' => shown.push_str("\\t"),
            _ if is_hidden(character) => {
                write!(shown, "\\u{{{:x}}}", u32::from(character))
                    .expect("a String takes all text");
            }
            _ => shown.push(character),
        }
    }
    shown
}

/// A text of several lines, each as [`visible`] shows it.
pub fn visible_block(text: &str) -> String {
    text.lines().map(visible).collect::<Vec<_>>().join("\n")
}

/// JSON in which the characters that [`visible`] escapes are escaped too: the same value, safe to show.
pub fn visible_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for character in json.chars() {
        if is_hidden(character) {
            // All of them are in the basic plane: one \u escape each.
            write!(shown, "\\u{:04x}", u32::from(character)).expect("a String takes all text");
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Text from users as a cell: escaped as on a terminal, and never what a spreadsheet would run as a formula.
pub fn cell(text: &str) -> String {
    let shown = visible(text);
    match shown.trim_start().chars().next() {
        Some('=' | '+' | '-' | '@' | '|' | '%') => format!("'{shown}"),
        _ => shown,
    }
}

fn is_hidden(character: char) -> bool {
    let bidirectional = matches!(character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let separators = matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}');
    (character.is_control() && character != '\n') || bidirectional || separators
}

/// Whether the reader of our output went away (`bounty audit | head`), which is no failure.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let is_pipe = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(is_pipe)
            || cause
                .downcast_ref::<csv::Error>()
                .is_some_and(|error| match error.kind() {
                    csv::ErrorKind::Io(error) => is_pipe(error),
                    _ => false,
                })
            || cause
                .downcast_ref::<serde_json::Error>()
                .is_some_and(|error| error.io_error_kind() == Some(io::ErrorKind::BrokenPipe))
    })
}

/// Whoever closed the output wants to read no more: work whose exit status tells something, or that changes files, goes on to its end.
pub fn if_read(printed: io::Result<()>) -> io::Result<()> {
    match printed {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}

/// An error without a word about what was being done is one of the output: whatever touches files says which.
pub fn named(error: anyhow::Error) -> anyhow::Error {
    let is_bare = says_only::<io::Error>(&error)
        || says_only::<csv::Error>(&error)
        || says_only::<serde_json::Error>(&error);
    match is_bare {
        true => error.context("the output could not be written"),
        false => error,
    }
}

/// Whether it is such an error, and nothing was said besides.
fn says_only<E: std::error::Error + Send + Sync + 'static>(error: &anyhow::Error) -> bool {
    let inner = error.downcast_ref::<E>();
    inner.is_some_and(|inner| inner.to_string() == error.to_string())
}

#[cfg(test)]
mod tests {
    use super::{cell, visible, visible_json};

    #[test]
    fn control_and_bidirectional_characters_are_escaped() {
        assert_eq!(
            visible("a\u{1b}[31m\u{202e}b\nc"),
            "a\\u{1b}[31m\\u{202e}b\\nc"
        );
    }

    #[test]
    fn escaped_json_is_the_same_value() {
        let text = "a\u{202e}b\u{7f}\u{2028}";
        let json = serde_json::to_string(text).unwrap_or_default();
        let shown = visible_json(&json);
        assert!(shown.is_ascii());
        assert_eq!(
            serde_json::from_str::<String>(&shown).ok().as_deref(),
            Some(text)
        );
    }

    #[test]
    fn a_cell_is_never_a_formula() {
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell(" @SUM(A1)"), "' @SUM(A1)");
        assert_eq!(cell("plain"), "plain");
    }
}
