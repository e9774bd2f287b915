//! Reads every file of every committed system back and follows each name in it to its other end.

use std::collections::BTreeMap;

use formwork::proof::{self, Kind};

use crate::support::{blueprints, of_file};

#[test]
fn every_name_in_every_system_meets_its_other_end() {
    let mut unmet = Vec::new();
    for path in blueprints() {
        let known = of_file(&path);
        for model in &known.compiled.models {
            let found = proof::unmet(model, &known.compiled.tree);
            let of = |one: String| format!("{} {}: {one}", path.display(), model.environment.name);
            unmet.extend(found.into_iter().map(of));
        }
    }
    assert!(unmet.is_empty(), "{}", unmet.join("\n"));
}

/// What the systems want, by kind: a reader that no longer finds a kind of name would prove nothing of it.
#[test]
fn names_of_every_kind_are_found() {
    let mut wanted: BTreeMap<Kind, usize> = BTreeMap::new();
    for path in blueprints() {
        for (path, artifact) in of_file(&path).compiled.tree.iter() {
            for end in proof::of_text(path.as_str(), artifact.text()).wanted {
                *wanted.entry(end.kind).or_default() += 1;
            }
        }
    }
    for (kind, least) in [
        (Kind::Service, 100),
        (Kind::Address, 200),
        (Kind::Network, 20),
        (Kind::Volume, 100),
        (Kind::Secret, 50),
        (Kind::Health, 50),
        (Kind::Variable, 200),
        (Kind::File, 500),
        (Kind::Object, 500),
        (Kind::Key, 200),
        (Kind::ServicePort, 20),
        (Kind::Pods, 200),
        (Kind::PodPort, 200),
        (Kind::PodVolume, 200),
        (Kind::Listed, 500),
        (Kind::Job, 50),
        (Kind::Receiver, 20),
        (Kind::Label, 50),
        (Kind::Loaded, 10),
        (Kind::Mounted, 50),
        (Kind::Upstream, 10),
        (Kind::Zone, 10),
    ] {
        let found = wanted.get(&kind).copied().unwrap_or_default();
        assert!(found >= least, "{kind:?}: {found}");
    }
}
