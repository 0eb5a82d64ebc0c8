//! The hours of the day in which a target is not to be told anything.

use chrono::{DateTime, Days, NaiveDateTime, NaiveTime, Timelike};
use chrono_tz::Tz;

use crate::domain::Timestamp;
use crate::domain::due::moment_of;

/// From one time of day to another, by the clocks of a zone; over midnight when the end is not after the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    pub start: NaiveTime,
    pub end: NaiveTime,
    pub zone: Tz,
}

impl QuietHours {
    /// When the quiet that is at this moment ends; none when it is not quiet. Never when both times are the same.
    pub fn until(&self, now: Timestamp) -> Option<Timestamp> {
        let time = self.local(now)?.time();
        let is_quiet = if self.start <= self.end {
            (self.start..self.end).contains(&time)
        } else {
            time >= self.start || time < self.end
        };
        is_quiet.then(|| self.next(self.end, now)).flatten()
    }

    /// Whether it was quiet at some moment from `since` to `now`.
    pub fn was_between(&self, since: Timestamp, now: Timestamp) -> bool {
        let has_hours = self.start != self.end;
        has_hours
            && (self.until(since).is_some()
                || self
                    .next(self.start, since)
                    .is_some_and(|start| start <= now))
    }

    /// The first moment after this one at which the clocks show this time.
    fn next(&self, time: NaiveTime, after: Timestamp) -> Option<Timestamp> {
        let today = self.local(after)?.date();
        // Where clocks are put back a time comes twice; its first moment may have passed a day ago.
        (0..=2).find_map(|days| {
            let date = today.checked_add_days(Days::new(days))?;
            let moment = moment_of(date.and_time(time), self.zone)?;
            let moment = Timestamp::from_millis(moment.checked_mul(1_000)?);
            (moment > after).then_some(moment)
        })
    }

    fn local(&self, moment: Timestamp) -> Option<NaiveDateTime> {
        // Far from the ends of the calendar, where the conversion to local time would panic.
        let is_usual = (0..253_000_000_000).contains(&moment.seconds());
        let utc = DateTime::from_timestamp_millis(moment.millis()).filter(|_| is_usual)?;
        utc.with_timezone(&self.zone)
            .naive_local()
            .with_nanosecond(0)
    }
}
