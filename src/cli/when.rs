//! Moments on the command line.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::audit::At;
use crate::domain::Timestamp;

/// What is said when a moment cannot be read.
const EXPLAIN: &str = "write a time like 2026-11-22T18:00:00Z, or a date like 2026-11-22 (UTC)";

/// The first moment that this text means: a date begins at midnight.
pub fn since(text: &str) -> Result<Timestamp, String> {
    moment(text, NaiveTime::MIN, 0)
}

/// The last moment that this text means: a date ends with its last millisecond, a second with its own.
pub fn until(text: &str) -> Result<Timestamp, String> {
    let end = NaiveTime::from_hms_milli_opt(23, 59, 59, 999).unwrap_or(NaiveTime::MIN);
    moment(text, end, 999)
}

/// A board's moment: an event's number, or a time.
pub fn at(text: &str) -> Result<At, String> {
    match text.parse() {
        Ok(seq) => Ok(At::Seq(seq)),
        Err(_) => until(text)
            .map(At::Time)
            .map_err(|explain| format!("{explain}, or the seq of an event")),
    }
}

/// `millis` are added to a time that names none.
fn moment(text: &str, time_of_day: NaiveTime, millis: i64) -> Result<Timestamp, String> {
    let utc = |moment: NaiveDateTime| Timestamp::from_millis(moment.and_utc().timestamp_millis());
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Ok(utc(date.and_time(time_of_day)));
    }
    let whole = text
        .parse::<Timestamp>()
        .ok()
        .or_else(|| text.parse::<NaiveDateTime>().ok().map(utc));
    let whole = whole.ok_or_else(|| EXPLAIN.to_owned())?;
    let names_millis = text.contains('.');
    Ok(if names_millis {
        whole
    } else {
        Timestamp::from_millis(whole.millis() + millis)
    })
}

#[cfg(test)]
mod tests {
    use super::{at, since, until};
    use crate::audit::At;
    use crate::domain::Seq;

    #[test]
    fn a_date_means_the_whole_day_and_a_second_all_of_it() {
        let shown =
            |time: Result<crate::domain::Timestamp, String>| time.map(|time| time.to_string());
        assert_eq!(
            shown(since("2026-11-22")).as_deref(),
            Ok("2026-11-22T00:00:00.000Z")
        );
        assert_eq!(
            shown(until("2026-11-22")).as_deref(),
            Ok("2026-11-22T23:59:59.999Z")
        );
        assert_eq!(
            shown(until("2026-11-22T18:00:00Z")).as_deref(),
            Ok("2026-11-22T18:00:00.999Z")
        );
        assert_eq!(
            shown(until("2026-11-22T18:00:00.250Z")).as_deref(),
            Ok("2026-11-22T18:00:00.250Z")
        );
        assert_eq!(
            shown(since("2026-11-22T18:00:00+02:00")).as_deref(),
            Ok("2026-11-22T16:00:00.000Z")
        );
    }

    #[test]
    fn a_whole_number_is_the_seq_of_an_event() {
        assert_eq!(at("17"), Ok(At::Seq(Seq(17))));
        assert!(at("yesterday").is_err_and(|explain| explain.contains("2026-11-22")));
    }
}
