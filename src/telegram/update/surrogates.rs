//! JSON in which every `\u` escape is a character.
//!
//! Telegram cuts texts between the two UTF-16 units of an emoji at times; what is left, `\ud83d`, is valid JSON that no UTF-8
//! string can hold.

use std::borrow::Cow;
use std::ops::RangeInclusive;

const ESCAPE: usize = "\\uXXXX".len();
const REPLACEMENT: &str = "\\ufffd";
const SURROGATES: RangeInclusive<u16> = 0xD800..=0xDFFF;
const LOW_SURROGATES: RangeInclusive<u16> = 0xDC00..=0xDFFF;

/// Puts the replacement character in the place of each half of a character.
pub(super) fn mend(json: &str) -> Cow<'_, str> {
    let mut mended = String::new();
    let mut kept = 0;
    let mut next = 0;
    while let Some(found) = json[next..].find('\\') {
        let at = next + found;
        match escape(json, at) {
            Escape::Whole(length) => next = at + length,
            Escape::Half => {
                mended.push_str(&json[kept..at]);
                mended.push_str(REPLACEMENT);
                next = at + ESCAPE;
                kept = next;
            }
        }
    }
    if kept == 0 {
        return Cow::Borrowed(json);
    }
    mended.push_str(&json[kept..]);
    Cow::Owned(mended)
}

enum Escape {
    /// Of so many bytes, all ASCII.
    Whole(usize),
    Half,
}

/// The escape that begins with the backslash at this byte.
fn escape(json: &str, at: usize) -> Escape {
    match unit(json, at) {
        Some(unit) if LOW_SURROGATES.contains(&unit) => Escape::Half,
        Some(unit) if SURROGATES.contains(&unit) => {
            let low = self::unit(json, at + ESCAPE);
            let is_pair = low.is_some_and(|low| LOW_SURROGATES.contains(&low));
            if is_pair {
                Escape::Whole(2 * ESCAPE)
            } else {
                Escape::Half
            }
        }
        Some(_) => Escape::Whole(ESCAPE),
        None => Escape::Whole(short_escape(json, at)),
    }
}

/// The UTF-16 unit that a `\u` escape at this byte stands for.
fn unit(json: &str, at: usize) -> Option<u16> {
    let hex = json.get(at..at + ESCAPE)?.strip_prefix("\\u")?;
    let is_hex = hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    u16::from_str_radix(hex, 16).ok().filter(|_| is_hex)
}

/// The backslash and the ASCII character that it escapes; alone where JSON has no such escape.
fn short_escape(json: &str, at: usize) -> usize {
    let escaped = json.as_bytes().get(at + 1);
    if escaped.is_some_and(u8::is_ascii) {
        2
    } else {
        1
    }
}
