//! Describes a workflow of GitHub Actions as it is written, fields in output order.

use std::borrow::Cow;

use crate::map::IndexMap;
use serde::{Serialize, Serializer};

/// Text, most of which stands in the program.
pub(super) type Wording = Cow<'static, str>;

/// Text by name, in order.
#[derive(Debug, Default, Clone)]
pub(super) struct Pairs(Vec<(Wording, Wording)>);

impl Pairs {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text of a name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_ref())
    }

    /// Adds a text, or puts it in the place of what has its name.
    pub(super) fn insert(&mut self, name: impl Into<Wording>, text: impl Into<Wording>) {
        let (name, text) = (name.into(), text.into());
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = text,
            None => self.0.push((name, text)),
        }
    }

    /// Takes a text away.
    pub(super) fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| known != name);
    }

    /// Adds those of others.
    pub(super) fn extend(&mut self, others: Self) {
        others.0.into_iter().for_each(|(name, text)| self.insert(name, text));
    }
}

impl FromIterator<(Wording, Wording)> for Pairs {
    fn from_iter<I: IntoIterator<Item = (Wording, Wording)>>(all: I) -> Self {
        Self(all.into_iter().collect())
    }
}

impl Serialize for Pairs {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, text)| (name, text)))
    }
}

/// A workflow.
#[derive(Debug, Serialize)]
pub(super) struct Workflow {
    pub(super) name: String,
    pub(super) on: On,
    /// None at all: each job says what it needs.
    pub(super) permissions: Pairs,
    pub(super) concurrency: Concurrency,
    pub(super) jobs: IndexMap<String, Job>,
}

/// What starts it.
#[derive(Debug, Serialize)]
pub(super) struct On {
    pub(super) push: Push,
    pub(super) pull_request: Branches,
}

#[derive(Debug, Serialize)]
pub(super) struct Push {
    pub(super) branches: Vec<String>,
    pub(super) tags: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Branches {
    pub(super) branches: Vec<String>,
}

/// What does not run beside itself.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Concurrency {
    pub(super) group: String,
    pub(super) cancel_in_progress: Flag,
}

/// Known, or an expression.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Flag {
    Known(bool),
    Expression(String),
}

/// A job.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Job {
    pub(super) name: Wording,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) needs: Vec<String>,
    #[serde(rename = "if", skip_serializing_if = "str::is_empty")]
    pub(super) condition: Wording,
    pub(super) runs_on: &'static str,
    pub(super) timeout_minutes: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) environment: Option<Environment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) concurrency: Option<Concurrency>,
    pub(super) permissions: Pairs,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) strategy: Option<Strategy>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) services: IndexMap<String, Container>,
    pub(super) steps: Vec<Step>,
}

/// An environment, whose rules may ask for an approval.
#[derive(Debug, Serialize)]
pub(super) struct Environment {
    pub(super) name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) url: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Strategy {
    pub(super) fail_fast: bool,
    pub(super) matrix: Matrix,
}

#[derive(Debug, Serialize)]
pub(super) struct Matrix {
    pub(super) include: Vec<Pairs>,
}

/// A container beside the steps.
#[derive(Debug, Serialize)]
pub(super) struct Container {
    pub(super) image: String,
    #[serde(skip_serializing_if = "Pairs::is_empty")]
    pub(super) env: Pairs,
    pub(super) ports: Vec<String>,
    pub(super) options: String,
}

/// A step.
#[derive(Debug, Default, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Step {
    pub(super) name: Wording,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) id: Wording,
    #[serde(rename = "if", skip_serializing_if = "str::is_empty")]
    pub(super) condition: Wording,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) uses: Wording,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) working_directory: Wording,
    #[serde(skip_serializing_if = "Pairs::is_empty")]
    pub(super) with: Pairs,
    #[serde(skip_serializing_if = "Pairs::is_empty")]
    pub(super) env: Pairs,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) run: Wording,
}
