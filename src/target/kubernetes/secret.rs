//! Emits a template of the `Secret` that the operator makes: which keys it must have, and no values.

use crate::format::yaml::Comments;
use crate::model::naming;
use crate::target::Error;
use crate::target::kubernetes::cluster::Cluster;
use crate::target::kubernetes::config::{Home, home};
use crate::target::kubernetes::folder::Folder;
use crate::target::kubernetes::schema::config::Secret;
use crate::target::kubernetes::schema::meta::Object;

/// Applying the template must do no harm: it has no data, so that what a live `Secret` holds stays, and its keys stand
/// in a comment.
pub(super) fn emit(cluster: &Cluster<'_>, folder: &mut Folder<'_, '_>) -> Result<(), Error> {
    let held: Vec<_> = cluster
        .variables()
        .filter_map(|variable| match home(variable) {
            Home::Secret { optional } => Some((variable, optional)),
            Home::Config => None,
        })
        .collect();
    if held.is_empty() {
        return Ok(());
    }
    let name = cluster.secret_name();
    let env_file = naming::env_file(&cluster.model.environment.name);
    let namespace = cluster.namespace();
    let mut head = format!(
        "Not listed in kustomization.yaml: the values never stand in a compiled file.\n\
         Make it from the filled env file, after the first apply; pods wait for it:\n  \
         kubectl create secret generic {name} --namespace {namespace} --from-env-file={env_file}\n\
         kubectl takes quotes for part of a value: where the env file quotes one, write the object by hand.\n\
         Pods read it when they start. After a change:\n  \
         kubectl rollout restart deployment,statefulset,daemonset --namespace {namespace}\n\n\
         Its keys, to stand below `stringData:`:"
    );
    for (variable, optional) in held {
        let optional = if optional { "may be absent" } else { "" };
        let about: Vec<&str> = [variable.about.as_str(), optional]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        head.push_str(&format!("\n  {}:", variable.name));
        if !about.is_empty() {
            head.push_str(&format!(" # {}", about.join("; ").replace('\n', " ")));
        }
    }
    let object = Object {
        api_version: "v1",
        kind: "Secret",
        metadata: cluster.common_metadata(name.clone()),
        body: Secret { kind: "Opaque" },
    };
    let comments = Comments::from([(String::new(), head)]);
    folder.template(&format!("_namespace/secret-{name}.template.yaml"), &object, comments)
}
