//! Finds names that patches, own templates and own catalogue entries write and nothing meets.

use std::collections::BTreeSet;

use crate::blueprint::locate::Locator;
use crate::blueprint::read::Written;
use crate::compile::Inputs;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::Model;
use crate::proof::{self, Change, Dangling, Fault, Kind};
use crate::source::{SourceId, Span};
use crate::target::Target;
use crate::target::output::Owners;
use crate::tree::Tree;
use crate::value::Name;

/// Who changed a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Author<'a> {
    Patch(&'a Name),
    Template(SourceId),
    Entry(SourceId),
}

/// Proves the files that an author touched against all others, environment by environment.
pub(super) fn check(
    inputs: &Inputs,
    models: &[Model],
    written: &Written,
    (tree, owners, patched): (&Tree, &Owners, &[(Name, Change)]),
    diagnostics: &mut Diagnostics,
) {
    let own: Vec<(Author<'_>, Change)> =
        templates(inputs, models, tree, owners).chain(entries(inputs, models, tree)).collect();
    // What is wrong in every environment is told once.
    let mut told = BTreeSet::new();
    for model in models {
        let patched = patched.iter().map(|(name, change)| (Author::Patch(name), change));
        let all = patched.chain(own.iter().map(|(author, change)| (*author, change)));
        let is_here = |(_, change): &(Author<'_>, &Change)| {
            let owner = owners.get(change.path.as_str());
            owner.is_some_and(|owner| owner.environments.contains(&model.environment.name))
        };
        let (authors, changes): (Vec<_>, Vec<_>) = all.filter(is_here).unzip();
        for (index, dangling) in proof::dangling(model, tree, &changes) {
            let author = authors[index];
            // What is taken away once may be missed in many places.
            let named = match &dangling.fault {
                Fault::Taken { .. } => format!("{} {:?}", dangling.path, dangling.kind),
                Fault::Unmet { .. } | Fault::Twice { .. } => dangling.named.clone(),
            };
            if told.insert((author, named)) {
                let locator = Locator::new(written, Some(&model.environment.name));
                diagnostics.push(diagnostic(inputs, locator, author, &dangling));
            }
        }
    }
}

/// The files of own templates.
fn templates<'a>(
    inputs: &'a Inputs,
    models: &'a [Model],
    tree: &'a Tree,
    owners: &'a Owners,
) -> impl Iterator<Item = (Author<'a>, Change)> {
    inputs.templates.iter().flat_map(move |(path, id)| {
        let each = models
            .iter()
            .map(|model| path.replace("{environment}", model.environment.name.as_str()));
        let paths: BTreeSet<String> = each.collect();
        let is_own = |path: &String| {
            owners.get(path.as_str()).is_some_and(|owner| owner.target == Target::Template)
        };
        let change = move |path| Some((Author::Template(*id), written(tree, path)?));
        paths.into_iter().filter(is_own).filter_map(change)
    })
}

/// The files of own catalogue entries: each is known by the name of its entry.
fn entries<'a>(
    inputs: &'a Inputs,
    models: &'a [Model],
    tree: &'a Tree,
) -> impl Iterator<Item = (Author<'a>, Change)> {
    let services = models.iter().flat_map(|model| model.services.values());
    services.filter(|_| !inputs.catalog.is_empty()).flat_map(move |service| {
        let component = service.component.as_ref().map(|component| component.name.as_str());
        let id = inputs.catalog.iter().find(|id| {
            let path = inputs.sources.get(**id).path.as_str();
            let file = path.rsplit('/').next().unwrap_or(path);
            file.rsplit_once('.').map(|(stem, _)| stem) == component
        });
        let paths = service.contents.keys().cloned();
        id.into_iter().flat_map(move |id| {
            paths.clone().filter_map(|path| Some((Author::Entry(*id), written(tree, path)?)))
        })
    })
}

/// A whole file as a change: nothing in it was there before.
fn written(tree: &Tree, path: String) -> Option<Change> {
    let facts = proof::of_text(&path, tree.get(&path)?.text());
    // How a manifest of one's own is applied is one's own affair.
    let wants = facts.wanted.difference(&facts.given).filter(|end| end.kind != Kind::Listed);
    let wants: BTreeSet<_> = wants.cloned().collect();
    let defines = facts.given.iter().any(|end| end.kind == Kind::Object);
    (defines || !wants.is_empty()).then(|| Change { path, wants, lost: BTreeSet::new() })
}

fn diagnostic(
    inputs: &Inputs,
    locator: Locator<'_>,
    author: Author<'_>,
    dangling: &Dangling<'_>,
) -> Diagnostic {
    let Dangling { path, named, name, fault, .. } = dangling;
    let (place, who) = match author {
        Author::Patch(patch) => {
            (locator.value(&format!("/patches/{patch}")), format!("the patch `{patch}`"))
        }
        Author::Template(id) => (line_with(inputs, id, name), "the template".to_owned()),
        Author::Entry(id) => (line_with(inputs, id, name), "the catalogue entry".to_owned()),
    };
    let error = |says: String| Diagnostic::error(Code::DanglingReference, says);
    match fault {
        Fault::Unmet { near } => error(format!("{who} makes `{path}` name {named}"))
            .at(place, "nothing that is compiled has it")
            .help(near.as_ref().map_or_else(
                || "name what is there, or add it in the same file or the blueprint".to_owned(),
                |near| format!("did you mean `{near}`?"),
            )),
        Fault::Taken { by } => error(format!("{who} takes {named} from `{path}`"))
            .at(
                place,
                if by.is_empty() {
                    "the blueprint needs it".to_owned()
                } else {
                    format!("`{by}` needs it")
                },
            )
            .help("change the other end too, or leave this one"),
        Fault::Twice { by } => {
            let says = format!("{who} makes `{path}` define {named}, as `{by}` does");
            Diagnostic::error(Code::ObjectTaken, says)
                .at(place, "the one that is applied last would stay")
                .help("give it another name, or patch the compiled object")
        }
    }
}

/// The first line of a file that holds a name, or its first.
fn line_with(inputs: &Inputs, id: SourceId, name: &str) -> Span {
    let source = inputs.sources.get(id);
    let line = source.text.lines().position(|line| line.contains(name)).unwrap_or(0);
    let mut bytes = source.line_range(line + 1);
    bytes.start += source.text[bytes.clone()].len() - source.text[bytes.clone()].trim_start().len();
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span { source: id, start: offset(bytes.start), end: offset(bytes.end) }
}
