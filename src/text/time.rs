//! Moments as people read them: on the calendar of the chat's zone, and seen from the message.

use chrono::{DateTime, Datelike};
use chrono_tz::Tz;

use super::Renderer;
use super::catalog::Args;
use super::html::Html;
use crate::domain::{UnixTime, zone};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
/// Days up to which nobody counts in months.
const DAYS_UP_TO: u64 = 60;
/// Months up to which nobody counts in years.
const MONTHS_UP_TO: u64 = 24;

impl Renderer<'_> {
    /// "Fri 31 Jan 2031 23:59"
    pub(super) fn moment(&self, time: UnixTime) -> Html {
        let Some(local) = local(time, self.view.zone) else {
            let args = Args::default().digits("seconds", time);
            return self.format("moment-unknown", args);
        };
        let weekday = format!("weekday-{}", local.weekday().number_from_monday());
        let month = format!("month-{}", local.month());
        let args = Args::default()
            .html("weekday", self.say(&weekday))
            .digits("day", local.day())
            .html("month", self.say(&month))
            .digits("year", local.year())
            .digits("time", local.format("%H:%M"));
        self.format("moment", args)
    }

    /// "Fri 31 Jan 2031 23:59 UTC"
    pub(super) fn moment_in_zone(&self, time: UnixTime) -> Html {
        let args = self.zone(Args::default().html("moment", self.moment(time)));
        self.format("moment-in-zone", args)
    }

    /// The chat's zone as a variable.
    pub(super) fn zone(&self, args: Args) -> Args {
        args.html("zone", Html::line(&zone::shown(self.view.zone), usize::MAX))
    }

    /// "in 3 days", "2 hours ago"
    pub(super) fn relative(&self, time: UnixTime) -> Html {
        let Some((unit, count)) = distance(self.view.at, time, self.view.zone) else {
            return self.say("now");
        };
        let direction = if time < self.view.at { "ago" } else { "in" };
        let args = Args::default().count("n", count);
        self.format(&format!("{direction}-{unit}"), args)
    }

    /// A due date and what it is seen from the message, where `moment` is how its date is written.
    pub(super) fn due(&self, due: UnixTime, moment: Html) -> Html {
        let key = if due <= self.view.at {
            "overdue"
        } else {
            "due"
        };
        self.format(key, self.moment_and_relative(due, moment))
    }

    /// The variables of a moment and what it is seen from the message.
    pub(super) fn moment_and_relative(&self, time: UnixTime, moment: Html) -> Args {
        Args::default()
            .html("moment", moment)
            .html("relative", self.relative(time))
    }
}

/// The moment on the calendar; none outside of the years that people write with four digits.
fn local(time: UnixTime, zone: Tz) -> Option<DateTime<Tz>> {
    let utc = DateTime::from_timestamp(time, 0)?;
    (1..=9999)
        .contains(&utc.year())
        .then(|| utc.with_timezone(&zone))
}

/// How far two moments are apart, in the unit that people would use: clocks within a day, then the calendar.
/// None when it is less than half a minute.
fn distance(at: UnixTime, to: UnixTime, zone: Tz) -> Option<(&'static str, u64)> {
    let seconds = to.abs_diff(at);
    let (minutes, hours) = (rounded(seconds, MINUTE), rounded(seconds, HOUR));
    let days = days_apart(at, to, zone).unwrap_or(seconds / (24 * HOUR));
    let (months, years) = (rounded(days * 100, 3_044), rounded(days * 100, 36_525));
    Some(match () {
        () if minutes == 0 => return None,
        () if minutes < 60 => ("minutes", minutes),
        () if hours < 24 || days == 0 => ("hours", hours),
        () if days < DAYS_UP_TO => ("days", days),
        () if months < MONTHS_UP_TO => ("months", months),
        () => ("years", years),
    })
}

fn rounded(value: u64, unit: u64) -> u64 {
    value.saturating_add(unit / 2) / unit
}

fn days_apart(at: UnixTime, to: UnixTime, zone: Tz) -> Option<u64> {
    let (at, to) = (local(at, zone)?, local(to, zone)?);
    let days = to
        .date_naive()
        .signed_duration_since(at.date_naive())
        .num_days();
    Some(days.unsigned_abs())
}
