//! Turns a filled env file into everything that is wrong with it, without ever telling a secret.

mod pools;
mod value;

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::env::file::EnvFile;
use crate::format::quote::dotenv::{Entry, Value};
use crate::format::quote::shell;
use crate::model::{Model, Variable};

/// So many statements of one kind are told one by one: more are not a filled file but another one.
const TOLD: usize = 50;

/// Everything that is wrong with the values of a file, and with the file as a reader of secrets sees it.
pub fn check(model: &Model, file: &EnvFile) -> Vec<Diagnostic> {
    let check = Check { model, file };
    let mut found = syntax(file);
    check.unknown(&mut found);
    check.duplicates(&mut found);
    for variable in model.variables().filter(|one| one.is_operators() && one.is_read()) {
        check.variable(variable, &mut found);
    }
    check.same_secrets(&mut found);
    check.pools(&mut found);
    check.mode(&mut found);
    found
}

/// The statements of a file that Compose refuses.
pub fn syntax(file: &EnvFile) -> Vec<Diagnostic> {
    let told = file.errors.iter().take(TOLD).map(|error| {
        Diagnostic::error(Code::EnvSyntax, error.reason.to_string())
            .at(file.span(&error.span), "")
            .help("put a value with blanks, quotes, `#` or `$` in single quotes")
    });
    let rest = more(file, file.errors.len(), Code::EnvSyntax, "cannot be read");
    told.chain(rest).collect()
}

/// That there are more statements of one kind than were told.
fn more(file: &EnvFile, count: usize, code: Code, what: &str) -> Option<Diagnostic> {
    let message =
        format!("{} more lines {what}", count.checked_sub(TOLD).filter(|rest| *rest > 0)?);
    Some(Diagnostic::warning(code, message).in_file(file.path()))
}

struct Check<'a> {
    model: &'a Model,
    file: &'a EnvFile,
}

impl Check<'_> {
    fn unknown(&self, found: &mut Vec<Diagnostic>) {
        let mut unread = Vec::new();
        for entry in &self.file.entries {
            let declared = self.model.variables().find(|one| one.name.as_str() == entry.name);
            let expected = declared.is_some_and(Variable::is_operators);
            // Compose reads variables of its own from the file (docs.docker.com, "Set or change pre-defined environment
            // variables in Docker Compose").
            if !expected && !entry.name.starts_with("COMPOSE_") {
                unread.push((entry, declared));
            }
        }
        let told = unread.iter().take(TOLD).map(|(entry, declared)| {
            let said = match declared {
                Some(variable) => overruled(variable),
                None => self.nameless(&entry.name),
            };
            said.at(self.file.span(&entry.name_span), "")
        });
        found.extend(told);
        let what = "set variables that nothing reads";
        found.extend(more(self.file, unread.len(), Code::EnvUnknown, what));
    }

    /// A name that is not expected is shown only where it is nearly one that is: in a broken file it can be a piece of
    /// a secret.
    fn nameless(&self, name: &str) -> Diagnostic {
        let operators = self.model.variables().filter(|one| one.is_operators());
        let message = "nothing reads the variable";
        match suggest::nearest(name, operators.map(|one| one.name.as_str())) {
            Some(near) => Diagnostic::warning(Code::EnvUnknown, format!("{message} `{name}`"))
                .help(format!("did you mean `{near}`?")),
            None => Diagnostic::warning(Code::EnvUnknown, format!("{message} on this line"))
                .help("remove the line, or declare the variable in the blueprint"),
        }
    }

    fn duplicates(&self, found: &mut Vec<Diagnostic>) {
        let mut seen: BTreeMap<&str, &Entry> = BTreeMap::new();
        let mut count = 0;
        for entry in &self.file.entries {
            let expected = self.model.variables().any(|one| one.name.as_str() == entry.name);
            let before = if expected { seen.insert(&entry.name, entry) } else { None };
            let Some(first) = before else { continue };
            count += 1;
            if count > TOLD {
                continue;
            }
            found.push(
                Diagnostic::error(Code::EnvDuplicate, format!("`{}` is set twice", entry.name))
                    .at(self.file.span(&entry.name_span), "set again here")
                    .at(self.file.span(&first.name_span), "set before here")
                    .help("keep one of the two; Compose takes the last one"),
            );
        }
        found.extend(more(self.file, count, Code::EnvDuplicate, "set a variable again"));
    }

    fn same_secrets(&self, found: &mut Vec<Diagnostic>) {
        let mut seen: BTreeMap<&str, &Variable> = BTreeMap::new();
        for variable in
            self.model.variables().filter(|one| one.secret && one.is_operators() && one.is_read())
        {
            let Some(entry) = self.file.entry(variable.name.as_str()) else { continue };
            let Value::Literal(value) = &entry.value else { continue };
            if value.trim().is_empty() {
                continue;
            }
            if let Some(first) = seen.get(value.as_str()) {
                let message =
                    format!("`{}` and `{}` have the same value", first.name, variable.name);
                found.push(
                    Diagnostic::warning(Code::EnvSameSecret, message)
                        .at(self.file.span(&entry.name_span), "")
                        .help("give each its own, so that whoever learns one does not have both"),
                );
            } else {
                seen.insert(value, variable);
            }
        }
    }

    fn mode(&self, found: &mut Vec<Diagnostic>) {
        let Some(mode) = self.file.mode.filter(|mode| mode & 0o077 != 0) else { return };
        let path = self.file.path();
        let message =
            format!("`{path}` can be read or written by other users: its mode is {mode:04o}");
        found.push(
            Diagnostic::warning(Code::EnvFileMode, message)
                .in_file(path)
                .help(format!("run `chmod 600 {}`", shell::quote(path))),
        );
    }
}

/// A line for what the blueprint sets.
fn overruled(variable: &Variable) -> Diagnostic {
    let message = format!("`{}` is set by the blueprint: this line changes nothing", variable.name);
    Diagnostic::warning(Code::EnvUnknown, message).help("remove the line")
}
