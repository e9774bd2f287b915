//! Finds images that mean another program tomorrow.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::Tier;
use crate::rules::View;
use crate::rules::findings::Findings;

/// An image without a tag, or with one that moves.
pub(super) fn image_latest(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, service) in &view.model.services {
        if !service.image.is_floating() {
            continue;
        }
        let message = format!("`{}` may be another program tomorrow", service.image);
        let pinned = view.blueprint.images.contains_key(name);
        let place = match pinned {
            true => view.locator.value(&format!("/images/{name}")),
            false => view.service(name, "/image"),
        };
        let label =
            if service.image.tag().is_some() { "`latest` moves" } else { "no tag means `latest`" };
        let diagnostic = match view.model.environment.tier {
            Tier::Production => Diagnostic::error(Code::ImageLatest, message),
            Tier::Staging | Tier::Development => Diagnostic::warning(Code::ImageLatest, message),
        };
        let help =
            format!("write the exact tag, for instance `{}:1.4.2`", service.image.repository());
        found.push_unless_waived(name, diagnostic.at(place, label).help(help));
    }
}
