//! Finds passwords, tokens and keys that stand in the blueprint as they are.

use std::borrow::Cow;

use crate::blueprint::variable::VariableKind;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::variable::Origin;
use crate::model::{Text, Variable};
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::source::Span;
use crate::value::Name;

/// What stands before `_KEY` where the value is always a secret.
const SECRET_KEYS: &[&str] = &[
    "ACCESS",
    "ADMIN",
    "API",
    "AUTH",
    "DEPLOY",
    "ENCRYPTION",
    "JWT",
    "LICENSE",
    "MASTER",
    "PRIVATE",
    "SECRET",
    "SERVICE",
    "SIGNING",
];
/// What a name holds whose value everybody may know.
const PUBLIC: &[&str] = &["ANON", "PUBLIC", "PUBLISHABLE", "SITE"];
/// The fewest characters of a token.
const TOKEN: usize = 8;
/// The fewest characters of a key of unknown kind: names such as `ROUTING_KEY` and `CACHE_KEY` hold no secret.
const KEY: usize = 16;

/// A credential as a plain value.
pub(super) fn literal(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, written) in &view.blueprint.services {
        let Some(service) = view.model.services.get(name) else { continue };
        let readers = std::slice::from_ref(name);
        for variable in written.environment.keys() {
            let Some(text) = service.environment.get(variable) else { continue };
            let place = || view.service(name, &format!("/environment/{variable}"));
            let named = text.as_literal().is_some_and(|value| is_secret(variable.as_str(), value));
            report(variable.as_str(), named, text, (&place, readers), found);
        }
        for (index, word) in service.command.iter().enumerate() {
            let place = || view.service(name, &format!("/command/{index}"));
            if written.command.is_some() {
                report("command", false, word, (&place, readers), found);
            }
        }
    }
    for group in &view.model.groups {
        for variable in &group.variables {
            let (key, text) = match &variable.origin {
                Origin::Fixed(text) => ("fixed", Cow::Borrowed(text)),
                Origin::Operator { default: Some(default), .. } => {
                    ("default", Cow::Owned(Text::literal(default.to_owned())))
                }
                Origin::Operator { default: None, .. } => continue,
            };
            let place = || {
                let at = format!("/variables/{}/{}/{key}", group.name, variable.name);
                view.locator.value(&at)
            };
            let named = text.as_literal().is_some_and(|value| is_secret_variable(variable, value));
            report(variable.name.as_str(), named, &text, (&place, &variable.read_by), found);
        }
    }
}

pub(super) fn report(
    what: &str,
    named: bool,
    text: &Text,
    (place, readers): (&dyn Fn() -> Span, &[Name]),
    found: &mut Findings<'_>,
) {
    let message = if has_password(text) {
        format!("`{what}` holds a URL with a password in it")
    } else if named {
        format!("the value of `{what}` stands in the blueprint")
    } else {
        return;
    };
    let diagnostic = Diagnostic::error(Code::LiteralSecret, message)
        .at(place(), "everyone who reads the blueprint knows it")
        .help("declare a variable with `secret: true` under `variables`, and refer to it with `${var.NAME}`");
    found.push_unless_waived_for(readers, diagnostic);
}

fn is_secret_variable(variable: &Variable, value: &str) -> bool {
    let name = variable.name.as_str();
    // What is read while an image is built is public, such as the keys of programs that run in a browser.
    let in_pages = variable.build && name.ends_with("_KEY");
    matches!(variable.kind, VariableKind::Text | VariableKind::Json)
        && !in_pages
        && is_secret(name, value)
}

