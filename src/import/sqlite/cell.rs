//! One value of a row. Columns of SQLite hold whatever was put there, so each is read as what it should be, or named.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use rusqlite::types::ValueRef;
use serde_json::Value;

use crate::domain::Timestamp;

/// A value as it stands in the database.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    /// A text whose bytes are no UTF-8.
    BrokenText,
    Blob,
}

impl From<ValueRef<'_>> for Cell {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Real(number) => Self::Real(number),
            ValueRef::Text(bytes) => std::str::from_utf8(bytes)
                .map_or(Self::BrokenText, |text| Self::Text(text.to_owned())),
            ValueRef::Blob(_) => Self::Blob,
        }
    }
}

impl Cell {
    /// A whole number, also as text.
    pub fn integer(&self, field: &str) -> Result<i64, String> {
        self.optional_integer(field)?.ok_or_else(|| missing(field))
    }

    pub fn optional_integer(&self, field: &str) -> Result<Option<i64>, String> {
        let wrong = || format!("{field} is no whole number");
        match self {
            Self::Null => Ok(None),
            Self::Integer(number) => Ok(Some(*number)),
            Self::Real(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
                Ok(Some(*number as i64))
            }
            Self::Text(text) => text.trim().parse().map(Some).map_err(|_| wrong()),
            Self::Real(_) | Self::BrokenText | Self::Blob => Err(wrong()),
        }
    }

    /// A text that must be there.
    pub fn text(&self, field: &str) -> Result<String, String> {
        self.optional_text(field)?.ok_or_else(|| missing(field))
    }

    pub fn optional_text(&self, field: &str) -> Result<Option<String>, String> {
        match self {
            Self::Null => Ok(None),
            Self::Text(text) => Ok(Some(text.clone())),
            // What looks like a number becomes one in a column without a type.
            Self::Integer(number) => Ok(Some(number.to_string())),
            Self::Real(number) => Ok(Some(number.to_string())),
            Self::BrokenText => Err(format!("{field} is no UTF-8 text")),
            Self::Blob => Err(format!("{field} is no text")),
        }
    }

    /// A text that says something.
    pub fn filled_text(&self, field: &str) -> Result<Option<String>, String> {
        let text = self.optional_text(field)?;
        Ok(text.filter(|text| !text.trim().is_empty()))
    }

    /// What it holds, whatever that is; a text that is a JSON object or list as what it says.
    pub fn json(&self, field: &str) -> Result<Value, String> {
        match self {
            Self::Null => Ok(Value::Null),
            Self::Integer(number) => Ok((*number).into()),
            Self::Real(number) => Ok((*number).into()),
            Self::Text(text) if text.trim_start().starts_with(['{', '[']) => {
                Ok(serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into()))
            }
            Self::Text(text) => Ok(text.as_str().into()),
            Self::BrokenText | Self::Blob => self.optional_text(field).map(Value::from),
        }
    }

    /// Yes or no, as numbers or words.
    pub fn flag(&self, field: &str) -> Result<Option<bool>, String> {
        match self {
            Self::Null => Ok(None),
            Self::Integer(number) => Ok(Some(*number != 0)),
            Self::Text(word) if word.eq_ignore_ascii_case("true") || word == "1" => Ok(Some(true)),
            Self::Text(word) if word.eq_ignore_ascii_case("false") || word == "0" => {
                Ok(Some(false))
            }
            _ => Err(format!("{field} is neither true nor false")),
        }
    }

    /// A moment: Unix seconds, or a date and time in UTC unless it says otherwise.
    pub fn moment(&self, field: &str) -> Result<Timestamp, String> {
        self.optional_moment(field)?.ok_or_else(|| missing(field))
    }

    pub fn optional_moment(&self, field: &str) -> Result<Option<Timestamp>, String> {
        let wrong = || format!("{field} is no Unix time and no date");
        let millis = match self {
            Self::Null => return Ok(None),
            Self::Text(text) if text.trim().is_empty() => return Ok(None),
            Self::Integer(seconds) => seconds.checked_mul(1_000),
            Self::Real(seconds) => real_millis(*seconds),
            Self::Text(text) => text_millis(text.trim()),
            Self::BrokenText | Self::Blob => None,
        };
        let millis = millis.filter(|millis| YEARS.contains(millis));
        millis
            .map(|millis| Some(Timestamp::from_millis(millis)))
            .ok_or_else(wrong)
    }
}

/// The years 1 to 9999, in milliseconds.
const YEARS: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

fn text_millis(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.parse::<f64>() {
        return real_millis(seconds);
    }
    let zoned = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%:z"));
    if let Ok(moment) = zoned {
        return Some(moment.timestamp_millis());
    }
    let plain = [
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M",
    ];
    let mut plain = plain
        .iter()
        .map(|form| NaiveDateTime::parse_from_str(text, form));
    let day =
        || NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|day| day.and_time(NaiveTime::MIN));
    let moment = plain.find_map(Result::ok).or_else(|| day().ok())?;
    Some(moment.and_utc().timestamp_millis())
}

fn real_millis(seconds: f64) -> Option<i64> {
    seconds
        .is_finite()
        .then(|| (seconds * 1_000.0).floor() as i64)
}

fn missing(field: &str) -> String {
    format!("{field} is missing")
}

#[cfg(test)]
mod tests {
    use super::Cell;

    #[test]
    fn a_moment_is_read_in_every_form_that_python_writes() {
        let expected = 1_735_603_200_000;
        let text = |text: &str| Cell::Text(text.to_owned());
        let cells = [
            (Cell::Integer(1_735_603_200), 0),
            (Cell::Real(1_735_603_200.25), 250),
            (text("1735603200"), 0),
            (text("2024-12-31 00:00:00"), 0),
            (text("2024-12-31 00:00:00.125999"), 125),
            (text("2024-12-31T00:00:00"), 0),
            (text("2024-12-31T03:00:00+03:00"), 0),
            (text("2024-12-31 03:00:00.000000+03:00"), 0),
            (text("2024-12-31T00:00:00Z"), 0),
            (text("2024-12-31"), 0),
        ];
        for (cell, more) in cells {
            let moment = cell.moment("at").map(crate::domain::Timestamp::millis);
            assert_eq!(moment, Ok(expected + more), "{cell:?}");
        }
        for cell in [
            text("soon"),
            text("NaN"),
            text("1e300"),
            Cell::Integer(i64::MAX),
            Cell::Blob,
        ] {
            assert!(cell.moment("at").is_err(), "{cell:?}");
        }
        assert_eq!(Cell::Null.moment("at"), Err("at is missing".to_owned()));
    }
}
