//! Turns what the author sets a component's parameters to into texts that are checked.

use crate::map::IndexMap;

use crate::blueprint::reference::Text as Raw;
use crate::blueprint::variable::VariableKind;
use crate::catalog::parameter::{Kind, Parameter, Refusal};
use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::model::Text;
use crate::model::text::Part as Piece;
use crate::resolve::parts::Part;
use crate::resolve::scope::Found;
use crate::resolve::services::Builder;
use crate::source::{Span, pointer};

impl Builder<'_, '_> {
    /// The parameters of the component or stack, as it reads them.
    pub(super) fn parameters(&mut self, found: &mut Found) -> IndexMap<String, Text> {
        let Some(entry) = &self.part.entry else { return IndexMap::default() };
        let unsure = self.scope.is_unsure(self.name, &["uses", "build/stack"]);
        for (key, name, raw) in bound(self.part) {
            match entry.parameters.get(name) {
                Some(known) => self.check(known, name, raw, &format!("{key}/{name}")),
                None if unsure => {}
                None => {
                    let known = entry.parameters.keys().map(String::as_str);
                    let whose = format!("`{}`", entry.component);
                    self.unknown_parameter(&whose, name, known, &format!("{key}/{name}"));
                }
            }
        }
        let mut parameters = IndexMap::default();
        for name in entry.parameters.keys() {
            let mut own = Found::default();
            let text = self.told(self.scope.own(self.name, name), "with", &mut own);
            found.reach(own.reached);
            parameters.insert(name.clone(), text);
        }
        parameters
    }

    /// Says where a value is none that the parameter takes.
    pub(super) fn check(&mut self, known: &Parameter, name: &str, raw: &Raw, key: &str) {
        let resolved = match self.scope.resolve(raw, None) {
            Ok(resolved) => resolved,
            Err(unresolved) => {
                self.diagnostics.extend(unresolved.at(self.at(key)));
                return;
            }
        };
        let found = match resolved.text.as_literal() {
            // A secret's own rules are those of a variable.
            Some(_) if known.secret => None,
            Some(literal) => {
                known.check(literal).err().map(|refusal| self.refused(name, refusal, key))
            }
            None if known.takes_variables() => self.run_time(known, name, &resolved.text, key),
            None => Some(
                Diagnostic::error(
                    Code::RunTimeReference,
                    format!("`{name}` of `{}` must be known when compiling", self.name),
                )
                .at(self.at(key), "this refers to a variable that the operator sets")
                .help("write the value, or give the variable a `fixed` one"),
            ),
        };
        self.diagnostics.extend(found);
    }

    fn refused(&self, name: &str, refusal: Refusal, key: &str) -> Diagnostic {
        let place = self.at(key);
        match refusal {
            Refusal::Expected(expected) => Diagnostic::error(
                Code::InvalidValue,
                format!("`{name}` of `{}` takes {expected}", self.name),
            )
            .at(place, ""),
            Refusal::Malformed(bad) => {
                Diagnostic::from(*bad).at(place, format!("`{name}` of `{}`", self.name))
            }
        }
    }

    /// What is known of a text that holds variables: its literal pieces, and the types of the variables.
    fn run_time(
        &self,
        known: &Parameter,
        name: &str,
        text: &Text,
        key: &str,
    ) -> Option<Diagnostic> {
        if known.kind == Kind::Integer {
            let variable = text.as_variable();
            let declared = variable.and_then(|variable| self.scope.declared.get(variable));
            if declared.is_some_and(|declared| declared.written.kind == VariableKind::Integer) {
                return None;
            }
            let found = Diagnostic::error(
                Code::InvalidValue,
                format!("`{name}` of `{}` takes a whole number", self.name),
            )
            .at(self.at(key), "nothing says that this will be one");
            return Some(match variable {
                Some(variable) => {
                    found.help(format!("declare it so: `{variable}: {{ type: integer, … }}`"))
                }
                None => found.help("write one number, or one variable with `type: integer`"),
            });
        }
        let controls = text.parts().iter().any(|piece| match piece {
            Piece::Literal(literal) => literal.contains(char::is_control),
            Piece::Variable(_) => false,
        });
        let why = "one line of text".to_owned();
        controls.then(|| self.refused(name, Refusal::Expected(why), key))
    }

    pub(super) fn unknown_parameter<'k>(
        &mut self,
        whose: &str,
        name: &str,
        known: impl Iterator<Item = &'k str> + Clone,
        key: &str,
    ) {
        let message = format!("{whose} has no parameter `{name}`");
        let at = format!("/services/{}/{key}", self.name);
        let found = Diagnostic::error(Code::UnknownKey, message)
            .at(self.scope.context.locator.key(&at), "");
        self.diagnostics.push(match suggest::nearest(name, known.clone()) {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found.help(format!("it has {}", known.collect::<Vec<_>>().join(", "))),
        });
    }

    pub(super) fn at(&self, key: &str) -> Span {
        let at = pointer::push("/services", self.name.as_str());
        self.scope.context.locator.value(&format!("{at}/{key}"))
    }
}

/// What the author sets: the key that holds it, its name, its value.
fn bound(part: &Part) -> impl Iterator<Item = (&'static str, &String, &Raw)> {
    let own = part.written.with.iter().map(|(name, raw)| ("with", name, raw));
    let built = part.written.build.iter().flat_map(|build| &build.with);
    own.chain(built.map(|(name, raw)| ("build/with", name, raw)))
}
