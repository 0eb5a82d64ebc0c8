//! From what was meant to a moment: the calendar and the clock of one time zone, seen from the date
//! of a message.

use chrono::{
    DateTime, Datelike, Days, MappedLocalTime, Months, NaiveDate, NaiveDateTime, NaiveTime, Offset,
    TimeZone, Weekday,
};
use chrono_tz::{GapInfo, Tz};

use super::{Day, Meaning};

/// When a day ends for somebody who gave no time: 23:59.
const END_OF_DAY: NaiveTime = NaiveTime::from_hms_opt(23, 59, 0).expect("23:59 is a time of day");

/// Between two 29ths of February lie at most eight years (1896 and 1904).
const LONGEST_WAIT_FOR_A_DATE: usize = 8;

pub(super) fn moment(meaning: Meaning, at: i64, zone: Tz) -> Option<i64> {
    let view = View::new(at, zone)?;
    match meaning {
        Meaning::Later { minutes } => view.later(minutes),
        Meaning::Clock(time) => view.next_clock(time),
        Meaning::Day(day, time) => view.day(day, time),
    }
}

/// The calendar as the sender of a message sees it.
struct View {
    at: i64,
    zone: Tz,
    today: NaiveDate,
}

impl View {
    fn new(at: i64, zone: Tz) -> Option<Self> {
        let today = local_date(at, zone)?;
        Some(Self { at, zone, today })
    }

    fn later(&self, minutes: u32) -> Option<i64> {
        let moment = self.at.checked_add(i64::from(minutes) * 60)?;
        local_date(moment, self.zone).map(|_| moment)
    }

    fn next_clock(&self, time: NaiveTime) -> Option<i64> {
        let today = self.on(self.today, time)?;
        if today > self.at {
            return Some(today);
        }
        self.on(self.days_ahead(1)?, time)
    }

    fn day(&self, day: Day, time: Option<NaiveTime>) -> Option<i64> {
        let date = match day {
            Day::Date(date) => date,
            Day::DaysAhead(days) => self.days_ahead(days)?,
            Day::MonthsAhead(months) => self.today.checked_add_months(Months::new(months))?,
            Day::WeekAfter(weekday) => after(self.first(weekday)?, 7)?,
            Day::Coming(weekday) => return self.coming(weekday, time),
            Day::Yearly { month, day } => {
                return self.next_yearly(month, day, time.unwrap_or(END_OF_DAY));
            }
        };
        self.on(date, time.unwrap_or(END_OF_DAY))
    }

    /// A weekday without a time is today's to the end, even in the last minute; a time that has
    /// passed is next week's.
    fn coming(&self, weekday: Weekday, time: Option<NaiveTime>) -> Option<i64> {
        let first = self.first(weekday)?;
        let Some(time) = time else {
            return self.on(first, END_OF_DAY);
        };
        match self.on(first, time)? {
            moment if moment > self.at => Some(moment),
            _ => self.on(after(first, 7)?, time),
        }
    }

    fn next_yearly(&self, month: u32, day: u32, time: NaiveTime) -> Option<i64> {
        (self.today.year()..)
            .take(1 + LONGEST_WAIT_FOR_A_DATE)
            .filter_map(|year| NaiveDate::from_ymd_opt(year, month, day))
            .filter_map(|date| self.on(date, time))
            .find(|&moment| moment > self.at)
    }

    /// The first such day from today on.
    fn first(&self, weekday: Weekday) -> Option<NaiveDate> {
        self.days_ahead(weekday.days_since(self.today.weekday()))
    }

    fn days_ahead(&self, days: u32) -> Option<NaiveDate> {
        after(self.today, days)
    }

    fn on(&self, date: NaiveDate, time: NaiveTime) -> Option<i64> {
        let date = in_calendar(date)?;
        moment_of(date.and_time(time), self.zone)
    }
}

fn after(date: NaiveDate, days: u32) -> Option<NaiveDate> {
    date.checked_add_days(Days::new(u64::from(days)))
}

/// Years have four digits here. This also keeps every moment far from the ends of chrono's
/// calendar, where the conversion to local time would panic.
fn in_calendar(date: NaiveDate) -> Option<NaiveDate> {
    (1..=9999).contains(&date.year()).then_some(date)
}

fn local_date(moment: i64, zone: Tz) -> Option<NaiveDate> {
    let utc = DateTime::from_timestamp(moment, 0)?;
    in_calendar(utc.date_naive())?;
    in_calendar(utc.with_timezone(&zone).date_naive())
}

/// The moment at which clocks in the zone show this; the earlier of two. For what they never show,
/// the moment counts on with the offset from before the gap, which is as much later on the clock as
/// the gap is long.
pub fn moment_of(local: NaiveDateTime, zone: Tz) -> Option<i64> {
    let offset = match zone.offset_from_local_datetime(&local) {
        MappedLocalTime::Single(offset) | MappedLocalTime::Ambiguous(offset, _) => offset,
        MappedLocalTime::None => GapInfo::new(&local, &zone)?.begin?.1,
    };
    let seconds_east = i64::from(offset.fix().local_minus_utc());
    Some(local.and_utc().timestamp() - seconds_east)
}
