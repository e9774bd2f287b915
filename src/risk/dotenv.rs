//! Turns two env templates into which variables the operator must set.

use std::collections::BTreeMap;

use super::{Effect, Notes, Side};

pub(super) fn assess(sides: &[(&str, Side<'_>)], notes: &mut Notes) {
    for (_, side) in sides {
        let (Some(old), Some(new)) = (side.old, side.new) else { continue };
        let before = variables(old);
        for (name, value) in variables(new) {
            let had_one = before.get(name).is_some_and(|before| !before.is_empty());
            if value.is_empty() && (had_one || !before.contains_key(name)) {
                notes.add(Effect::NeedsValue, "", format!("`{name}` must be set in the env file"));
            }
        }
    }
}

/// The variables of a template, with what it proposes.
fn variables(text: &str) -> BTreeMap<&str, &str> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.trim(), value.trim().trim_matches(['\'', '"'])))
        .collect()
}
