//! Emits the templates of the env files, what each application reads, and the list of what stays out of git.

mod application;
mod describe;
mod file;

use std::borrow::Cow;

use serde::Serialize;

use crate::model::variable::Origin;
use crate::model::{Model, Variable, naming};
use crate::target::{Error, Output};
pub use file::{Entry, File, Section};

const GITIGNORE: &str = include_str!("gitignore.j2");

/// What the list of ignored files is rendered from.
#[derive(Serialize)]
struct Ignored<'a> {
    header: String,
    suffix: &'a str,
}

/// Emits `.env.<environment>.<suffix>`, read by the operator and by Compose once it is filled in;
/// `env/<service>.<environment>.<suffix>`, read by people; and `.gitignore`, read by git.
///
/// # Errors
/// A broken template or a path that is taken.
pub fn emit(model: &Model, output: &mut Output<'_>) -> Result<(), Error> {
    let (environment, suffix) = (&model.environment.name, &model.environment.env_suffix);
    let file = template(model, &output.header());
    output.plain(&naming::env_template(environment, suffix), file.text())?;
    for service in application::own(model) {
        let file = application::file(model, service, &output.header());
        let path = naming::service_template(&service.name, environment, suffix);
        output.plain(&path, file.text())?;
    }
    if model.environment.gitignore {
        output.template(".gitignore", GITIGNORE, &Ignored { header: output.header(), suffix })?;
    }
    Ok(())
}

/// The template of an environment.
fn template<'a>(model: &'a Model, header: &str) -> File<'a> {
    let sections = sections(model, |variable| match &variable.origin {
        Origin::Operator { .. } => Some(documented(model, variable, variable.proposed())),
        Origin::Fixed(text) => {
            Some(Entry::comment(describe::fixed(&variable.about, variable.name.as_str(), text)))
        }
    });
    File { header: format!("{header}\n\n{}", usage(model)), sections }
}

/// The variables that are of use here, in their groups, as far as `entry` makes one of them.
pub fn sections<'a>(
    model: &'a Model,
    mut entry: impl FnMut(&'a Variable) -> Option<Entry<'a>>,
) -> Vec<Section<'a>> {
    let mut sections = Vec::new();
    for group in &model.groups {
        let kept = group.variables.iter().filter(|one| one.is_used());
        let entries: Vec<Entry<'a>> = kept.filter_map(&mut entry).collect();
        if !entries.is_empty() {
            sections.push(Section { title: group.name.as_str(), entries });
        }
    }
    sections
}

/// An operator's variable with its documentation and a value.
pub fn documented<'a>(
    model: &Model,
    variable: &'a Variable,
    value: impl Into<Cow<'a, str>>,
) -> Entry<'a> {
    Entry {
        comment: describe::operators(variable, &model.environment.name),
        name: variable.name.as_str(),
        value: Some(value.into()),
    }
}

/// How the template is used.
fn usage(model: &Model) -> String {
    let environment = &model.environment.name;
    let asked =
        || model.variables().filter(|variable| variable.is_operators() && variable.is_read());
    let (count, empty) = (
        asked().count(),
        asked().filter(|one| one.is_required() && one.proposed().is_empty()).count(),
    );
    let variables = if count == 1 { "1 variable".to_owned() } else { format!("{count} variables") };
    let file = naming::env_file(environment);
    format!(
        "What the operator sets for {name} in {environment}: {variables}, {empty} of them required and without a value.\n\
         \n\
         formwork env fill --env {environment}    writes {file}, makes the secrets, keeps what is set\n\
         formwork env check --env {environment}   says what is missing or wrong\n\
         \n\
         Or copy this file to {file}, readable by you alone, set what is empty, and run `env fill` for the files\n\
         below {folder}/. A value with blanks, quotes, `#` or `$` stands in single quotes; a comment\n\
         stands on a line of its own, since what follows `=` can be taken for the value.\n\
         \n\
         Programs read their values when they start. After a change run `env fill` for the files, then start anew those\n\
         that read it: `docker compose ... up -d --force-recreate SERVICE`.",
        name = model.name,
        folder = naming::secrets_folder(environment),
    )
}
