//! A reader of JSON in exactly the form in which this program writes it: one key order, no white space, no escapes.
//!
//! It only ever says "yes, this is the value" or "I do not know"; whoever asks then reads the text with a full JSON parser.
//! So it must accept nothing that a full parser would read differently, and may refuse anything.

/// A place in a text that is being read from its start.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'t> {
    /// All of it: known to be UTF-8, so that a part of it is.
    text: &'t str,
    rest: &'t [u8],
}

impl<'t> Cursor<'t> {
    /// A cursor before the first byte.
    pub fn new(text: &'t str) -> Self {
        let rest = text.as_bytes();
        Self { text, rest }
    }

    /// What has not been read yet.
    pub fn rest(&self) -> &'t [u8] {
        self.rest
    }

    /// Steps over exactly these bytes.
    #[inline]
    pub fn literal(&mut self, expected: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(expected)?;
        Some(())
    }

    /// Whether these bytes come next; steps over them if so.
    #[inline]
    pub fn skip(&mut self, expected: &[u8]) -> bool {
        self.literal(expected).is_some()
    }

    /// The next so many bytes.
    #[inline]
    pub fn take(&mut self, count: usize) -> Option<&'t [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    /// A whole number without sign, fraction or leading zeros; one of 20 digits is left to the full parser.
    #[inline]
    pub fn unsigned(&mut self) -> Option<u64> {
        let (mut digits, mut value) = self.rest.first_chunk().map_or((0, 0), leading_digits);
        if digits == 8 || self.rest.len() < 8 {
            while let Some(digit) = self.rest.get(digits).and_then(digit_of) {
                // No overflow: what is too long for that is refused below.
                value = value.wrapping_mul(10).wrapping_add(digit);
                digits += 1;
            }
        }
        let is_plain = digits == 1 || (digits > 1 && self.rest[0] != b'0');
        let rest = &self.rest[digits..];
        // A fraction or an exponent makes another number of it.
        if !is_plain || digits > SAFE_DIGITS || matches!(rest.first(), Some(b'.' | b'e' | b'E')) {
            return None;
        }
        self.rest = rest;
        Some(value)
    }

    /// A whole number; `-0` is left to the full parser.
    #[inline]
    pub fn signed(&mut self) -> Option<i64> {
        let start = self.rest;
        let is_negative = self.skip(b"-");
        let value = self.unsigned().filter(|value| !is_negative || *value != 0);
        let value = value.and_then(|value| match is_negative {
            true => 0_i64.checked_sub_unsigned(value),
            false => i64::try_from(value).ok(),
        });
        if value.is_none() {
            self.rest = start;
        }
        value
    }

    /// A string without escapes.
    #[inline]
    pub fn string(&mut self) -> Option<&'t str> {
        let body = self.rest.strip_prefix(b"\"")?;
        let end = plain_len(body);
        if body.get(end) != Some(&b'"') {
            return None;
        }
        let start = self.text.len() - body.len();
        let string = self.text.get(start..start + end)?;
        self.rest = &body[end + 1..];
        Some(string)
    }

    /// `null`, or what `read` reads.
    #[inline]
    pub fn nullable<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.skip(b"null") {
            Some(None)
        } else {
            read(self).map(Some)
        }
    }

    /// Nothing may be left.
    #[inline]
    pub fn end(&self) -> Option<()> {
        self.rest.is_empty().then_some(())
    }
}

/// As many digits never exceed a `u64`.
const SAFE_DIGITS: usize = 19;

#[inline]
fn digit_of(byte: &u8) -> Option<u64> {
    let digit = byte.wrapping_sub(b'0');
    (digit < 10).then_some(u64::from(digit))
}

/// How many of these bytes, from the first on, are decimal digits, and what number they are.
#[inline]
fn leading_digits(word: &[u8; 8]) -> (usize, u64) {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    let values = u64::from_le_bytes(*word) ^ (EACH * u64::from(b'0'));
    // The lowest byte over 9 is the first one whose high bit is set here.
    let others = (values | values.wrapping_add(EACH * (0x80 - 10))) & (EACH << 7);
    let count = others.trailing_zeros() / 8;
    // What is no digit is pushed out, and zeros stand before the digits.
    let values = values.checked_shl(64 - 8 * count).unwrap_or(0);
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8);
    let (even, odd) = (pairs & 0xFF_0000_00FF, (pairs >> 16) & 0xFF_0000_00FF);
    let number = even
        .wrapping_mul(100 + (1_000_000 << 32))
        .wrapping_add(odd.wrapping_mul(1 + (10_000 << 32)));
    (count as usize, number >> 32)
}

