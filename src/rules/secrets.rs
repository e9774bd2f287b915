//! Finds secrets that would not stay secret, and components whose secret is none.

use crate::blueprint::reference::{self, Part};
use crate::catalog::databases;
use crate::catalog::parameter::Parameter;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::service::{Probe, Service};
use crate::model::variable::Origin;
use crate::model::{Text, Variable, naming};
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::value::{Name, VariableName};

/// A secret that is read while an image is built: it stays in the image's history.
pub(super) fn in_image(view: &View<'_>, found: &mut Findings<'_>) {
    for group in &view.model.groups {
        for variable in group.variables.iter().filter(|variable| variable.build) {
            let within = match &variable.origin {
                Origin::Fixed(text) => secret_in(view, text),
                Origin::Operator { .. } => None,
            };
            let Some(secret) = within.or(variable.secret.then_some(&variable.name)) else {
                continue;
            };
            let at = format!("/variables/{}/{}/build", group.name, variable.name);
            found.push(
                Diagnostic::error(
                    Code::SecretInImage,
                    format!("the secret `{secret}` would be built into an image"),
                )
                .at(view.locator.key(&at), "whoever has the image can read it")
                .help("remove `build: true`, and let the program read it when it starts"),
            );
        }
    }
}

/// A secret as a word of a command: every user of the host sees it in the list of processes.
pub(super) fn in_command(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, written) in &view.blueprint.services {
        let Some(service) = view.model.services.get(name) else { continue };
        let own = written.command.as_ref().map(|_| ("command", service.command.as_slice()));
        let asks = written.health.as_ref().and_then(|health| health.command.as_ref());
        let probe = service.health.as_ref().map(|health| &health.ready);
        let health = match (asks, probe) {
            (Some(_), Some(Probe::Command(words))) => Some(("health/command", words.as_slice())),
            _ => None,
        };
        for (key, words) in own.into_iter().chain(health) {
            for (index, word) in words.iter().enumerate() {
                let Some(secret) = secret_in(view, word) else { continue };
                let diagnostic = Diagnostic::warning(
                    Code::SecretInCommand,
                    format!("the command of `{name}` holds the secret `{secret}`"),
                )
                .at(
                    view.service(name, &format!("/{key}/{index}")),
                    "shown by `ps` to every user of the host",
                )
                .help("let the program read it from its environment, or from the file `${var.NAME.file}`");
                found.push_unless_waived(name, diagnostic);
            }
        }
    }
}

fn secret_in<'a>(view: &View<'a>, text: &'a Text) -> Option<&'a VariableName> {
    let is_secret = |name: &&VariableName| view.model.variable(name).is_some_and(|one| one.secret);
    text.variables().find(is_secret)
}

/// The fewest characters of a key that signs: as many as the digest of SHA-256 has bytes (RFC 7518, 3.2).
const SIGNING: u32 = 32;

/// A key that signs tokens or sessions, and may be so short that it can be guessed.
pub(super) fn signing(view: &View<'_>, found: &mut Findings<'_>) {
    for group in &view.model.groups {
        for variable in group.variables.iter().filter(|one| one.secret) {
            let least = variable.min_length;
            if !signs(variable.name.as_str()) || least >= SIGNING {
                continue;
            }
            let at = format!("/variables/{}/{}", group.name, variable.name);
            let message =
                format!("`{}` signs, and may be shorter than {SIGNING} characters", variable.name);
            let diagnostic = Diagnostic::error(Code::WeakSecret, message)
                .at(view.locator.key(&at), "whoever holds a token could guess it")
                .help(format!("write `min_length: {SIGNING}, generate: hex {SIGNING}`"));
            found.push(diagnostic);
        }
    }
}

/// Whether a name says that the value signs; what others issue, such as `STRIPE_SECRET_KEY`, is as long as it is.
fn signs(name: &str) -> bool {
    let has = |word: &str| name.split('_').any(|one| one == word);
    let ends = name.ends_with("SECRET") || name.ends_with("KEY");
    name == "SECRET_KEY"
        || ends && ["JWT", "SIGNING", "SESSION"].into_iter().any(has) && !has("PUBLIC")
}

/// A component's secret that the author feeds with something weaker, or replaces without saying so.
pub(super) fn of_components(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, service) in &view.model.services {
        let component = service.component.as_ref();
        let Some(entry) = component.and_then(|component| view.catalog.get(&component.name)) else {
            continue;
        };
        for (parameter, known) in entry.parameters.iter().filter(|(_, known)| known.secret) {
            let written = view.blueprint.services.get(name);
            if written.is_some_and(|written| written.with.contains_key(parameter)) {
                weak(view, service, ("with", parameter), (parameter, known), found);
            } else if known.default.is_none() {
                replaced(view, name, (parameter, parameter), found);
            }
        }
        let databases = view.blueprint.services.get(name).map(|written| &written.databases);
        let secrets = entry.databases.iter().flat_map(|databases| &databases.parameters);
        for (parameter, known) in secrets.filter(|(_, known)| known.secret) {
            for (database, written) in databases.into_iter().flatten() {
                let key = databases::key(database, parameter);
                if written.contains_key(parameter) {
                    let at = format!("databases/{database}");
                    weak(view, service, (&at, &key), (parameter, known), found);
                } else {
                    replaced(view, name, (&key, parameter), found);
                }
            }
        }
    }
}

