//! Moments: whole seconds as Telegram and the snapshots have them, milliseconds as the log has them.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Unix seconds: the date of a message, a due date, a creation date.
pub type UnixTime = i64;

/// When an event was recorded: UTC, milliseconds, RFC 3339 in the log. For people; the order of events is their `seq`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// The moment this many milliseconds after the Unix epoch; moments outside of the calendar become its nearest end.
    pub fn from_millis(millis: i64) -> Self {
        let nearest = if millis < 0 {
            DateTime::<Utc>::MIN_UTC
        } else {
            DateTime::<Utc>::MAX_UTC
        };
        Self(DateTime::from_timestamp_millis(millis).unwrap_or(nearest))
    }

    /// Milliseconds since the Unix epoch.
    pub fn millis(self) -> i64 {
        self.0.timestamp_millis()
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
        let marks = [
            (4, b'-'),
            (7, b'-'),
            (10, b'T'),
            (13, b':'),
            (16, b':'),
            (19, b'.'),
            (23, b'Z'),
        ];
        if marks.iter().any(|(at, mark)| text[*at] != *mark) {
            return None;
        }
        let number = |from: usize, to: usize| {
            let digits = &text[from..to];
            let add = |sum: u32, digit: &u8| {
                digit
                    .is_ascii_digit()
                    .then(|| sum * 10 + u32::from(digit - b'0'))
            };
            digits.iter().try_fold(0, add)
        };
        let year = i32::try_from(number(0, 4)?).ok()?;
        let date = NaiveDate::from_ymd_opt(year, number(5, 7)?, number(8, 10)?)?;
        let time = date.and_hms_milli_opt(
            number(11, 13)?,
            number(14, 16)?,
            number(17, 19)?,
            number(20, 23)?,
        )?;
        Some(Self(time.and_utc()))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
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
        serializer.collect_str(self)
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
    fn a_timestamp_outside_of_the_calendar_is_no_panic() {
        assert!(Timestamp::from_millis(i64::MAX) > Timestamp::from_millis(0));
        assert!(Timestamp::from_millis(i64::MIN) < Timestamp::from_millis(0));
    }
}
