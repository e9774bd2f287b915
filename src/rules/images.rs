//! Finds images that mean another program tomorrow.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Service, Tier};
use crate::rules::View;
use crate::rules::findings::Findings;

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
        let place = if view.blueprint.images.contains_key(name.as_str()) {
            view.locator.value(&format!("/images/{name}"))
        } else {
            view.service(name, "/image")
        };
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
