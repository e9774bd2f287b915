//! Turns a breach of the schema into a diagnostic that shows the place and the way out.

use serde_json::Value;

use crate::blueprint::locate::Locator;
use crate::blueprint::{expand, schema};
use crate::check::{self, Fault, Finding, exceeds};
use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::source::{Span, pointer};
use crate::value::{HostName, Malformed, PortNumber};

/// The diagnostic for a finding in `value`.
pub fn finding(finding: &Finding, value: &Value, locator: &Locator<'_>) -> Diagnostic {
    let pointer = finding.pointer.as_str();
    let here = locator.value(pointer);
    let name = pointer::segments(pointer).last().unwrap_or_default().into_owned();
    let name = if is_short_port(pointer, locator) { "port".to_owned() } else { name };
    match &finding.fault {
        Fault::UnknownKey { key, known } => unknown_key(key, known, pointer, &name, locator),
        Fault::MissingKey { key } => {
            // Keys of an entry may be named like those of a blueprint, and say something else.
            let says = if locator.is_blueprint() {
                format!("`formwork explain {key}`")
            } else {
                "`formwork schema catalogue`".to_owned()
            };
            let owner =
                if name.is_empty() { locator.noun().to_owned() } else { format!("`{name}`") };
            Diagnostic::error(Code::MissingKey, format!("{owner} lacks `{key}`"))
                .at(locator.key(pointer), format!("`{key}` belongs here"))
                .help(format!("add `{key}:`; {says} says what it takes"))
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
                None => found.help(format!("write one of {list}")),
            }
        }
        Fault::Malformed { format, malformed } => {
            let text = value.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            if format != "text" && text.contains("${") {
                return run_time_reference(&name, pointer, here);
            }
            let mut malformed = malformed.clone();
            if let (Some(malformed), Some(short)) =
                (&mut malformed, short_external(pointer, value, locator))
            {
                malformed.help = Some(format!("write `{short}`"));
            }
            malformed_value(malformed.as_ref(), &name).at(here, "")
        }
        Fault::MalformedKey { key, malformed, about } => {
            let place = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
            let unfit = || {
                let unfit = Malformed::new(Code::InvalidName, key, "cannot be a name here");
                told(about, unfit.into())
            };
            let found = malformed.clone().map_or_else(unfit, Into::into);
            found.at(locator.key(&place), "")
        }
        Fault::Unfit { about } => {
            let given = value.pointer(pointer).map(plain).unwrap_or_default();
            unfit(&name, &given, about, pointer).at(here, "")
        }
        Fault::Other { message } => {
            Diagnostic::error(Code::InvalidValue, format!("`{name}`: {message}")).at(here, "")
        }
    }
}

/// A text that has not the form it should have.
fn unfit(name: &str, given: &str, about: &str, pointer: &str) -> Diagnostic {
    let message = format!("`{name}` cannot be `{given}`");
    let found = Diagnostic::error(Code::InvalidValue, message);
    if pointer.starts_with("/patches/") && name == "at" {
        return found.help(format!("write `/{given}`"));
    }
    told(about, found)
}

/// Says what should stand there, in the words of the schema.
fn told(about: &str, found: Diagnostic) -> Diagnostic {
    let mut about = about.trim_end_matches('.').chars();
    match about.next() {
        Some(first) => {
            found.help(format!("what stands here is {}{}", first.to_lowercase(), about.as_str()))
        }
        None => found,
    }
}

/// Whether a port was written as `port: 8000`.
fn is_short_port(pointer: &str, locator: &Locator<'_>) -> bool {
    let service = pointer.strip_suffix("/ports/http");
    service.is_some_and(|service| locator.entry(&format!("{service}/port")).is_some())
}

/// The host and port that a URL in place of `host:port` means.
fn short_external(pointer: &str, value: &Value, locator: &Locator<'_>) -> Option<String> {
    let entry = pointer.strip_prefix("/external/")?.strip_suffix("/host")?;
    let external = value.pointer(&format!("/external/{entry}"))?.as_object()?;
    let (scheme, rest) = external.get("host")?.as_str()?.split_once("://")?;
    if external.len() > 1 || locator.entry(pointer).is_some() {
        return None;
    }
    let place = rest.split(['/', '?', '#']).next()?.to_lowercase();
    let (host, port) = match place.split_once(':') {
        Some((host, port)) => (host, port),
        None => (place.as_str(), if scheme == "http" { "80" } else { "443" }),
    };
    let good = HostName::parse(host).is_ok() && PortNumber::parse(port).is_ok();
    good.then(|| format!("{host}:{port}"))
}

/// Keys of other languages that have another form here: in a service, and in a variable.
const ELSEWHERE: &[(&str, &str)] = &[
    ("stop_grace", "stop: { grace: 30s }"),
    ("stop_grace_period", "stop: { grace: 30s }"),
    ("stop_signal", "stop: { signal: SIGTERM }"),
    ("depends_on", "needs: [NAME]"),
    ("deploy", "replicas: 2, resources: { cpu: ..1, memory: ..512Mi }"),
    ("env_file", "variables: [GROUP]"),
    ("expose", "port: 8000"),
    ("healthcheck", "health: /health"),
];

