//! Describes the variables of one environment: who sets them and who reads them.

use serde::Serialize;

use crate::blueprint::variable::{Requirement, VariableKind};
use crate::model::text::Text;
use crate::value::{Generator, GroupName, Name, VariableName};

/// Variables that belong together.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    /// Its name.
    pub name: GroupName,
    /// Its variables, in the author's order.
    pub variables: Vec<Variable>,
}

/// A variable.
#[derive(Debug, Clone, Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "each says something else of it")]
pub struct Variable {
    /// Its name.
    pub name: VariableName,
    /// What it is for; empty when nobody says.
    pub about: String,
    /// What kind of value it takes.
    pub kind: VariableKind,
    /// Who sets it.
    pub origin: Origin,
    /// Whether nobody but the services may see it.
    pub secret: bool,
    /// The fewest characters it may have.
    pub min_length: u32,
    /// How `env fill` makes it, where it can.
    pub generate: Option<Generator>,
    /// What another value needs beside a new start of those that read it.
    pub changes: Vec<String>,
    /// Whether it is read while an image is built.
    pub build: bool,
    /// Whether it ends in a URL, and so consists of `[A-Za-z0-9._~-]`.
    pub url_safe: bool,
    /// What its value must be like here.
    pub requirement: Requirement,
    /// The values that are refused.
    pub forbid: Vec<String>,
    /// The services that read it, in the environment or as a file.
    pub read_by: Vec<Name>,
    /// Whether other texts of the blueprint are made of its fixed value.
    pub quoted: bool,
    /// The user whose container reads it as a file; `None` where nothing does.
    pub file_owner: Option<u32>,
    /// The profile without which nothing reads it; `None` where it is always read.
    pub profile: Option<Name>,
}

/// Who sets a variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The blueprint: the value.
    Fixed(Text),
    /// The operator, in the env file.
    Operator {
        /// The value that the template proposes, where there is one.
        default: Option<String>,
        /// Whether it may be empty.
        optional: bool,
    },
}

impl Variable {
    /// Whether the operator sets it.
    pub fn is_operators(&self) -> bool {
        matches!(self.origin, Origin::Operator { .. })
    }

    /// Whether the operator must set it: there is no value to begin with, and none is not allowed.
    pub fn is_required(&self) -> bool {
        matches!(self.origin, Origin::Operator { default: None, optional: false })
    }

    /// Whether the operator may leave it empty.
    pub fn may_be_empty(&self) -> bool {
        matches!(self.origin, Origin::Operator { optional: true, .. })
    }

    /// Whether something reads it in this environment.
    pub fn is_read(&self) -> bool {
        !self.read_by.is_empty()
    }

    /// Whether it is of any use in this environment: something reads it, or is made of its value.
    pub fn is_used(&self) -> bool {
        self.is_read() || self.quoted
    }

    /// Whether Kubernetes takes it from the Secret that the operator makes: what is secret, what has no value until the
    /// operator gives it one, and what is read as a file.
    pub fn lives_in_secret(&self) -> bool {
        match &self.origin {
            Origin::Operator { default, .. } => {
                self.secret || default.is_none() || self.file_owner.is_some()
            }
            Origin::Fixed(_) => false,
        }
    }

    /// The value that the template proposes: the only one that is allowed here, or the default; empty where there is
    /// neither. A secret has none.
    pub fn proposed(&self) -> &str {
        match &self.requirement.equals {
            Some(only) if !self.secret => &only.0,
            _ => self.default(),
        }
    }

    /// The values that it may not have here, whatever their case.
    pub fn forbidden(&self) -> impl Iterator<Item = &str> {
        self.forbid.iter().chain(&self.requirement.forbid).map(String::as_str)
    }

    /// The default that the author chose; empty where there is none.
    pub fn default(&self) -> &str {
        match &self.origin {
            Origin::Operator { default: Some(default), .. } => default,
            Origin::Operator { .. } | Origin::Fixed(_) => "",
        }
    }
}
