//! Moments: whole seconds as Telegram and the snapshots have them, milliseconds as the log has them.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Unix seconds: the date of a message, a due date, a creation date.
pub type UnixTime = i64;

/// The first moment of the year 0, in milliseconds after the Unix epoch …
const FIRST: i64 = -62_167_219_200_000;
/// … and the last of the year 9999.
const LAST: i64 = 253_402_300_799_999;

/// When an event was recorded: UTC, milliseconds, RFC 3339 in the log. For people; the order of events is their `seq`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// The moment this many milliseconds after the Unix epoch; one outside of the years 0 to 9999, which alone can be written and read,
    /// becomes their nearest end.
    pub fn from_millis(millis: i64) -> Self {
        let millis = millis.clamp(FIRST, LAST);
        Self(DateTime::from_timestamp_millis(millis).expect("the calendar has these years"))
    }

    /// Milliseconds since the Unix epoch.
    pub fn millis(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// The day in UTC.
    pub fn day(self) -> NaiveDate {
        self.0.date_naive()
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub fn seconds(self) -> UnixTime {
        self.0.timestamp()
    }
}

impl Timestamp {
    /// The length of `2026-11-22T03:53:29.865Z`.
    pub const CANONICAL_LEN: usize = 24;

    /// Reads a time exactly as it is written, years 0 to 9999. A shortcut: `None` only means that the full parser is to be asked.
    pub fn from_canonical(text: &[u8]) -> Option<Self> {
        let text: &[u8; Self::CANONICAL_LEN] = text.try_into().ok()?;
        let mut digits = [0; Self::CANONICAL_LEN];
        let mut bad = 0;
        for (at, digit) in digits.iter_mut().enumerate() {
            *digit = text[at].wrapping_sub(FORM[at]);
            bad |= u8::from(*digit > if FORM[at] == b'0' { 9 } else { 0 });
        }
        if bad != 0 {
            return None;
        }
        let pair = |at: usize| u32::from(digits[at]) * 10 + u32::from(digits[at + 1]);
        let date = NaiveDate::from_ymd_opt((pair(0) * 100 + pair(2)) as i32, pair(5), pair(8))?;
        let milli = pair(20) * 10 + u32::from(digits[22]);
        let time = date.and_hms_milli_opt(pair(11), pair(14), pair(17), milli)?;
        Some(Self(time.and_utc()))
    }
}

impl Timestamp {
    /// As it is written.
    fn to_canonical(self) -> [u8; Self::CANONICAL_LEN] {
        let year = self.0.year() as u32;
        let mut text = *FORM;
        let mut put = |at: usize, value: u32| {
            text[at] += (value / 10) as u8;
            text[at + 1] += (value % 10) as u8;
        };
        put(0, year / 100);
        put(2, year % 100);
        put(5, self.0.month());
        put(8, self.0.day());
        put(11, self.0.hour());
        put(14, self.0.minute());
        put(17, self.0.second());
        let milli = self.0.timestamp_subsec_millis();
        put(20, milli / 10);
        text[22] += (milli % 10) as u8;
        text
    }

    /// Hands the text to `write`.
    fn with_text<T>(self, write: impl FnOnce(&str) -> T) -> T {
        let canonical = self.to_canonical();
        write(std::str::from_utf8(&canonical).expect("it is ASCII"))
    }
}

/// A time as it is written: a zero stands for a digit, all else for itself.
const FORM: &[u8; Timestamp::CANONICAL_LEN] = b"0000-00-00T00:00:00.000Z";

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_text(|text| f.write_str(text))
    }
}

impl FromStr for Timestamp {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let moment = DateTime::parse_from_rfc3339(text)?;
        Ok(Self::from_millis(moment.timestamp_millis()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with_text(|text| serializer.serialize_str(text))
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn a_timestamp_is_written_in_utc_with_milliseconds_and_read_back() {
        let time = Timestamp::from_millis(1_735_603_200_007);
        assert_eq!(time.to_string(), "2024-12-31T00:00:00.007Z");
        assert_eq!("2024-12-31T00:00:00.007Z".parse(), Ok(time));
    }

    #[test]
    fn the_short_way_reads_only_what_the_full_parser_reads_and_all_that_is_written() {
        let written = "2024-02-29T23:59:58.907Z";
        for at in 0..written.len() {
            for byte in 0..0x80 {
                let mut text = written.as_bytes().to_vec();
                text[at] = byte;
                let text = String::from_utf8(text).expect("ASCII");
                let full: Option<Timestamp> = text.parse().ok();
                let short = Timestamp::from_canonical(text.as_bytes());
                assert!(short.is_none() || short == full, "{text}");
                let is_written = full.is_some_and(|full| full.to_string() == text);
                assert!(short.is_some() || !is_written, "{text}");
            }
        }
    }

    #[test]
    fn a_timestamp_is_written_as_the_calendar_has_it() {
        let year = 31_556_952_000_i64;
        let far = [-1_969 * year, 0, 8_029 * year];
        let near = (-40_000..40_000).map(|day| day * 86_400_000 + day * 7_654_321);
        for millis in far.into_iter().chain(near) {
            let time = Timestamp::from_millis(millis);
            let expected = time.0.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
            assert_eq!(time.to_string(), expected, "{millis}");
        }
    }

    #[test]
    fn whatever_a_timestamp_is_made_of_it_is_written_so_that_it_is_read_back() {
        for millis in [
            i64::MIN,
            -70_000_000_000_000,
            0,
            300_000_000_000_000,
            i64::MAX,
        ] {
            let time = Timestamp::from_millis(millis);
            assert_eq!(time.to_string().parse(), Ok(time), "{millis}");
        }
        let far = [
            Timestamp::from_millis(i64::MIN),
            Timestamp::from_millis(i64::MAX),
        ];
        let far = far.map(|time| time.to_string());
        assert_eq!(
            far,
            ["0000-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"]
        );
    }
}
