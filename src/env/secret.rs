//! Turns a filled env file into the Secret that the compiled Kubernetes manifests refer to.

use crate::map::IndexMap;
use serde::Serialize;

use crate::env::file::EnvFile;
use crate::format::yaml::{self, Comments};
use crate::model::{Model, Variable, naming};

/// A Secret, in the order in which it is written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Secret {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata,
    r#type: &'static str,
    data: IndexMap<String, String>,
}

#[derive(Serialize)]
struct Metadata {
    name: String,
    namespace: String,
    labels: IndexMap<&'static str, String>,
}

/// The manifests, with what the variables are set to: one for each namespace whose pods read any.
/// `kubectl create secret --from-env-file` would keep the quotes.
///
/// `data` and not `stringData`, which "does not work well with server-side apply" (kubernetes.io, "Secrets"); applied
/// in the other way, the whole Secret would be copied into an annotation.
pub fn manifest(model: &Model, file: &EnvFile) -> String {
    let namespaces = [model.kubernetes.namespace.to_string(), model.agents_namespace()];
    let manifests = namespaces.into_iter().enumerate().filter_map(|(index, namespace)| {
        let data: IndexMap<String, String> = variables(model, &namespace)
            .map(|one| {
                let value = file.value(one.name.as_str()).unwrap_or_default();
                (one.name.to_string(), base64(value.as_bytes()))
            })
            .collect();
        // The system's own is there even if it is empty: the command prints a Secret.
        (index == 0 || !data.is_empty()).then(|| one(model, namespace, data))
    });
    manifests.collect::<Vec<_>>().join("---\n")
}

fn one(model: &Model, namespace: String, data: IndexMap<String, String>) -> String {
    let secret = Secret {
        api_version: "v1",
        kind: "Secret",
        metadata: Metadata {
            name: naming::env_secret(&model.name),
            namespace,
            labels: [
                ("app.kubernetes.io/part-of", model.name.to_string()),
                ("app.kubernetes.io/managed-by", "formwork".to_owned()),
            ]
            .into_iter()
            .collect(),
        },
        r#type: "Opaque",
        data,
    };
    // Strings under fixed names: there is nothing in it that JSON cannot hold.
    yaml::to_string(&serde_json::to_value(secret).unwrap_or_default(), &Comments::new())
}

/// The variables in that of a namespace.
fn variables<'a>(model: &'a Model, namespace: &str) -> impl Iterator<Item = &'a Variable> {
    model.variables().filter(move |one| {
        let reading = model.namespaces_reading(one);
        one.lives_in_secret() && reading.iter().any(|known| known == namespace)
    })
}

/// Plain variables that the operator set to something else than the default, which Kubernetes takes from the blueprint.
pub fn ignored<'a>(model: &'a Model, file: &EnvFile) -> Vec<&'a Variable> {
    let differs = |variable: &&Variable| {
        file.value(variable.name.as_str()).is_some_and(|value| value != variable.default())
    };
    let plain = model.variables().filter(|one| one.is_operators() && !one.lives_in_secret());
    plain.filter(|one| one.is_read()).filter(differs).collect()
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| usize::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let digit = char::from(DIGITS[bits >> (18 - 6 * at) & 63]);
            text.push(if at <= chunk.len() { digit } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (text, expected) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
            ("\u{3ff}\u{3ff}>>>???", "z7/Pvz4+Pj8/Pw=="),
        ] {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }
}
