//! Reads the name of an environment variable.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::value::Malformed;
use crate::value::scalar::{scalar, text};

/// The longest name, in characters.
const LONGEST: usize = 64;

/// Variables of the operator's own shell, whose values would win over the file that Compose reads.
const OF_THE_SHELL: &[&str] = &[
    "PATH", "HOME", "PWD", "OLDPWD", "IFS", "SHELL", "USER", "LOGNAME", "UID", "EUID", "PPID",
    "TERM", "ENV", "CDPATH", "RANDOM", "SECONDS", "LINENO", "OPTIND", "OPTARG", "PS1", "PS2",
    "PS4",
];

/// Prefixes of the variables that steer the programs which start the system.
const OF_THE_PROGRAMS: &[(&str, &str)] = &[
    ("COMPOSE_", "Docker Compose"),
    ("DOCKER_", "the Docker command"),
    ("BUILDKIT_", "the Docker command"),
    ("BUILDX_", "the Docker command"),
    ("BASH_", "the shell"),
    ("LD_", "the dynamic loader"),
];

/// The name of an environment variable that a blueprint declares.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VariableName(Arc<str>);

impl VariableName {
    /// Reads a name of up to 64 capitals, digits and underscores that no shell and no Docker program uses itself.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        grammar(text).map(|()| Self(text.into()))
    }
}

fn grammar(text: &str) -> Result<(), Malformed> {
    let bad = |why: &str| Malformed::new(Code::InvalidName, text, why);
    let known = |letter: char| matches!(letter, 'A'..='Z' | '0'..='9' | '_');
    if !text.chars().all(known) {
        let found = bad("is not a variable: variables consist of capitals, digits and underscores");
        let nearest = text.trim().to_uppercase().replace(['-', '.', ' '], "_");
        return Err(if nearest != text && grammar(&nearest).is_ok() {
            found.help(format!("write `{nearest}`"))
        } else {
            found
        });
    }
    if !text.starts_with(|letter: char| letter.is_ascii_uppercase()) {
        return Err(bad("is not a variable: variables start with a capital"));
    }
    if text.len() > LONGEST {
        return Err(bad("is too long: a variable has at most 64 characters"));
    }
    if OF_THE_SHELL.contains(&text) {
        return Err(bad(
            "is a variable of every shell, which would win over the value in the file",
        )
        .help(format!("write `APP_{text}`")));
    }
    match OF_THE_PROGRAMS.iter().find(|(prefix, _)| text.starts_with(prefix)) {
        Some((prefix, program)) => Err(Malformed::new(
            Code::InvalidName,
            text,
            format_args!(
                "is read by {program} itself, as every variable that starts with `{prefix}`"
            ),
        )
        .help(format!("write `APP_{text}`"))),
        None => Ok(()),
    }
}

text!(VariableName);
scalar!(VariableName {
    format: "variable-name",
    description: "An environment variable: up to 64 capitals, digits and underscores, a capital first",
    examples: ["DATABASE_URL", "S3_BUCKET"],
    pattern: "^[A-Z][A-Z0-9_]{0,63}$",
    check: grammar,
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::testing::{canonical, refused};

    #[test]
    fn variable_names() {
        canonical::<VariableName>(&[("PORT", "PORT"), ("HOSTNAME", "HOSTNAME"), ("X", "X")]);
        refused::<VariableName>(&[
            ("", "start with a capital"),
            ("_X", "start with a capital"),
            ("3D", "start with a capital"),
            ("log-level", "write `LOG_LEVEL`"),
            ("path", "capitals"),
            ("PATH", "every shell"),
            ("COMPOSE_PROFILES", "read by Docker Compose itself"),
            ("DOCKER_HOST", "`APP_DOCKER_HOST`"),
            (&"A".repeat(65), "64 characters"),
        ]);
    }
}
