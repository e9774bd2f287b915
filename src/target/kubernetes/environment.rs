//! Turns the variables of a service into those of its container, and texts into what the kubelet expands.

use std::borrow::Cow;

use crate::map::IndexMap;

use crate::format::quote::{kubernetes, shell};
use crate::model::service::{Probe, Service};
use crate::model::{Part, Text};
use crate::target::kubernetes::cluster::Cluster;
use crate::target::kubernetes::config::{Home, home};
use crate::target::kubernetes::schema::pod::{EnvVar, KeyRef, ValueFrom};
use crate::value::VariableName;

/// The variables of a container, and by which name each of the operator's is known in it.
pub(super) struct Environment<'a> {
    names: IndexMap<&'a VariableName, Cow<'a, str>>,
    /// The variables in an order in which each stands behind those that it refers to: `$(NAME)` is expanded from
    /// those before it (kubernetes/kubernetes:`pkg/kubelet/kubelet_pods.go`, `makeEnvironmentVariables`).
    pub(super) variables: Vec<EnvVar<'a>>,
}

impl<'a> Environment<'a> {
    pub(super) fn new(cluster: &'a Cluster<'_>, service: &'a Service) -> Self {
        let mut names: IndexMap<&VariableName, Cow<'_, str>> = IndexMap::default();
        let mut variables = Vec::with_capacity(service.environment.len());
        for (name, text) in &service.environment {
            if let Some(variable) = text.as_variable() {
                let name = Cow::Borrowed(name.as_str());
                names.entry(variable).or_insert_with(|| name.clone());
                variables.push(reference(cluster, name, variable, true));
            }
        }
        // What is only part of a text comes first, under a name of its own.
        let mut parts = Vec::new();
        for variable in composed(service) {
            if names.contains_key(variable) {
                continue;
            }
            let mut name = Cow::Borrowed(variable.as_str());
            while service.environment.contains_key(&*name) {
                name += "_VALUE";
            }
            parts.push(reference(cluster, name.clone(), variable, false));
            names.insert(variable, name);
        }
        let mut environment = Self { names, variables: Vec::new() };
        for (name, text) in &service.environment {
            if text.as_variable().is_none() {
                let value = Some(environment.expanded(text));
                variables.push(EnvVar { name: name.as_str().into(), value, value_from: None });
            }
        }
        parts.append(&mut variables);
        environment.variables = parts;
        environment
    }

    /// A text that the kubelet expands: a value, or a word of a command.
    pub(super) fn expanded<'t>(&self, text: &'t Text) -> Cow<'t, str> {
        if let [Part::Literal(literal)] = text.parts() {
            return kubernetes::escape_env(literal);
        }
        let mut out = String::new();
        for part in text.parts() {
            match part {
                Part::Literal(literal) => out.push_str(&kubernetes::escape_env(literal)),
                Part::Variable(variable) => {
                    // A lone `$` in front would turn `$(NAME)` into literal text: double it, as `escape_env` has done
                    // with a run of several.
                    let literal = out.trim_end_matches('$');
                    if (out.len() - literal.len()) % 2 == 1 {
                        out.push('$');
                    }
                    out.extend(["$(", self.name(variable), ")"]);
                }
            }
        }
        Cow::Owned(out)
    }

    /// A command that the kubelet does not expand, as that of a probe: a shell does it where variables occur.
    pub(super) fn unexpanded<'t>(&self, command: &'t [Text]) -> Vec<Cow<'t, str>> {
        let known: Option<Vec<_>> =
            command.iter().map(|word| word.as_literal().map(Cow::Borrowed)).collect();
        known.unwrap_or_else(|| {
            let variable = |name: &VariableName| format!("\"${{{}}}\"", self.name(name));
            let words =
                command.iter().map(|word| word.render(|text| shell::quote(text).into(), variable));
            let script = format!("exec {}", words.collect::<Vec<_>>().join(" "));
            vec!["sh".into(), "-c".into(), script.into()]
        })
    }

    fn name<'n>(&'n self, variable: &'n VariableName) -> &'n str {
        self.names.get(variable).map_or(variable.as_str(), |name| name)
    }
}

/// The operator's variables that are part of a longer text, or of a command.
fn composed(service: &Service) -> impl Iterator<Item = &VariableName> {
    let probes = service.health.iter().flat_map(|health| health.live.iter().chain([&health.ready]));
    let commands = probes.filter_map(|probe| match probe {
        Probe::Command(command) => Some(command),
        Probe::Http { .. } | Probe::Tcp { .. } => None,
    });
    let words = [&service.entrypoint, &service.command].into_iter().chain(commands).flatten();
    let values = service.environment.values().filter(|text| text.as_variable().is_none());
    values.chain(words).flat_map(Text::variables)
}

/// A variable of a container that is one of the operator's. What is part of a longer text must be there: a reference
/// to nothing would stay in the text as it is.
fn reference<'a>(
    cluster: &'a Cluster<'_>,
    name: Cow<'a, str>,
    variable: &'a VariableName,
    may_be_absent: bool,
) -> EnvVar<'a> {
    let key = variable.as_str();
    let secret =
        |optional| ValueFrom::SecretKeyRef(KeyRef { name: &cluster.secret_name, key, optional });
    let from = match cluster.variable(variable).map(|(variable, _)| home(variable)) {
        Some(Home::Config) => {
            let name = &cluster.config_name;
            ValueFrom::ConfigMapKeyRef(KeyRef { name, key, optional: false })
        }
        Some(Home::Secret { optional }) => secret(optional && may_be_absent),
        None => secret(false),
    };
    EnvVar { name, value: None, value_from: Some(from) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(parts: &[&str]) -> Text {
        let mut text = Text::default();
        for part in parts {
            match part.strip_prefix('%') {
                Some(name) => text.push(&Text::variable(VariableName::known(name))),
                None => text.push_literal(part),
            }
        }
        text
    }

    fn environment(token: &VariableName) -> Environment<'_> {
        let names = [(token, "TOKEN_VALUE".into())].into_iter().collect();
        Environment { names, variables: Vec::new() }
    }

    #[test]
    fn a_dollar_before_a_variable_is_not_taken_for_its_escape() {
        let token = VariableName::known("TOKEN");
        let write = |parts: &[&str]| environment(&token).expanded(&text(parts)).into_owned();
        assert_eq!(write(&["a:", "%TOKEN", "@b"]), "a:$(TOKEN_VALUE)@b");
        assert_eq!(write(&["a$", "%TOKEN"]), "a$$$(TOKEN_VALUE)");
        assert_eq!(write(&["a$$", "%TOKEN"]), "a$$$$$(TOKEN_VALUE)");
        assert_eq!(write(&["$(date)"]), "$$(date)");
    }

    #[test]
    fn a_shell_expands_what_the_kubelet_does_not() {
        let token = VariableName::known("TOKEN");
        let environment = environment(&token);
        let command = [text(&["ping"]), text(&["it's ", "%TOKEN"])];
        let expected = r#"exec ping 'it'\''s '"${TOKEN_VALUE}""#;
        assert_eq!(environment.unexpanded(&command), ["sh", "-c", expected]);
        let command = [text(&["sh"]), text(&["-c"]), text(&["echo $(date)"])];
        assert_eq!(environment.unexpanded(&command), ["sh", "-c", "echo $(date)"]);
    }
}
