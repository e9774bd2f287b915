//! Says in English when a schedule runs.

use crate::value::cron::Cron;
use crate::value::cron::field::{DAY, Field, HOUR, MINUTE, MONTH, WEEKDAY};

const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The most times of day that are listed one by one.
const LISTED: usize = 6;

/// The time of day, then the days.
pub(super) fn describe(cron: &Cron) -> String {
    let (time, days) = (time(cron), days(cron));
    match days.is_empty() {
        true if time.starts_with("at ") && !time.ends_with("hour") => format!("{time} every day"),
        true => time,
        false => format!("{time} {days}"),
    }
}

fn time(cron: &Cron) -> String {
    let times = cron.minutes_of_day();
    let minutes = cron.minute.values(&MINUTE);
    match (cron.minute.steps(), cron.hour.steps(), &minutes[..]) {
        (_, Some(step), [0]) if 24 % step == 0 => return format!("every {step} hours"),
        (_, Some(step), [minute]) if 24 % step == 0 => {
            return format!("every {step} hours from 00:{minute:02}");
        }
        (Some(step), ..) if 60 % step == 0 => {
            return format!("every {step} minutes{}", hours(&cron.hour));
        }
        _ => (),
    }
    if cron.minute.is_every() {
        return format!("every minute{}", hours(&cron.hour));
    }
    if cron.hour.is_every() && minutes == [0] {
        return "every hour".to_owned();
    }
    if times.len() <= LISTED && !cron.hour.is_every() {
        let clock = times.iter().map(|time| format!("{:02}:{:02}", time / 60, time % 60)).collect();
        return format!("at {}", list(clock));
    }
    let many = if minutes.len() > 1 { "minutes" } else { "minute" };
    let of = if cron.hour.is_every() { " of every hour".to_owned() } else { hours(&cron.hour) };
    format!("at {many} {}{of}", list(runs(&minutes, u8::to_string)))
}

/// Within which hours, where not in all.
fn hours(hour: &Field) -> String {
    let values = hour.values(&HOUR);
    match (values.first(), values.last()) {
        _ if hour.is_every() => String::new(),
        (Some(first), Some(last)) if usize::from(last - first) + 1 == values.len() => {
            format!(" from {first:02}:00 to {last:02}:59")
        }
        _ => format!(" of the hours {}", list(runs(&values, u8::to_string))),
    }
}

fn days(cron: &Cron) -> String {
    let every_month = cron.month.is_every();
    let name = |month: &u8| MONTHS[usize::from(month - 1)].to_owned();
    let months = || list(runs(&cron.month.values(&MONTH), name));
    let within = if every_month { String::new() } else { format!(" in {}", months()) };
    let day = || {
        let values = cron.day.values(&DAY);
        let many = if values.len() > 1 { "days" } else { "day" };
        let of = if every_month { "every month".to_owned() } else { months() };
        format!("on {many} {} of {of}", list(runs(&values, u8::to_string)))
    };
    let weekday = || {
        let names =
            runs(&cron.weekday.values(&WEEKDAY), |day| WEEKDAYS[usize::from(*day)].to_owned());
        let open = if names.iter().any(|name| name.contains(" to ")) { "from" } else { "every" };
        format!("{open} {}{within}", list(names))
    };
    match (cron.day.is_every(), cron.weekday.is_every()) {
        (true, true) if every_month => String::new(),
        (true, true) => format!("every day{within}"),
        (false, true) => day(),
        (true, false) => weekday(),
        (false, false) => format!("{} and {}", day(), weekday()),
    }
}

/// Names numbers, three or more in a row as `first to last`.
fn runs(values: &[u8], name: impl Fn(&u8) -> String) -> Vec<String> {
    let rows = values.chunk_by(|one, next| one + 1 == *next);
    rows.flat_map(|row| match row {
        [first, _, .., last] => vec![format!("{} to {}", name(first), name(last))],
        few => few.iter().map(&name).collect(),
    })
    .collect()
}

/// `a`, `a and b`, `a, b and c`.
fn list(mut names: Vec<String>) -> String {
    match (names.pop(), names.is_empty()) {
        (Some(last), false) => format!("{} and {last}", names.join(", ")),
        (last, _) => last.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_in_english() {
        let cases = [
            ("0 2 * * *", "at 02:00 every day"),
            ("0 2,14 * * *", "at 02:00 and 14:00 every day"),
            ("0 1 * * 0", "at 01:00 every Sunday"),
            ("30 3 * * 1-5", "at 03:30 from Monday to Friday"),
            ("30 3 * * 1,2", "at 03:30 every Monday and Tuesday"),
            ("0 4 1,15 * *", "at 04:00 on days 1 and 15 of every month"),
            ("0 4 1 1,7 *", "at 04:00 on day 1 of January and July"),
            ("0 0 13 * 5", "at 00:00 on day 13 of every month and every Friday"),
            ("0 4 * 6-8 *", "at 04:00 every day in June to August"),
            ("* * * * *", "every minute"),
            ("*/15 * * * *", "every 15 minutes"),
            ("*/15 9-17 * * 1-5", "every 15 minutes from 09:00 to 17:59 from Monday to Friday"),
            ("0 * * * *", "every hour"),
            ("5 * * * *", "at minute 5 of every hour"),
            ("5,35 * * * 0", "at minutes 5 and 35 of every hour every Sunday"),
            ("0 */6 * * *", "every 6 hours"),
            ("30 */2 * * *", "every 2 hours from 00:30"),
            ("0,30 9-17 * * *", "at minutes 0 and 30 from 09:00 to 17:59 every day"),
        ];
        for (text, words) in cases {
            assert_eq!(Cron::parse(text).unwrap().describe(), words, "{text}");
        }
    }
}
