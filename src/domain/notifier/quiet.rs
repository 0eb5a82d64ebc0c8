//! What quiet hours are on a given day, by the clocks of their zone.

use chrono::{DateTime, Days, NaiveDateTime, NaiveTime, Timelike};

use crate::domain::Timestamp;
use crate::domain::bridge::{ClockTime, QuietHours};
use crate::domain::due::moment_of;

impl QuietHours {
    /// When the quiet that is at this moment ends; none when it is not quiet. Never when both times are the same.
    pub fn until(&self, now: Timestamp) -> Option<Timestamp> {
        let time = self.local(now)?.time();
        let (start, end) = (time_of(self.start), time_of(self.end));
        let is_quiet = if start <= end {
            (start..end).contains(&time)
        } else {
            time >= start || time < end
        };
        is_quiet.then(|| self.next(self.end, now)).flatten()
    }

    /// Whether it was quiet at some moment from `since` to `now`.
    pub fn was_between(&self, since: Timestamp, now: Timestamp) -> bool {
        // A clock that was ahead may have been put back.
        let since = since.min(now);
        let has_hours = self.start != self.end;
        has_hours
            && (self.until(since).is_some()
                || self
                    .next(self.start, since)
                    .is_some_and(|start| start <= now))
    }

    /// The first moment after this one at which the clocks show this time.
    fn next(&self, time: ClockTime, after: Timestamp) -> Option<Timestamp> {
        let today = self.local(after)?.date();
        // Where clocks are put back a time comes twice; its first moment may have passed a day ago.
        (0..=2).find_map(|days| {
            let date = today.checked_add_days(Days::new(days))?;
            let moment = moment_of(date.and_time(time_of(time)), self.zone)?;
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

fn time_of(time: ClockTime) -> NaiveTime {
    let seconds = u32::from(time.minutes()) * 60;
    NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap_or_default()
}
