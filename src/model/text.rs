//! Holds text whose references are resolved: what is left are variables that are known at run time only.

use std::borrow::Cow;

use serde::Serialize;

use crate::value::VariableName;

/// Text made of literals and run-time variables; no two literals stand side by side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Text(Vec<Part>);

/// A piece of a [`Text`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Stands for itself.
    Literal(String),
    /// Stands for the value of an operator's variable.
    Variable(VariableName),
}

impl Text {
    /// Text that is known.
    pub fn literal(text: impl Into<String>) -> Self {
        let text = text.into();
        Self(if text.is_empty() { Vec::new() } else { vec![Part::Literal(text)] })
    }

    /// Text that is one variable's value.
    pub fn variable(name: VariableName) -> Self {
        Self(vec![Part::Variable(name)])
    }

    /// The pieces.
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// Adds known text.
    pub fn push_literal(&mut self, text: &str) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(Part::Literal(last)) => last.push_str(text),
            _ => self.0.push(Part::Literal(text.to_owned())),
        }
    }

    /// Adds another text.
    pub fn push(&mut self, other: &Self) {
        for part in &other.0 {
            match part {
                Part::Literal(text) => self.push_literal(text),
                Part::Variable(name) => self.0.push(Part::Variable(name.clone())),
            }
        }
    }

    /// The whole text, if no part of it is a variable.
    pub fn as_literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The variable, if the text is nothing but one.
    pub fn as_variable(&self) -> Option<&VariableName> {
        match self.0.as_slice() {
            [Part::Variable(name)] => Some(name),
            _ => None,
        }
    }

    /// The variables in it, in order.
    pub fn variables(&self) -> impl Iterator<Item = &VariableName> {
        self.0.iter().filter_map(|part| match part {
            Part::Variable(name) => Some(name),
            Part::Literal(_) => None,
        })
    }

    /// The text as a target writes it: `literal` escapes what is known, `variable` names what is not.
    pub fn render<'t>(
        &'t self,
        literal: impl Fn(&'t str) -> Cow<'t, str>,
        variable: impl Fn(&VariableName) -> String,
    ) -> Cow<'t, str> {
        let write = |part: &'t Part| match part {
            Part::Literal(text) => literal(text),
            Part::Variable(name) => Cow::Owned(variable(name)),
        };
        match self.0.as_slice() {
            [part] => write(part),
            parts => Cow::Owned(parts.iter().map(write).collect()),
        }
    }
}
