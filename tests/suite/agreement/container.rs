//! Reads a workload's pod and its container into what it says of a service.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex_lite::{Captures, Regex};
use serde_yaml::Value;

use super::kubernetes::Keys;
use super::side::{Health, Service, at, bytes, list, plain, processor, text};

/// Reads one workload.
pub(super) struct Reader<'a> {
    objects: &'a [Value],
    keys: &'a Keys,
    pub(super) said: Service,
    pub(super) found: Vec<String>,
    /// The settings that it reads.
    pub(super) settings: BTreeMap<String, String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(objects: &'a [Value], keys: &'a Keys) -> Self {
        Self {
            objects,
            keys,
            said: Service::default(),
            found: Vec::new(),
            settings: BTreeMap::new(),
        }
    }

    pub(super) fn workload(&mut self, name: &str, workload: &Value) {
        let kind = text(workload, "kind").unwrap();
        let path = if kind == "CronJob" {
            "spec.jobTemplate.spec.template.spec"
        } else {
            "spec.template.spec"
        };
        let pod = at(workload, path).unwrap();
        let containers = list(pod, "containers").len() + list(pod, "initContainers").len();
        self.said.say("containers", containers.to_string());
        let container = &list(pod, "containers")[0];
        self.said.say("image", text(container, "image").unwrap());
        let variables = self.variables(container);
        for (ours, theirs) in [("entrypoint", "command"), ("command", "args")] {
            let words: Vec<String> = list(container, theirs)
                .iter()
                .map(|word| self.expanded(&plain(word), &variables))
                .collect();
            self.said.say(ours, words.join("\n"));
        }
        for (ours, theirs) in [("limit", "limits"), ("request", "requests")] {
            let amount = |of: &str| text(container, &format!("resources.{theirs}.{of}"));
            let cpu = amount("cpu").map(|one| processor(&one));
            self.said.may_say(format!("{ours} of processor"), cpu);
            let memory = amount("memory").map(|one| bytes(&one));
            self.said.may_say(format!("{ours} of memory"), memory);
        }
        self.security(pod, container);
        self.said.say("replicas", self.replicas(name, &kind, workload));
        let sleep =
            at(container, "lifecycle.preStop.sleep.seconds").map_or(0, |n| n.as_u64().unwrap());
        let grace = at(pod, "terminationGracePeriodSeconds").map(|n| n.as_u64().unwrap());
        self.said.may_say("seconds to stop", grace.map(|grace| (grace - sleep).to_string()));
        self.mounts(workload, pod, container);
        let ports = self.ports(name, container);
        self.health(container, &ports);
    }

    fn security(&mut self, pod: &Value, container: &Value) {
        let of = |key: &str| {
            let path = format!("securityContext.{key}");
            text(container, &path).or_else(|| text(pod, &path)).unwrap_or_default()
        };
        self.said.say("user", format!("{}:{}", of("runAsUser"), of("runAsGroup")));
        self.said.say("read-only root", of("readOnlyRootFilesystem"));
        for (fact, key) in [("added", "add"), ("dropped", "drop")] {
            let all = list(container, &format!("securityContext.capabilities.{key}"));
            let all: Vec<String> = all.iter().map(plain).collect();
            self.said.say(format!("capabilities {fact}"), all.join(" "));
        }
    }

    fn replicas(&self, name: &str, kind: &str, workload: &Value) -> String {
        if kind == "DaemonSet" {
            return "one on every node".to_owned();
        }
        let is_scaled = self.objects.iter().any(|object| {
            text(object, "kind").unwrap() == "HorizontalPodAutoscaler"
                && text(object, "spec.scaleTargetRef.name").unwrap() == name
                && text(object, "spec.scaleTargetRef.kind").unwrap() == kind
        });
        match text(workload, "spec.replicas") {
            None if is_scaled => "as many as the autoscaler says".to_owned(),
            None => "1".to_owned(),
            Some(replicas) => replicas,
        }
    }

    /// The variables by name, with what each refers to; Kubernetes knows those only that stand before.
    fn variables(&mut self, container: &Value) -> BTreeMap<String, String> {
        let mut known = BTreeMap::new();
        for variable in list(container, "env") {
            let name = text(variable, "name").unwrap();
            let value = match at(variable, "valueFrom") {
                None => self.expanded(&text(variable, "value").unwrap_or_default(), &known),
                Some(from) => self.reference(from),
            };
            self.said.say(format!("variable {name}"), value.clone());
            known.insert(name, value);
        }
        known
    }

    fn reference(&mut self, from: &Value) -> String {
        let (of, at) = match (at(from, "configMapKeyRef"), at(from, "secretKeyRef")) {
            (Some(at), None) => ("configMap", at),
            (None, Some(at)) => ("secret", at),
            _ => panic!("{from:?}"),
        };
        let key = text(at, "key").unwrap();
        let value = self.leads_to(of, &text(at, "name").unwrap(), &key);
        if of == "configMap" {
            self.settings.extend(value.map(|value| (key.clone(), value.clone())));
        }
        let optional = text(at, "optional").is_some_and(|is| is == "true");
        if optional { format!("${{{key}?}}") } else { format!("${{{key}}}") }
    }

    /// The value of a key, which must be there.
    fn leads_to(&mut self, of: &str, name: &str, key: &str) -> Option<&'a String> {
        let keys = self.keys.get(&(of.to_owned(), name.to_owned()));
        let value = keys.and_then(|keys| keys.get(key));
        if value.is_none() {
            self.found.push(format!("no {key} in {of} {name}"));
        }
        value
    }

    /// `$$` is a `$`, and `$(NAME)` the value of a known variable; an unknown name stays as it is.
    fn expanded(&mut self, text: &str, known: &BTreeMap<String, String>) -> String {
        static REFERENCE: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"\$\$|\$\(([^)]*)\)").unwrap());
        let helpers = &mut self.said.helpers;
        let value = REFERENCE.replace_all(text, |found: &Captures<'_>| match found.get(1) {
            None => "$".to_owned(),
            Some(name) => match known.get(name.as_str()) {
                None => found[0].to_owned(),
                Some(value) => {
                    helpers.insert(format!("variable {}", name.as_str()));
                    value.clone()
                }
            },
        });
        value.into_owned()
    }

    fn mounts(&mut self, workload: &Value, pod: &Value, container: &Value) {
        for mount in list(container, "volumeMounts") {
            let name = text(mount, "name").unwrap();
            let path = text(mount, "mountPath").unwrap();
            let is_of_name = |one: &&Value| text(one, "name").unwrap() == name;
            let Some(volume) = list(pod, "volumes").iter().find(is_of_name) else {
                let claims = list(workload, "spec.volumeClaimTemplates").iter();
                let mut claims = claims.map(|claim| text(claim, "metadata.name").unwrap());
                assert!(claims.any(|claim| claim == name), "{path}: no volume {name}");
                self.mount("volume", &path, mount);
                continue;
            };
            if let Some(secret) = at(volume, "secret") {
                self.secret(secret, &path);
            } else if let Some(limit) = text(volume, "emptyDir.sizeLimit") {
                assert_eq!(text(volume, "emptyDir.medium").as_deref(), Some("Memory"), "{path}");
                let size = format!("memory, {} bytes", bytes(&limit));
                self.said.say(format!("mount {path}"), size);
            } else if let Some(map) = at(volume, "configMap") {
                for item in list(map, "items") {
                    self.leads_to(
                        "configMap",
                        &text(map, "name").unwrap(),
                        &text(item, "key").unwrap(),
                    );
                }
                self.mount("files", &path, mount);
            } else {
                let is_host = at(volume, "hostPath").is_some();
                self.mount(if is_host { "host" } else { "volume" }, &path, mount);
            }
        }
    }

    fn mount(&mut self, of: &str, path: &str, mount: &Value) {
        let read_only = at(mount, "readOnly").is_some_and(|is| *is == true);
        let access = if read_only { "read" } else { "written" };
        self.said.say(format!("mount {path}"), format!("{of}, {access}"));
    }

    /// Compose names a file as its secret, and the variable that holds the same in capitals.
    fn secret(&mut self, secret: &Value, path: &str) {
        let name = text(secret, "secretName").unwrap();
        for item in list(secret, "items") {
            let (key, file) = (text(item, "key").unwrap(), text(item, "path").unwrap());
            self.leads_to("secret", &name, &key);
            self.said.say(format!("secret file {path}/{file}"), key.to_lowercase());
        }
    }

    /// The container's ports by name. Others reach each under the same number by the service's name.
    fn ports(&mut self, name: &str, container: &Value) -> BTreeMap<String, u64> {
        let mut ports = BTreeMap::new();
        for port in list(container, "ports") {
            let number = at(port, "containerPort").unwrap().as_u64().unwrap();
            ports.insert(text(port, "name").unwrap(), number);
            self.said.ports.insert(number);
        }
        let is_its = |object: &&Value| {
            text(object, "kind").unwrap() == "Service"
                && text(object, "metadata.name").unwrap() == name
        };
        let mut reached = BTreeSet::new();
        for port in self.objects.iter().filter(is_its).flat_map(|one| list(one, "spec.ports")) {
            let number = at(port, "port").unwrap().as_u64().unwrap();
            let target = text(port, "targetPort").unwrap_or_else(|| number.to_string());
            if target.parse().ok().or_else(|| ports.get(&target).copied()) == Some(number) {
                reached.insert(number);
            }
        }
        for missing in self.said.ports.difference(&reached) {
            self.found.push(format!("no service leads to its port {missing}"));
        }
        ports
    }

    fn health(&mut self, container: &Value, ports: &BTreeMap<String, u64>) {
        let Some(probe) = at(container, "readinessProbe") else { return };
        let port = |path: &str| {
            let port = text(probe, path).unwrap();
            port.parse().ok().or_else(|| ports.get(&port).copied()).unwrap_or_default()
        };
        self.said.health = Some(if at(probe, "httpGet").is_some() {
            Health::Get(port("httpGet.port"), text(probe, "httpGet.path").unwrap())
        } else if at(probe, "tcpSocket").is_some() {
            Health::Connect(port("tcpSocket.port"))
        } else {
            // No reference is expanded here (kubernetes/api:core/v1/types.go, ExecAction).
            Health::Command(list(probe, "exec.command").iter().map(plain).collect())
        });
        for (ours, theirs) in [
            ("periodSeconds", "interval"),
            ("timeoutSeconds", "timeout"),
            ("failureThreshold", "retries"),
        ] {
            self.said.say(format!("{theirs} of health"), text(probe, ours).unwrap());
        }
    }
}
