//! Emits what gives pods their secrets: a template of the `Secret` that the operator makes, with its keys and no
//! values, or an `ExternalSecret` that fetches them.

use std::fmt::Write;

use crate::format::yaml::Comments;
use crate::model::{SecretStore, Variable};
use crate::target::Error;
use crate::target::kubernetes::cluster::{Cluster, object};
use crate::target::kubernetes::config::{Home, home};
use crate::target::kubernetes::folder::{Folder, Place};
use crate::target::kubernetes::schema::config::{
    DataFrom, ExternalSecret, RemoteKey, RemoteRef, Secret, SecretData, SecretTarget, StoreRef,
};
use crate::target::kubernetes::schema::meta::{Object, Spec};

/// Applying the template must do no harm: it has no data, so that what a live `Secret` holds stays, and its keys stand
/// in a comment.
pub(super) fn emit(cluster: &Cluster<'_>, folder: &mut Folder<'_, '_>) -> Result<(), Error> {
    let places = [(cluster.namespace(), "_namespace"), (cluster.agents_namespace(), "_agents")];
    for (namespace, place) in places {
        let keys: Keys<'_> = cluster
            .variables_in(namespace)
            .filter_map(|variable| match home(variable) {
                Home::Secret { optional } => Some((variable, optional)),
                Home::Config => None,
            })
            .collect();
        match &cluster.model.kubernetes.secrets {
            _ if keys.is_empty() => {}
            Some(store) => {
                let place =
                    if place == "_agents" { cluster.agents_place() } else { Place::common() };
                let fetched = fetched(cluster, store, namespace, &keys);
                folder.add(&place, &fetched, Comments::new())?;
            }
            None => template(cluster, namespace, place, &keys, folder)?,
        }
    }
    Ok(())
}

/// Variables, and whether each may be absent.
type Keys<'a> = Vec<(&'a Variable, bool)>;

/// What fetches the values. A key that the store lacks stops all of it, so that what may be absent is taken from
/// everything that the entry holds.
fn fetched(
    cluster: &Cluster<'_>,
    store: &SecretStore,
    namespace: &str,
    keys: &Keys<'_>,
) -> Object<Spec<ExternalSecret>> {
    let required = keys.iter().filter(|(_, optional)| !optional);
    let data = required.map(|(variable, _)| SecretData {
        secret_key: variable.name.to_string(),
        remote_ref: RemoteRef { key: store.key.clone(), property: variable.name.to_string() },
    });
    let all = DataFrom { extract: RemoteKey { key: store.key.clone() } };
    let spec = ExternalSecret {
        refresh_interval: store.refresh.go(),
        secret_store_ref: StoreRef { name: store.name.to_string(), kind: store.kind.as_str() },
        target: SecretTarget { name: cluster.secret_name.clone(), creation_policy: "Owner" },
        data_from: keys.iter().any(|(_, optional)| *optional).then_some(all).into_iter().collect(),
        data: data.collect(),
    };
    let mut metadata = cluster.common_metadata(&cluster.secret_name);
    metadata.namespace = Some(namespace.into());
    object("external-secrets.io/v1", "ExternalSecret", metadata, spec)
}

fn template(
    cluster: &Cluster<'_>,
    namespace: &str,
    place: &str,
    keys: &Keys<'_>,
    folder: &mut Folder<'_, '_>,
) -> Result<(), Error> {
    let name = &cluster.secret_name;
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
        let absence = if *optional { "may be absent" } else { "" };
        let about: Vec<&str> = [variable.about.as_str(), absence]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        let _ = write!(head, "\n  {}:", variable.name);
        if !about.is_empty() {
            let _ = write!(head, " # {}", about.join("; ").replace('\n', " "));
        }
    }
    let mut metadata = cluster.common_metadata(name);
    metadata.namespace = Some(namespace.into());
    let object =
        Object { api_version: "v1", kind: "Secret", metadata, body: Secret { kind: "Opaque" } };
    let comments = Comments::from([(String::new(), head)]);
    folder.template(&format!("{place}/secret-{name}.template.yaml"), &object, comments)
}
