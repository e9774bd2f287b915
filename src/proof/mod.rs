//! Turns compiled files into the names that they give and the names that they want, and finds wants that nothing meets.
//!
//! What the targets write holds together because it comes from one model. What an author changes afterwards, by a patch
//! or with a file of his own, need not: each such change is asked what it wants that was not wanted before, and what it
//! takes away. Only where there is such a thing are other files read at all.

pub mod address;
mod cluster;
mod compose;
mod conflicts;
mod documents;
mod end;
mod given;
mod meet;
mod monitoring;
pub mod nginx;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

pub use conflicts::conflicts;
pub use end::{Change, Dangling, End, Facts, Fault, Kind};

use crate::model::Model;
use crate::tree::Tree;

/// What kind of file a path is of, as far as its names are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Compose,
    Cluster,
    Kustomization,
    Prometheus,
    Rules,
    Alertmanager,
    Datasources,
    Dashboard,
    Provider,
    Nginx,
    Document,
    /// What tests alerts makes up its names.
    MadeUp,
    Other,
}

/// Whether a path is that of a document.
fn is_document(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending == "md")
}

/// What the names of compiled files say of them.
fn format(path: &str) -> Format {
    let (folder, rest) = path.split_once('/').unwrap_or(("", path));
    let file = rest.rsplit('/').next().unwrap_or(rest);
    let ending = file.rsplit_once('.').map(|(_, ending)| ending);
    match folder {
        "" if path.starts_with("docker-compose.") => Format::Compose,
        "kubernetes" if file == "kustomization.yaml" => Format::Kustomization,
        "kubernetes" => Format::Cluster,
        "prometheus" if file == "prometheus.yml" => Format::Prometheus,
        "prometheus" if rest.contains("/tests/") => Format::MadeUp,
        "prometheus" if rest.contains("/rules/") => Format::Rules,
        "alertmanager" => Format::Alertmanager,
        "grafana" if rest.contains("/datasources/") => Format::Datasources,
        "grafana" if rest.contains("/dashboards/") => Format::Dashboard,
        "grafana" if file == "provider.yml" => Format::Provider,
        "nginx" if ending == Some("conf") => Format::Nginx,
        _ if is_document(path) => Format::Document,
        _ => Format::Other,
    }
}

/// The names in a file that is YAML or JSON.
pub fn of_value(path: &str, value: &Value) -> Facts {
    let mut facts = Facts::default();
    match format(path) {
        Format::Compose => compose::read(value, &mut facts),
        Format::Cluster => cluster::read(path, value, &mut facts),
        Format::Kustomization => cluster::listed(path, value, &mut facts),
        Format::Prometheus => monitoring::server(value, &mut facts),
        Format::Rules => monitoring::rules(path, value, &mut facts),
        Format::Alertmanager => monitoring::router(value, &mut facts),
        Format::Datasources => monitoring::datasources(value, &mut facts),
        Format::Dashboard => monitoring::dashboard(value, &mut facts),
        Format::MadeUp => {}
        Format::Provider => monitoring::provider(value, &mut facts),
        Format::Nginx | Format::Document | Format::Other => {
            address::every(value, &mut |address| address::want(address, &mut facts));
        }
    }
    facts
}

/// The names in a file.
pub fn of_text(path: &str, text: &str) -> Facts {
    let mut facts = Facts::default();
    match format(path) {
        Format::Nginx => nginx::read(text, &mut facts),
        Format::Document => documents::read(path, text, &mut facts),
        Format::Other => {
            address::each(text, &mut |address| address::want(address, &mut facts));
        }
        _ => {
            for document in documents_of(text) {
                facts.add(of_value(path, &document));
            }
        }
    }
    facts
}

/// The documents of a YAML text up to the first that cannot be read: from there on each try fails anew, without end.
fn documents_of(text: &str) -> Vec<Value> {
    use serde::Deserialize as _;
    let documents = serde_yaml::Deserializer::from_str(text);
    documents.map_while(|document| Value::deserialize(document).ok()).collect()
}

/// What a change of a file wants that it did not, and what it gives no more; `None` where neither.
pub fn change(path: &str, before: &Value, after: &Value) -> Option<Change> {
    let (before, after) = (of_value(path, before), of_value(path, after));
    let wants: BTreeSet<End> = after.wanted.difference(&before.wanted).cloned().collect();
    let lost: BTreeSet<End> = before.given.difference(&after.given).cloned().collect();
    let is_met = lost.is_empty() && wants.iter().all(|end| meet::meets(&after.given, end));
    (!is_met).then(|| Change { path: path.to_owned(), wants, lost })
}

