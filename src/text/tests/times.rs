//! Moments in words.

use chrono_tz::{America, Europe, Tz, UTC};

use super::{DAY, FRIDAY, NOON, TEXTS, bare, view};
use crate::domain::UnixTime;
use crate::domain::board::{Answer, BountyView};
use crate::text::Say;

/// The last line of a confirmation with this due date.
fn due_in(due: UnixTime, zone: Tz) -> String {
    let bounty = BountyView {
        due: Some(due),
        ..bare("x")
    };
    let answer = Answer::Added(bounty);
    let message = TEXTS.render(&Say::Answer(&answer), &[], &view(zone));
    message
        .plain()
        .lines()
        .last()
        .expect("an answer has lines")
        .to_owned()
}

fn relative(seconds: i64) -> String {
    let line = due_in(NOON.saturating_add(seconds), UTC);
    let (_, rest) = line
        .split_once('(')
        .expect("how far off stands in brackets");
    rest.trim_end_matches(')').to_owned()
}

#[test]
fn a_due_date_is_shown_absolute_and_relative_in_the_zone_of_the_chat() {
    assert_eq!(
        due_in(FRIDAY, UTC),
        "due Fri 31 Jan 2031 23:59 UTC (in 3 days)"
    );
    assert_eq!(
        due_in(FRIDAY, Europe::Berlin),
        "due Sat 1 Feb 2031 00:59 Europe/Berlin (in 4 days)"
    );
    assert_eq!(
        due_in(FRIDAY, America::New_York),
        "due Fri 31 Jan 2031 18:59 America/New_York (in 3 days)"
    );
}

#[test]
fn what_is_due_now_or_was_is_overdue() {
    assert_eq!(
        due_in(NOON, UTC),
        "overdue since Tue 28 Jan 2031 12:00 UTC (now)"
    );
    assert_eq!(
        due_in(NOON - 2 * DAY, UTC),
        "overdue since Sun 26 Jan 2031 12:00 UTC (2 days ago)"
    );
}

#[test]
fn distances_are_in_the_unit_that_people_use() {
    let hour = 3_600;
    for (seconds, words) in [
        (29, "now"),
        (30, "in 1 minute"),
        (59 * 60, "in 59 minutes"),
        (hour, "in 1 hour"),
        (12 * hour - 60, "in 12 hours"),
        (23 * hour, "in 23 hours"),
        (36 * hour - 60, "tomorrow"),
        (2 * DAY, "in 2 days"),
        (59 * DAY, "in 59 days"),
        (60 * DAY, "in 2 months"),
        (365 * DAY, "in 12 months"),
        (2 * 366 * DAY, "in 2 years"),
        (100 * 365 * DAY, "in 100 years"),
        (-59, "1 minute ago"),
        (-5 * hour, "5 hours ago"),
        (-DAY, "yesterday"),
        (-10 * DAY, "10 days ago"),
        (-90 * DAY, "3 months ago"),
        (-3 * 365 * DAY, "3 years ago"),
    ] {
        assert_eq!(relative(seconds), words, "{seconds} s");
    }
}

#[test]
fn a_day_of_25_hours_is_no_tomorrow() {
    // 00:10 in Berlin on the day when summer time ends.
    let at = 1_919_283_000;
    let view = crate::text::View {
        at,
        ..view(Europe::Berlin)
    };
    let bounty = BountyView {
        due: Some(at + DAY),
        ..bare("x")
    };
    let message = TEXTS.render(&Say::Answer(&Answer::Added(bounty)), &[], &view);
    assert!(
        message.plain().ends_with("(in 24 hours)"),
        "{}",
        message.plain()
    );
}

#[test]
fn a_moment_on_no_calendar_is_shown_as_a_number() {
    let line = due_in(UnixTime::MAX, Europe::Berlin);
    assert!(
        line.starts_with("due Unix time 9223372036854775807 Europe/Berlin (in "),
        "{line}"
    );
    assert!(
        due_in(UnixTime::MIN, UTC).starts_with("overdue since Unix time -92"),
        "{line}"
    );
}
