//! Days and times where clocks jump, and at the ends of the calendar.

use chrono_tz::America::New_York;
use chrono_tz::Asia::Kolkata;
use chrono_tz::Europe::Berlin;
use chrono_tz::Pacific::Apia;
use chrono_tz::{Tz, UTC};

use super::{assert_reads, parse, read, unix, words};

#[test]
fn days_are_those_of_the_zone() {
    let at = "2031-05-14T20:00:00Z";
    assert_reads(at, UTC, &[("today", "2031-05-14 23:59 +00:00")]);
    assert_reads(at, New_York, &[("today", "2031-05-14 23:59 -04:00")]);
    let in_kolkata = [
        ("today", "2031-05-15 23:59 +05:30"),
        ("tomorrow 18:00", "2031-05-16 18:00 +05:30"),
        ("2:00", "2031-05-15 02:00 +05:30"),
        ("1:30", "2031-05-16 01:30 +05:30"),
        ("thu", "2031-05-15 23:59 +05:30"),
        ("14.05", "2032-05-14 23:59 +05:30"),
        ("in a month", "2031-06-15 23:59 +05:30"),
        ("in 3 hours", "2031-05-15 04:30 +05:30"),
    ];
    assert_reads(at, Kolkata, &in_kolkata);
}

#[test]
fn a_year_without_a_number_is_that_of_the_zone() {
    let at = "2031-12-31T20:00:00Z";
    assert_reads(at, UTC, &[("31.12", "2031-12-31 23:59 +00:00")]);
    assert_reads(at, Kolkata, &[("31.12", "2032-12-31 23:59 +05:30")]);
}

#[test]
fn a_time_that_summer_time_skips_moves_forward_by_the_gap() {
    // Berlin, 30 March 2031: 02:00 becomes 03:00.
    let at = "2031-03-29T12:00:00Z";
    let berlin = [
        ("tomorrow 01:59", "2031-03-30 01:59 +01:00"),
        ("tomorrow 02:00", "2031-03-30 03:00 +02:00"),
        ("2031-03-30T02:30", "2031-03-30 03:30 +02:00"),
        ("30.03 02:59", "2031-03-30 03:59 +02:00"),
        ("sun 03:00", "2031-03-30 03:00 +02:00"),
        ("2:30", "2031-03-30 03:30 +02:00"),
    ];
    assert_reads(at, Berlin, &berlin);
    let new_york = [("9 March 2031 2:30", "2031-03-09 03:30 -04:00")];
    assert_reads(at, New_York, &new_york);
}

#[test]
fn an_ambiguous_hour_is_the_earlier() {
    // Berlin, 26 October 2031: 03:00 becomes 02:00.
    let at = "2031-10-25T12:00:00Z";
    let berlin = [
        ("tomorrow 01:59", "2031-10-26 01:59 +02:00"),
        ("tomorrow 02:00", "2031-10-26 02:00 +02:00"),
        ("26.10.2031 02:59", "2031-10-26 02:59 +02:00"),
        ("26.10 03:00", "2031-10-26 03:00 +01:00"),
    ];
    assert_reads(at, Berlin, &berlin);
    let new_york = [("2 Nov 2031 1:30", "2031-11-02 01:30 -04:00")];
    assert_reads(at, New_York, &new_york);
}

#[test]
fn the_second_pass_through_an_hour_does_not_bring_its_times_back() {
    let second_pass = "2031-10-26T01:10:00Z";
    let tomorrow = [("2:30", "2031-10-27 02:30 +01:00")];
    assert_reads(second_pass, Berlin, &tomorrow);
}

#[test]
fn hours_ahead_are_hours_and_days_ahead_are_days_when_clocks_jump() {
    let at = "2031-03-29T22:00:00Z";
    let ahead = [
        ("in 4 hours", "2031-03-30 04:00 +02:00"),
        ("in 1 day", "2031-03-30 23:59 +02:00"),
    ];
    assert_reads(at, Berlin, &ahead);
}

#[test]
fn a_day_that_a_zone_left_out_moves_on_by_that_day() {
    // Samoa went from 29 to 31 December 2011 at midnight. At that moment it was 28 December, 12:00.
    let at = "2011-12-28T22:00:00Z";
    let apia = [
        ("tomorrow", "2011-12-29 23:59 -10:00"),
        ("in 2 days", "2011-12-31 23:59 +14:00"),
        ("30.12", "2011-12-31 23:59 +14:00"),
        ("2011-12-30 18:00", "2011-12-31 18:00 +14:00"),
        ("fri 0:00", "2011-12-31 00:00 +14:00"),
        ("in 3 days", "2011-12-31 23:59 +14:00"),
        ("in 38 hours", "2011-12-31 02:00 +14:00"),
    ];
    assert_reads(at, Apia, &apia);
    let evening_before = "2011-12-30T07:00:00Z";
    let next_morning = [("9:30", "2011-12-31 09:30 +14:00")];
    assert_reads(evening_before, Apia, &next_morning);
}

#[test]
fn the_calendar_has_the_years_1_to_9999() {
    let at = "2031-05-14T10:00:00Z";
    let ends = [
        ("0001-01-01", "0001-01-01 23:59 +00:00"),
        ("9999-12-31", "9999-12-31 23:59 +00:00"),
    ];
    assert_reads(at, UTC, &ends);
    for zone in chrono_tz::TZ_VARIANTS {
        assert!(read("0001-01-01 0:00", at, zone).is_some(), "{zone}");
        assert!(read("9999-12-31", at, zone).is_some(), "{zone}");
    }
}

#[test]
fn what_lies_beyond_the_calendar_is_no_moment() {
    let last_day = unix("9999-12-31T12:00:00Z");
    for text in ["tomorrow", "in a month", "24h", "next fri", "31.12 11:00"] {
        let due = parse(&words(text)).expect("a due date");
        assert_eq!(due.resolve(last_day, UTC), None, "{text}");
    }
}

#[test]
fn every_moment_of_a_message_resolves_or_not_without_panic() {
    let days = [i64::MIN, i64::MAX, 0, -62_135_596_800, 253_402_300_799];
    let chrono_ends = [-8_334_601_228_800, 8_210_266_876_799];
    let texts = [
        "today",
        "29.02",
        "9999w",
        "in 9999 months",
        "9999h",
        "fri",
        "next fri 0:00",
        "23:59",
        "0:00",
        "9999-12-31",
    ];
    let near = |end: i64| [-86_401, -86_400, -1, 0, 1, 86_400].map(|off| end.saturating_add(off));
    for at in days.into_iter().chain(chrono_ends).flat_map(near) {
        for due in texts.iter().filter_map(|text| parse(&words(text))) {
            for zone in [
                UTC,
                Berlin,
                New_York,
                Kolkata,
                Apia,
                Tz::Pacific__Kiritimati,
            ] {
                due.resolve(at, zone);
            }
        }
    }
}

#[test]
fn a_date_without_a_year_comes_after_the_message_in_every_zone() {
    let at = unix("2031-12-31T11:30:00Z");
    for zone in chrono_tz::TZ_VARIANTS {
        for text in ["31.12", "31.12 11:30", "1 Jan 0:00", "11:30"] {
            let due = parse(&words(text))
                .expect("a due date")
                .resolve(at, zone)
                .expect("within the calendar");
            assert!(due > at, "{text} in {zone}");
        }
    }
}
