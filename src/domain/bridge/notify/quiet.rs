//! Quiet hours: a time of each day in which a target is told nothing.

use std::fmt;
use std::str::FromStr;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// A time of day, to the minute: `HH:MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ClockTime {
    minutes: u16,
}

/// From `start` until before `end`, over midnight when it ends before it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    pub start: ClockTime,
    pub end: ClockTime,
    pub zone: Tz,
}

/// It is no time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no time of day, like 22:00")]
pub struct NoClockTime;

impl ClockTime {
    /// Minutes since midnight.
    pub fn minutes(self) -> u16 {
        self.minutes
    }
}

impl FromStr for ClockTime {
    type Err = NoClockTime;

    /// Two digits each, 00:00 to 23:59.
    fn from_str(text: &str) -> Result<Self, NoClockTime> {
        let (hours, minutes) = text.split_once(':').ok_or(NoClockTime)?;
        let number = |digits: &str, below: u16| {
            let is_plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            let number: Option<u16> = digits.parse().ok().filter(|_| is_plain);
            number.filter(|number| *number < below).ok_or(NoClockTime)
        };
        Ok(Self {
            minutes: number(hours, 24)? * 60 + number(minutes, 60)?,
        })
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

impl From<ClockTime> for String {
    fn from(time: ClockTime) -> Self {
        time.to_string()
    }
}

impl TryFrom<String> for ClockTime {
    type Error = NoClockTime;

    fn try_from(text: String) -> Result<Self, NoClockTime> {
        text.parse()
    }
}
