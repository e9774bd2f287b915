//! Turns a place in a merged blueprint back into the place in the author's text.

mod index;

use std::collections::BTreeSet;

use crate::blueprint::read::Written;
use crate::source::document::{Key, Kind, Node};
use crate::source::{Span, pointer};
use crate::value::Name;
pub use index::Index;
use index::{Large, referred, short};

/// Finds where the parts of one environment's blueprint were written.
#[derive(Debug, Clone, Copy)]
pub struct Locator<'a> {
    root: &'a Node,
    over: Option<&'a Node>,
    index: Option<&'a Index>,
    noun: &'static str,
}

impl<'a> Locator<'a> {
    /// A locator for one environment; `None` for the blueprint as it is without overrides.
    pub fn new(written: &'a Written, environment: Option<&Name>) -> Self {
        let root = &written.root;
        let over = environment
            .and_then(|name| root.get("environments")?.get(name.as_str())?.get("override"));
        Self { root, over, index: Some(&written.index), noun: "the blueprint" }
    }

    /// A locator for a text that is no blueprint, such as a catalogue entry.
    pub fn of_document(root: &'a Node) -> Self {
        Self { root, over: None, index: None, noun: "the entry" }
    }

    /// The value at that pointer, or the nearest thing round it: what an override says comes first. Of a mapping or a
    /// list its key is taken, which says the same and is shorter.
    pub fn value(&self, pointer: &str) -> Span {
        let place = self.deepest(pointer);
        match (&place.node.kind, place.key) {
            (Kind::Mapping(_) | Kind::Sequence(_), Some(key)) => key,
            _ => place.node.span,
        }
    }

    /// Whether the text is a blueprint.
    pub fn is_blueprint(&self) -> bool {
        self.index.is_some()
    }

    /// What the text as a whole is called.
    pub fn noun(&self) -> &'static str {
        self.noun
    }

    /// The key of the entry at that pointer, or the nearest thing round it.
    pub fn key(&self, pointer: &str) -> Span {
        let place = self.deepest(pointer);
        match place.key {
            Some(key) if place.whole => key,
            _ => self.value(pointer),
        }
    }

    /// All that is written of the entry at that pointer, in the blueprint and in the override.
    pub fn whole(&self, pointer: &str) -> Vec<Span> {
        let texts = [Some(self.root), self.over].into_iter().flatten();
        let places =
            texts.map(|text| Place::walk(text, self.index, pointer)).filter(|place| place.whole);
        let whole = |place: Place<'_>| match place.key {
            Some(key) => Span { end: place.node.span.end.max(key.end), ..key },
            None => place.node.span,
        };
        places.map(whole).collect()
    }

    /// The key of the entry at that pointer, if it was written.
    pub fn entry(&self, pointer: &str) -> Option<Span> {
        let place = self.deepest(pointer);
        place.key.filter(|_| place.whole)
    }

    /// Where an override removes the entry at that pointer, if it does.
    pub fn removed(&self, pointer: &str) -> Option<Span> {
        let place = Place::walk(self.over?, self.index, pointer);
        (place.whole && place.node.kind == Kind::Null).then(|| place.key.unwrap_or(place.node.span))
    }

    /// Says of a variable whether a text of this environment's blueprint refers to it: `${var.NAME}`, in a key or a value.
    pub fn referred(&self) -> impl Fn(&str) -> bool + use<'a> {
        let base = self.index.map(|index| &index.referred);
        let mut over = BTreeSet::new();
        self.over.iter().for_each(|node| referred(node, &mut over));
        move |name| base.is_some_and(|base| base.contains(name)) || over.contains(name)
    }

    /// The deepest of the two texts' nodes on the way to a pointer.
    fn deepest(&self, pointer: &str) -> Place<'a> {
        let base = Place::walk(self.root, self.index, pointer);
        // Mappings merge: where both go as deep, the base says no less, and says it in every environment.
        let says_more = |over: &Place<'_>| {
            let merges = matches!(over.node.kind, Kind::Mapping(_));
            over.depth > base.depth || (over.depth == base.depth && over.depth > 0 && !merges)
        };
        match self.over.map(|over| Place::walk(over, self.index, pointer)) {
            Some(over) if says_more(&over) => over,
            _ => base,
        }
    }
}

/// How far a pointer leads.
struct Place<'a> {
    /// How many of its segments exist.
    depth: usize,
    /// The last node that does.
    node: &'a Node,
    /// The key of that node; items of lists have none.
    key: Option<Span>,
    /// Whether that is the whole pointer.
    whole: bool,
}

impl<'a> Place<'a> {
    fn walk(root: &'a Node, index: Option<&Index>, pointer: &str) -> Self {
        let mut place = Self { depth: 0, node: root, key: None, whole: true };
        for segment in pointer::segments(pointer) {
            let known = index.and_then(|index| index.get(place.node.span));
            let next = match &place.node.kind {
                Kind::Mapping(entries) => {
                    entry(entries, known, &segment).map(|(key, node)| (Some(key.span), node))
                }
                Kind::Sequence(items) => item(items, known, &segment).map(|node| (None, node)),
                _ => None,
            };
            match next {
                Some((key, node)) => {
                    place = Self { depth: place.depth + 1, node, key, whole: true };
                }
                None => return Self { whole: false, ..place },
            }
        }
        place
    }
}

