//! Turns those that something new talks to into the networks that it joins, where a service has to name some.

use serde_json::{Value, json};

use super::draft::Draft;
use crate::model::{Model, Network};
use crate::value::Name;

impl Draft<'_> {
    /// The networks of the others, and one with a way out where something outside is among them. `None` where nobody has
    /// to name any.
    pub(super) fn shared_networks<'n>(
        &self,
        others: impl Iterator<Item = &'n String>,
    ) -> Option<Value> {
        let model = self.models_with_a_choice()?;
        let (mut joined, mut reaches_out) = (Vec::new(), false);
        for other in others {
            match model.services.get(other.as_str()) {
                Some(service) => joined.extend(&service.networks),
                None => reaches_out = true,
            }
        }
        let open = || model.networks.iter().filter(|(_, network)| !network.internal);
        if joined.is_empty() || reaches_out && !joined.iter().any(|name| !is_internal(model, name))
        {
            joined.extend(open().map(|(name, _)| name).next().or(model.networks.keys().next()));
        }
        Some(names(joined))
    }

    /// Those without a way out among the networks of its users: what is ready-made keeps to itself where it can.
    pub(super) fn inner_networks(&self, users: &[String]) -> Option<Value> {
        let model = self.models_with_a_choice()?;
        let theirs = users.iter().filter_map(|user| model.services.get(user.as_str()));
        let mut known: Vec<&Name> = theirs.flat_map(|service| &service.networks).collect();
        if known.is_empty() {
            known.extend(model.networks.keys());
        }
        let inner: Vec<&Name> =
            known.iter().copied().filter(|name| is_internal(model, name)).collect();
        Some(names(if inner.is_empty() { known } else { inner }))
    }

    fn models_with_a_choice(&self) -> Option<&Model> {
        let model = self.models().first()?;
        let chosen =
            model.networks.len() < 2 || model.networks.contains_key(&Name::default_network());
        (!chosen).then_some(model)
    }
}

fn is_internal(model: &Model, name: &Name) -> bool {
    model.networks.get(name).is_some_and(|Network { internal, .. }| *internal)
}

fn names(mut networks: Vec<&Name>) -> Value {
    networks.sort_unstable();
    networks.dedup();
    json!(networks)
}
