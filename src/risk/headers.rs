//! Turns two values of a header of answers into what browsers allow that they did not.

use std::collections::{BTreeMap, BTreeSet};

/// What the new value of a header lets through; nothing for headers that protect from nothing.
pub(super) fn weaker(name: &str, old: &str, new: &str) -> Vec<String> {
    let says = match name.to_ascii_lowercase().as_str() {
        "strict-transport-security" => transport(old, new),
        "x-frame-options" if framing(new) < framing(old) => {
            vec![format!("allows frames: {old} becomes {new}")]
        }
        "content-security-policy" => policy(&csp(old), &csp(new)),
        "permissions-policy" => policy(&permissions(old), &permissions(new)),
        "referrer-policy" if new == "unsafe-url" && old != new => {
            vec!["tells other sites the whole address".to_owned()]
        }
        _ => Vec::new(),
    };
    says.into_iter().map(|says| format!("the header `{name}` {says}")).collect()
}

fn transport(old: &str, new: &str) -> Vec<String> {
    let age = |value: &str| -> u64 {
        let parts = value.split(';').map(str::trim);
        let mut ages = parts.filter_map(|part| part.strip_prefix("max-age=")?.parse().ok());
        ages.next().unwrap_or(0)
    };
    let everywhere = |value: &str| value.to_ascii_lowercase().contains("includesubdomains");
    let mut says = Vec::new();
    if age(new) < age(old) {
        says.push(format!("holds for {} seconds in place of {}", age(new), age(old)));
    }
    if everywhere(old) && !everywhere(new) {
        says.push("leaves subdomains out".to_owned());
    }
    says
}

fn framing(value: &str) -> u8 {
    match value.to_ascii_uppercase().as_str() {
        "DENY" => 2,
        "SAMEORIGIN" => 1,
        _ => 0,
    }
}

/// The directives of a policy, with whom each lets in.
type Policy<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

fn csp(value: &str) -> Policy<'_> {
    let directives = value.split(';').map(str::split_whitespace);
    directives.filter_map(|mut words| Some((words.next()?, words.collect()))).collect()
}

fn permissions(value: &str) -> Policy<'_> {
    let directives = value.split(',').filter_map(|one| one.trim().split_once('='));
    directives.map(|(name, list)| (name, listed(list))).collect()
}

fn listed(list: &str) -> BTreeSet<&str> {
    list.trim_matches(['(', ')']).split_whitespace().collect()
}

fn policy(old: &Policy<'_>, new: &Policy<'_>) -> Vec<String> {
    let mut says = Vec::new();
    for (name, before) in old {
        let Some(after) = new.get(name) else {
            says.push(format!("says nothing of `{name}` any more"));
            continue;
        };
        let let_in = after.difference(before).filter(|who| **who != "'none'");
        says.extend(let_in.map(|who| format!("allows `{who}` as `{name}`")));
    }
    says
}

#[cfg(test)]
mod tests {
    use super::weaker;

    #[test]
    fn only_what_allows_more_is_told() {
        for (name, old, new, count) in [
            ("Strict-Transport-Security", "max-age=10; includeSubDomains", "max-age=5", 2),
            ("Strict-Transport-Security", "max-age=5", "max-age=10; includeSubDomains", 0),
            ("X-Frame-Options", "DENY", "SAMEORIGIN", 1),
            ("X-Frame-Options", "SAMEORIGIN", "DENY", 0),
            ("Content-Security-Policy", "default-src 'self'", "default-src 'self' https://a", 1),
            ("Content-Security-Policy", "default-src 'self'; img-src a", "default-src 'self'", 1),
            ("Content-Security-Policy", "default-src 'self' a", "default-src 'none'", 0),
            ("Permissions-Policy", "camera=(), usb=()", "camera=(self), usb=()", 1),
            ("Referrer-Policy", "same-origin", "unsafe-url", 1),
            ("Cache-Control", "no-store", "public", 0),
        ] {
            assert_eq!(weaker(name, old, new).len(), count, "{name}: {old} to {new}");
        }
    }
}
