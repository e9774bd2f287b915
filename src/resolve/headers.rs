//! Turns the edge's settings into the headers of every answer.

use crate::blueprint::edge::{Edge, Frame, Headers, Hsts};
use crate::blueprint::reference::Text as Raw;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::resolve::edge::run_time;
use crate::resolve::scope::Scope;
use crate::source::pointer;
use crate::value::Duration;

/// How long browsers must insist on HTTPS when nobody says: a year.
const HSTS: Duration = Duration::from_seconds(365 * 86_400);
/// The longest value: nginx reads its configuration in pieces of 4096 bytes, and a word must fit into one.
const LONGEST: usize = 4000;
/// Where they stand.
const PLACE: &str = "/edge/headers";

/// Headers on every answer, in order.
pub(super) fn headers(
    scope: &Scope<'_>,
    written: &Edge,
    diagnostics: &mut Diagnostics,
) -> Vec<(String, String)> {
    let insist = insist(written.hsts.unwrap_or_default());
    let mut headers = vec![("Strict-Transport-Security".to_owned(), insist)];
    for (name, raw, place) in all(written.headers.clone().unwrap_or_default()) {
        let Some(text) = scope.text_at(&raw, &place, diagnostics) else { continue };
        let Some(value) = text.as_literal() else {
            diagnostics.push(run_time(scope, &name, &place));
            continue;
        };
        if let Some(why) = refusal(&headers, &name, value) {
            diagnostics.push(
                Diagnostic::error(Code::InvalidValue, format!("the header `{name}` {why}"))
                    .at(scope.context.locator.value(&place), ""),
            );
        }
        headers.push((name, value.to_owned()));
    }
    headers
}

/// Subdomains may belong to others and speak plain HTTP, so they are not spoken for unless the author does.
fn insist(hsts: Hsts) -> String {
    let seconds = hsts.age.unwrap_or(HSTS).seconds();
    let subdomains = if hsts.subdomains { "; includeSubDomains" } else { "" };
    format!("max-age={seconds}{subdomains}")
}

fn refusal(known: &[(String, String)], name: &str, value: &str) -> Option<String> {
    let letters = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    if name.is_empty() || !name.chars().all(letters) {
        Some("has a bad name: letters, digits, `-` and `_` are known".to_owned())
    } else if known.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)) {
        Some("is set twice: it has a key of its own".to_owned())
    } else if value.is_empty() {
        Some("is empty: leave it out".to_owned())
    } else if value.chars().any(char::is_control) {
        Some("has a line end: fold it with `>-`".to_owned())
    } else if value.len() > LONGEST {
        Some(format!("is longer than {LONGEST} bytes"))
    } else {
        None
    }
}

/// What the author says, and what holds when nothing is said; each with its place.
fn all(written: Headers) -> Vec<(String, Raw, String)> {
    let frame = match written.frame {
        Frame::Deny => "DENY",
        Frame::Sameorigin => "SAMEORIGIN",
    };
    let text = |text: &str| Raw(text.to_owned());
    let referrer = written.referrer.unwrap_or_else(|| text("strict-origin-when-cross-origin"));
    let named = |name: &str, value, key: &str| (name.to_owned(), value, pointer::push(PLACE, key));
    let mut headers = vec![
        named("X-Frame-Options", text(frame), "frame"),
        named("X-Content-Type-Options", text("nosniff"), ""),
        named("Referrer-Policy", referrer, "referrer"),
    ];
    headers.extend(written.csp.map(|csp| named("Content-Security-Policy", csp, "csp")));
    let permissions = written.permissions;
    headers.extend(permissions.map(|policy| named("Permissions-Policy", policy, "permissions")));
    headers.extend(written.extra.into_iter().map(|(name, value)| {
        let place = pointer::push(&pointer::push(PLACE, "extra"), &name);
        (name, value, place)
    }));
    headers
}

#[cfg(test)]
mod tests {
    use super::{Hsts, insist, refusal};

    #[test]
    fn subdomains_are_spoken_for_when_the_author_does() {
        assert_eq!(insist(Hsts::default()), "max-age=31536000");
        let all = Hsts { subdomains: true, ..Hsts::default() };
        assert_eq!(insist(all), "max-age=31536000; includeSubDomains");
    }

    #[test]
    fn headers_that_would_break_the_answer_are_refused() {
        let known = [("X-Frame-Options".to_owned(), "DENY".to_owned())];
        let why = |name: &str, value: &str| refusal(&known, name, value).unwrap_or_default();
        assert_eq!(why("X-Robots-Tag", "none"), "");
        assert!(why("X Robots", "none").contains("bad name"));
        assert!(why("x-frame-options", "DENY").contains("twice"));
        assert!(why("X-A", "").contains("empty"));
        assert!(why("X-A", "a\n").contains("line end"));
        assert!(why("X-A", &"a".repeat(4001)).contains("longer"));
    }
}
