//! Holds what one form of an environment says of its services, in words that are the same for both forms.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex_lite::Regex;
use serde_yaml::Value;

/// One form of an environment.
#[derive(Clone, Default)]
pub(super) struct Side {
    pub(super) services: BTreeMap<String, Service>,
    /// All objects of the cluster, those that are no services among them.
    pub(super) objects: Vec<Value>,
    /// What is set for the services, as far as it is no secret.
    pub(super) settings: BTreeMap<String, String>,
    /// What is wrong with one form by itself.
    pub(super) found: Vec<String>,
}

/// What is said of one service.
#[derive(Clone, Default)]
pub(super) struct Service {
    /// What must be equal: `image`, `variable PORT`, `limit of memory`.
    pub(super) facts: BTreeMap<String, String>,
    /// The ports that are opened.
    pub(super) ports: BTreeSet<u64>,
    /// Every number in its command, its health check and its variables.
    pub(super) numbers: BTreeSet<u64>,
    /// How it is asked whether it is ready.
    pub(super) health: Option<Health>,
    /// The variables that are there for others to refer to.
    pub(super) helpers: BTreeSet<String>,
}

/// How a service is asked whether it is ready.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Health {
    Command(Vec<String>),
    Get(u64, String),
    Connect(u64),
}

impl Service {
    pub(super) fn say(&mut self, fact: impl Into<String>, value: impl Into<String>) {
        self.facts.insert(fact.into(), value.into());
    }

    pub(super) fn may_say(&mut self, fact: impl Into<String>, value: Option<String>) {
        self.facts.extend(value.map(|value| (fact.into(), value)));
    }

    /// What it is started with: its command and its variables.
    pub(super) fn words(&self) -> impl Iterator<Item = &String> {
        let is_word =
            |fact: &str| fact.starts_with("variable ") || ["entrypoint", "command"].contains(&fact);
        self.facts.iter().filter(move |(fact, _)| is_word(fact)).map(|(_, value)| value)
    }

    /// Notes each number of a text.
    pub(super) fn count(&mut self, text: &str) {
        let digits = text.split(|one: char| !one.is_ascii_digit());
        self.numbers.extend(digits.filter_map(|number| number.parse::<u64>().ok()));
    }
}

/// What stands at a path of keys.
pub(super) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, key| value.get(key))
}

/// The scalar at a path as text, whatever its type.
pub(super) fn text(value: &Value, path: &str) -> Option<String> {
    at(value, path).map(plain)
}

/// A scalar as text.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(is) => is.to_string(),
        Value::Null => String::new(),
        _ => panic!("no scalar: {value:?}"),
    }
}

/// The list at a path; empty when there is none.
pub(super) fn list<'a>(value: &'a Value, path: &str) -> &'a [Value] {
    at(value, path).map_or(&[], |list| list.as_sequence().unwrap())
}

/// The entries of the mapping at a path; none when there is none.
pub(super) fn entries<'a>(value: &'a Value, path: &str) -> Vec<(&'a str, &'a Value)> {
    let mapping = at(value, path).into_iter().flat_map(|mapping| mapping.as_mapping().unwrap());
    mapping.map(|(key, value)| (key.as_str().unwrap(), value)).collect()
}

/// Thousandths of a processor: `500m` and `0.5` are the same.
pub(super) fn processor(text: &str) -> String {
    match text.strip_suffix('m') {
        Some(thousandths) => thousandths.to_owned(),
        None => format!("{:.0}", text.parse::<f64>().unwrap() * 1000.0),
    }
}

/// Bytes: to Docker, `1G` and `1g` are what `1Gi` is to Kubernetes.
pub(super) fn bytes(text: &str) -> String {
    let text = text.strip_suffix('i').unwrap_or(text);
    let (amount, unit) = text.split_at(text.len() - 1);
    let power = "kmg".find(&unit.to_lowercase()).unwrap_or_else(|| panic!("{text}"));
    (amount.parse::<u64>().unwrap() << (10 * (power + 1))).to_string()
}

/// Seconds: `1m30s` is 90.
pub(super) fn seconds(text: &str) -> u64 {
    static PART: LazyLock<Regex> = LazyLock::new(|| Regex::new("([0-9]+)([hms])").unwrap());
    let seconds = PART.captures_iter(text).map(|part| {
        let factor = match &part[2] {
            "h" => 3600,
            "m" => 60,
            _ => 1,
        };
        part[1].parse::<u64>().unwrap() * factor
    });
    seconds.sum()
}
