//! Turns references into what they stand for: literals, and variables that are known at run time only.

mod offers;
mod unresolved;

use indexmap::IndexMap;

use crate::blueprint::Blueprint;
use crate::blueprint::reference::{self, Part as Piece, Reference, Text as Raw};
use crate::catalog::entry::Role;
use crate::diagnostic::{Code, Diagnostics, suggest};
use crate::model::{Environment, Text, naming};
use crate::resolve::Context;
use crate::resolve::edge::choice;
use crate::resolve::parts::Parts;
use crate::resolve::scope::offers::first_port;
use crate::resolve::variables::Declared;
use crate::value::{ContainerPath, Name, VariableName};
pub(super) use unresolved::Unresolved;

/// How deep references may lead to references, before it is taken for a circle.
const MAX_DEPTH: usize = 16;

/// Knows everything that a reference can name in one environment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) blueprint: &'a Blueprint,
    pub(super) environment: &'a Environment,
    pub(super) parts: &'a Parts,
    pub(super) declared: &'a IndexMap<VariableName, Declared>,
    pub(super) context: Context<'a>,
}

/// A resolved text, and the variables that it wants to be read as files.
#[derive(Debug, Clone, Default)]
pub(super) struct Resolved {
    /// The text.
    pub(super) text: Text,
    /// The variables whose files' paths it holds.
    pub(super) files: IndexMap<VariableName, ContainerPath>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(
        blueprint: &'a Blueprint,
        environment: &'a Environment,
        parts: &'a Parts,
        declared: &'a IndexMap<VariableName, Declared>,
        context: Context<'a>,
    ) -> Self {
        Self { blueprint, environment, parts, declared, context }
    }

    /// Resolves a text. `of` is the service that `${self.…}` means, where there is one.
    pub(super) fn resolve(&self, raw: &Raw, of: Option<&Name>) -> Result<Resolved, Unresolved> {
        let mut resolved = Resolved::default();
        self.into(&mut resolved, raw, of, 0)?;
        Ok(resolved)
    }

    /// Resolves a text that belongs to no service; what is wrong with it is told at a place in the blueprint.
    pub(super) fn text_at(
        &self,
        raw: &Raw,
        at: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Text> {
        match self.resolve(raw, None) {
            Ok(resolved) => Some(resolved.text),
            Err(unresolved) => {
                diagnostics.extend(unresolved.at(self.context.locator.value(at)));
                None
            }
        }
    }

    /// Whether any of these keys of a service is faulty, so that nothing can be said of what it lacks.
    pub(super) fn is_unsure(&self, service: &Name, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.context.broken.touches(&format!("/services/{service}/{key}")))
    }

    /// Whether a service or an external of that name may be missing because of a fault.
    pub(super) fn may_be_missing(&self, name: &str) -> bool {
        let broken = self.context.broken;
        broken.touches(&format!("/services/{name}"))
            || broken.touches(&format!("/external/{name}"))
            || broken.touches_any(&["edge/uses", "monitoring/uses"])
    }

    fn into(
        &self,
        out: &mut Resolved,
        raw: &Raw,
        of: Option<&Name>,
        depth: usize,
    ) -> Result<(), Unresolved> {
        if depth > MAX_DEPTH {
            let message = format!("`{}` refers to itself", raw.0);
            return Err(Unresolved::new(Code::InvalidReference, message, None));
        }
        let pieces = reference::parse(&raw.0).map_err(|bad| {
            Unresolved::new(
                Code::InvalidReference,
                bad.0,
                Some("write `$${` for a literal `${`".into()),
            )
        })?;
        for piece in pieces {
            match piece {
                Piece::Literal(text) => out.text.push_literal(&text),
                Piece::Reference(reference) => self.reference(out, &reference, of, depth)?,
            }
        }
        Ok(())
    }

