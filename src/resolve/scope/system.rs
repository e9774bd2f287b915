//! Turns what is said of the system as a whole into what references to it stand for.

use crate::diagnostic::Code;
use crate::model::{Role, naming};
use crate::resolve::monitoring;
use crate::resolve::parts::Part;
use crate::resolve::scope::{Resolved, Scope, Unresolved};
use crate::resolve::settings;

impl Scope<'_> {
    pub(super) fn environment_value(
        &self,
        out: &mut Resolved,
        key: &str,
    ) -> Result<(), Unresolved> {
        let environment = self.environment;
        let value = match key {
            "name" => environment.name.as_str(),
            "short" => environment.short.as_str(),
            "tier" => environment.tier.as_str(),
            "domain" => {
                let at = format!("/environments/{}/domain", environment.name);
                if let Some(domain) = &environment.domain {
                    domain.as_str()
                } else if self.context.broken.touches(&at) {
                    return Err(Unresolved::follows());
                } else {
                    let message = format!("`{}` has no `domain`", environment.name);
                    let help = format!("add `domain:` to the environment `{}`", environment.name);
                    return Err(Unresolved::new(Code::UnknownReference, message, Some(help)));
                }
            }
            _ => {
                let message = format!("`${{env.{key}}}` stands for nothing");
                let help =
                    "there are `env.name`, `env.short`, `env.tier` and `env.domain`".to_owned();
                return Err(Unresolved::new(Code::UnknownReference, message, Some(help)));
            }
        };
        out.text.push_literal(value);
        Ok(())
    }

    /// What the certificates are made for, so that a certificate client can read it: a service named `edge` offers
    /// neither.
    pub(super) fn edge(
        &self,
        out: &mut Resolved,
        key: &str,
        depth: usize,
    ) -> Result<(), Unresolved> {
        if key == "hosts" {
            let hosts: Vec<&str> = self.blueprint.routes.keys().map(String::as_str).collect();
            out.text.push_literal(&hosts.join(" "));
            return Ok(());
        }
        let tls = self.blueprint.edge.as_ref().and_then(|edge| edge.tls.as_ref());
        match tls.and_then(|tls| tls.email.as_ref()) {
            Some(email) => self.into(out, &email.0, None, depth + 1).map_err(Unresolved::through),
            None => Ok(()),
        }
    }

    pub(super) fn monitoring(&self, out: &mut Resolved, key: &str) -> Result<(), Unresolved> {
        let written = self.blueprint.monitoring.as_ref();
        let server = |role: Role| self.parts.iter().find(|(_, part)| part.role() == role);
        let value = match key {
            "retention" => monitoring::retention(written).prometheus(),
            "scrape" => monitoring::scrape(written).prometheus(),
            "host" => server(Role::Metrics).map(|(name, _)| name.to_string()).unwrap_or_default(),
            "port" => {
                let port = server(Role::Metrics).and_then(|(_, part)| part.first_port());
                port.map(|port| port.to_string()).unwrap_or_default()
            }
            _ => {
                let message = format!("`${{monitoring.{key}}}` stands for nothing");
                let help =
                    "there are `monitoring.retention`, `.scrape`, `.host` and `.port`".to_owned();
                return Err(Unresolved::new(Code::UnknownReference, message, Some(help)));
            }
        };
        out.text.push_literal(&value);
        Ok(())
    }

    pub(super) fn kubernetes(&self, out: &mut Resolved, key: &str) -> Result<(), Unresolved> {
        if key != "namespaces" {
            let message = format!("`${{kubernetes.{key}}}` stands for nothing");
            let help = "there is `kubernetes.namespaces`".to_owned();
            return Err(Unresolved::new(Code::UnknownReference, message, Some(help)));
        }
        out.text.push_literal(&self.namespaces().join(","));
        Ok(())
    }

    /// The system's own namespaces in a cluster.
    pub(in crate::resolve) fn namespaces(&self) -> Vec<String> {
        let ours = settings::kubernetes(self.blueprint, &self.environment.name).namespace;
        let agents = self.parts.values().any(Part::is_agent);
        let agents = agents.then(|| naming::agents_namespace(&ours));
        std::iter::once(ours.to_string()).chain(agents).collect()
    }
}
