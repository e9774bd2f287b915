//! Turns a text into an environment value, command or argument of a Kubernetes container that nothing is
//! expanded in.

use std::borrow::Cow;

/// Escapes what the kubelet would expand in `env[].value`, `command` and `args`.
///
/// `Expand` (kubernetes, `third_party/forked/golang/expansion/expand.go`) reads `$(NAME)` as a reference and
/// `$$` as `$`, and leaves any other `$` alone; earlier kubelets garble a character outside ASCII that
/// follows a `$`. So a `$` is doubled before `(`, `$` and non-ASCII, and stands as it is elsewhere: `$HOME`
/// in a shell command stays readable. Values in a `ConfigMap` or a `Secret` are not expanded and must not be
/// escaped.
pub fn escape_env(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'$', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        let after = from.trim_start_matches('$');
        let run = &from[..from.len() - after.len()];
        out.push_str(before);
        out.push_str(run);
        if run.len() > 1 || after.starts_with('(') || after.starts_with(|c: char| !c.is_ascii()) {
            out.push_str(run);
        }
        rest = after;
    }
    Cow::Owned(out + rest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{HOSTILE, MULTILINE};
    use super::escape_env;

    /// `Expand` with every name known, so that any reference left in is seen.
    fn expand(text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('$') {
                out.push('$');
                rest = after;
            } else if let Some(end) = rest.strip_prefix('(').and_then(|inner| inner.find(')')) {
                out.push_str("EXPANDED");
                rest = &rest[end + 2..];
            } else if rest.starts_with(|c: char| !c.is_ascii()) {
                out.push_str("GARBLED");
            } else {
                out.push('$');
            }
        }
        out + rest
    }

    #[test]
    fn only_what_would_be_expanded_is_doubled() {
        assert_eq!(escape_env("$(POD_IP):80"), "$$(POD_IP):80");
        assert_eq!(escape_env("echo $HOME ${X}"), "echo $HOME ${X}");
        assert_eq!(escape_env("$$(X)"), "$$$$(X)");
        assert_eq!(escape_env("a$"), "a$");
    }

    #[test]
    fn hostile_values_come_back() {
        for text in HOSTILE.iter().chain(MULTILINE) {
            assert_eq!(expand(&escape_env(text)), *text);
        }
    }

    proptest! {
        #[test]
        fn any_mix_of_dollars_comes_back(text in "[$()aé]{0,12}") {
            prop_assert_eq!(expand(&escape_env(&text)), text);
        }
    }
}
