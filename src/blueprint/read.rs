//! Turns the texts of a blueprint into its typed form, one environment at a time.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::blueprint::broken::Broken;
use crate::blueprint::environment::Environment;
use crate::blueprint::include::include;
use crate::blueprint::locate::{Index, Locator};
use crate::blueprint::{
    Blueprint, canonical, expand, fill, mend, merge, pointed, rename, report, schema,
};
use crate::check::Finding;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::document::{self, Node};
use crate::source::pointer;
use crate::source::{SourceId, Sources};
use crate::value::{CpuRange, MemoryRange, Name, Percent};

/// A blueprint as it was written: all its files in one tree.
#[derive(Debug, Clone)]
pub struct Written {
    /// The nodes of all files, with the places in them.
    pub root: Node,
    /// Where their entries stand.
    pub index: Index,
    /// The environments, the real thing before its rehearsals; `production` where none is named.
    pub environments: Vec<Name>,
    /// What is wrong with the texts themselves.
    pub found: Diagnostics,
    /// Where that leaves something unknown.
    broken: Broken,
}

/// The blueprint of one environment, as far as it can be read.
#[derive(Debug)]
pub struct Reading {
    /// Without its faulty parts; `None` where nothing is left.
    pub blueprint: Option<Blueprint>,
    /// Where parts were left out.
    pub broken: Broken,
    /// What is wrong with them.
    pub found: Diagnostics,
}

/// How often faulty parts are taken out: leaving one out may leave something round it without what it needs.
const ROUNDS: usize = 4;

impl Written {
    /// Reads the blueprint's own text and those it includes, and merges them.
    ///
    /// # Errors
    /// When the blueprint's own text is not YAML, or is not a mapping.
    pub fn read(
        sources: &Sources,
        root: SourceId,
        included: &[SourceId],
    ) -> Result<Self, Diagnostics> {
        match document::read(sources, root) {
            (Some(tree), found) => Ok(Self::of(tree, found, sources, included)),
            (None, found) => Err(found),
        }
    }

    /// Takes the blueprint's own text as it was read, with what is wrong with it, and merges those that it includes.
    pub fn of(
        mut tree: Node,
        mut found: Diagnostics,
        sources: &Sources,
        included: &[SourceId],
    ) -> Self {
        let (mut broken, mut is_whole) = (Broken::default(), true);
        for id in included {
            let (part, faults) = document::read(sources, *id);
            found.extend(faults);
            match part {
                Some(part) => include(&mut tree, part, 0, &mut found),
                None => is_whole = false,
            }
        }
        broken.extend(pointed::pointers(&tree, &found));
        found.extend(rename::rename(&mut tree, &mut broken));
        let environments = names(&tree);
        let mut written = Self { index: Index::of(&tree), root: tree, environments, found, broken };
        if !is_whole {
            written.lack_a_text();
        }
        written
    }

    /// Says that a text which belongs to the blueprint is not there: anything may have stood in it.
    pub fn lack_a_text(&mut self) {
        self.broken.lack_a_text(&self.base(), &schema::sections());
    }

    /// What is written without places and `x-` keys, short forms expanded.
    fn base(&self) -> Value {
        let mut base = self.root.without_extensions();
        expand::expand(&mut base);
        expand_overrides(&mut base);
        canonical::sort(&mut base);
        base
    }

    /// The blueprints of all environments, in their order.
    pub fn readings(&self) -> Vec<Reading> {
        // The last one takes the base itself, and no copy of it.
        let bases = std::iter::repeat_n(self.base(), self.environments.len());
        let filled: Vec<Filled> = self
            .environments
            .iter()
            .zip(bases)
            .map(|(name, base)| self.filled(name, base))
            .collect();
        // Environments differ in little: what is as in the first is as good.
        let mut faults: Vec<Vec<Finding>> = Vec::with_capacity(filled.len());
        for one in &filled {
            let kept = filled.first().filter(|_| faults.first().is_some_and(Vec::is_empty));
            faults.push(schema::LONG.check_beside(&one.value, kept.map(|kept| &kept.value)));
        }
        let all = self.environments.iter().zip(filled).zip(faults);
        all.map(|((name, filled), faults)| self.typed(name, filled, faults)).collect()
    }

    /// The blueprint of one environment: override merged, references to what is known filled in, checked against
    /// the schema, typed.
    pub fn environment(&self, name: &Name) -> Reading {
        let filled = self.filled(name, self.base());
        let faults = schema::LONG.check(&filled.value);
        self.typed(name, filled, faults)
    }

    fn filled(&self, name: &Name, base: Value) -> Filled {
        let locator = Locator::new(self, Some(name));
        let mut value = base;
        let settings = value["environments"].get(name.as_str()).cloned().unwrap_or_default();
        if let Some(percent) =
            settings["resources"].as_str().and_then(|text| Percent::parse(text).ok())
        {
            scale(&mut value, percent);
        }
        let mut found = Diagnostics::default();
        if let Some(over) = settings.get("override") {
            let at = format!("/environments/{name}/override");
            found.extend(identity(over, &at, &Locator::new(self, None)));
            if let (Some(value), Some(over)) = (value.as_object_mut(), over.as_object()) {
                let own = over.iter().filter(|(key, _)| !schema::IDENTITY.contains(&key.as_str()));
                own.for_each(|(key, over)| merge::entry(value, key, over));
            }
        }
        fill::fill_in(&mut value, name, &settings, &locator, &mut found);
        canonical::sort(&mut value);
        Filled { value, found }
    }

