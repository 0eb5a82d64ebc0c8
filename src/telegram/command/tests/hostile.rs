//! Whatever people send: no panic, and never more than time in proportion to its length.

use proptest::prelude::*;

use super::{BOT, added, read};
use crate::telegram::command::{Body, HiddenLink, MessageText, Parsed, edited_command, parse};

const SIZE: usize = 2_000_000;

/// Pieces that fill 2 MB, each of them made to annoy another part of the parser.
const PIECES: [&str; 16] = [
    "word ",
    "\0",
    "\n",
    "x",
    "due ",
    "due: ",
    "due:none ",
    "tomorrow ",
    "31.13 ",
    "https://e.com/( ",
    "(",
    ")",
    "\u{a0}\u{3000}",
    "a://b ",
    "https://",
    "🔥",
];

#[test]
fn two_megabytes_are_read_to_their_end() {
    for piece in PIECES {
        let filler = piece.repeat(SIZE / piece.len());
        for head in ["", "/add ", "/edit 3 ", "/add https://e.com/"] {
            let text = format!("{head}{filler}");
            let parsed = parse(&MessageText::plain(&text), BOT);
            // Quadratic work on so long a text would not end within hours.
            assert_eq!(
                parsed == Parsed::NoCommand,
                head.is_empty(),
                "{head:?} {piece:?}"
            );
            assert_eq!(edited_command(&text, BOT).is_none(), head.is_empty());
        }
    }
}

#[test]
fn the_longest_message_of_emoji_is_kept_whole() {
    let emoji = "👨‍👩‍👧".repeat(4_096);
    assert_eq!(added(&read(&format!("/add {emoji}"))), emoji);
    assert_eq!(added(&read("/add \0 \0")), "\0 \0");
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(
        head in "(/add|/edit 3|/edit|/bounty|/|) ?",
        words in prop::collection::vec(
            prop::sample::select(vec![
                "due:", "due", "by", "до", "срок:", "tomorrow", "31.13", "3.12", "18:00", "due:none", "link: none",
                "link:", "(https://e.com/1).", "\"ftp://x", "—", ",", "\u{a0}", "é", "🔥", "\0", "#3",
            ]),
            0..12,
        ),
        any in "\\PC{0,12}",
        range in (0usize..64, 0usize..64),
        replied in "\\PC{0,24}",
    ) {
        let text = format!("{head}{} {any}", words.join(" "));
        let link = HiddenLink { range: range.0..range.1, url: "https://e.com/h".to_owned() };
        let body = Body { text: &text, hidden_links: vec![link] };
        let reply = MessageText::plain(&replied).body;
        parse(&MessageText { body: body.clone(), replied: Some(reply) }, BOT);
        parse(&MessageText { body, replied: None }, BOT);
        edited_command(&text, BOT);
    }
}
