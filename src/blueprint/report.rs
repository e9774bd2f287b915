//! Turns a breach of the schema into a diagnostic that shows the place and the way out.

use serde_json::Value;

use crate::blueprint::locate::Locator;
use crate::blueprint::{expand, schema};
use crate::check::{self, Fault, Finding};
use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::value::Malformed;

/// The diagnostic for a finding in `value`.
pub fn finding(finding: &Finding, value: &Value, locator: &Locator<'_>) -> Diagnostic {
    let pointer = finding.pointer.as_str();
    let here = locator.value(pointer);
    let name = pointer.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~");
    match &finding.fault {
        Fault::UnknownKey { key, known } => unknown_key(key, known, pointer, &name, locator),
        Fault::MissingKey { key } => {
            let owner =
                if name.is_empty() { "the blueprint".to_owned() } else { format!("`{name}`") };
            Diagnostic::error(Code::MissingKey, format!("{owner} lacks `{key}`"))
                .at(locator.key(pointer), format!("`{key}` belongs here"))
                .help(format!("add `{key}:`; `formwork explain {key}` says what it takes"))
        }
        Fault::WrongType { expected } => {
            wrong_type(&name, expected, value.pointer(pointer), locator, pointer)
        }
        Fault::NotAllowed { allowed } => {
            let given = value.pointer(pointer).map(plain).unwrap_or_default();
            let list = allowed.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ");
            let found =
                Diagnostic::error(Code::InvalidValue, format!("`{name}` cannot be `{given}`"))
                    .at(here, format!("expected one of {list}"));
            match suggest::nearest(&given, allowed.iter().map(String::as_str)) {
                Some(near) => found.help(format!("write `{near}`")),
                None => found,
            }
        }
        Fault::Malformed { format, malformed } => {
            let text = value.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            if format != "text" && text.contains("${") {
                return Diagnostic::error(
                    Code::RunTimeReference,
                    format!("`{name}` must be known when compiling"),
                )
                .at(here, "this is known at run time only, or not at all")
                .help("write the value, or refer to `${env.…}` or to a variable that is `fixed`");
            }
            malformed_value(malformed.as_ref(), &name).at(here, "")
        }
        Fault::MalformedKey { key, malformed } => {
            let place = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
            let found = match malformed {
                Some(_) => malformed_value(malformed.as_ref(), key),
                None => Diagnostic::error(
                    Code::InvalidName,
                    format!("`{key}` cannot be a name here"),
                )
                .help(
                    "names of alerts are letters, digits and underscores, and start with a letter",
                ),
            };
            found.at(locator.key(&place), "")
        }
        Fault::Other { message } => {
            Diagnostic::error(Code::InvalidValue, format!("`{name}`: {message}")).at(here, "")
        }
    }
}

fn malformed_value(malformed: Option<&Malformed>, name: &str) -> Diagnostic {
    match malformed {
        Some(malformed) => {
            let found = Diagnostic::error(malformed.code, malformed.reason.clone());
            malformed.help.iter().fold(found, |found, help| found.help(help.clone()))
        }
        None => Diagnostic::error(
            Code::InvalidReference,
            format!("`{name}` holds something that is no reference"),
        )
        .help("a reference is `${owner.key}`; write `$${` for a literal `${`"),
    }
}

fn unknown_key(
    key: &str,
    known: &[String],
    pointer: &str,
    owner: &str,
    locator: &Locator<'_>,
) -> Diagnostic {
    let place = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
    let within = if owner.is_empty() { String::new() } else { format!(" in `{owner}`") };
    let found = Diagnostic::error(Code::UnknownKey, format!("unknown key `{key}`{within}"));
    let near = suggest::nearest(key, known.iter().map(String::as_str));
    let found = if let Some(near) = near {
        found.at(locator.key(&place), format!("did you mean `{near}`?"))
    } else {
        let list = known.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ");
        let found = found.at(locator.key(&place), "");
        if list.is_empty() { found } else { found.help(format!("the keys here are {list}")) }
    };
    found.help("keys of your own may start with `x-`")
}

fn wrong_type(
    name: &str,
    long: &str,
    given: Option<&Value>,
    locator: &Locator<'_>,
    pointer: &str,
) -> Diagnostic {
    let given_kind = match given {
        None | Some(Value::Null) => "nothing",
        Some(Value::Bool(_)) => "a truth value",
        Some(Value::Number(number)) if number.is_f64() => "a number with a point",
        Some(Value::Number(_)) => "a number",
        Some(Value::String(_)) => "text",
        Some(Value::Array(_)) => "a list",
        Some(Value::Object(_)) => "a mapping",
    };
    let expected = forms(pointer, long);
    let place = locator.value(pointer);
    if given.and_then(Value::as_str).is_some_and(|text| text.contains("${")) {
        return Diagnostic::error(
            Code::RunTimeReference,
            format!("`{name}` must be known when compiling"),
        )
        .at(place, "this is known at run time only, or not at all")
        .help("write the value, or refer to `${env.…}` or to a variable that is `fixed`");
    }
    let found =
        Diagnostic::error(Code::WrongType, format!("`{name}` takes {expected}, not {given_kind}"))
            .at(place, format!("expected {expected}"));
    match given {
        Some(Value::Number(number)) if number.is_f64() && long.contains("a whole number") => {
            let nearest = number.as_f64().unwrap_or_default().round();
            found.help(format!("write it without a point: `{nearest}`"))
        }
        Some(Value::Number(_) | Value::Bool(_)) if long.contains("text") => {
            found.help("put quotes round it, so that YAML keeps it as text")
        }
        Some(Value::String(text)) if expected.contains("a list") => {
            found.help(format!("write a list of one: `{name}: [{text}]`"))
        }
        _ => found,
    }
}

/// Every kind of value that a place takes: the long form's, and those of the short forms.
fn forms(pointer: &str, long: &str) -> String {
    let short = expand::at(pointer).flat_map(|short| schema::LONG.kinds(&(short.takes)()));
    let mut kinds: Vec<&str> = short.collect();
    kinds.extend((!kinds.contains(&long)).then_some(long));
    check::or(&kinds)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
