//! Walks through the Gregorian calendar.

/// The calendar repeats every 400 years, days of the week included; the first of these was a Saturday.
const CYCLE: std::ops::Range<u32> = 2000..2400;
const FIRST_WEEKDAY: u32 = 6;

/// The most days between two that match, or 0 if none does: those of the months and days given that also match
/// (day, weekday with Sunday as 0).
pub(super) fn longest_gap(months: &[u8], days: &[u8], matches: impl Fn(u8, u8) -> bool) -> u32 {
    let mut begin = 0;
    let (mut first, mut last, mut longest) = (None, 0, 0);
    for year in CYCLE {
        for month in 1..=12 {
            let length = length(year, month);
            let days = if months.contains(&month) { days } else { &[] };
            for day in days.iter().take_while(|day| **day <= length) {
                let today = begin + u32::from(*day) - 1;
                let weekday = u8::try_from((today + FIRST_WEEKDAY) % 7).unwrap_or_default();
                if matches(*day, weekday) {
                    longest = first.map_or(0, |_| longest.max(today - last));
                    first = first.or(Some(today));
                    last = today;
                }
            }
            begin += u32::from(length);
        }
    }
    first.map_or(0, |first| longest.max(begin - last + first))
}

/// The days of a month in its longest year.
pub(super) fn longest_month(month: u8) -> u8 {
    length(CYCLE.start, month)
}

fn length(year: u32, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_is_gregorian() {
        let (months, days) = ((1..=12).collect::<Vec<_>>(), (1..=31).collect::<Vec<_>>());
        let longest = |matches: fn(u8, u8) -> bool| longest_gap(&months, &days, matches);
        assert_eq!(longest(|_, _| true), 1);
        assert_eq!(longest(|_, _| false), 0);
        assert_eq!(longest(|_, weekday| weekday == 3), 7);
        // A first of January that is a Monday: the longest wait lies over a century without a leap year.
        assert_eq!(longest_gap(&[1], &[1], |_, weekday| weekday == 1), 4382);
        assert_eq!(
            (length(2000, 2), length(2100, 2), length(2024, 2), longest_month(4)),
            (29, 28, 29, 30)
        );
    }
}
