use chrono_tz::{Europe, Tz};

use super::world::{ONE, TWO, World, link, rules};
use crate::domain::Timestamp;
use crate::domain::bridge::{EventType, QuietHours};
use crate::domain::notifier::Link;

use EventType::{Added, Deleted, Edited};

fn hours(start: &str, end: &str, zone: Tz) -> QuietHours {
    let time = |text: &str| text.parse().expect("a time of day");
    QuietHours {
        start: time(start),
        end: time(end),
        zone,
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// A tracker whose first target sleeps from 22 to 7 o'clock in Berlin; it is 20:00 there.
fn evening() -> World {
    let quiet = Some(hours("22:00", "07:00", Europe::Berlin));
    let mut world = World::new(rules(), &[Link { target: ONE, quiet }, link(TWO)]);
    world.now = at("2026-06-01T18:00:00Z").millis();
    world
}

#[test]
fn what_comes_in_quiet_hours_is_told_after_them_and_others_are_told_at_once() {
    let mut world = evening();
    world.add(1, None);
    world.deliver();
    world.pass(3 * 3_600);
    world.add(2, None);
    world.deliver();
    assert_eq!(world.told(ONE), [[(Added, 1)]]);
    assert_eq!(world.told(TWO), [[(Added, 1)], [(Added, 2)]]);
    world.now = at("2026-06-02T04:59:59Z").millis();
    world.restart();
    world.deliver();
    assert_eq!(world.told(ONE).len(), 1);
    world.pass(1);
    world.deliver();
    assert_eq!(world.told(ONE), [[(Added, 1)], [(Added, 2)]]);
}

#[test]
fn after_quiet_hours_what_was_undone_is_not_told_and_several_edits_are_one() {
    let mut world = evening();
    world.add(1, None);
    world.add(2, None);
    world.deliver();
    world.pass(3 * 3_600);
    world.add(3, None);
    world.edit_text(1, "First");
    world.edit_text(2, "Half");
    world.deliver();
    world.edit_text(1, "Second");
    world.edit_text(2, "Bounty 2");
    world.track(5, 3);
    world.delete(3);
    world.add(4, None);
    world.edit_text(4, "Better");
    world.deliver();
    world.pass(12 * 3_600);
    world.deliver();
    assert_eq!(world.told(ONE)[1..], [[(Edited, 1), (Added, 4)]]);
}

#[test]
fn when_everything_was_undone_nothing_is_sent() {
    let mut world = evening();
    world.pass(3 * 3_600);
    world.add(1, None);
    world.deliver();
    world.delete(1);
    world.deliver();
    world.pass(12 * 3_600);
    world.deliver();
    assert!(world.told(ONE).is_empty());
    assert!(world.state.queue(ONE).is_none_or(|queue| queue.is_empty()));
}

#[test]
fn a_bounty_that_was_there_before_is_told_deleted_without_its_last_edits() {
    let mut world = evening();
    world.add(1, None);
    world.deliver();
    world.pass(3 * 3_600);
    world.edit_text(1, "Last");
    world.delete(1);
    world.deliver();
    world.pass(12 * 3_600);
    world.deliver();
    assert_eq!(world.told(ONE)[1..], [[(Deleted, 1)]]);
}

#[test]
fn quiet_hours_follow_the_clocks_of_their_zone() {
    let night = hours("22:00", "07:00", Europe::Berlin);
    assert_eq!(night.until(at("2026-06-01T19:59:59Z")), None);
    assert_eq!(
        night.until(at("2026-06-01T20:00:00Z")),
        Some(at("2026-06-02T05:00:00Z"))
    );
    assert_eq!(night.until(at("2026-12-01T20:30:00Z")), None);
    assert_eq!(
        night.until(at("2026-12-01T21:00:00Z")),
        Some(at("2026-12-02T06:00:00Z"))
    );
    let noon = hours("12:00", "13:00", Europe::Berlin);
    assert_eq!(
        noon.until(at("2026-06-01T10:30:00Z")),
        Some(at("2026-06-01T11:00:00Z"))
    );
    assert_eq!(noon.until(at("2026-06-01T11:00:00Z")), None);
}

#[test]
fn quiet_hours_end_when_clocks_are_put_forward_or_back() {
    // On 29 March clocks went from 2:00 to 3:00, on 25 October from 3:00 back to 2:00.
    let spring = hours("23:00", "02:30", Europe::Berlin);
    assert_eq!(
        spring.until(at("2026-03-29T00:30:00Z")),
        Some(at("2026-03-29T01:30:00Z"))
    );
    let autumn = hours("23:00", "04:00", Europe::Berlin);
    assert_eq!(
        autumn.until(at("2026-10-25T00:30:00Z")),
        Some(at("2026-10-25T03:00:00Z"))
    );
    let twice = hours("01:00", "02:30", Europe::Berlin);
    let end = twice
        .until(at("2026-10-25T01:10:00Z"))
        .expect("2:10 the second time");
    assert!(end > at("2026-10-25T01:10:00Z"));
}

#[test]
fn quiet_hours_without_length_are_never_quiet() {
    let none = hours("22:00", "22:00", Europe::Berlin);
    assert_eq!(none.until(at("2026-06-01T20:00:00Z")), None);
    assert!(!none.was_between(at("2026-06-01T20:00:00Z"), at("2026-06-05T20:00:00Z")));
}

#[test]
fn what_was_read_by_a_clock_far_ahead_was_in_no_quiet_hours() {
    let quiet = hours("22:00", "07:00", Europe::Berlin);
    let (ahead, now) = (at("2027-06-01T22:00:00Z"), at("2026-06-01T18:00:00Z"));
    assert!(!quiet.was_between(ahead, now));
    assert!(quiet.was_between(now, ahead));
}
