//! Turns images, users and ports into rules of Falco: what does not fit them while it runs is told.

use std::collections::BTreeMap;

use crate::model::service::Service;
use crate::target::Error;
use crate::target::kubernetes::cluster::Cluster;
use crate::target::kubernetes::policies::Policies;
use crate::target::kubernetes::schema::guard::{ConfigMapArgs, FalcoEntry, Generated};

/// The file of rules.
const FILE: &str = "rules.yaml";
/// What each message ends with.
const WHERE: &str = "(namespace=%k8s.ns.name pod=%k8s.pod.name container=%container.name image=%container.image.repository command=%proc.cmdline)";

pub(super) fn emit(cluster: &Cluster<'_>, mut policies: Policies<'_, '_, '_>) -> Result<(), Error> {
    let rules = Rules { cluster, id: cluster.namespace().replace('-', "_") };
    policies.file(
        FILE,
        &rules.entries(),
        "Loaded after Falco's own falco_rules.yaml, whose macros spawned_process and inbound and whose list\nshell_binaries it uses.",
    )?;
    let generated = Generated {
        api_version: "kustomize.config.k8s.io/v1beta1",
        kind: "Kustomization",
        config_map_generator: vec![ConfigMapArgs {
            name: format!("{}-falco-rules", cluster.namespace()),
            namespace: "falco",
            files: vec![FILE],
        }],
        generator_options: [("disableNameSuffixHash", true)].into_iter().collect(),
    };
    let usage = format!(
        "Apply: kubectl apply -k {}\nFalco reads it where its pods mount the ConfigMap below /etc/falco/rules.d.",
        policies.at
    );
    policies.file("kustomization.yaml", &generated, &usage)
}

struct Rules<'a> {
    cluster: &'a Cluster<'a>,
    /// What tells these names from those of other systems.
    id: String,
}

impl Rules<'_> {
    fn entries(&self) -> Vec<FalcoEntry> {
        let id = &self.id;
        let namespaces = self.cluster.model.namespaces().join(", ");
        let mut images: Vec<String> =
            self.services().map(|service| service.image.full_name()).collect();
        images.sort();
        images.dedup();
        vec![
            FalcoEntry::Macro {
                name: format!("{id}_pod"),
                condition: format!("(container.id != host and k8s.ns.name in ({namespaces}))"),
            },
            FalcoEntry::List { list: format!("{id}_images"), items: images },
            self.rule(
                "runs an image that it does not declare",
                "A program runs in an image that no service of the system is made of.",
                // The sandbox of each pod holds a program of the engine's own.
                &format!("spawned_process and {id}_pod and proc.name != pause and not container.image.repository in ({id}_images)"),
                "CRITICAL",
            ),
            self.rule(
                "runs a program as another user",
                "A program runs as a user that its image does not run as.",
                &format!("spawned_process and {id}_pod and ({})", self.each(|service| {
                    vec![service.kubernetes.user.uid.to_string()]
                }, |numbers| format!("user.uid in ({numbers})"))),
                "CRITICAL",
            ),
            self.rule(
                "accepts connections on a port that it does not declare",
                "A program listens where nothing of the system does.",
                &format!("inbound and fd.l4proto = tcp and {id}_pod and ({})", self.each(|service| {
                    service.ports.values().map(u16::to_string).collect()
                }, |ports| format!("fd.sport in ({ports})"))),
                "WARNING",
            ),
            self.rule(
                "has a shell at a terminal",
                "Somebody works by hand in a container.",
                &format!("spawned_process and {id}_pod and proc.tty != 0 and proc.name in (shell_binaries)"),
                "NOTICE",
            ),
        ]
    }

    fn services(&self) -> impl Iterator<Item = &Service> {
        self.cluster.services.iter().copied()
    }

    /// For each image a condition that holds where it has something else than is declared. Several services may be made
    /// of one image.
    fn each(&self, of: fn(&Service) -> Vec<String>, known: fn(&str) -> String) -> String {
        let mut declared: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for service in self.services() {
            let known = declared.entry(service.image.full_name()).or_default();
            known.extend(of(service));
            known.sort();
            known.dedup();
        }
        let one = |(image, values): (String, Vec<String>)| {
            let image = format!("container.image.repository = {image}");
            if values.is_empty() {
                format!("({image})")
            } else {
                format!("({image} and not {})", known(&values.join(", ")))
            }
        };
        declared.into_iter().map(one).collect::<Vec<_>>().join(" or ")
    }

    fn rule(&self, what: &str, about: &str, condition: &str, priority: &'static str) -> FalcoEntry {
        let name = format!("{} {what}", self.cluster.namespace());
        FalcoEntry::Rule {
            output: format!("{name} {WHERE}"),
            rule: name,
            desc: about.to_owned(),
            condition: condition.to_owned(),
            priority,
            tags: vec!["container"],
        }
    }
}
