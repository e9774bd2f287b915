//! Holds the variables of a system in the author's groups, and finds them by their names.

use std::ops::Deref;

use serde::Serialize;

use crate::map::{self, IndexMap};
use crate::model::variable::{Group, Variable};
use crate::value::VariableName;

/// All variables.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Groups {
    groups: Vec<Group>,
    /// The group of each variable and its place there, sorted by name.
    #[serde(skip)]
    places: IndexMap<VariableName, (usize, usize)>,
}

impl Groups {
    /// Groups in the author's order; no two variables bear one name.
    pub fn new(groups: Vec<Group>) -> Self {
        let mut places = map::with_room(groups.iter().map(|group| group.variables.len()).sum());
        for (at, group) in groups.iter().enumerate() {
            let variables = group.variables.iter().enumerate();
            places.extend(variables.map(|(of, variable)| (variable.name.clone(), (at, of))));
        }
        places.sort_unstable_keys();
        Self { groups, places }
    }

    /// All variables by name.
    pub fn by_name(&self) -> impl Iterator<Item = &Variable> {
        self.places.values().map(|place| self.at(*place))
    }

    /// The variable of that name.
    pub fn get(&self, name: &VariableName) -> Option<&Variable> {
        self.places.get(name).map(|place| self.at(*place))
    }

    fn at(&self, (group, variable): (usize, usize)) -> &Variable {
        &self.groups[group].variables[variable]
    }
}

impl Deref for Groups {
    type Target = [Group];

    fn deref(&self) -> &[Group] {
        &self.groups
    }
}

impl<'a> IntoIterator for &'a Groups {
    type Item = &'a Group;
    type IntoIter = std::slice::Iter<'a, Group>;

    fn into_iter(self) -> Self::IntoIter {
        self.groups.iter()
    }
}
