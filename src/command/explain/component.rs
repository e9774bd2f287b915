//! Turns entries of the catalogue into what an author needs to know of them.

use super::{entry, heading, wrapped};
use crate::catalog::{Catalog, Entry};

/// Every component and stack, with the versions that are known to work.
pub(super) fn list(catalog: &Catalog) -> String {
    let mut names: Vec<&str> = catalog.names().collect();
    names.sort_unstable();
    names.dedup();
    let (mut stacks, mut components, mut follow) = (String::new(), String::new(), String::new());
    for found in names.into_iter().filter_map(|name| catalog.get(name)) {
        let into = match &found.dockerfile {
            _ if catalog.follows(&found) => &mut follow,
            Some(_) => &mut stacks,
            None => &mut components,
        };
        let text = format!("{}; {}", found.about, versions(&found));
        into.push_str(&entry(&found.component, &text));
    }
    let lists = [
        ("components (`uses`)", components),
        ("components that follow from others, and are not named alone", follow),
        ("stacks (`build: { stack }`)", stacks),
    ];
    let lists: Vec<String> =
        lists.iter().map(|(title, list)| format!("{}\n\n{list}", heading(title))).collect();
    lists.join("\n")
}

fn versions(entry: &Entry) -> String {
    let tags =
        entry.versions.iter().map(|(version, release)| format!("{version} ({})", release.tag));
    let tags: Vec<String> = tags.collect();
    format!("versions {}", tags.join(", "))
}

/// One of them.
pub(super) fn explain(found: &Entry) -> String {
    let mut text = format!("{}\n\n{}", heading(&found.component), wrapped(&found.about, 0));
    let image = format!(
        "image {}, {}, {} when none is asked for",
        found.image,
        versions(found),
        found.default
    );
    text.push_str(&wrapped(&image, 0));
    if !found.parameters.is_empty() {
        text.push_str(&format!("\n{}\n\n", heading("with")));
        for (name, parameter) in &found.parameters {
            let about = parameter.about.as_deref().unwrap_or_default();
            let default = match &parameter.default {
                Some(default) if !default.words().is_empty() => {
                    format!("; {} when left out", default.words())
                }
                _ if parameter.secret => "; a secret, set by the operator".to_owned(),
                _ => String::new(),
            };
            text.push_str(&entry(name, &format!("{about}{default}")));
        }
    }
    if !found.offers.is_empty() {
        text.push_str(&format!("\n{}\n\n", heading("offers, beside host, port and the above")));
        for (name, offer) in &found.offers {
            text.push_str(&entry(name, &offer.0));
        }
    }
    if !found.exceptions.is_empty() {
        text.push_str(&format!("\n{}\n\n", heading("rules that it cannot keep")));
        for (rule, exception) in &found.exceptions {
            text.push_str(&entry(
                rule,
                &format!("{}; source: {}", exception.reason, exception.source),
            ));
        }
    }
    text
}