/// How many bytes come before the first quote, backslash or control character; all when there is none. Eight at a time.
#[inline]
fn plain_len(text: &[u8]) -> usize {
    let (words, tail) = text.as_chunks();
    for (at, word) in words.iter().enumerate() {
        let special = special_bytes(u64::from_le_bytes(*word));
        if special != 0 {
            return at * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    text.len() - tail.len() + tail.iter().position(is_special).unwrap_or(tail.len())
}

/// The high bit of the lowest byte that is a quote, a backslash or a control character; bits above it mean nothing.
#[inline]
fn special_bytes(word: u64) -> u64 {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = EACH << 7;
    // A byte below `limit` borrows into its own high bit, and perhaps into bytes above it.
    let below = |word: u64, limit: u64| word.wrapping_sub(EACH * limit) & !word & HIGH;
    let is = |byte: u8| below(word ^ (EACH * u64::from(byte)), 1);
    below(word, 0x20) | is(b'"') | is(b'\\')
}

#[cfg(test)]
mod tests {
    use super::Cursor;

    /// What the cursor reads as a whole, if it does.
    fn whole<T>(text: &str, read: impl FnOnce(&mut Cursor<'_>) -> Option<T>) -> Option<T> {
        let mut cursor = Cursor::new(text);
        let value = read(&mut cursor)?;
        cursor.end().map(|()| value)
    }

    #[test]
    fn numbers_of_every_length_are_read_as_by_the_standard_library() {
        for digits in 1..=22 {
            for (first, other) in [('1', '0'), ('9', '9'), ('1', '2'), ('8', '3')] {
                let number: String = std::iter::once(first)
                    .chain(std::iter::repeat_n(other, digits - 1))
                    .collect();
                for tail in ["", "}", ",\"a\":1234567890", "/", ":", "\u{80}23456789"] {
                    let text = format!("{number}{tail}");
                    let mut cursor = Cursor::new(&text);
                    let expected = number.parse().ok().filter(|_| digits < 20);
                    assert_eq!(cursor.unsigned(), expected, "{text}");
                    if expected.is_some() {
                        assert_eq!(cursor.rest(), tail.as_bytes(), "{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_string_ends_at_its_first_quote_wherever_that_is_and_holds_no_escape_or_control_character()
    {
        for special in '\0'..='\u{ff}' {
            for len in 0..20 {
                for at in 0..len {
                    let (before, after) = ("a".repeat(at), "a".repeat(len - at - 1));
                    let text = format!("{before}{special}{after}");
                    let quoted = format!("\"{text}\"x");
                    let read = Cursor::new(&quoted).string();
                    let expected = match special {
                        '"' => Some(before.as_str()),
                        '\\' | '\0'..' ' => None,
                        _ => Some(text.as_str()),
                    };
                    assert_eq!(read, expected, "{quoted:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_read_is_what_a_full_parser_reads() {
        let numbers = [
            "0",
            "7",
            "-7",
            "-0",
            "00",
            "01",
            "1.0",
            "1e3",
            "18446744073709551615",
            "18446744073709551616",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "-9223372036854775809",
            "",
            "-",
            "+1",
            " 1",
        ];
        for text in numbers {
            if let Some(value) = whole(text, |cursor| cursor.unsigned()) {
                assert_eq!(
                    serde_json::from_str::<u64>(text).ok(),
                    Some(value),
                    "{text}"
                );
            }
            if let Some(value) = whole(text, |cursor| cursor.signed()) {
                assert_eq!(
                    serde_json::from_str::<i64>(text).ok(),
                    Some(value),
                    "{text}"
                );
            }
        }
        assert_eq!(
            whole("-9223372036854775808", |cursor| cursor.signed()),
            Some(i64::MIN)
        );
        assert_eq!(
            whole("9999999999999999999", |cursor| cursor.unsigned()),
            Some(9_999_999_999_999_999_999)
        );
        for text in [
            "\"\"",
            "\"a ёж 😀\"",
            "\"a\\n\"",
            "\"a\nb\"",
            "\"a",
            "a\"",
            "\"\u{7f}\"",
        ] {
            let full: Option<String> = serde_json::from_str(text).ok();
            if let Some(value) = whole(text, |cursor| cursor.string().map(str::to_owned)) {
                assert_eq!(full, Some(value), "{text}");
            }
        }
        assert_eq!(
            whole("\"a ёж 😀\"", |cursor| cursor
                .string()
                .map(str::to_owned))
            .as_deref(),
            Some("a ёж 😀")
        );
    }
}
