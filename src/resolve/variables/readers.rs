//! Turns the texts of all services into who reads which variable, and which end in a URL.

use crate::map::{IndexMap, IndexSet};

use crate::format::quote::url;
use crate::model::service::Service;
use crate::model::text::{Part as Piece, Text};
use crate::value::{Name, VariableName};

/// Who reads which variable, and which variables end in a URL.
#[derive(Default)]
pub(super) struct Readers {
    pub(super) by_variable: IndexMap<VariableName, IndexSet<Name>>,
    pub(super) in_urls: IndexSet<VariableName>,
}

impl Readers {
    pub(super) fn collect(services: &IndexMap<Name, Service>) -> Self {
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

    fn add(&mut self, variable: &VariableName, service: &Name) {
        self.by_variable.entry(variable.clone()).or_default().insert(service.clone());
    }

    fn add_text(&mut self, text: &Text, service: &Name) {
        let mut before = String::new();
        for part in text.parts() {
            match part {
                Piece::Literal(text) => before.push_str(text),
                Piece::Variable(variable) => {
                    self.add(variable, service);
                    if url::is_within(&before) {
                        self.in_urls.insert(variable.clone());
                    }
                    before.push('x');
                }
            }
        }
    }

    pub(super) fn of(&self, variable: &VariableName) -> Vec<Name> {
        self.by_variable.get(variable).into_iter().flatten().cloned().collect()
    }
}
