//! Gives a new service that keeps its data with another a database of its own there, where that one has users already.

use serde_json::{Map, Value, json};

use super::draft::{Draft, Wish};
use crate::catalog::Entry;
use crate::catalog::databases::Databases;
use crate::value::Name;

impl Draft<'_> {
    /// Adds the database, and has the service take it in place of the one that its server has anyway.
    pub(super) fn own_database(
        &self,
        name: &Name,
        entry: &Entry,
        to: &[String],
        service: &mut Map<String, Value>,
        wish: &mut Wish,
    ) -> anyhow::Result<()> {
        for other in to.iter().filter(|other| self.has_users(other)) {
            let Some(server) = self.entry_of(other) else { continue };
            let (Some(takes), Some(known)) =
                (entry.needs.get(&server.component), &server.databases)
            else {
                continue;
            };
            let own = takes.iter().filter_map(|(parameter, offer)| {
                let of_each = of_each(known, offer)?;
                Some((parameter.clone(), json!(format!("${{{other}.databases.{name}.{of_each}}}"))))
            });
            let own: Map<String, Value> = own.collect();
            if own.is_empty() || self.own(other).is_err() {
                continue;
            }
            service.insert("with".to_owned(), Value::Object(own));
            wish.additions.extend(self.listed(other, "databases", name.as_str())?);
            if let Some(later) = &known.later {
                wish.warnings.push(format!(
                    "`{other}` makes the database `{name}` when it starts for the first time; where it has started \
                     before, run `{later}` in its container"
                ));
            }
        }
        Ok(())
    }

    /// Whether a service that the blueprint names talks to another.
    fn has_users(&self, other: &str) -> bool {
        let services = self.models().iter().flat_map(|model| model.services.values());
        let mut users =
            services.filter(|service| service.flows.iter().any(|flow| flow.to.as_str() == other));
        users.any(|service| self.own(service.name.as_str()).is_ok())
    }
}

/// What a database of its own has for what the server offers of its first one; nothing where that is the same for all.
fn of_each<'a>(known: &'a Databases, offer: &'a String) -> Option<&'a String> {
    let shared = known.distinct.iter().find(|(_, own)| *own == offer);
    let same = known.parameters.contains_key(offer) || known.offers.contains_key(offer);
    shared.map(|(shared, _)| shared).or(same.then_some(offer))
}