/// A secret parameter that is fed by what is not as secret as it must be.
fn weak(
    view: &View<'_>,
    service: &Service,
    (at, key): (&str, &str),
    (parameter, known): (&str, &Parameter),
    found: &mut Findings<'_>,
) {
    let name = &service.name;
    let place = view.service(name, &format!("/{at}/{parameter}"));
    let text = service.parameters.get(key);
    let Some(variable) =
        text.and_then(Text::as_variable).and_then(|name| view.model.variable(name))
    else {
        // A variable that does not exist is told where it is referred to.
        if refers_to_nothing(view, name, (at, parameter)) {
            return;
        }
        // What is composed, such as a URL with a password, is as secret as what it holds.
        let composed = known.min_length.is_none() && known.generate.is_none();
        let holds_secret = text.into_iter().flat_map(Text::variables).any(|name| {
            view.model.variable(name).is_some_and(|one| one.secret && one.is_required())
        });
        if composed && holds_secret {
            return;
        }
        found.push(
            Diagnostic::error(
                Code::WeakSecret,
                format!("the `{parameter}` of `{name}` is no secret of the operator's"),
            )
            .at(place, "is more than one variable, or none")
            .help(format!(
                "remove it, and one is made for you; or declare a secret variable and write `{parameter}: \"${{var.NAME}}\"`"
            )),
        );
        return;
    };
    let faults = faults(variable, known);
    if faults.is_empty() {
        return;
    }
    let declared = declaration(view, variable.name.as_str()).unwrap_or_default();
    found.push(
        Diagnostic::error(
            Code::WeakSecret,
            format!("`{}` is too weak for the `{parameter}` of `{name}`", variable.name),
        )
        .at(view.locator.key(&declared), faults.join(", "))
        .at(place, "used here")
        .help(format!("write `{}: {{ {} }}`", variable.name, demanded(known))),
    );
}

/// Whether what the author writes for a secret refers to a variable that is not declared.
fn refers_to_nothing(view: &View<'_>, name: &Name, (at, parameter): (&str, &str)) -> bool {
    let written = view.blueprint.services.get(name);
    let raw = written.and_then(|written| match at.strip_prefix("databases/") {
        Some(database) => written.databases.get(database)?.get(parameter),
        None => written.with.get(parameter),
    });
    let parts = raw.and_then(|raw| reference::parse(&raw.0).ok()).unwrap_or_default();
    parts.iter().any(|part| match part {
        Part::Reference(one) if one.owner == "var" => {
            view.model.variables().all(|variable| variable.name.as_str() != one.key)
        }
        Part::Reference(_) | Part::Literal(_) => false,
    })
}

fn faults(variable: &Variable, known: &Parameter) -> Vec<String> {
    let least = known.min_length.unwrap_or(0);
    let mut faults = Vec::new();
    if !variable.secret {
        faults.push("is not `secret`".to_owned());
    }
    if variable.may_be_empty() {
        faults.push("may be empty".to_owned());
    } else if !variable.is_required() {
        faults.push("has a default".to_owned());
    }
    if variable.min_length < least {
        faults.push(format!("may have fewer than {least} characters"));
    }
    faults
}

/// A variable of the author's with the name that stands for a component's secret.
fn replaced(
    view: &View<'_>,
    name: &Name,
    (key, parameter): (&str, &str),
    found: &mut Findings<'_>,
) {
    let variable = naming::parameter_variable(name, key);
    let Some(declared) = declaration(view, &variable) else { return };
    let set = match key.strip_prefix("databases.").and_then(|rest| rest.split_once('.')) {
        Some((database, _)) => {
            format!("databases: {{ {database}: {{ {parameter}: \"${{var.{variable}}}\" }} }}")
        }
        None => format!("with: {{ {parameter}: \"${{var.{variable}}}\" }}"),
    };
    found.push(
        Diagnostic::error(
            Code::NameTaken,
            format!("`{variable}` is the variable of the `{parameter}` of `{name}`"),
        )
        .at(view.locator.key(&declared), "would take its place unsaid")
        .at(view.service(name, ""), "makes one of its own")
        .help(format!("write `{set}` in `{name}` if it is meant, or rename it")),
    );
}

/// Where a variable is declared.
fn declaration(view: &View<'_>, variable: &str) -> Option<String> {
    let mut groups = view.blueprint.variables.iter();
    let (group, _) = groups.find(|(_, variables)| variables.contains_key(variable))?;
    Some(format!("/variables/{group}/{variable}"))
}

/// How a variable is declared that is good enough.
fn demanded(known: &Parameter) -> String {
    let least = known.min_length.map(|least| format!("min_length: {least}"));
    let made = known.generate.map(|generate| format!("generate: {generate}"));
    let parts = ["secret: true".to_owned()].into_iter().chain(least).chain(made);
    parts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn keys_that_sign_are_known_by_name() {
        for name in
            ["JWT_SECRET", "JWT_SECRET_KEY", "SECRET_KEY", "SESSION_SECRET", "APP_SIGNING_KEY"]
        {
            assert!(super::signs(name), "{name}");
        }
        for name in ["CLERK_SECRET_KEY", "JWT_PUBLIC_KEY", "JWT_ALGORITHM", "API_KEY"] {
            assert!(!super::signs(name), "{name}");
        }
    }
}
