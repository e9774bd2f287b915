//! Reads and writes the numbers inside scalars: digits only, and decimals without rounding.

/// A whole number: digits without sign or leading zero.
pub(super) fn whole(text: &str) -> Option<u64> {
    let padded = text.len() > 1 && text.starts_with('0');
    (!padded && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// A decimal with up to three places, in thousandths.
pub(super) fn thousandths(text: &str) -> Option<u64> {
    let (units, places) = text.split_once('.').unwrap_or((text, "0"));
    if !(1..=3).contains(&places.len()) || !places.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let places = places.bytes().chain([b'0'; 2]).take(3);
    let places = places.fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    whole(units)?.checked_mul(1000)?.checked_add(places)
}

/// The room, in bytes, that hardly any number takes with its unit.
pub(super) const ROOM: usize = 16;

/// Writes thousandths as the shortest decimal.
pub(super) fn decimal(thousandths: u64) -> String {
    let mut text = with_unit(thousandths / 1000, "");
    let mut places = thousandths % 1000;
    if places > 0 {
        text.push('.');
    }
    while places > 0 {
        push(&mut text, places / 100);
        places = places % 100 * 10;
    }
    text
}

/// Writes a whole number and its unit.
pub(super) fn with_unit(number: u64, unit: &str) -> String {
    let mut text = String::with_capacity(ROOM);
    push(&mut text, number);
    text.push_str(unit);
    text
}

/// Writes a whole number behind what is written already.
pub(super) fn push(text: &mut String, number: u64) {
    text.push_str(itoa::Buffer::new().format(number));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_only() {
        assert_eq!((whole("0"), whole("10")), (Some(0), Some(10)));
        for text in ["", "+1", "-1", "01", "1_0", "1 ", "٣", "99999999999999999999"] {
            assert_eq!(whole(text), None, "{text}");
        }
    }

    #[test]
    fn decimals_are_exact() {
        for (text, value) in
            [("2", 2000), ("0.5", 500), ("1.25", 1250), ("0.001", 1), ("99.9", 99_900)]
        {
            assert_eq!((thousandths(text), decimal(value).as_str()), (Some(value), text));
        }
        assert_eq!(
            [decimal(0), decimal(1_050), with_unit(u64::MAX, "s")],
            ["0", "1.05", "18446744073709551615s"]
        );
        for text in [".5", "1.", "1.0001", "1e3", "-1", "1.+5"] {
            assert_eq!(thousandths(text), None, "{text}");
        }
    }
}
