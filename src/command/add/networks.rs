//! Turns those that something new talks to into the networks that it joins, where a service has to name some.

use serde_json::{Value, json};

use super::draft::Draft;
use crate::model::{Model, Role};
use crate::value::Name;

impl Draft<'_> {
    /// One network that it shares with each of the others, without a way out where there is such a one; one with a way out
    /// where something outside is among them. `None` where nobody has to name any.
    pub(super) fn networks<'n>(
        &self,
        role: Role,
        others: impl Iterator<Item = &'n String>,
    ) -> Option<Value> {
        let must_choose = |model: &&Model| {
            model.networks.len() > 1 && !model.networks.contains_key(&Name::default_network())
        };
        let model = self.models().iter().find(must_choose)?;
        let is_inner = |name: &Name| model.networks.get(name).is_some_and(|one| one.internal);
        let all: Vec<&Name> = model.networks.keys().collect();
        let (mut joined, mut reaches_out): (Vec<&Name>, bool) = (Vec::new(), false);
        for other in others {
            let Some(service) = model.services.get(other.as_str()) else {
                reaches_out = true;
                continue;
            };
            if !service.networks.iter().any(|theirs| joined.contains(&theirs)) {
                let inner = service.networks.iter().find(|theirs| is_inner(theirs));
                joined.extend(inner.or(service.networks.first()));
            }
        }
        let wants_inner = role != Role::Application;
        let lacks =
            if joined.is_empty() { Some(wants_inner) } else { reaches_out.then_some(false) };
        if let Some(inner) = lacks.filter(|inner| !joined.iter().any(|one| is_inner(one) == *inner))
        {
            joined.extend(all.iter().find(|one| is_inner(one) == inner).or(all.first()));
        }
        joined.sort_unstable();
        joined.dedup();
        Some(json!(joined))
    }
}
