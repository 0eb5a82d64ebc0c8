//! A reader of JSON in exactly the form in which this program writes it: one key order, no white space, no escapes.
//!
//! It only ever says "yes, this is the value" or "I do not know"; whoever asks then reads the text with a full JSON parser.
//! So it must accept nothing that a full parser would read differently, and may refuse anything.

/// A place in a text that is being read from its start.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'t> {
    rest: &'t [u8],
}

impl<'t> Cursor<'t> {
    /// A cursor before the first byte.
    pub fn new(text: &'t [u8]) -> Self {
        Self { rest: text }
    }

    /// What has not been read yet.
    pub fn rest(&self) -> &'t [u8] {
        self.rest
    }

    /// Steps over exactly these bytes.
    pub fn literal(&mut self, expected: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(expected)?;
        Some(())
    }

    /// Whether these bytes come next; steps over them if so.
    pub fn skip(&mut self, expected: &[u8]) -> bool {
        self.literal(expected).is_some()
    }

    /// The next so many bytes.
    pub fn take(&mut self, count: usize) -> Option<&'t [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    /// A whole number without sign, fraction or leading zeros.
    pub fn unsigned(&mut self) -> Option<u64> {
        let digits = self
            .rest
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let (number, rest) = self.rest.split_at(digits);
        let is_plain = digits == 1 || (digits > 1 && number[0] != b'0');
        // A fraction or an exponent makes another number of it.
        if !is_plain || matches!(rest.first(), Some(b'.' | b'e' | b'E')) {
            return None;
        }
        let add = |sum: u64, digit: &u8| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0'));
        let value = number.iter().try_fold(0, add)?;
        self.rest = rest;
        Some(value)
    }

    /// A whole number; `-0` is left to the full parser.
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

    /// A string without escapes, its quotes included in the text.
    pub fn string(&mut self) -> Option<&'t str> {
        let body = self.rest.strip_prefix(b"\"")?;
        let end = body
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))?;
        if body[end] != b'"' {
            return None;
        }
        let string = std::str::from_utf8(&body[..end]).ok()?;
        self.rest = &body[end + 1..];
        Some(string)
    }

    /// `null`, or what `read` reads.
    pub fn nullable<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.skip(b"null") {
            Some(None)
        } else {
            read(self).map(Some)
        }
    }

    /// Nothing may be left.
    pub fn end(&self) -> Option<()> {
        self.rest.is_empty().then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::Cursor;

    /// What the cursor reads as a whole, if it does.
    fn whole<T>(text: &str, read: impl FnOnce(&mut Cursor<'_>) -> Option<T>) -> Option<T> {
        let mut cursor = Cursor::new(text.as_bytes());
        let value = read(&mut cursor)?;
        cursor.end().map(|()| value)
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
            whole("18446744073709551615", |cursor| cursor.unsigned()),
            Some(u64::MAX)
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
