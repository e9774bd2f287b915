//! Turns the databases that a service names into what the component that makes them must know of each.

use crate::map::IndexMap;

use crate::blueprint::reference::Text as Raw;
use crate::catalog::databases::{Databases, key};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Text;
use crate::resolve::scope::Found;
use crate::resolve::services::Builder;
use crate::value::DatabaseName;

/// What templates see of each database, by name: its parameters; a secret is the path of its file.
type Made = IndexMap<DatabaseName, IndexMap<String, String>>;

impl Builder<'_, '_> {
    /// The databases that it makes.
    pub(super) fn databases(&mut self, found: &mut Found) -> Made {
        let written = &self.part.written.databases;
        if written.is_empty() || self.scope.is_unsure(self.name, &["uses", "build/stack"]) {
            return Made::default();
        }
        let Some(known) = self.part.entry.as_ref().and_then(|entry| entry.databases.clone()) else {
            let message = format!("`{}` makes no databases", self.name);
            let place =
                self.scope.context.locator.key(&format!("/services/{}/databases", self.name));
            self.diagnostics.push(
                Diagnostic::error(Code::InvalidValue, message)
                    .at(place, "")
                    .help(format!("those that do: {}", self.makers().join(", "))),
            );
            return Made::default();
        };
        for (database, parameters) in written {
            if known.reserved.iter().any(|name| *name == database.as_str()) {
                self.taken(database, "the component keeps this name for itself", "");
            }
            for (name, raw) in parameters {
                let at = format!("databases/{database}/{name}");
                if let Some(parameter) = known.parameters.get(name) {
                    self.check(parameter, name, raw, &at);
                } else {
                    let known = known.parameters.keys().map(String::as_str);
                    self.unknown_parameter(&format!("the database `{database}`"), name, known, &at);
                }
            }
        }
        self.distinct(&known);
        written
            .keys()
            .map(|database| (database.clone(), self.made(&known, database, found)))
            .collect()
    }

    /// The components that make databases.
    fn makers(&self) -> Vec<String> {
        let catalog = self.scope.context.catalog;
        let makes = |name: &&str| catalog.get(name).is_some_and(|entry| entry.databases.is_some());
        catalog.names().filter(makes).map(|name| format!("`{name}`")).collect()
    }

    fn made(
        &mut self,
        known: &Databases,
        database: &DatabaseName,
        found: &mut Found,
    ) -> IndexMap<String, String> {
        let mut values = IndexMap::from_iter([("name".to_owned(), database.to_string())]);
        for (name, parameter) in &known.parameters {
            let file = if parameter.secret { ".file" } else { "" };
            let raw = Raw(format!("${{self.{}{file}}}", key(database, name)));
            let place = format!("databases/{database}/{name}");
            let text = self.text(&raw, &place, found);
            match text.as_literal() {
                Some(literal) => {
                    values.insert(name.clone(), literal.to_owned());
                }
                None => self.diagnostics.push(
                    Diagnostic::error(
                        Code::RunTimeReference,
                        format!(
                            "`{name}` of the database `{database}` must be known when compiling"
                        ),
                    )
                    .at(self.at(&place), "this refers to a variable that the operator sets")
                    .help("write the value, or give the variable a `fixed` one"),
                ),
            }
        }
        values
    }

    /// Refuses what two databases may not share, nor one with the component.
    fn distinct(&mut self, known: &Databases) {
        for (shared, own) in &known.distinct {
            let mut seen: Vec<(Text, String)> = Vec::new();
            let mine = self.scope.own(self.name, own);
            seen.extend(
                mine.ok().map(|mine| (mine.text, format!("that of `{}` itself", self.name))),
            );
            for database in self.part.written.databases.keys() {
                let raw = Raw(format!("${{self.{}}}", key(database, shared)));
                let Ok(resolved) = self.scope.resolve(&raw, Some(self.name)) else { continue };
                match seen.iter().find(|(text, _)| *text == resolved.text) {
                    Some((_, whose)) => {
                        let why = format!("its `{shared}` is {whose}");
                        self.taken(database, &why, shared);
                    }
                    None => seen.push((resolved.text, format!("that of `{database}`"))),
                }
            }
        }
    }

    fn taken(&mut self, database: &DatabaseName, why: &str, shared: &str) {
        let locator = self.scope.context.locator;
        let at = format!("/services/{}/databases/{database}", self.name);
        let written = self.part.written.databases.get(database);
        let place = if written.is_some_and(|written| written.contains_key(shared)) {
            locator.value(&format!("{at}/{shared}"))
        } else {
            locator.key(&at)
        };
        let message = format!("the database `{database}` cannot be made: {why}");
        let found = Diagnostic::error(Code::NameTaken, message).at(place, "");
        self.diagnostics.push(found.help("give it another name, or set what it shares otherwise"));
    }
}
