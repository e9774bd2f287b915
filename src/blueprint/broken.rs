//! Remembers which places of a blueprint are faulty, so that what only follows from a fault is not told.

use std::collections::BTreeSet;
use std::ops::Bound;

use serde_json::Value;

use crate::blueprint::reference::{self, Part};
use crate::source::pointer;
use crate::value::Name;

/// The places that are faulty: what was written there is not known, and something else stands in for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Broken {
    places: BTreeSet<String>,
    /// Where a text is missing altogether, what the others say: anything else may stand in it.
    present: Option<BTreeSet<String>>,
}

/// How deep texts merge: a section, an entry, a key of it.
const MERGED: usize = 3;

impl Broken {
    /// Adds a place, as a JSON Pointer into the merged blueprint; the empty one is the whole blueprint.
    pub fn add(&mut self, pointer: impl Into<String>) {
        self.places.insert(pointer.into());
    }

    /// Says that a text is missing: what `value`, the rest, does not say may be said there.
    pub fn lack_a_text(&mut self, value: &Value, sections: &[String]) {
        let absent = sections.iter().filter(|section| value.get(section.as_str()).is_none());
        self.extend(absent.map(|section| pointer::push("", section)));
        let mut present = BTreeSet::new();
        collect(value, "", &mut present);
        self.present = Some(present);
    }

    /// Whether a text is missing.
    pub fn lacks_a_text(&self) -> bool {
        self.present.is_some()
    }

    /// Adds all that another knows.
    pub fn merge(&mut self, other: Self) {
        self.places.extend(other.places);
        self.present = self.present.take().or(other.present);
    }

    /// Adds several places.
    pub fn extend(&mut self, places: impl IntoIterator<Item = String>) {
        self.places.extend(places);
    }

    /// Whether that very place is faulty.
    pub fn has(&self, place: &str) -> bool {
        self.places.contains(place)
    }

    /// Whether nothing is faulty.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty() && self.present.is_none()
    }

    /// All places, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.places.iter().map(String::as_str)
    }

    /// Whether the place itself, something round it or something within it is faulty.
    pub fn touches(&self, place: &str) -> bool {
        if self.is_empty() {
            return false;
        }
        let merged = place.match_indices('/').nth(MERGED).map_or(place, |(at, _)| &place[..at]);
        if self.present.as_ref().is_some_and(|present| !present.contains(merged)) {
            return true;
        }
        let round = place.match_indices('/').map(|(at, _)| &place[..at]).chain([place]);
        self.places.range(format!("{place}/")..).next().is_some_and(|next| is_below(next, place))
            || round.into_iter().any(|place| self.places.contains(place))
    }

    /// Whether any of several places, written as `services/*/needs` with `*` for any name, is faulty.
    pub fn touches_any(&self, patterns: &[&str]) -> bool {
        patterns.iter().any(|pattern| self.fits(pattern))
    }

    /// Whether a text refers to a setting of the environment, or to a variable, that is faulty.
    pub fn is_referred_to(&self, text: &str, environment: &Name) -> bool {
        let parts = reference::parse(text).unwrap_or_default();
        parts.iter().any(|part| match part {
            Part::Literal(_) => false,
            Part::Reference(reference) => match reference.owner {
                "env" => self.touches(&format!("/environments/{environment}/{}", reference.key)),
                "var" => self.hides_variable(reference.key),
                _ => false,
            },
        })
    }

    /// Whether a variable of that name may be declared where something is faulty.
    pub fn hides_variable(&self, name: &str) -> bool {
        self.lacks_a_text() || self.touches_any(&[&format!("variables/*/{name}")])
    }

    /// The services that a missing text may say more of: those whose `key` the others do not say.
    pub fn services_without<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let present = self.present.as_ref();
        let all = present.into_iter().flatten().map(String::as_str);
        let services = all.filter(|place| place.starts_with("/services/"));
        services.filter(move |place| {
            let whole = place.matches('/').count() == 2;
            whole && present.is_some_and(|present| !present.contains(&pointer::push(place, key)))
        })
    }

    fn fits(&self, pattern: &str) -> bool {
        // A missing text may add to every section.
        if self.lacks_a_text() && !pattern.contains('/') {
            return true;
        }
        let section = format!("/{}", pattern.split('/').next().unwrap_or_default());
        let from = (Bound::Included(section.as_str()), Bound::Unbounded);
        let mut within = self
            .places
            .range::<str, _>(from)
            .take_while(|place| place.starts_with(&section))
            .filter(|place| **place == section || is_below(place, &section));
        self.places.contains("") || within.any(|place| agree(place, pattern))
    }
}

fn collect(value: &Value, pointer: &str, present: &mut BTreeSet<String>) {
    present.insert(pointer.to_owned());
    if pointer.matches('/').count() < MERGED {
        for (key, value) in value.as_object().into_iter().flatten() {
            collect(value, &pointer::push(pointer, key), present);
        }
    }
}

fn is_below(place: &str, other: &str) -> bool {
    place.strip_prefix(other).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether one of the two is, or lies within, the other.
fn agree(place: &str, pattern: &str) -> bool {
    pointer::segments(place)
        .zip(pattern.split('/'))
        .all(|(one, wanted)| wanted == "*" || one == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_touched_from_within_and_from_round_it() {
        let mut broken = Broken::default();
        assert!(broken.is_empty() && !broken.touches("") && !broken.touches("/services/db"));
        broken.add("/services/api/ports/http");
        broken.add("/services/web");
        for place in ["", "/services", "/services/api", "/services/api/ports", "/services/web/uses"]
        {
            assert!(broken.touches(place), "{place}");
        }
        for place in ["/services/api/uses", "/services/ap", "/services/webs", "/external"] {
            assert!(!broken.touches(place), "{place}");
        }
    }

    #[test]
    fn a_missing_text_may_say_what_the_others_do_not() {
        let value = serde_json::json!({ "services": { "api": { "image": "x:1" } } });
        let mut broken = Broken::default();
        broken.lack_a_text(&value, &["services".to_owned(), "networks".to_owned()]);
        assert!(!broken.is_empty() && broken.lacks_a_text());
        for place in ["/services/web", "/services/api/ports/http", "/networks", "/networks/main"] {
            assert!(broken.touches(place), "{place}");
        }
        assert!(!broken.touches("/services/api/image") && !broken.touches("/services"));
        assert!(broken.touches_any(&["networks"]) && !broken.touches_any(&["services/*/profile"]));
        assert!(broken.touches_any(&["services"]), "others may stand there");
        assert_eq!(broken.services_without("with").collect::<Vec<_>>(), ["/services/api"]);
        assert_eq!(broken.services_without("image").count(), 0);
    }

    #[test]
    fn patterns_stand_for_any_name() {
        let mut broken = Broken::default();
        broken.add("/services/api/ports/http");
        assert!(broken.touches_any(&["external", "services/*/ports"]));
        assert!(broken.touches_any(&["services"]) && !broken.touches_any(&["services/*/uses"]));
        broken.add("/services");
        assert!(broken.touches_any(&["services/*/uses"]) && !broken.touches_any(&["service"]));
        broken.add("");
        assert!(broken.touches_any(&["networks"]));
    }
}
