//! Finds images that mean another program tomorrow.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{InCluster, Service, Tier};
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::source::Span;
use crate::value::Name;

/// The image with a tag: the one that the catalogue knows, where it knows one.
fn pinned_image(view: &View<'_>, service: &Service) -> String {
    let known = service.component.as_ref().and_then(|component| {
        let entry = view.catalog.get(&component.name)?;
        let release = entry.versions.get(&component.version)?;
        entry.image.ends_with(service.image.repository()).then(|| release.tag.clone())
    });
    let registry = service.image.registry().map(|registry| format!("{registry}/"));
    format!(
        "{}{}:{}",
        registry.unwrap_or_default(),
        service.image.repository(),
        known.unwrap_or_else(|| "1.4.2".to_owned())
    )
}

/// An image without a tag, or with one that moves.
pub(super) fn image_latest(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, service) in &view.model.services {
        if !service.image.is_floating() {
            continue;
        }
        let message = format!("`{}` may be another program tomorrow", service.image);
        let place = place(view, name);
        let label =
            if service.image.tag().is_some() { "`latest` moves" } else { "no tag means `latest`" };
        let diagnostic = match view.model.environment.tier {
            Tier::Production => Diagnostic::error(Code::ImageLatest, message),
            Tier::Staging | Tier::Development => Diagnostic::warning(Code::ImageLatest, message),
        };
        let help = format!("write the exact tag, for instance `{}`", pinned_image(view, service));
        found.push_unless_waived(name, diagnostic.at(place, label).help(help));
    }
}

/// Where the image of a service was written.
fn place(view: &View<'_>, name: &Name) -> Span {
    if view.blueprint.images.contains_key(name) {
        view.locator.value(&format!("/images/{name}"))
    } else {
        view.service(name, "/image")
    }
}

/// An image that is not what the catalogue entry was written for: another program, or another major version.
pub(super) fn image_mismatch(view: &View<'_>, found: &mut Findings<'_>) {
    let components = view.model.services.iter().filter(|(_, service)| service.build.is_none());
    for (name, service) in components {
        let Some(component) = &service.component else { continue };
        let Some(entry) = view.catalog.get(&component.name) else { continue };
        let uses = format!("{}@{}", component.name, component.version);
        let (mine, theirs) = (last(service.image.repository()), last(&entry.image));
        let message = if mine == theirs {
            match service.image.tag() {
                Some(tag) if contradicts(tag, &component.version) => {
                    format!("`{name}` is `{uses}`, and its image has the tag `{tag}`")
                }
                _ => continue,
            }
        } else {
            format!("`{name}` is `{uses}`, and its image is `{mine}` instead of `{theirs}`")
        };
        let tag = entry.versions.get(&component.version).map(|release| release.tag.as_str());
        let diagnostic = Diagnostic::error(Code::ImageMismatch, message)
            .at(place(view, name), format!("is not what `{uses}` was written for"))
            .help(match tag {
                Some(tag) => format!("write `{}:{tag}`, or change `uses`", entry.image),
                None => "change `uses` with it".to_owned(),
            });
        found.push_unless_waived(name, diagnostic);
    }
}

/// An image that is built, and has no name under which a cluster could pull it.
pub(super) fn unnamed_image(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, service) in &view.model.services {
        let written = view.blueprint.services.get(name).and_then(|own| own.image.as_ref());
        let is_named = written.is_some() || view.blueprint.images.contains_key(name);
        if service.build.is_none()
            || is_named
            || view.model.in_cluster(service) == InCluster::Platform
        {
            continue;
        }
        let diagnostic = Diagnostic::warning(
            Code::UnnamedImage,
            format!("the image of `{name}` is built, and nothing says where it is pushed"),
        )
        .at(
            view.service(name, "/build"),
            format!("`{}` exists where it was built, and a cluster cannot pull it", service.image),
        )
        .help(format!(
            "name it beside `build`, for instance `image: registry.example.com/{}-{name}:1.0.0`",
            view.model.name
        ));
        found.push_unless_waived(name, diagnostic);
    }
}

/// The last part of a repository, which a mirror keeps.
fn last(repository: &str) -> &str {
    repository.rsplit('/').next().unwrap_or(repository)
}

/// Whether a tag says another version than the one that was asked for, as far as both are numbers.
fn contradicts(tag: &str, version: &str) -> bool {
    let numbers = |text: &str| -> Vec<u64> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        text[..end].split('.').map_while(|part| part.parse().ok()).collect()
    };
    let (have, want) = (numbers(tag), numbers(version));
    have.iter().zip(&want).any(|(have, want)| have != want)
}

#[cfg(test)]
mod tests {
    use super::contradicts;

    #[test]
    fn tags_are_held_against_versions_as_far_as_both_are_numbers() {
        for tag in ["17", "17.6-bookworm", "v17.1", "bookworm", "latest"] {
            assert!(!contradicts(tag, "17"), "{tag}");
        }
        for tag in ["16.3", "18.0-alpine", "v1"] {
            assert!(contradicts(tag, "17"), "{tag}");
        }
        assert!(contradicts("1.28.0", "1.30") && !contradicts("1.30.5-trixie", "1.30"));
    }
}
