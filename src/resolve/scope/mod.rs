//! Turns references into what they stand for: literals, and variables that are known at run time only.

mod logs;
pub(super) mod offers;
mod resolved;
mod system;
mod unresolved;

use crate::map::IndexMap;

use crate::blueprint::Blueprint;
use crate::blueprint::reference::{self, Part as Piece, Reference, Text as Raw};
use crate::diagnostic::{Code, Diagnostics, suggest};
use crate::model::{Environment, Text, naming};
use crate::resolve::Context;
use crate::resolve::each::Member;
use crate::resolve::edge::choice;
use crate::resolve::parts::Parts;
use crate::resolve::variables::Declared;
use crate::value::{ContainerPath, Name, VariableName};
pub(super) use resolved::{Found, Reached, Resolved};
pub(super) use unresolved::Unresolved;

/// How deep references may lead to references, before it is taken for a circle.
const MAX_DEPTH: usize = 16;

/// Knows everything that a reference can name in one environment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) blueprint: &'a Blueprint,
    pub(super) environment: &'a Environment,
    pub(super) parts: &'a Parts,
    pub(super) declared: &'a IndexMap<VariableName, Declared<'a>>,
    pub(super) context: Context<'a>,
    /// What `${each.…}` stands for, within `for_each`.
    pub(super) each: Option<&'a Member>,
    /// The services that stand beside tests, and at which port of the machine each of their ports is found, where that is
    /// what references lead to.
    pub(super) beside: Option<&'a IndexMap<Name, Ports>>,
}

/// The port of the machine for each port of a service.
pub(super) type Ports = IndexMap<u16, u16>;

impl<'a> Scope<'a> {
    pub(super) fn new(
        blueprint: &'a Blueprint,
        environment: &'a Environment,
        parts: &'a Parts,
        declared: &'a IndexMap<VariableName, Declared<'a>>,
        context: Context<'a>,
    ) -> Self {
        Self { blueprint, environment, parts, declared, context, each: None, beside: None }
    }

    /// The same scope for a member of a collection.
    pub(super) fn each(&self, member: &'a Member) -> Self {
        Self { each: Some(member), ..*self }
    }

    /// Resolves a text. `of` is the service that `${self.…}` means, where there is one.
    pub(super) fn resolve(&self, raw: &Raw, of: Option<&Name>) -> Result<Resolved, Unresolved> {
        self.text(&raw.0, of)
    }

    /// The same of a text of whatever kind.
    pub(super) fn text(&self, text: &str, of: Option<&Name>) -> Result<Resolved, Unresolved> {
        let mut resolved = Resolved::default();
        self.into(&mut resolved, text, of, 0)?;
        Ok(resolved)
    }

    /// What `${self.KEY}` stands for where a service refers to itself.
    pub(super) fn own(&self, of: &Name, key: &str) -> Result<Resolved, Unresolved> {
        if !reference::is_key(key) {
            return self.text(&format!("${{self.{key}}}"), Some(of));
        }
        let mut resolved = Resolved::default();
        self.offered(&mut resolved, of, key, 0)?;
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
        let broken = self.context.broken;
        let touches = |key| broken.touches(&format!("/services/{service}/{key}"));
        !broken.is_empty() && keys.iter().any(touches)
    }

    /// Whether a service or an external of that name may be missing because of a fault.
    pub(super) fn may_be_missing(&self, name: &str) -> bool {
        let broken = self.context.broken;
        broken.touches(&format!("/services/{name}"))
            || broken.touches(&format!("/external/{name}"))
            || broken.touches_any(&["edge/uses", "monitoring/uses", "logs/uses"])
    }

    fn into(
        &self,
        out: &mut Resolved,
        raw: &str,
        of: Option<&Name>,
        depth: usize,
    ) -> Result<(), Unresolved> {
        if depth > MAX_DEPTH {
            let message = format!("`{raw}` refers to itself");
            return Err(Unresolved::new(Code::InvalidReference, message, None));
        }
        if !raw.contains('$') {
            out.text.push_literal(raw);
            return Ok(());
        }
        if let Some(reference) = reference::alone(raw) {
            return self.reference(out, &reference, of, depth);
        }
        let pieces = reference::parse(raw).map_err(|bad| {
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
        let key = reference.key;
        match reference.owner {
            "env" => self.environment_value(out, key),
            "each" if self.each.is_some() => self.member(out, key),
            "var" => self.variable(out, key, depth),
            "edge" if matches!(key, "email" | "hosts") => self.edge(out, key, depth),
            "monitoring" if self.blueprint.monitoring.is_some() => self.monitoring(out, key),
            "logs" if !self.parts.contains_key("logs") => self.logs(out, reference, depth),
            "system" if !self.parts.contains_key("system") => self.system(out, key),
            "kubernetes" if !self.parts.contains_key(reference.owner) => self.kubernetes(out, key),
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

    fn member(&self, out: &mut Resolved, key: &str) -> Result<(), Unresolved> {
        let Some(value) = self.each.and_then(|member| member.get(key)) else {
            let keys = self.each.into_iter().flat_map(|member| member.keys());
            let keys: Vec<String> = keys.map(|key| format!("`each.{key}`")).collect();
            let message = format!("`${{each.{key}}}` stands for nothing");
            let help = format!("there are {}", keys.join(", "));
            return Err(Unresolved::new(Code::UnknownReference, message, Some(help)));
        };
        match value {
            Some(value) => out.text.push_literal(value),
            None => out.absent = true,
        }
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
        match declared.fixed() {
            Some(fixed) => self.into(out, &fixed.0, None, depth + 1).map_err(Unresolved::through),
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
}

fn external_value(
    out: &mut Resolved,
    reference: &Reference,
    external: &crate::blueprint::External,
) -> Result<(), Unresolved> {
    let (host, port) = (external.host.in_url(), external.port.get());
    let value = match reference.key {
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
