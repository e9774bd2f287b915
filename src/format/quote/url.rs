//! Says where in a text a URL is, and what can be put there without quotes.

/// Whether a text means nothing but itself in any part of a URL: it holds unreserved characters only (RFC 3986, section
/// 2.3).
pub fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || "._~-".contains(c))
}

/// Whether a text holds only what can stand in a URL: unreserved characters, delimiters and `%` (RFC 3986, section 2).
pub fn is_possible(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || "._~-:/?#[]@!$&'()*+,;=%".contains(c))
}

/// Whether what follows a text stands within a URL.
pub fn is_within(before: &str) -> bool {
    begun(before).is_some()
}

/// Whether what stands between two texts is the name or the password of whom a URL is for.
pub fn is_credential(before: &str, after: &str) -> bool {
    let authority = |c: char| !(is_end(c) || matches!(c, '/' | '?' | '#'));
    let begun = begun(before).is_some_and(|url| url.chars().all(|c| authority(c) && c != '@'));
    begun && after.split(|c| !authority(c)).next().is_some_and(|rest| rest.contains('@'))
}

/// What a text ends with of a URL: all behind `://`.
fn begun(before: &str) -> Option<&str> {
    let (_, url) = before.rsplit_once("://")?;
    (!url.contains(is_end)).then_some(url)
}

/// Whether a URL is over.
fn is_end(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_found_in_texts() {
        assert!(is_within("postgresql://") && is_within("see http://a:80/b?c="));
        assert!(
            !is_within("")
                && !is_within("a:/")
                && !is_within("http://a 'b")
                && !is_within("http://a\" ")
        );
    }

    #[test]
    fn credentials_stand_before_the_sign() {
        assert!(is_credential("postgresql://", ":x@db/app"));
        assert!(is_credential("redis://:", "@cache:6379/0"));
        for (before, after) in
            [("http://", ":80/@me"), ("http://x@", "/a"), ("http://a/", "@b"), ("", "@b")]
        {
            assert!(!is_credential(before, after), "{before}…{after}");
        }
    }

    #[test]
    fn characters_with_a_meaning_are_not_plain() {
        assert!(is_plain("aZ0._~-") && is_possible("/a?b=%20#c"));
        for text in ["a@b", "a/b", "a b", "é", "50%", "a:b"] {
            assert!(!is_plain(text), "{text}");
        }
        assert!(!is_possible("a b") && !is_possible("é"));
    }
}
