//! Finds images that mean another program tomorrow.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{InCluster, Role, Service, Tier};
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::source::{Span, pointer};
use crate::value::{Image, Name};

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
        let pinned = pinned_image(view, service);
        let help = if pinned == service.image.to_string() {
            "write the exact tag".to_owned()
        } else {
            format!("write the exact tag, for instance `{pinned}`")
        };
        found.push_unless_waived(name, diagnostic.at(place, label).help(help));
    }
}

/// Where the image of a service was written.
fn place(view: &View<'_>, name: &Name) -> Span {
    if view.blueprint.images.contains_key(name.as_str()) {
        return view.locator.value(&format!("/images/{name}"));
    }
    let is_own = view.blueprint.services.get(name).is_some_and(|own| own.image.is_some());
    let component = view.model.services.get(name).and_then(|service| service.component.as_ref());
    // The entry that it comes from, where that is the project's.
    let entry = component.filter(|_| !is_own).and_then(|component| {
        let versions = pointer::push("/versions", &component.version);
        Some(view.catalog.locator(&component.name)?.value(&pointer::push(&versions, "tag")))
    });
    entry.unwrap_or_else(|| view.service(name, "/image"))
}

/// An image that is another program, another version or another system than its catalogue entry describes.
pub(super) fn other_image(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, service) in &view.model.services {
        let pinned = view.blueprint.images.contains_key(name.as_str());
        let own = view.blueprint.services.get(name);
        if service.build.is_some() || !(pinned || own.is_some_and(|own| own.image.is_some())) {
            continue;
        }
        let Some(component) = &service.component else { continue };
        let Some(entry) = view.catalog.get(&component.name) else { continue };
        let Some(release) = entry.versions.get(&component.version) else { continue };
        let Some(why) = difference(&service.image, &entry.image, &component.version, &release.tag)
        else {
            continue;
        };
        let place = place(view, name);
        let message = format!(
            "`{name}` uses {}@{} and runs `{}`",
            component.name, component.version, service.image
        );
        let diagnostic = Diagnostic::error(Code::OtherImage, message)
            .at(place, why)
            .help(format!("write `{}:{}`, or a newer build of it", entry.image, release.tag));
        found.push_unless_waived(name, diagnostic);
    }
}

/// An image that is built, and has no name under which a cluster could pull it.
pub(super) fn unnamed_image(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, service) in &view.model.services {
        let written = view.blueprint.services.get(name).and_then(|own| own.image.as_ref());
        let is_named = written.is_some() || view.blueprint.images.contains_key(name.as_str());
        // What keeps an archive runs the image of what makes backups.
        if service.build.is_none()
            || service.role == Role::Archive
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

/// What an image has that its entry does not describe. A mirror may have another path before the last name.
fn difference(image: &Image, repository: &str, version: &str, tag: &str) -> Option<String> {
    let described = last(repository);
    if last(image.repository()) != described {
        return Some(format!("the entry describes `{described}`"));
    }
    let own = image.tag().filter(|own| *own != "latest")?;
    let bare = own.strip_prefix('v').unwrap_or(own);
    let rest = bare.strip_prefix(version);
    if rest.is_none_or(|rest| rest.starts_with(|next: char| next.is_ascii_digit())) {
        return Some(format!("the entry describes version {version}"));
    }
    // Another system has other users, paths and tools.
    let alpine = |tag: &str| tag.contains("alpine");
    (alpine(own) != alpine(tag)).then(|| {
        let not = if alpine(tag) { "" } else { "not " };
        format!("the entry describes an image that does {not}rest on Alpine")
    })
}

/// The last name of a path.
fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::difference;
    use crate::value::Image;

    #[test]
    fn an_image_is_the_one_that_its_entry_describes() {
        let differs = |image: &str| {
            let image = Image::parse(image).unwrap();
            difference(&image, "docker.io/library/postgres", "17", "17.11-bookworm").is_some()
        };
        for image in ["postgres:17.6", "mirror.example/a/postgres:17-bookworm", "postgres:v17"] {
            assert!(!differs(image), "{image}");
        }
        for image in ["postgres:16.3", "postgres:170", "mysql:17.1", "postgres:17.6-alpine"] {
            assert!(differs(image), "{image}");
        }
        assert!(!differs(&format!("postgres@sha256:{}", "0".repeat(64))));
    }
}
