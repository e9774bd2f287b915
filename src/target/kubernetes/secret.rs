//! Emits a template of the `Secret` that the operator makes: which keys it must have, and no values.

use std::fmt::Write;

use crate::format::yaml::Comments;
use crate::model::Variable;
use crate::target::Error;
use crate::target::kubernetes::cluster::Cluster;
use crate::target::kubernetes::config::{Home, home};
use crate::target::kubernetes::folder::Folder;
use crate::target::kubernetes::schema::config::Secret;
use crate::target::kubernetes::schema::meta::Object;

/// Applying the template must do no harm: it has no data, so that what a live `Secret` holds stays, and its keys stand
/// in a comment.
pub(super) fn emit(cluster: &Cluster<'_>, folder: &mut Folder<'_, '_>) -> Result<(), Error> {
    let places = [(cluster.namespace(), "_namespace"), (cluster.agents_namespace(), "_agents")];
    for (namespace, place) in places {
        one(cluster, &namespace, place, folder)?;
    }
    Ok(())
}

fn one(
    cluster: &Cluster<'_>,
    namespace: &str,
    place: &str,
    folder: &mut Folder<'_, '_>,
) -> Result<(), Error> {
    let keys: Vec<(&Variable, bool)> = cluster
        .variables_in(namespace)
        .filter_map(|variable| match home(variable) {
            Home::Secret { optional } => Some((variable, optional)),
            Home::Config => None,
        })
        .collect();
    if keys.is_empty() {
        return Ok(());
    }
    let name = cluster.secret_name();
    let environment = &cluster.model.environment.name;
    let mut head = format!(
        "Not listed in kustomization.yaml: the values never stand in a compiled file.\n\
         Make it from the filled env file once the namespace is there; pods wait for it:\n  \
         formwork env secret --env {environment} | kubectl apply --server-side -f -\n\
         (`kubectl create secret --from-env-file` would take quotes for part of a value.)\n\
         Pods read it when they start. After a change:\n  \
         kubectl rollout restart deployment,statefulset,daemonset --namespace {namespace}\n\n\
         Its keys:"
    );
    for (variable, optional) in keys {
        let absence = if optional { "may be absent" } else { "" };
        let about: Vec<&str> = [variable.about.as_str(), absence]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        let _ = write!(head, "\n  {}:", variable.name);
        if !about.is_empty() {
            let _ = write!(head, " # {}", about.join("; ").replace('\n', " "));
        }
    }
    let mut metadata = cluster.common_metadata(name.clone());
    metadata.namespace = Some(namespace.to_owned());
    let object =
        Object { api_version: "v1", kind: "Secret", metadata, body: Secret { kind: "Opaque" } };
    let comments = Comments::from([(String::new(), head)]);
    folder.template(&format!("{place}/secret-{name}.template.yaml"), &object, comments)
}