/// Whether a name says that its value is a secret, and the value looks like one.
pub(super) fn is_secret(name: &str, value: &str) -> bool {
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    let words = || name.split('_');
    let long = |least: usize| value.len() >= least && value.parse::<f64>().is_err();
    if is_switch(value) || is_path(value) {
        return false;
    }
    if ends(&["PASSWORD", "PASSWD", "PASSPHRASE", "_PASS", "_PWD", "SECRET"]) {
        return true;
    }
    if words().any(|word| PUBLIC.contains(&word)) {
        return false;
    }
    if ends(&["TOKEN"]) {
        return long(TOKEN);
    }
    let Some(kind) = name.strip_suffix("_KEY") else { return false };
    if SECRET_KEYS.contains(&kind.rsplit('_').next().unwrap_or_default()) {
        return long(TOKEN);
    }
    let has = |test: fn(char) -> bool| value.contains(test);
    long(KEY)
        && has(|c| c.is_ascii_digit())
        && has(|c| c.is_ascii_alphabetic())
        && !has(char::is_whitespace)
}

/// Whether a value only turns something on or off, or is none at all.
fn is_switch(value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    matches!(
        value.as_str(),
        "" | "true" | "false" | "yes" | "no" | "on" | "off" | "none" | "null" | "0" | "1"
    )
}

/// Whether a value names a file that holds the secret.
fn is_path(value: &str) -> bool {
    let known = |letter: char| letter.is_ascii_alphanumeric() || "/._-".contains(letter);
    value.starts_with('/') && value.matches('/').count() > 1 && value.chars().all(known)
}

/// Whether a text holds `scheme://user:password@` with a password that is known.
fn has_password(text: &Text) -> bool {
    // What the operator sets is a control character, which no URL holds.
    let text = text.render(Into::into, |_| "\u{1}".to_owned());
    text.split("://").skip(1).any(|rest| {
        let end = rest.find(|c: char| "/?#\"'".contains(c) || c.is_whitespace());
        let authority = &rest[..end.unwrap_or(rest.len())];
        let Some((user, _)) = authority.rsplit_once('@') else { return false };
        let Some((_, password)) = user.split_once(':') else { return false };
        !password.is_empty() && !password.contains('\u{1}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::VariableName;

    #[test]
    fn names_tell_secrets_from_settings() {
        for (name, value) in [
            ("DB_PASSWORD", "hunter2hunter2"),
            ("PGPASSWORD", "12345678"),
            ("SMTP_PASS", "guest"),
            ("JWT_SECRET", "secret"),
            ("GITHUB_TOKEN", "ghp_0123456789"),
            ("OPENAI_API_KEY", "sk-0123456789"),
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"),
            ("APP_KEY", "base64:0123456789abcdef"),
        ] {
            assert!(is_secret(name, value), "{name}");
        }
        for (name, value) in [
            ("STRIPE_PUBLISHABLE_KEY", "pk_live_0123456789abcdef"),
            ("NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY", "pk_live_0123456789abcdef"),
            ("PASSWORD_RESET_EXPIRY", "1h"),
            ("FREE_MONTHLY_TOKEN_QUOTA", "100000"),
            ("MAX_TOKEN", "100000000"),
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("SSL_KEY_PATH", "/etc/ssl/key.pem"),
            ("TLS_PRIVATE_KEY", "/etc/ssl/key.pem"),
            ("DB_PASSWORD", "/run/secrets/db_password"),
            ("DB_PASSWORD_FILE", "/run/secrets/db_password"),
            ("REQUIRE_PASSWORD", "true"),
            ("SMTP_PASSWORD", ""),
            ("RABBITMQ_ROUTING_KEY", "user.created"),
            ("ROBOT_BYPASS", "google"),
        ] {
            assert!(!is_secret(name, value), "{name}");
        }
    }

    #[test]
    fn passwords_are_found_in_urls() {
        let known = |text: &str| has_password(&Text::literal(text.to_owned()));
        assert!(known("postgres://u:hunter2@db/x"));
        assert!(known("redis://:hunter2@cache:6379"));
        assert!(known("--url=amqp://guest:guest@queue"));
        for text in [
            "https://example.com/a:b@c",
            "https://key@sentry.io/1",
            "postgres://u:@db/x",
            "http://a:80, mail me@x",
            "no url: x@y",
        ] {
            assert!(!known(text), "{text}");
        }
        let mut text = Text::literal("postgres://u:");
        text.push(&Text::variable(VariableName::known("PW".to_owned())));
        text.push_literal("@db/x");
        assert!(!has_password(&text));
    }
}
