//! Turns the entries of a mapping as written into those that count: merge keys filled in.

use std::collections::BTreeSet;

use super::super::document::{Key, Kind, Node};
use crate::diagnostic::{Code, Diagnostic};

/// How many keys are few.
const FEW: usize = 16;

/// Every key that is written twice, with both places.
pub(super) fn duplicates(entries: &[(Key, Node)]) -> Vec<Diagnostic> {
    // Of few keys each is compared with each: that takes no list.
    let is_new = |(at, (key, _)): (usize, &(Key, Node))| {
        entries[..at].iter().all(|(before, _)| before.name != key.name)
    };
    if entries.len() <= FEW && entries.iter().enumerate().all(is_new) {
        return Vec::new();
    }
    let mut keys: Vec<&Key> = entries.iter().map(|(key, _)| key).collect();
    // Stable, so that equal keys keep their order in the text.
    keys.sort_by(|one, other| one.name.cmp(&other.name));
    let twice = keys.windows(2).filter(|pair| pair[0].name == pair[1].name);
    let fault = |pair: &[&Key]| {
        let message = format!("the key `{}` is written twice", pair[0].name);
        Diagnostic::error(Code::DuplicateKey, message)
            .at(pair[1].span, "written again here")
            .at(pair[0].span, "first written here")
    };
    twice.map(fault).collect()
}

/// Takes out the entries whose key stands before.
pub(super) fn keep_first(entries: &mut Vec<(Key, Node)>) {
    let mut seen = BTreeSet::new();
    entries.retain(|(key, _)| seen.insert(key.name.clone()));
}

/// The entries with the merge key at index `merge` replaced by what it merges in. Keys that are
/// written out win over merged ones, and earlier merged ones over later, as in YAML 1.1.
pub(super) fn merged(
    entries: Vec<(Key, Node)>,
    merge: usize,
) -> Result<Vec<(Key, Node)>, Diagnostic> {
    let written = entries.iter().enumerate().filter(|(index, _)| *index != merge);
    let mut taken: BTreeSet<String> = written.map(|(_, (key, _))| key.name.clone()).collect();
    let mut all = Vec::with_capacity(entries.len());
    for (index, (key, node)) in entries.into_iter().enumerate() {
        if index == merge {
            let news = sources(node)?.into_iter().flatten();
            all.extend(news.filter(|(key, _)| taken.insert(key.name.clone())));
        } else {
            all.push((key, node));
        }
    }
    Ok(all)
}

/// The mappings that a merge key names: one, or a list.
fn sources(node: Node) -> Result<Vec<Vec<(Key, Node)>>, Diagnostic> {
    match node.kind {
        Kind::Mapping(entries) => Ok(vec![entries]),
        Kind::Sequence(items) => {
            let mapping = |item: Node| match item.kind {
                Kind::Mapping(entries) => Ok(entries),
                other => Err(refused(&Node { span: item.span, kind: other })),
            };
            items.into_iter().map(mapping).collect()
        }
        other => Err(refused(&Node { span: node.span, kind: other })),
    }
}

fn refused(node: &Node) -> Diagnostic {
    let message = format!("`<<` merges mappings, not {}", node.kind.noun());
    Diagnostic::error(Code::WrongType, message)
        .at(node.span, "")
        .help("give it an alias of a mapping, or a list of them: `<<: [*one, *other]`")
}

/// The name of a key that was written as an alias; lists and mappings have none.
pub(super) fn key_name(kind: &Kind) -> Option<String> {
    match kind {
        Kind::Null => Some("null".to_owned()),
        Kind::Bool(flag) => Some(flag.to_string()),
        Kind::Number(number) => Some(number.to_string()),
        Kind::String(text) => Some(text.clone()),
        Kind::Sequence(_) | Kind::Mapping(_) => None,
    }
}
