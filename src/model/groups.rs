//! Holds the variables of a system in the author's groups, and finds them by their names.

use std::ops::Deref;

use serde::Serialize;

use crate::model::variable::{Group, Variable};
use crate::value::VariableName;

/// All variables.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Groups {
    groups: Vec<Group>,
    /// The group of each variable and its place there, by name.
    #[serde(skip)]
    by_name: Vec<(usize, usize)>,
}

impl Groups {
    /// Groups in the author's order; no two variables bear one name.
    pub fn new(groups: Vec<Group>) -> Self {
        let places = groups.iter().enumerate();
        let places =
            places.flat_map(|(at, group)| (0..group.variables.len()).map(move |of| (at, of)));
        let mut by_name: Vec<_> = places.collect();
        by_name.sort_unstable_by_key(|(at, of)| &groups[*at].variables[*of].name);
        Self { groups, by_name }
    }

    /// All variables by name.
    pub fn by_name(&self) -> impl Iterator<Item = &Variable> {
        self.by_name.iter().map(|place| self.at(*place))
    }

    /// The variable of that name.
    pub fn get(&self, name: &VariableName) -> Option<&Variable> {
        let found = self.by_name.binary_search_by_key(&name, |place| &self.at(*place).name);
        found.ok().map(|index| self.at(self.by_name[index]))
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
