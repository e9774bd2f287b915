//! Turns what `uses` says into an entry of the catalogue.

use std::sync::Arc;

use crate::catalog::entry::Entry;
use crate::diagnostic::{Code, Diagnostic, suggest};
use crate::resolve::parts::Builder;
use crate::source::Span;
use crate::value::Uses;

impl Builder<'_> {
    /// The catalogue entry that `uses` names, with its version. Where it names none, the place is broken, and the
    /// entry that it most probably means stands in.
    pub(super) fn entry(
        &mut self,
        uses: &Uses,
        (at, place): (&str, &dyn Fn() -> Span),
    ) -> Option<(Arc<Entry>, String)> {
        let catalog = self.context.catalog;
        let (name, version) = uses.parts();
        if catalog.is_faulty(name) {
            self.broken.add(at);
            return None;
        }
        let Some(entry) = catalog.get(name) else {
            let found =
                Diagnostic::error(Code::UnknownComponent, format!("the catalogue has no `{name}`"))
                    .at(place(), "");
            let near = suggest::nearest(name, catalog.names());
            self.diagnostics.push(match near {
                Some(near) => found.help(format!("did you mean `{near}`?")),
                None => found.help("`formwork explain catalogue` lists what there is; an entry of your own goes to `catalog/`"),
            });
            self.broken.add(at);
            let meant = catalog.get(near?)?;
            let version = meant.default.clone();
            return Some((meant, version));
        };
        let version = version.unwrap_or(&entry.default).to_owned();
        if !entry.versions.contains_key(&version) {
            let known =
                entry.versions.keys().map(|known| format!("`{name}@{known}`")).collect::<Vec<_>>();
            self.diagnostics.push(
                Diagnostic::error(
                    Code::UnknownVersion,
                    format!("the catalogue has no version `{version}` of `{name}`"),
                )
                .at(place(), "")
                .help(format!("it has {}", known.join(", "))),
            );
            self.broken.add(at);
            let version = entry.default.clone();
            return Some((entry, version));
        }
        Some((entry, version))
    }
}
