//! Walks through the Gregorian calendar.

/// The calendar repeats every 400 years, days of the week included; the first of these was a Saturday.
const CYCLE: std::ops::Range<u32> = 2000..2400;
const FIRST_WEEKDAY: u32 = 6;

/// The most days between two that match (month, day, weekday with Sunday as 0), or 0 if none does.
pub(super) fn longest_gap(matches: impl Fn(u8, u8, u8) -> bool) -> u32 {
    let mut today = 0;
    let (mut first, mut last, mut longest) = (None, 0, 0);
    for year in CYCLE {
        for month in 1..=12 {
            for day in 1..=length(year, month) {
                let weekday = u8::try_from((today + FIRST_WEEKDAY) % 7).unwrap_or_default();
                if matches(month, day, weekday) {
                    longest = first.map_or(0, |_| longest.max(today - last));
                    first = first.or(Some(today));
                    last = today;
                }
                today += 1;
            }
        }
    }
    first.map_or(0, |first| longest.max(today - last + first))
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
        assert_eq!(longest_gap(|_, _, _| true), 1);
        assert_eq!(longest_gap(|_, _, _| false), 0);
        assert_eq!(longest_gap(|_, _, weekday| weekday == 3), 7);
        // A first of January that is a Monday: the longest wait lies over a century without a leap year.
        assert_eq!(longest_gap(|month, day, weekday| (month, day, weekday) == (1, 1, 1)), 4382);
        assert_eq!(
            (length(2000, 2), length(2100, 2), length(2024, 2), longest_month(4)),
            (29, 28, 29, 30)
        );
    }
}
