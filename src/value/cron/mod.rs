//! Reads a schedule, in the part of the cron language that Kubernetes and every cron daemon read alike.

mod calendar;
mod describe;
mod field;

use std::fmt;

use crate::diagnostic::Code;
use crate::value::Malformed;
use crate::value::cron::field::{DAY, Field, HOUR, MINUTE, MONTH, WEEKDAY};
use crate::value::scalar::{scalar, written};

/// The short names, and what they stand for.
const MACROS: [(&str, &str); 7] = [
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
];

/// A schedule of five fields that comes round at least once in eight years; its times are UTC.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cron {
    minute: Field,
    hour: Field,
    day: Field,
    month: Field,
    weekday: Field,
}

impl Cron {
    /// Reads minute, hour, day of the month, month and day of the week, or a short name such as `@daily`.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let bad = |why: &str| Malformed::new(Code::InvalidCron, text, why);
        if text.starts_with('@') {
            return match MACROS.iter().find(|(name, _)| *name == text) {
                Some((_, fields)) => Self::parse(fields),
                None => Err(bad("has no fixed times").help("write five fields, as in `0 2 * * *`")),
            };
        }
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            let noun = if fields.len() == 1 { "field" } else { "fields" };
            let found = bad(&format!("has {} {noun} instead of five", fields.len()));
            return Err(
                found.help("minute, hour, day, month, weekday; there are no seconds and no years")
            );
        };
        let cron = Self {
            minute: Field::parse(minute, &MINUTE)?,
            hour: Field::parse(hour, &HOUR)?,
            day: Field::parse(day, &DAY)?,
            month: Field::parse(month, &MONTH)?,
            weekday: Field::parse(weekday, &WEEKDAY)?,
        };
        if !cron.day.is_every() && !cron.weekday.is_every() && cron.has_steps_in_days() {
            return Err(bad("steps over days and also names the other kind of day, which programs read in two ways")
                .help("write the days out, or name only one kind of day"));
        }
        if cron.comes() { Ok(cron) } else { Err(bad("never comes: no such month has such a day")) }
    }

    /// The longest time between two runs, in minutes, leap years and changes of century included.
    pub fn max_gap_minutes(&self) -> u32 {
        let minutes = self.minutes_of_day();
        let within = minutes.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0);
        let days = self.max_gap_days();
        let span = minutes.last().unwrap_or(&0) - minutes.first().unwrap_or(&0);
        within.max(days * 24 * 60 - span)
    }

    /// In short English: `at 02:00 every day`.
    pub fn describe(&self) -> String {
        describe::describe(self)
    }

    /// Every minute of a day at which it runs, in order.
    fn minutes_of_day(&self) -> Vec<u32> {
        let minutes = self.minute.values(&MINUTE);
        let hours = self.hour.values(&HOUR).into_iter();
        hours
            .flat_map(|hour| {
                minutes.iter().map(move |minute| u32::from(hour) * 60 + u32::from(*minute))
            })
            .collect()
    }

    /// The longest time between two days on which it runs.
    fn max_gap_days(&self) -> u32 {
        if self.day.is_every() && self.month.is_every() {
            let days = self.weekday.values(&WEEKDAY);
            let next_week = days.first().map(|day| day + 7);
            let following = days.iter().copied().skip(1).chain(next_week);
            let gaps = days.iter().zip(following).map(|(day, next)| u32::from(next - day));
            return gaps.max().unwrap_or(0);
        }
        let months = self.month.values(&MONTH);
        if self.weekday.is_every() {
            return calendar::longest_gap(&months, &self.day.values(&DAY), |_, _| true);
        }
        // Where both kinds of day are named, one of them is enough: so says crontab(5), and so do all who followed.
        let either = !self.day.is_every();
        calendar::longest_gap(&months, &Field::Every.values(&DAY), |day, weekday| {
            self.weekday.has(weekday, &WEEKDAY) || (either && self.day.has(day, &DAY))
        })
    }

    fn has_steps_in_days(&self) -> bool {
        self.day.steps().is_some() || self.weekday.steps().is_some()
    }

    fn comes(&self) -> bool {
        let first = self.day.values(&DAY).first().copied().unwrap_or(DAY.last);
        let months = self.month.values(&MONTH);
        !self.weekday.is_every()
            || months.into_iter().any(|month| first <= calendar::longest_month(month))
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {} {}", self.minute, self.hour, self.day, self.month, self.weekday)
    }
}

