//! Turns the conditions that catalogue entries come to in a system into what they read, without parsing them anew.
//!
//! They differ from what the entry says by the names that stand in quotes for `$job` and its like. What an embedded entry
//! says is the same in every system: it is parsed when it is first met, and once.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use crate::catalog::Entry;
use crate::map::IndexMap;
use crate::rules::dashboards::without_grafanas;
use crate::rules::promql::readings::{Parsed, Read};
use crate::rules::promql::selector::are_names;

/// The conditions of the entries that were met.
static KNOWN: RwLock<Option<Table>> = RwLock::new(None);

#[derive(Default)]
struct Table {
    entries: BTreeSet<String>,
    /// By their outlines.
    conditions: IndexMap<String, Vec<Known>>,
}

/// A condition of an entry.
struct Known {
    expr: String,
    /// What stands in quotes there.
    quoted: Vec<String>,
    parsed: OnceLock<Parsed>,
}

/// Takes note of the conditions of an embedded entry.
pub(in crate::rules) fn learn(entry: &Entry) {
    let is_known = |table: &Table| table.entries.contains(&entry.component);
    if KNOWN.read().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(is_known) {
        return;
    }
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    let table = known.get_or_insert_default();
    if table.entries.insert(entry.component.clone()) {
        for expr in conditions(entry) {
            table.add(expr);
        }
    }
}

/// What a condition reads, where an entry says it.
pub(super) fn read(expr: &str) -> Option<Read> {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    let (outline, quoted) = outline(expr)?;
    known.as_ref()?.conditions.get(&outline)?.iter().find_map(|known| known.filled(&quoted))
}

/// The conditions of an entry's alerts and panels, as they are but for the names.
fn conditions(entry: &Entry) -> Vec<String> {
    let kubelet = entry.kubernetes.kubelet.as_ref();
    let alerts = entry.alerts.values().chain(kubelet.iter().flat_map(|one| one.alerts.values()));
    let panels = entry.panels.values().chain(kubelet.iter().flat_map(|one| one.panels.values()));
    let of_alerts = alerts.filter_map(|alert| {
        let threshold = alert.threshold.map(|threshold| threshold.to_string());
        Some(alert.expr.as_ref()?.replace("$threshold", &threshold.unwrap_or_default()))
    });
    let queries = panels.flat_map(|panel| panel.queries.values());
    of_alerts.chain(queries.map(|query| without_grafanas(query).into_owned())).collect()
}

impl Table {
    fn add(&mut self, expr: String) {
        let Some((outline, quoted)) = outline(&expr) else { return };
        let known = self.conditions.entry(outline).or_default();
        if known.iter().all(|known| known.quoted != quoted) {
            let quoted = quoted.into_iter().map(str::to_owned).collect();
            known.push(Known { expr, quoted, parsed: OnceLock::new() });
        }
    }
}

impl Known {
    /// What it reads with these texts in its quotes, where they differ by nothing but names that were put in.
    fn filled(&self, quoted: &[&str]) -> Option<Read> {
        let mut names: Vec<(&str, &str)> = Vec::new();
        for (known, found) in self.quoted.iter().map(String::as_str).zip(quoted.iter().copied()) {
            if !known.contains('$') {
                if known != found {
                    return None;
                }
            } else if names.iter().all(|(other, _)| *other != known) {
                names.push((known, found));
            } else if !names.contains(&(known, found)) {
                return None;
            }
        }
        names.retain(|(known, found)| known != found);
        if !names.iter().all(|(_, found)| are_names(found)) {
            return None;
        }
        let Parsed { reading, series } = self.parsed.get_or_init(|| Parsed::of(&self.expr));
        let mut reading = reading.clone().ok()?;
        for selector in &mut reading.selectors {
            selector.fill(|value| {
                let name = names.iter().find(|(known, _)| *known == value);
                name.map(|(_, found)| Arc::from(*found))
            });
        }
        Some(Read { reading: Ok(Rc::new(reading)), series: series.clone() })
    }
}

/// A condition without what stands in its quotes, and that; `None` where it is not told by these quotes alone.
fn outline(expr: &str) -> Option<(String, Vec<&str>)> {
    let text = expr.as_bytes();
    if memchr::memchr3(b'\\', b'\'', b'`', text).or_else(|| memchr::memchr(b'#', text)).is_some() {
        return None;
    }
    let (mut outline, mut quoted) = (String::with_capacity(expr.len()), Vec::with_capacity(8));
    let mut rest = expr;
    while let Some(open) = memchr::memchr(b'"', rest.as_bytes()) {
        outline.push_str(&rest[..=open]);
        rest = &rest[open + 1..];
        let close = memchr::memchr(b'"', rest.as_bytes())?;
        quoted.push(&rest[..close]);
        rest = &rest[close + 1..];
    }
    outline.push_str(rest);
    Some((outline, quoted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(expr: &str) -> Known {
        let (_, quoted) = outline(expr).unwrap();
        let quoted = quoted.into_iter().map(str::to_owned).collect();
        Known { expr: expr.to_owned(), quoted, parsed: OnceLock::new() }
    }

    fn filled(known: &Known, expr: &str) -> Option<Read> {
        known.filled(&outline(expr).unwrap().1)
    }

    #[test]
    fn names_are_put_in_as_if_the_condition_were_parsed() {
        let known = known(r#"up{job="$job",space=~"$spaces",kind!="x"} / up{job="$job"} == 0"#);
        let expr = r#"up{job="api",space=~"a|b-c",kind!="x"} / up{job="api"} == 0"#;
        assert_eq!(filled(&known, expr), Some(Parsed::parse(expr).into()));
    }

    #[test]
    fn what_differs_otherwise_is_parsed() {
        let known = known(r#"up{job="$job",kind!="x"} / up{job="$job"} == 0"#);
        for expr in [
            r#"up{job="api",kind!="y"} / up{job="api"} == 0"#,
            r#"up{job="api",kind!="x"} / up{job="db"} == 0"#,
            r#"up{job="a.b",kind!="x"} / up{job="a.b"} == 0"#,
            r#"up{job="",kind!="x"} / up{job=""} == 0"#,
        ] {
            assert_eq!(filled(&known, expr), None, "{expr}");
        }
        assert_eq!(outline(r#"up{job="a\"b"}"#), None);
        assert_eq!(outline(r#"up{job="a}"#), None);
    }
}
