//! Turns names that cannot be names into ones that can, so that what stands under them is judged too.

use std::collections::BTreeSet;

use crate::blueprint::broken::Broken;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::document::{Key, Kind, Node};
use crate::source::pointer;
use crate::value::{GroupName, Malformed, Name, Scalar, VariableName};

/// How much of a name is kept: with a word before it, it is still no longer than a name may be.
const LONGEST: usize = 24;

/// The entries of a mapping that are known by name.
struct Named {
    /// What they are called, which ends the name of one that has none.
    noun: &'static str,
    check: fn(&str) -> Option<Malformed>,
    /// Whether other parts of a blueprint refer to them by name.
    referred: bool,
    /// What letters of the name become.
    spell: fn(char) -> char,
    separator: char,
}

const ENVIRONMENTS: Named = Named {
    noun: "environment",
    check: |text| Name::check(text).err(),
    referred: false,
    spell: |letter| letter.to_ascii_lowercase(),
    separator: '-',
};
const SERVICES: Named = Named { noun: "service", referred: true, ..ENVIRONMENTS };
const GROUPS: Named =
    Named { noun: "group", check: |text| GroupName::check(text).err(), ..SERVICES };
const VARIABLES: Named = Named {
    noun: "VARIABLE",
    check: |text| VariableName::check(text).err(),
    referred: true,
    spell: |letter| letter.to_ascii_uppercase(),
    separator: '_',
};

/// Renames the services, environments, groups and variables of a blueprint whose names are faulty, and tells the
/// faults. Their places in the text stay; what is referred to by a faulty name is not missed.
pub(super) fn rename(root: &mut Node, broken: &mut Broken) -> Diagnostics {
    let mut found = Diagnostics::default();
    sections(root, broken, &mut found);
    if let Some(environments) = value(root, "environments") {
        ENVIRONMENTS.mend(environments, "/environments", broken, &mut found);
        for (_, environment) in entries(environments) {
            if let Some(over) = value(environment, "override") {
                sections(over, broken, &mut found);
            }
        }
    }
    found
}

fn sections(root: &mut Node, broken: &mut Broken, found: &mut Diagnostics) {
    if let Some(services) = value(root, "services") {
        SERVICES.mend(services, "/services", broken, found);
    }
    if let Some(groups) = value(root, "variables") {
        GROUPS.mend(groups, "/variables", broken, found);
        for (group, variables) in entries(groups) {
            VARIABLES.mend(variables, &pointer::push("/variables", &group.name), broken, found);
        }
    }
}

impl Named {
    fn mend(&self, node: &mut Node, at: &str, broken: &mut Broken, found: &mut Diagnostics) {
        // What holds a reference is known in an environment only; `x-` keys are the author's own.
        let is_free = |name: &str| name.contains("${") || name.starts_with("x-");
        let fault = |key: &Key| (self.check)(&key.name).filter(|_| !is_free(&key.name));
        if node.entries().iter().all(|(key, _)| fault(key).is_none()) {
            return;
        }
        let names = node.entries().iter().map(|(key, _)| key.name.clone());
        let mut taken: BTreeSet<String> = names.collect();
        for (key, _) in entries(node) {
            let Some(fault) = fault(key) else { continue };
            found.push(Diagnostic::from(fault).at(key.span, ""));
            if self.referred {
                broken.add(pointer::push(at, &key.name));
            }
            let fits = |name: &String| (self.check)(name).is_none() && !taken.contains(name);
            let renamed = self.candidates(&key.name, taken.len()).find(fits);
            if let Some(name) = renamed {
                key.name.clone_from(&name);
                taken.insert(name);
            }
        }
    }

    /// What a name may have meant, then what nothing else is called: numbered, from one that is not taken yet.
    fn candidates(&self, name: &str, from: usize) -> impl Iterator<Item = String> {
        let known = |letter: char| {
            if letter.is_ascii_alphanumeric() { (self.spell)(letter) } else { self.separator }
        };
        let spelt: String = name.trim().chars().map(known).take(LONGEST).collect();
        let near = spelt.trim_matches(self.separator).to_owned();
        let (noun, separator) = (self.noun, self.separator);
        let joined = format!("{noun}{separator}{near}");
        let numbered = (from..).map(move |at| format!("{noun}{separator}{at}"));
        [near, joined].into_iter().chain(numbered)
    }
}

fn entries(node: &mut Node) -> &mut [(Key, Node)] {
    if let Kind::Mapping(entries) = &mut node.kind { entries } else { &mut [] }
}

fn value<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Node> {
    entries(node).iter_mut().find(|(known, _)| known.name == key).map(|(_, value)| value)
}