/// The wants of an environment that nothing meets, because of what was changed in these of its files. Nothing is read where
/// nothing was changed.
pub fn dangling<'a>(
    model: &Model,
    tree: &Tree,
    changes: &[&'a Change],
) -> Vec<(usize, Dangling<'a>)> {
    if changes.is_empty() {
        return Vec::new();
    }
    // Files of a cluster and the others want nothing of each other, and dashboards nothing but data sources.
    let in_cluster = |path: &str| path.starts_with("kubernetes/");
    let sides: BTreeSet<bool> = changes.iter().map(|change| in_cluster(&change.path)).collect();
    let mut lost = changes.iter().flat_map(|change| &change.lost);
    let lacks_source = lost.any(|end| end.kind == Kind::Datasource);
    let mut files = read(model, tree, |path| {
        sides.contains(&in_cluster(path)) && (lacks_source || format(path) != Format::Dashboard)
    });
    for path in changes.iter().map(|change| &change.path) {
        if let Some(artifact) = tree.get(path) {
            files.entry(path.clone()).or_insert_with(|| of_text(path, artifact.text()));
        }
    }
    let given = given::all(model, tree, &files);
    let mut found = Vec::new();
    for (path, facts) in &files {
        for want in facts.wanted.iter().filter(|want| !meet::meets(&given, want)) {
            for (index, change) in changes.iter().enumerate() {
                if change.path == *path && change.wants.contains(want) {
                    let fault = Fault::Unmet { near: meet::nearest(&given, want) };
                    found.push((index, Dangling::new(&change.path, want, fault)));
                } else if meet::meets_with(&given, &change.lost, want) {
                    let fault = Fault::Taken { by: path.clone() };
                    found.push((index, Dangling::new(&change.path, want, fault)));
                }
            }
        }
    }
    for (index, change) in changes.iter().enumerate() {
        found.extend(twice(change, &files).map(|twice| (index, twice)));
    }
    found
}

/// Objects of a changed file that another file has too: the one that is applied last would stay.
fn twice<'a>(
    change: &'a Change,
    files: &BTreeMap<String, Facts>,
) -> impl Iterator<Item = Dangling<'a>> {
    let own = files.get(&change.path).map(|facts| &facts.given);
    let objects = own.into_iter().flatten().filter(|end| end.kind == Kind::Object);
    objects.filter_map(|end| {
        let mut others = files.iter().filter(|(path, _)| **path != change.path);
        let (other, _) = others.find(|(_, facts)| facts.given.contains(end))?;
        Some(Dangling::new(&change.path, end, Fault::Twice { by: other.clone() }))
    })
}

/// Whether Prometheus loads a file as rules: what it loads is mounted there from the file, or from a folder with it.
pub fn is_loaded(model: &Model, tree: &Tree, path: &str) -> bool {
    let files =
        read(model, tree, |path| matches!(format(path), Format::Compose | Format::Prometheus));
    let given = given::all(model, tree, &files);
    let mounted = given.iter().filter(|end| end.kind == Kind::Mounted);
    let mut places = mounted.filter_map(|end| {
        let (target, source) = end.name.split_once(' ')?;
        // Compose files lie where paths begin.
        let source = source.strip_prefix("./").unwrap_or(source).trim_end_matches('/');
        let rest = path.strip_prefix(source)?;
        let target = target.trim_end_matches('/');
        (rest.is_empty() || rest.starts_with('/')).then(|| format!("{target}{rest}"))
    });
    places.any(|place| meet::meets(&given, &End { kind: Kind::Loaded, name: place }))
}

/// Everything that an environment's files want and do not get: for whoever reads all of them.
pub fn unmet(model: &Model, tree: &Tree) -> Vec<String> {
    let files = read(model, tree, |_| true);
    let given = given::all(model, tree, &files);
    let wants =
        files.iter().flat_map(|(path, facts)| facts.wanted.iter().map(move |end| (path, end)));
    let unmet = wants.filter(|(_, end)| !meet::meets(&given, end));
    unmet.map(|(path, end)| format!("{path}: {end}")).collect()
}

/// The names in files of an environment, and what the model wants of them.
fn read(model: &Model, tree: &Tree, counts: impl Fn(&str) -> bool) -> BTreeMap<String, Facts> {
    let files = tree.iter().map(|(path, artifact)| (path.as_str(), artifact));
    let own = files.filter(|(path, _)| given::is_of(model, path) && counts(path));
    let facts = own.map(|(path, artifact)| (path.to_owned(), of_text(path, artifact.text())));
    facts.chain([(String::new(), given::wanted(model))]).collect()
}
