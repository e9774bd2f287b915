//! Turns images, users and ports into constraints of Gatekeeper: a pod that has others is refused.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::format::yaml::Comments;
use crate::model::edge::CertificateSource;
use crate::model::service::Service;
use crate::target::Error;
use crate::target::kubernetes::cluster::{Cluster, INSTANCE, PART_OF, object};
use crate::target::kubernetes::policies::Policies;
use crate::target::kubernetes::policy::SOLVER_LABEL;
use crate::target::kubernetes::schema::guard::{
    Constraint, ConstraintDefinition, ConstraintDefinitionSpec, ConstraintNames, ConstraintTarget,
    ConstraintTemplate, ConstraintValidation, Expression, Expressions, Kinds, Match,
};

/// A rule, and which parameter of it the system fills with what.
struct Rule {
    kind: &'static str,
    rego: &'static str,
    parameter: &'static str,
    about: &'static str,
    /// The kind of the parameter's items.
    items: &'static str,
    of: fn(&Service) -> Vec<Value>,
}

const RULES: &[Rule] = &[
    Rule {
        kind: "DeclaredImages",
        rego: include_str!("images.rego"),
        parameter: "repositories",
        about: "The repositories that images come from, registry included.",
        items: "string",
        of: |service| vec![json!(service.image.name())],
    },
    Rule {
        kind: "DeclaredUsers",
        rego: include_str!("users.rego"),
        parameter: "users",
        about: "The numbers of the users that containers run as.",
        items: "integer",
        of: |service| vec![json!(service.kubernetes.user.uid)],
    },
    Rule {
        kind: "DeclaredPorts",
        rego: include_str!("ports.rego"),
        parameter: "ports",
        about: "The ports that containers listen on.",
        items: "integer",
        of: |service| service.ports.values().map(|port| json!(port)).collect(),
    },
];

pub(super) fn emit(cluster: &Cluster<'_>, mut policies: Policies<'_, '_, '_>) -> Result<(), Error> {
    for rule in RULES {
        let template = ConstraintTemplate {
            crd: ConstraintDefinition {
                spec: ConstraintDefinitionSpec {
                    names: ConstraintNames { kind: rule.kind },
                    validation: ConstraintValidation { schema: schema(rule) },
                },
            },
            targets: vec![ConstraintTarget {
                target: "admission.k8s.gatekeeper.sh",
                rego: rule.rego,
            }],
        };
        let mut metadata = cluster.common_metadata(rule.kind.to_lowercase());
        metadata.namespace = None;
        // A cluster has one, whichever systems and environments use it.
        metadata.labels = metadata.labels.without(INSTANCE).without(PART_OF);
        let template =
            object("templates.gatekeeper.sh/v1", "ConstraintTemplate", metadata, template);
        policies.add(&template, Comments::new())?;
    }
    for rule in RULES {
        let mut metadata = cluster.common_metadata(cluster.namespace());
        metadata.namespace = None;
        let constraint = Constraint {
            enforcement_action: "deny",
            matches: matched(cluster),
            parameters: json!({ rule.parameter: declared(cluster, rule) }),
        };
        let constraint =
            object("constraints.gatekeeper.sh/v1beta1", rule.kind, metadata, constraint);
        policies.add(&constraint, Comments::new())?;
    }
    policies.finish(
        "Gatekeeper makes the kinds of the constraints out of the templates: at first, apply it twice.",
    )
}

/// What a parameter holds, in order, each once. Numbers are ordered as numbers.
fn declared(cluster: &Cluster<'_>, rule: &Rule) -> Vec<Value> {
    let all = cluster.services.iter().flat_map(|service| (rule.of)(service));
    let known: BTreeSet<(u64, String)> =
        all.map(|value| (value.as_u64().unwrap_or_default(), value.to_string())).collect();
    known.into_iter().filter_map(|(_, text)| serde_json::from_str(&text).ok()).collect()
}

fn schema(rule: &Rule) -> Value {
    json!({
        "type": "object",
        "properties": {
            rule.parameter: {
                "description": rule.about,
                "type": "array",
                "items": { "type": rule.items },
            },
        },
    })
}

/// The pods of the system, but not those that cert-manager starts to answer a challenge.
fn matched(cluster: &Cluster<'_>) -> Match {
    let edge = cluster.model.edge.as_ref();
    let solver = edge.is_some_and(|edge| edge.certificates == CertificateSource::Letsencrypt);
    let expression = Expression { key: SOLVER_LABEL.0, operator: "DoesNotExist" };
    Match {
        kinds: vec![Kinds { api_groups: vec![""], kinds: vec!["Pod"] }],
        namespaces: cluster.model.namespaces(),
        label_selector: solver.then(|| Expressions { match_expressions: vec![expression] }),
    }
}
