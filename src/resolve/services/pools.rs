//! Turns what the author says of a service's connections into pools whose sums are numbers or variables.

use crate::map::IndexMap;

use crate::blueprint::reference::{self, Part as Piece, Text as Raw};
use crate::blueprint::variable::VariableKind;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Text;
use crate::model::pool::{Connections, Pool};
use crate::resolve::services::Builder;
use crate::value::{Name, VariableName};

impl Builder<'_, '_> {
    /// How many connections each of its processes opens to others; `environment` is what it has.
    pub(super) fn pools(&mut self, environment: &IndexMap<VariableName, Text>) -> Vec<Pool> {
        let mut pools = Vec::new();
        for (to, need) in &self.part.written.needs {
            let Some(raw) = &need.pool else { continue };
            if !self.can_be_held(to) {
                continue;
            }
            let terms: Option<Vec<Text>> =
                raw.0.split('+').map(|term| self.term(to, term.trim(), environment)).collect();
            pools.extend(terms.map(|terms| Pool { to: to.clone(), terms }));
        }
        pools
    }

    /// How many connections it takes, where its component has a limit.
    pub(super) fn connections(&self, parameters: &IndexMap<String, Text>) -> Option<Connections> {
        let known = self.part.entry.as_ref()?.connections.as_ref()?;
        let limit = parameters.get(&known.limit)?.clone();
        Some(Connections { parameter: known.limit.clone(), limit, reserved: known.reserved })
    }

    /// How many processes it has; empty where nothing says.
    pub(super) fn processes(&self, parameters: &IndexMap<String, Text>) -> Text {
        let known = self.part.entry.as_ref().and_then(|entry| entry.processes.as_ref());
        known.and_then(|name| parameters.get(name)).cloned().unwrap_or_default()
    }

    /// Whether there is a limit that a pool can be held against; a name that is unknown is told elsewhere.
    fn can_be_held(&mut self, to: &Name) -> bool {
        let external = self.scope.blueprint.external.contains_key(to);
        let part = self.scope.parts.get(to);
        let limited = part
            .and_then(|part| part.entry.as_ref())
            .is_some_and(|entry| entry.connections.is_some());
        let unsure = self.scope.is_unsure(to, &["uses"]);
        if limited || unsure || !(external || part.is_some()) {
            return limited;
        }
        let message = format!("nothing says how many connections `{to}` takes");
        self.diagnostics.push(
            Diagnostic::error(Code::InvalidValue, message)
                .at(self.place(&format!("needs/{to}/pool")), "held against nothing")
                .help(
                    "remove `pool`: it counts towards a component with a limit, such as a database",
                ),
        );
        false
    }

    /// One term of a sum: a number, or a variable that will be one.
    fn term(
        &mut self,
        to: &Name,
        term: &str,
        environment: &IndexMap<VariableName, Text>,
    ) -> Option<Text> {
        let place = self.place(&format!("needs/{to}/pool"));
        let own = own_variable(term).and_then(|name| environment.get(name));
        // What does not stand for anything is told there.
        if own == Some(&Text::default()) {
            return None;
        }
        let text = match own.cloned() {
            Some(text) => text,
            None => match self.scope.resolve(&Raw(term.to_owned()), Some(self.name)) {
                Ok(resolved) => resolved.text,
                Err(unresolved) => {
                    self.diagnostics.extend(unresolved.at(place));
                    return None;
                }
            },
        };
        let is_number = match (text.as_literal(), text.as_variable()) {
            (Some(literal), _) => literal.parse::<u32>().is_ok(),
            (_, Some(variable)) => {
                let declared = self.scope.declared.get(variable);
                declared.is_some_and(|declared| {
                    declared.written.kind == VariableKind::Integer && !declared.written.secret
                })
            }
            (None, None) => false,
        };
        if is_number {
            return Some(text);
        }
        let message = format!("the pool of `{}` for `{to}` is no whole number", self.name);
        let found = Diagnostic::error(Code::InvalidValue, message);
        self.diagnostics.push(match text.as_variable() {
            Some(variable) => found
                .at(place, "nothing says that this will be one")
                .help(format!("declare it so: `{variable}: {{ type: integer, … }}`")),
            None => found.at(place, "").help(
                "write `20`, `\"${var.POOL}\"`, or a sum: `\"${var.POOL} + ${var.OVERFLOW}\"`",
            ),
        });
        None
    }
}

/// The variable that a text is nothing but.
fn own_variable(term: &str) -> Option<&str> {
    match reference::parse(term).ok()?.as_slice() {
        [Piece::Reference(reference)] if reference.owner == "var" => Some(reference.key),
        _ => None,
    }
}