    fn reference(
        &self,
        out: &mut Resolved,
        reference: &Reference,
        of: Option<&Name>,
        depth: usize,
    ) -> Result<(), Unresolved> {
        let key = reference.key.as_str();
        match reference.owner.as_str() {
            "env" => self.environment_value(out, key),
            "var" => self.variable(out, key, depth),
            "edge" if matches!(key, "email" | "hosts") => self.edge(out, key, depth),
            "monitoring" if self.blueprint.monitoring.is_some() => self.monitoring(out, key),
            "self" => match of {
                Some(name) => self.offered(out, name, key, depth),
                None => Err(unknown(reference, "`self` means a component, and here is none", None)),
            },
            "target" => match of.and_then(|name| self.parts.get(name)?.watches.as_ref()) {
                Some(name) => self.offered(out, name, key, depth),
                None => Err(unknown(
                    reference,
                    "`target` means the service that an exporter watches",
                    None,
                )),
            },
            owner => {
                if let Some((name, _)) = self.parts.get_key_value(owner) {
                    self.offered(out, name, key, depth)
                } else if let Some(external) = self.blueprint.external.get(owner) {
                    external_value(out, reference, external)
                } else if self.may_be_missing(owner) {
                    Err(Unresolved::follows())
                } else {
                    let names =
                        self.parts.keys().chain(self.blueprint.external.keys()).map(Name::as_str);
                    let near = suggest::nearest(owner, names.clone().chain(["env", "var"]));
                    let why = format!("`{owner}` is neither a service nor an external");
                    let environment = &self.environment.name;
                    let removed = self.context.locator.removed(&format!("/services/{owner}"));
                    let help = match (removed, near) {
                        (Some(_), _) => format!(
                            "the override of `{environment}` removes it: override what refers to it too"
                        ),
                        (None, Some(near)) => format!("did you mean `${{{near}.{key}}}`?"),
                        (None, None) => {
                            format!("{}declare it under `services` or `external`", choice(names))
                        }
                    };
                    Err(unknown(reference, &why, Some(help)))
                }
            }
        }
    }

    fn environment_value(&self, out: &mut Resolved, key: &str) -> Result<(), Unresolved> {
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

    fn variable(&self, out: &mut Resolved, key: &str, depth: usize) -> Result<(), Unresolved> {
        let (key, as_file) = key.strip_suffix(".file").map_or((key, false), |key| (key, true));
        let Some((name, declared)) = self.declared.get_key_value(key) else {
            if self.context.broken.hides_variable(key) {
                return Err(Unresolved::follows());
            }
            let near = suggest::nearest(key, self.declared.keys().map(VariableName::as_str));
            return Err(Unresolved::new(
                Code::UnknownVariable,
                format!("no variable is named `{key}`"),
                Some(match near {
                    Some(near) => format!("did you mean `${{var.{near}}}`?"),
                    None => {
                        format!("declare it in a group: `variables: {{ GROUP: {{ {key}: … }} }}`")
                    }
                }),
            ));
        };
        match &declared.fixed {
            Some(fixed) => self.into(out, fixed, None, depth + 1).map_err(Unresolved::through),
            None if as_file => {
                let path = ContainerPath::known(naming::secret_path(name));
                out.text.push_literal(path.as_str());
                out.files.insert(name.clone(), path);
                Ok(())
            }
            None => {
                out.text.push(&Text::variable(name.clone()));
                Ok(())
            }
        }
    }

    /// What the certificates are made for, so that a certificate client can read it: a service named `edge` offers
    /// neither.
    fn edge(&self, out: &mut Resolved, key: &str, depth: usize) -> Result<(), Unresolved> {
        if key == "hosts" {
            let hosts: Vec<&str> = self.blueprint.routes.keys().map(String::as_str).collect();
            out.text.push_literal(&hosts.join(" "));
            return Ok(());
        }
        let tls = self.blueprint.edge.as_ref().and_then(|edge| edge.tls.as_ref());
        match tls.and_then(|tls| tls.email.as_ref()) {
            Some(email) => self.into(out, email, None, depth + 1).map_err(Unresolved::through),
            None => Ok(()),
        }
    }

    fn monitoring(&self, out: &mut Resolved, key: &str) -> Result<(), Unresolved> {
        let monitoring = self.blueprint.monitoring.clone().unwrap_or_default();
        let server = |role: Role| self.parts.iter().find(|(_, part)| part.role() == role);
        let value = match key {
            "retention" => crate::resolve::monitoring::retention(&monitoring).prometheus(),
            "scrape" => crate::resolve::monitoring::scrape(&monitoring).prometheus(),
            "host" => server(Role::Metrics).map(|(name, _)| name.to_string()).unwrap_or_default(),
            "port" => {
                server(Role::Metrics).and_then(|(_, part)| first_port(part)).unwrap_or_default()
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
}

fn external_value(
    out: &mut Resolved,
    reference: &Reference,
    external: &crate::blueprint::External,
) -> Result<(), Unresolved> {
    let (host, port) = (external.host.in_url(), external.port.get());
    let value = match reference.key.as_str() {
        "host" => external.host.to_string(),
        "port" => port.to_string(),
        "url" if port == 443 => format!("https://{host}"),
        "url" => format!("https://{host}:{port}"),
        _ => return Err(unknown(reference, "an external offers `host`, `port` and `url`", None)),
    };
    out.text.push_literal(&value);
    Ok(())
}

fn unknown(reference: &Reference, why: &str, help: Option<String>) -> Unresolved {
    Unresolved::new(
        Code::UnknownReference,
        format!("`{reference}` stands for nothing: {why}"),
        help,
    )
}
