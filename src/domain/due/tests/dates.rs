//! Dates by figures and by names of months, seen from noon of a Wednesday in Berlin.

use chrono_tz::{Europe::Berlin, UTC};

use super::{NOON, assert_reads, assert_reads_at_noon};

#[test]
fn a_full_date_is_that_day() {
    assert_reads_at_noon(&[
        ("2031-06-01", "2031-06-01 23:59"),
        ("on 2031-06-01", "2031-06-01 23:59"),
        ("2031-06-01 18:00", "2031-06-01 18:00"),
        ("2031-06-01 at 6pm", "2031-06-01 18:00"),
        ("2031-06-01T18:00", "2031-06-01 18:00"),
        ("on 2031-06-01t9:30", "2031-06-01 09:30"),
        ("01.06.2031", "2031-06-01 23:59"),
        ("1.6.2031", "2031-06-01 23:59"),
        ("1.6.2031 в 18:00", "2031-06-01 18:00"),
        ("1.6.2031, 18:00", "2031-06-01 18:00"),
        ("2020-06-01", "2020-06-01 23:59"),
        ("01.06.2020", "2020-06-01 23:59"),
    ]);
}

#[test]
fn a_date_without_a_year_is_the_next_one() {
    assert_reads_at_noon(&[
        ("15.05", "2031-05-15 23:59"),
        ("15.5", "2031-05-15 23:59"),
        ("14.05", "2031-05-14 23:59"),
        ("14.05 12:01", "2031-05-14 12:01"),
        ("14.05 12:00", "2032-05-14 12:00"),
        ("13.05", "2032-05-13 23:59"),
        ("on 13.05, at 18:00", "2032-05-13 18:00"),
        ("01.06, 18:00", "2031-06-01 18:00"),
    ]);
    assert_reads(
        NOON,
        Berlin,
        &[
            ("31.12", "2031-12-31 23:59 +01:00"),
            ("31.12 18:00", "2031-12-31 18:00 +01:00"),
            ("01.02", "2032-02-01 23:59 +01:00"),
            ("29.02", "2032-02-29 23:59 +01:00"),
        ],
    );
}

#[test]
fn the_29th_of_february_waits_for_a_leap_year() {
    let wait = [("29.02", "2036-02-29 23:59 +00:00")];
    assert_reads("2032-02-29T23:59:00Z", UTC, &wait);
    let long_wait = [("29 Feb", "1904-02-29 23:59 +00:00")];
    assert_reads("1896-02-29T23:59:00Z", UTC, &long_wait);
}

#[test]
fn a_month_may_be_named() {
    assert_reads_at_noon(&[
        ("1 Jun", "2031-06-01 23:59"),
        ("1 june 18:00", "2031-06-01 18:00"),
        ("on 1st june", "2031-06-01 23:59"),
        ("June 1", "2031-06-01 23:59"),
        ("June 3rd at 6 pm", "2031-06-03 18:00"),
        ("June 22nd", "2031-06-22 23:59"),
        ("11th june", "2031-06-11 23:59"),
        ("Jun 1 2033", "2033-06-01 23:59"),
        ("June 1, 2033", "2033-06-01 23:59"),
        ("on June 1, 2033, at 6:30 pm", "2033-06-01 18:30"),
        ("1 June 2033", "2033-06-01 23:59"),
        ("5 May", "2032-05-05 23:59"),
        ("May 5", "2032-05-05 23:59"),
        ("May 14", "2031-05-14 23:59"),
        ("1 ИЮНЯ", "2031-06-01 23:59"),
        ("1 июня, 18:00", "2031-06-01 18:00"),
        ("1 июня 2033 в 18:00", "2033-06-01 18:00"),
        ("14 мая 12:00", "2032-05-14 12:00"),
    ]);
}

#[test]
fn every_month_is_known_in_both_languages() {
    let english = "jan feb mar apr may jun jul aug sep oct nov dec";
    let long =
        "january february march april may june july august september october november december";
    let russian =
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря";
    for names in [english, long, russian] {
        for (name, month) in names.split(' ').zip(1..) {
            let expected = format!("2033-{month:02}-07 09:30 +00:00");
            let text = format!("7 {name} 2033 9:30");
            assert_reads(NOON, UTC, &[(&text, &expected)]);
        }
    }
    assert_reads(NOON, UTC, &[("sept 7", "2031-09-07 23:59 +00:00")]);
}