/// The entry of that name; its key may hold references, such as `api.${env.domain}`.
fn entry<'a>(
    entries: &'a [(Key, Node)],
    large: Option<&Large>,
    name: &str,
) -> Option<&'a (Key, Node)> {
    let named = |name: &str| match large {
        Some(large) => large.named.get(name).and_then(|at| entries.get(*at)),
        None => entries.iter().find(|(key, _)| key.name == name),
    };
    // `port: 8000` is short for `ports: { http: 8000 }`.
    let exact = named(name).or_else(|| named("port").filter(|_| name == "ports"));
    let may_be = |(key, _): &&(Key, Node)| literal_length(&key.name, name);
    exact.or_else(|| match large {
        Some(large) => {
            let referring = large.referring.iter().filter_map(|at| entries.get(*at));
            referring.filter(|entry| may_be(entry).is_some()).max_by_key(may_be)
        }
        None => entries.iter().filter(|entry| may_be(entry).is_some()).max_by_key(may_be),
    })
}

/// How much of a name a key with one reference says literally; `None` where it cannot be that name.
fn literal_length(key: &str, name: &str) -> Option<usize> {
    if !key.contains('$') {
        return None;
    }
    let (before, rest) = key.split_once("${")?;
    let (_, after) = rest.split_once('}')?;
    let length = before.len() + after.len();
    (length < name.len() && name.starts_with(before) && name.ends_with(after)).then_some(length)
}

/// The item at that index, or the one that is short for the entry of that name, such as `"redis?"` under `needs`.
fn item<'a>(items: &'a [Node], large: Option<&Large>, segment: &str) -> Option<&'a Node> {
    match (segment.parse::<usize>(), large) {
        (Ok(index), _) => items.get(index),
        (Err(_), Some(large)) => large.named.get(segment).and_then(|at| items.get(*at)),
        (Err(_), None) => items.iter().find(|item| short(item) == Some(segment)),
    }
}

#[cfg(test)]
mod tests {
    use super::index::LARGE;
    use super::*;
    use crate::source::document::parse;
    use crate::source::{Source, Sources};

    const TEXT: &str = "\
environments: { staging: { override: { services: { api: { port: 9000 } } } } }
services: { api: { needs: [db, \"redis?\"], health: /ready } }
routes: { \"${env.domain}\": { /: web }, \"api.${env.domain}\": { /: api } }
";

    /// Looking a part of a large mapping or list up must not take longer than in a small one, and find the same.
    #[test]
    fn an_index_finds_what_looking_through_finds() {
        let names: Vec<String> = (0..LARGE).map(|at| format!("n{at}")).collect();
        let keys: String = names.iter().map(|name| format!("  {name}: 1\n")).collect();
        let text =
            format!("list: [{}, n3]\nmap:\n{keys}  \"${{env.domain}}\": 2\n", names.join(", "));
        let mut sources = Sources::default();
        let id = sources.add(Source::new("a.yaml", &text));
        let root = parse(&sources, id).unwrap();
        let index = Index::of(&root);
        assert_eq!(index.get(root.get("map").unwrap().span).unwrap().referring.len(), 1);
        assert!(index.get(root.get("list").unwrap().span).is_some());
        for at in ["/list/n3", "/list/n31", "/list/no", "/map/n7", "/map/example.com", "/map/no/a"]
        {
            let spans = [None, Some(&index)]
                .map(|index| Locator { root: &root, over: None, index, noun: "" }.value(at));
            assert_eq!(spans[0], spans[1], "{at}");
        }
    }

    fn shown(environment: Option<&str>, at: &str, is_key: bool) -> String {
        let mut sources = Sources::default();
        let id = sources.add(Source::new("a.yaml", TEXT));
        let root = parse(&sources, id).unwrap();
        let over =
            environment.map(|name| root.at(&format!("/environments/{name}/override")).unwrap());
        let locator = Locator { root: &root, over, index: None, noun: "the text" };
        let span = if is_key { locator.key(at) } else { locator.value(at) };
        sources.slice(span).to_owned()
    }

    #[test]
    fn short_forms_are_found_by_the_long_forms_pointers() {
        let value = |at| shown(None, at, false);
        assert_eq!(value("/services/api/needs/redis/optional"), "\"redis?\"");
        assert_eq!(value("/services/api/health/ready"), "/ready");
        assert_eq!(value("/services/api/nothing/at/all"), "api");
    }

    #[test]
    fn keys_with_references_are_found_by_what_they_became() {
        let value = |at| shown(None, at, false);
        assert_eq!(value("/routes/api.example.com/~1/to"), "api");
        assert_eq!(value("/routes/example.com/~1/to"), "web");
        assert_eq!(shown(None, "/routes/example.com", true), "\"${env.domain}\"");
    }

    #[test]
    fn an_override_comes_first_where_it_says_something() {
        let value = |at| shown(Some("staging"), at, false);
        assert_eq!(value("/services/api/ports/http"), "9000");
        assert_eq!(value("/services/api/health"), "/ready");
    }
}
