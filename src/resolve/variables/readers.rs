//! Turns the texts of all services into who reads which variable, and which end in a URL.

use crate::map::{IndexMap, IndexSet};

use crate::format::quote::url;
use crate::model::service::Service;
use crate::model::text::{Part as Piece, Text};
use crate::value::{Name, VariableName};

/// Who reads which variable, and which variables end in a URL.
#[derive(Default)]
pub(super) struct Readers<'a> {
    by_variable: IndexMap<&'a VariableName, Vec<&'a Name>>,
    pub(super) in_urls: IndexSet<&'a VariableName>,
}

impl<'a> Readers<'a> {
    pub(super) fn collect(services: &'a IndexMap<Name, Service>) -> Self {
        let mut readers = Self::default();
        for (name, service) in services {
            let build = service.build.iter().flat_map(|build| &build.arguments);
            // Whatever it is made of, what a service has under a variable's name is that variable.
            let own = service.environment.keys();
            for variable in service.secrets.keys().chain(build).chain(own) {
                readers.add(variable, name);
            }
            for text in service.texts() {
                readers.add_text(text, name);
            }
        }
        readers
    }

    /// Adds a reader; services come one after the other.
    fn add(&mut self, variable: &'a VariableName, service: &'a Name) {
        let names = self.by_variable.entry(variable).or_default();
        if names.last() != Some(&service) {
            names.push(service);
        }
    }

    fn add_text(&mut self, text: &'a Text, service: &'a Name) {
        if text.as_literal().is_some() {
            return;
        }
        let mut before = String::new();
        for part in text.parts() {
            match part {
                Piece::Literal(text) => before.push_str(text),
                Piece::Variable(variable) => {
                    self.add(variable, service);
                    if url::is_within(&before) {
                        self.in_urls.insert(variable);
                    }
                    before.push('x');
                }
            }
        }
    }

    pub(super) fn of(&self, variable: &VariableName) -> Vec<Name> {
        self.by_variable.get(variable).into_iter().flatten().map(|name| (*name).clone()).collect()
    }
}
