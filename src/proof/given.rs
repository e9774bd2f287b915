//! Turns a model into what compiled files may rely on beside each other, and what it wants of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::blueprint::monitoring::AlertSeverity;
use crate::model::variable::Origin;
use crate::model::{Model, naming};
use crate::tree::Tree;

use super::end::{End, Facts, Kind};

/// Whether a file belongs to an environment, or to all of them.
pub(super) fn is_of(model: &Model, path: &str) -> bool {
    let environment = &model.environment;
    let Some((_, rest)) = path.split_once('/') else {
        return path == naming::compose_file(&environment.short) || super::is_document(path);
    };
    rest.split('/').next().is_some_and(|name| name == environment.name.as_str())
}

/// All that may be relied on: by the model, and in files.
pub(super) fn all(model: &Model, tree: &Tree, files: &BTreeMap<String, Facts>) -> BTreeSet<End> {
    let mut given = by_model(model, tree);
    given.extend(files.values().flat_map(|facts| facts.given.iter().cloned()));
    given
}

/// What is there without a file that defines it, and every file.
fn by_model(model: &Model, tree: &Tree) -> BTreeSet<End> {
    let mut given: BTreeSet<End> =
        tree.iter().map(|(path, _)| End::new(Kind::File, path.as_str())).collect();
    let mut give = |kind, name: String| given.insert(End::new(kind, name));
    for (name, service) in &model.services {
        for port in service.ports.values() {
            for host in [name.to_string(), naming::replicas_host(name)] {
                give(Kind::Address, format!("{host}:{port}"));
            }
        }
        for variable in service.secrets.keys() {
            let folder = naming::secrets_folder(&model.environment.name);
            give(Kind::File, format!("{folder}/{}", naming::secret_file(variable)));
        }
    }
    for severity in AlertSeverity::ALL {
        give(Kind::Label, format!("severity={}", severity.as_str()));
    }
    let alerts = model.monitoring.iter().flat_map(|monitoring| &monitoring.rules);
    for team in alerts.flat_map(|group| &group.rules).filter_map(|rule| rule.labels.get("team")) {
        give(Kind::Label, format!("team={team}"));
    }
    for external in model.externals.values() {
        give(Kind::Service, external.host.to_string());
        give(Kind::Address, format!("{}:{}", external.host, external.port));
    }
    let secret = naming::env_secret(&model.name);
    for variable in model.variables().filter(|one| matches!(one.origin, Origin::Operator { .. })) {
        give(Kind::Variable, variable.name.to_string());
        give(Kind::Key, format!("Secret {secret} {}", variable.name));
    }
    give(Kind::Object, "Namespace kube-system".to_owned());
    // Where a certificate is due, cert-manager starts pods that answer for it.
    give(Kind::Pods, "acme.cert-manager.io/http01-solver=true".to_owned());
    // An image without a word of networks is on the project's own.
    give(Kind::Network, "default".to_owned());
    given
}

/// Who must reach whom.
pub(super) fn wanted(model: &Model) -> Facts {
    let mut facts = Facts::default();
    for (from, service) in &model.services {
        for flow in &service.flows {
            let Some(other) = model.services.get(&flow.to) else { continue };
            if service.is_composed() && other.is_composed() {
                facts.want(Kind::Way, format!("{from} {}", flow.to));
            }
            facts.want(Kind::PodWay, format!("{from} {} {}", flow.to, flow.port));
        }
    }
    facts
}
