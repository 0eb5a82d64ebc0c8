mod dates;
mod days;
mod hostile;
mod refusals;
mod torn;
mod zones;

use chrono::DateTime;
use chrono_tz::{Europe::Berlin, Tz};

use super::{is_date_word, looks_like_date, parse};

/// How a person in `zone` who writes `text` at the moment `at` (RFC 3339) is understood: local
/// time and offset. None when it is no date expression, or there is no such moment.
fn read(text: &str, at: &str, zone: Tz) -> Option<String> {
    let due = parse(&words(text))?.resolve(unix(at), zone)?;
    let local = DateTime::from_timestamp(due, 0)?.with_timezone(&zone);
    Some(local.format("%Y-%m-%d %H:%M %:z").to_string())
}

fn unix(moment: &str) -> i64 {
    DateTime::parse_from_rfc3339(moment)
        .expect("a moment in RFC 3339")
        .timestamp()
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

#[track_caller]
fn assert_reads(at: &str, zone: Tz, table: &[(&str, &str)]) {
    for (text, expected) in table {
        let due = read(text, at, zone);
        assert_eq!(
            due.as_deref(),
            Some(*expected),
            "{text:?} at {at} in {zone}"
        );
        assert!(looks_like_date(&words(text)), "{text:?} looks like no date");
        for word in words(text) {
            assert!(is_date_word(word), "{word:?} of {text:?}");
        }
    }
}

/// Wednesday, 14 May 2031, 12:00 in Berlin.
const NOON: &str = "2031-05-14T10:00:00Z";

/// Expected times without the offset, which is that of summer in Berlin.
#[track_caller]
fn assert_reads_at_noon(table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_reads(NOON, Berlin, &[(text, &format!("{expected} +02:00"))]);
    }
}