written!(Cron);
scalar!(Cron {
    format: "cron",
    description: "When something runs, in UTC: minute, hour, day of the month, month and day of the week",
    examples: ["0 2 * * *", "*/15 * * * *", "0 1 * * 0", "@daily"],
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn schedules() {
        canonical::<Cron>(&[
            ("0 2 * * *", "0 2 * * *"),
            ("  05   02 * *  * ", "5 2 * * *"),
            ("*/15 9-17 * * mon-FRI", "*/15 9-17 * * 1-5"),
            ("0,30 0-12/4 1,15 jan,JUL *", "0,30 0-12/4 1,15 1,7 *"),
            ("0 0 13 * 5", "0 0 13 * 5"),
            ("0 0 29 2 *", "0 0 29 2 *"),
            ("0 0 31 2 1", "0 0 31 2 1"),
            ("@daily", "0 0 * * *"),
            ("@weekly", "0 0 * * 0"),
        ]);
        refused::<Cron>(&[
            ("", "0 fields"),
            ("0 2 * *", "4 fields"),
            ("0 0 2 * * *", "no seconds"),
            ("@reboot", "no fixed times"),
            ("@every 1h", "no fixed times"),
            ("60 * * * *", "`60` is not a minute: minutes run from 0 to 59"),
            ("0 24 * * *", "hours run from 0 to 23"),
            ("0 0 0 * *", "days of the month run from 1 to 31"),
            ("0 0 * 13 *", "months run from 1 to 12"),
            ("0 0 * * 7", "Sunday is 0"),
            ("0 0 L * *", "is not a day of the month"),
            ("0 0 15W * *", "is not a day of the month"),
            ("0 0 * * 5#3", "is not a day of the week"),
            ("0 0 ? * *", "write `*`"),
            ("5/15 * * * *", "write `5-59/15`"),
            ("*/90 * * * *", "larger"),
            ("*/0 * * * *", "step"),
            ("*/1 * * * *", "write `*`"),
            ("0-59 * * * *", "write `*`"),
            ("0,*/5 * * * *", "is not a minute"),
            ("30-10 * * * *", "backwards"),
            ("1, * * * *", "is not a minute"),
            ("0 0 */2 * 1", "in two ways"),
            ("0 0 31 2,4,6 *", "never comes"),
        ]);
    }

    #[test]
    fn the_longest_gap_is_exact() {
        let day = 24 * 60;
        let cases = [
            ("* * * * *", 1),
            ("*/15 * * * *", 15),
            ("*/7 * * * *", 7),
            ("0,50 * * * *", 50),
            ("0 2 * * *", day),
            ("0 */6 * * *", 360),
            ("0 9-17 * * *", 16 * 60),
            ("0 9-17 * * 1-5", 64 * 60),
            ("0 1 * * 0", 7 * day),
            ("0 1 * * 2,4,5", 4 * day),
            ("0 1 * 1 1", 343 * day),
            ("0 0 1 * *", 31 * day),
            ("0 0 31 * *", 61 * day),
            ("0 0 1 1 *", 366 * day),
            ("0 0 13 * 5", 7 * day),
            ("0 0 29 2 *", 2921 * day),
        ];
        for (text, minutes) in cases {
            assert_eq!(Cron::parse(text).unwrap().max_gap_minutes(), minutes, "{text}");
        }
    }
}
