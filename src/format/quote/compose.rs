//! Turns a text into a value of a Compose file that nothing is interpolated into.

use std::borrow::Cow;

/// Doubles every `$`: Compose interpolates `$NAME` and `${NAME}` in every value of the file and reads `$$` as
/// `$` (compose-spec, 12-interpolation.md). How the value is quoted for YAML is the YAML writer's business.
pub fn escape(text: &str) -> Cow<'_, str> {
    if text.contains('$') { text.replace('$', "$$").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::super::{HOSTILE, MULTILINE};
    use super::escape;

    #[test]
    fn every_dollar_is_doubled() {
        assert_eq!(escape("pg_isready -U $POSTGRES_USER"), "pg_isready -U $$POSTGRES_USER");
        assert_eq!(escape("$$"), "$$$$");
        for text in HOSTILE.iter().chain(MULTILINE) {
            assert_eq!(escape(text).replace("$$", "$"), *text);
        }
    }
}