    fn typed(&self, name: &Name, filled: Filled, faults: Vec<Finding>) -> Reading {
        let locator = Locator::new(self, Some(name));
        let Filled { value, mut found } = filled;
        let mut broken = self.broken.clone();
        broken.extend(pointed::pointers(&self.root, &found));
        let told: Vec<(String, Diagnostic)> = faults
            .iter()
            .map(|fault| {
                // The settings of an environment refer to nothing, so that no other fault explains theirs.
                let refers = !fault.pointer.starts_with("/environments/");
                let text = value.pointer(&fault.pointer).and_then(Value::as_str).filter(|_| refers);
                (text.unwrap_or_default().to_owned(), report::finding(fault, &value, &locator))
            })
            .collect();
        let mended = mended(value, faults, &mut broken);
        let own = told.into_iter().filter(|(text, _)| !broken.is_referred_to(text, name));
        found.extend(own.map(|(_, fault)| fault));
        let blueprint = match mended {
            Ok(blueprint) => Some(blueprint),
            // What is left breaks the schema for no other reason than what was told.
            Err(_) if found.has_errors() => None,
            Err(error) => {
                let message = format!("the blueprint cannot be read: {error}");
                let error = Diagnostic::error(Code::InvalidValue, message);
                found.push(error.at(locator.value(""), ""));
                None
            }
        };
        Reading { blueprint, broken, found }
    }
}

/// The blueprint of one environment, nothing left to fill in, and what went wrong meanwhile.
struct Filled {
    value: Value,
    found: Diagnostics,
}

/// The typed blueprint, without its faulty parts.
fn mended(
    mut value: Value,
    mut faults: Vec<Finding>,
    broken: &mut Broken,
) -> Result<Blueprint, serde_json::Error> {
    for _ in 0..ROUNDS {
        if faults.is_empty() {
            break;
        }
        mend::mend(&mut value, &faults, broken);
        faults = schema::LONG.check(&value);
    }
    serde_json::from_value(value)
}

/// What an environment cannot have of its own: it is what makes all environments one system.
fn identity(over: &Value, at: &str, locator: &Locator<'_>) -> Vec<Diagnostic> {
    let taken = schema::IDENTITY.iter().filter(|key| over.get(**key).is_some());
    let found = |key: &&str| {
        Diagnostic::error(Code::UnknownKey, format!("`{key}` cannot be overridden"))
            .at(locator.key(&pointer::push(at, key)), "is the same in every environment")
            .help("move it out of `override`")
    };
    taken.map(found).collect()
}

fn expand_overrides(base: &mut Value) {
    let Some(environments) = base.get_mut("environments").and_then(Value::as_object_mut) else {
        return;
    };
    for environment in environments.values_mut() {
        if let Some(over) = environment.get_mut("override") {
            expand::expand_override(over);
        }
    }
}

fn names(root: &Node) -> Vec<Name> {
    let written = root.get("environments").map(Node::entries).unwrap_or_default();
    let known = written.iter().filter(|(key, _)| !key.name.starts_with("x-")).map(|(key, node)| {
        (&key.name, canonical::tier(&node.get("tier").map(Node::to_value).unwrap_or_default()))
    });
    let names: Vec<Name> = canonical::real_first(known)
        .into_iter()
        .filter_map(|name| Name::parse(name).ok())
        .collect();
    if names.is_empty() { vec![Name::production()] } else { names }
}

/// Scales every request and limit that the blueprint names.
fn scale(value: &mut Value, percent: Percent) {
    let Some(services) = value.get_mut("services").and_then(Value::as_object_mut) else { return };
    for resources in services.values_mut().filter_map(|service| service.get_mut("resources")) {
        if let Some(range) = resources["cpu"].as_str().and_then(|text| CpuRange::parse(text).ok()) {
            resources["cpu"] = json!(range.scaled(percent).to_string());
        }
        if let Some(range) =
            resources["memory"].as_str().and_then(|text| MemoryRange::parse(text).ok())
        {
            resources["memory"] = json!(range.scaled(percent).to_string());
        }
    }
}

impl Blueprint {
    /// The settings of an environment; those of `production` where the blueprint names no environment.
    pub fn settings(&self, name: &Name) -> &Environment {
        static UNNAMED: LazyLock<Environment> = LazyLock::new(Environment::default);
        self.environments.get(name).unwrap_or_else(|| &*UNNAMED)
    }
}

/// The output folder relative to the blueprint's folder: the author's choice, else `out/<name>` beside a folder
/// named `blueprints`, else the blueprint's own folder.
pub fn output_root(chosen: Option<&str>, name: Option<&str>, in_blueprints: bool) -> String {
    match (chosen, name) {
        (Some(root), _) => root.to_owned(),
        (None, Some(name)) if in_blueprints => format!("../out/{name}"),
        (None, _) => ".".to_owned(),
    }
}