/// Keys of a service that other languages write as lists, and this one by name.
const LISTED: &[(&str, &str)] = &[
    ("environment", "environment: { NAME: value }"),
    ("volumes", "volumes: { NAME: /path }"),
    ("ports", "ports: { http: 8000 }"),
];

/// The same in a variable, which is required unless it says otherwise.
const OF_VARIABLES: &[(&str, &str)] =
    &[("required", "optional: true"), ("sensitive", "secret: true")];

fn malformed_value(value: Option<&Malformed>, name: &str) -> Diagnostic {
    match value {
        Some(malformed) => malformed.clone().into(),
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
    let is_service = pointer.strip_prefix("/services/").is_some_and(|name| !name.contains('/'));
    let is_variable = pointer.starts_with("/variables/") && pointer.matches('/').count() == 3;
    let forms = match (is_service, is_variable) {
        (true, _) => ELSEWHERE,
        (_, true) => OF_VARIABLES,
        _ => &[],
    };
    if let Some((_, form)) = forms.iter().find(|(other, _)| *other == key) {
        return found.at(locator.key(&place), "").help(format!("write `{form}`"));
    }
    // `port` is short for `ports`, beside which it is no key.
    let short = Some("port").filter(|port| is_service && key != *port);
    let known = || known.iter().map(String::as_str).chain(short);
    let found = if let Some(near) = suggest::nearest(key, known()) {
        found.at(locator.key(&place), format!("did you mean `{near}`?"))
    } else {
        let list = known().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ");
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
    if let Some((at, kind, expected)) = given.and_then(|given| unfit_item(given, pointer)) {
        let message = format!("an item of `{name}` is {expected}, not {kind}");
        let place = locator.value(&pointer::push(pointer, &at.to_string()));
        return Diagnostic::error(Code::WrongType, message)
            .at(place, format!("expected {expected}"));
    }
    let given_kind = given.map_or("nothing", kind);
    let expected = forms(pointer, long);
    let place = locator.value(pointer);
    if given.and_then(Value::as_str).is_some_and(|text| text.contains("${")) {
        return run_time_reference(name, pointer, place);
    }
    let found =
        Diagnostic::error(Code::WrongType, format!("`{name}` takes {expected}, not {given_kind}"))
            .at(place, format!("expected {expected}"));
    match given {
        Some(number) if exceeds(number).is_some() => {
            found.help(format!("the largest is {}, and the least {}", u64::MAX, i64::MIN))
        }
        Some(Value::Number(number)) if number.is_f64() && long.contains("a whole number") => {
            let nearest = number.as_f64().unwrap_or_default().round();
            found.help(format!("write it without a point: `{nearest}`"))
        }
        Some(Value::Number(_) | Value::Bool(_)) if long.contains("text") => {
            found.help("put quotes round it, so that YAML keeps it as text")
        }
        Some(Value::Null) if pointer.starts_with("/variables/") => {
            found.help(format!("write `{name}: {{}}` for one that the operator sets"))
        }
        Some(Value::Array(_)) if pointer.starts_with("/services/") => {
            match LISTED.iter().find(|(key, _)| *key == name) {
                Some((_, form)) => found.help(format!("write `{form}`")),
                None => found,
            }
        }
        Some(Value::String(text)) if expected.contains("a list") => {
            found.help(format!("write a list of one: `{name}: [{text}]`"))
        }
        _ => found,
    }
}

/// What a value is, for people.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a truth value",
        number if exceeds(number).is_some() => "one with so many figures",
        Value::Number(number) if number.is_f64() => "a number with a point",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

/// The first item for which a list is not the short form that the place takes: its index, what it is, and what it should be.
fn unfit_item(given: &Value, pointer: &str) -> Option<(usize, &'static str, String)> {
    let items = given.as_array()?;
    let lists = expand::at(pointer).map(|short| (short.takes)());
    let takes = lists.filter(|takes| takes["type"] == "array").find_map(|takes| {
        let kinds = schema::LONG.kinds(takes.get("items")?);
        (!kinds.is_empty()).then_some(kinds)
    })?;
    let is_unfit = |item: &&Value| !takes.contains(&kind(item));
    let item = items.iter().find(is_unfit)?;
    let at = items.iter().position(|other| std::ptr::eq(other, item))?;
    Some((at, kind(item), check::or(&takes)))
}

fn run_time_reference(name: &str, pointer: &str, place: Span) -> Diagnostic {
    let found =
        Diagnostic::error(Code::RunTimeReference, format!("`{name}` must be known when compiling"));
    if pointer.starts_with("/environments/") {
        return found
            .at(place, "what an environment is refers to nothing")
            .help("write the value: references are filled in from the environment");
    }
    found
        .at(place, "this is known at run time only, or not at all")
        .help("write the value, or refer to `${env.…}` or to a variable that is `fixed`")
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
