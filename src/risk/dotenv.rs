//! Turns two env templates into which variables the operator must set, and which may be weaker.

use std::collections::BTreeMap;

use super::{Effect, Notes, Side};

pub(super) fn assess(sides: &[(&str, Side<'_>)], notes: &mut Notes) {
    for (_, side) in sides {
        let (Some(old), Some(new)) = (side.old, side.new) else { continue };
        let (before, lengths) = (variables(old), lengths(new));
        for (name, least) in self::lengths(old) {
            let now = lengths.get(name).copied().unwrap_or(0);
            if now < least && variables(new).contains_key(name) {
                let says = match now {
                    0 => format!("`{name}` may have any length, and needed {least} characters"),
                    _ => format!("`{name}` needs {now} characters in place of {least}"),
                };
                notes.add(Effect::Loosens, "", says);
            }
        }
        for (name, value) in variables(new) {
            let had_one = before.get(name).is_some_and(|before| !before.is_empty());
            if value.is_empty() && (had_one || !before.contains_key(name)) {
                notes.add(Effect::NeedsValue, "", format!("`{name}` must be set in the env file"));
            }
        }
    }
}

/// The fewest characters of each variable, as the comment above it says.
fn lengths(text: &str) -> BTreeMap<&str, u32> {
    let (mut found, mut least) = (BTreeMap::new(), None);
    for line in text.lines() {
        if line.starts_with('#') {
            let said = line.split_once("at least ").and_then(|(_, rest)| rest.split_once(" char"));
            least = said.and_then(|(number, _)| number.parse().ok()).or(least);
        } else {
            let name = line.split_once('=').map(|(name, _)| name.trim());
            found.extend(name.zip(least.take()));
        }
    }
    found
}

/// The variables of a template, with what it proposes.
fn variables(text: &str) -> BTreeMap<&str, &str> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.trim(), value.trim().trim_matches(['\'', '"'])))
        .collect()
}
