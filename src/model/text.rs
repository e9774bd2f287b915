//! Holds text whose references are resolved: what is left are variables that are known at run time only.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use crate::value::VariableName;

/// Text made of literals and run-time variables; no two literals stand side by side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(Pieces);

/// Most texts are one piece.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Pieces {
    #[default]
    None,
    One(Part),
    /// Two or more.
    Many(Vec<Part>),
}

/// A piece of a [`Text`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Stands for itself.
    Literal(Cow<'static, str>),
    /// Stands for the value of an operator's variable.
    Variable(VariableName),
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.parts().serialize(serializer)
    }
}

impl Text {
    /// Text that is known; what stands in the program is not copied.
    pub fn literal(text: impl Into<Cow<'static, str>>) -> Self {
        let text = text.into();
        Self(if text.is_empty() { Pieces::None } else { Pieces::One(Part::Literal(text)) })
    }

    /// Text that is one variable's value.
    pub fn variable(name: VariableName) -> Self {
        Self(Pieces::One(Part::Variable(name)))
    }

    /// The pieces.
    pub fn parts(&self) -> &[Part] {
        match &self.0 {
            Pieces::None => &[],
            Pieces::One(part) => std::slice::from_ref(part),
            Pieces::Many(parts) => parts,
        }
    }

    /// Adds known text.
    pub fn push_literal(&mut self, text: &str) {
        let last = match &mut self.0 {
            Pieces::None => None,
            Pieces::One(part) => Some(part),
            Pieces::Many(parts) => parts.last_mut(),
        };
        match last {
            _ if text.is_empty() => {}
            Some(Part::Literal(last)) => last.to_mut().push_str(text),
            _ => self.add(Part::Literal(text.to_owned().into())),
        }
    }

    fn add(&mut self, part: Part) {
        self.0 = match std::mem::take(&mut self.0) {
            Pieces::None => Pieces::One(part),
            Pieces::One(first) => Pieces::Many(vec![first, part]),
            Pieces::Many(mut parts) => {
                parts.push(part);
                Pieces::Many(parts)
            }
        };
    }

    /// Adds another text.
    pub fn push(&mut self, other: &Self) {
        for part in other.parts() {
            match part {
                Part::Literal(text) => self.push_literal(text),
                Part::Variable(name) => self.add(Part::Variable(name.clone())),
            }
        }
    }

    /// The whole text, if no part of it is a variable.
    pub fn as_literal(&self) -> Option<&str> {
        match self.parts() {
            [] => Some(""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The variable, if the text is nothing but one.
    pub fn as_variable(&self) -> Option<&VariableName> {
        match self.parts() {
            [Part::Variable(name)] => Some(name),
            _ => None,
        }
    }

    /// The variables in it, in order.
    pub fn variables(&self) -> impl Iterator<Item = &VariableName> {
        self.parts().iter().filter_map(|part| match part {
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
        match self.parts() {
            [part] => write(part),
            parts => Cow::Owned(parts.iter().map(write).collect()),
        }
    }
}
