//! Turns what a blueprint names into the list of all that runs: derived components join the author's services.

pub(super) mod backups;
mod lookup;
mod needed;
mod watching;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::map::{self, IndexMap};

use crate::blueprint::Blueprint;
use crate::blueprint::broken::Broken;
use crate::blueprint::edge::CertificateSource;
use crate::blueprint::service::Service;
use crate::catalog::entry::{Entry, Role};
use crate::catalog::stage::Stage;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::resolve::Context;
use crate::value::only::Only;
use crate::value::{Name, Uses};

/// Something that runs: what the author says of it and what the catalogue does.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// What the author says; nothing for a derived component that the author does not mention.
    pub(super) written: Arc<Service>,
    /// What the catalogue says.
    pub(super) entry: Option<Arc<Entry>>,
    /// The version of the catalogue entry.
    pub(super) version: String,
    /// The service that an exporter watches.
    pub(super) watches: Option<Name>,
    /// Whether it follows from the blueprint instead of being named in it.
    pub(super) derived: bool,
}

/// All that runs, by name.
pub(super) type Parts = IndexMap<Name, Part>;

impl Part {
    /// Whether it runs where these profiles do.
    pub(super) fn is_on(&self, profiles: &[Name]) -> bool {
        self.written.profile.as_ref().is_none_or(|profile| profiles.contains(profile))
    }

    /// Gives it a profile, where it has none of its own.
    fn runs_under(&mut self, profile: Option<Name>) {
        if self.written.profile.is_none() && profile.is_some() {
            Arc::make_mut(&mut self.written).profile = profile;
        }
    }

    /// What part it plays.
    pub(super) fn role(&self) -> Role {
        self.entry.as_ref().map_or(Role::Application, |entry| entry.role)
    }
}

impl Part {
    /// The stage of its stack's Dockerfile that is built, where it is named.
    pub(super) fn stage(&self) -> Option<&Stage> {
        let build = self.written.build.as_ref().filter(|build| build.stack.is_some())?;
        self.entry.as_ref()?.targets.get(build.target.as_ref()?)
    }

    /// Whether it sees the host in a cluster.
    pub(super) fn is_agent(&self) -> bool {
        self.entry.as_ref().is_some_and(|entry| {
            let sees = entry.host.is_some() && entry.kubernetes.host.is_none();
            entry.only != Some(Only::Compose) && (sees || entry.role == Role::HostAgent)
        })
    }

    /// The volumes whose paths the image lacks, or has for root: those of own programs, and of some components.
    pub(super) fn foreign_volumes(&self) -> Vec<ForeignVolume<'_>> {
        let entry = self.entry.iter();
        let own = entry.clone().filter(|entry| entry.volumes_belong_to_root);
        let own = own.flat_map(|entry| entry.volumes.keys().map(ForeignVolume::Own));
        let shared = entry.flat_map(|entry| entry.shares.keys().map(ForeignVolume::Named));
        let written = self.written.volumes.iter().filter(|(_, mount)| !mount.read_only);
        own.chain(shared).chain(written.map(|(name, _)| ForeignVolume::Named(name))).collect()
    }
}

/// A volume that root would own.
#[derive(Debug, Clone, Copy)]
pub(super) enum ForeignVolume<'a> {
    /// A component's own, named after the service.
    Own(&'a Name),
    /// One with a name of its own.
    Named(&'a Name),
}

/// Who keeps what is backed up under a name: the service of that name, or the one that writes to the volume.
pub(super) fn keeper<'a>(parts: &'a Parts, name: &Name) -> Option<(&'a Name, &'a Part)> {
    let writes = |(_, part): &(&Name, &Part)| {
        part.written.volumes.get(name).is_some_and(|mount| !mount.read_only)
    };
    parts.get_key_value(name).or_else(|| parts.iter().find(writes))
}

/// About how many services follow from a blueprint.
const DERIVED: usize = 16;

/// All that runs: the author's services first. What names no component is added to `broken`.
pub(super) fn parts(
    blueprint: &Blueprint,
    profiles: &[Name],
    context: Context<'_>,
    broken: &mut Broken,
    diagnostics: &mut Diagnostics,
) -> Parts {
    let mut found = Builder {
        blueprint,
        profiles,
        context,
        broken,
        diagnostics,
        parts: map::with_room(blueprint.services.len() + DERIVED),
        claimed: BTreeSet::new(),
    };
    for (name, written) in &blueprint.services {
        found.author(name, written);
    }
    found.backups();
    found.edge();
    found.monitoring();
    found.logs();
    found.backups_watched();
    found.archives_watched();
    found.preparation();
    found.complete();
    found.needed();
    found.idle();
    found.parts
}

struct Builder<'a> {
    blueprint: &'a Blueprint,
    /// The profiles that run.
    profiles: &'a [Name],
    context: Context<'a>,
    broken: &'a mut Broken,
    diagnostics: &'a mut Diagnostics,
    parts: Parts,
    /// The author's services that also follow from the blueprint.
    claimed: BTreeSet<Name>,
}

impl Builder<'_> {
    fn author(&mut self, name: &Name, written: &Arc<Service>) {
        let pointer = format!("/services/{name}");
        let stack = written.build.as_ref().and_then(|build| build.stack.as_ref());
        let named = match (&written.uses, stack) {
            (Some(uses), _) => Some((uses, format!("{pointer}/uses"))),
            (None, Some(uses)) => Some((uses, format!("{pointer}/build/stack"))),
            (None, None) => None,
        };
        let entry = named.and_then(|(uses, at)| {
            let locator = self.context.locator;
            self.entry(uses, (&at, &|| locator.value(&at)))
        });
        let (entry, version) =
            entry.map_or((None, String::new()), |(entry, version)| (Some(entry), version));
        let entry = match entry {
            Some(entry) if !written.databases.is_empty() => {
                Some(Arc::new(entry.with_databases(name, written.databases.keys())))
            }
            entry => entry,
        };
        let part = Part { written: written.clone(), entry, version, watches: None, derived: false };
        self.parts.insert(name.clone(), part);
    }

    /// Adds a component that follows from the blueprint, unless the author runs it already.
    fn derive(
        &mut self,
        uses: &Uses,
        name: &str,
        watches: Option<&Name>,
        origin: &str,
    ) -> Option<Arc<Entry>> {
        let locator = self.context.locator;
        let place = || locator.key(origin);
        let (entry, version) = self.entry(uses, (&format!("{origin}/uses"), &place))?;
        let name = match Name::parse(name) {
            Ok(name) => name,
            Err(malformed) => {
                self.diagnostics
                    .push(Diagnostic::error(malformed.code, malformed.reason).at(place(), ""));
                return None;
            }
        };
        let watches = watches.cloned();
        match self.parts.get_mut(&name) {
            Some(part)
                if part.entry.is_none()
                    && part.written.image.is_none()
                    && part.written.build.is_none() =>
            {
                part.entry = Some(entry.clone());
                part.version = version;
                part.watches = watches;
                part.derived = true;
            }
            Some(part)
                if part.entry.as_ref().is_some_and(|known| known.component == entry.component) =>
            {
                self.claimed.insert(name);
                part.watches = watches;
            }
            Some(_) => {
                let found = Diagnostic::error(
                    Code::NameTaken,
                    format!("`{name}` is the name of the component that follows from here"),
                );
                let taken = self.context.locator.key(&format!("/services/{name}"));
                self.diagnostics.push(
                    found
                        .at(taken, "taken here")
                        .at(place(), "needed here")
                        .help("rename the service"),
                );
            }
            None => {
                let entry = Some(entry.clone());
                let written = Arc::default();
                let part = Part { written, entry, version, watches, derived: true };
                self.parts.insert(name, part);
            }
        }
        Some(entry)
    }

    fn has(&self, role: Role) -> bool {
        self.parts.values().any(|part| part.role() == role)
    }

    fn edge(&mut self) {
        if self.blueprint.routes.is_empty() {
            return;
        }
        let edge = self.blueprint.edge.clone().unwrap_or_default();
        let place = if self.blueprint.edge.is_some() { "/edge" } else { "/routes" };
        if !self.has(Role::Edge) {
            let uses = edge.uses.unwrap_or_else(|| Uses::known("nginx"));
            let name = uses.parts().0.to_owned();
            self.derive(&uses, &name, None, place);
        }
        let by = edge.tls.unwrap_or_default().by;
        let brought: Vec<String> = self.brought(Role::Edge);
        if by == CertificateSource::Letsencrypt && !self.has(Role::Certificates) {
            for name in brought {
                self.derive(&Uses::known(name.clone()), &name, None, place);
            }
        }
    }

    /// What the components of a role bring along.
    fn brought(&self, role: Role) -> Vec<String> {
        let of_role = self.parts.values().filter(|part| part.role() == role);
        of_role
            .filter_map(|part| part.entry.as_ref())
            .flat_map(|entry| entry.brings.clone())
            .collect()
    }

    /// New volumes that root would own are given to their users first.
    fn preparation(&mut self) {
        if self.parts.values().any(|part| !part.foreign_volumes().is_empty()) {
            let name = "volume-owner";
            self.derive(&Uses::known(name), name, None, "/services");
        }
    }

    /// What neither names a component nor an image nor a build cannot run.
    fn complete(&mut self) {
        for (name, part) in &self.parts {
            let written = &part.written;
            let unsure = |key| self.broken.touches(&format!("/services/{name}/{key}"));
            if part.entry.is_none()
                && written.uses.is_none()
                && written.image.is_none()
                && written.build.is_none()
                && !["uses", "image", "build"].into_iter().any(unsure)
            {
                let place = self.context.locator.key(&format!("/services/{name}"));
                self.diagnostics.push(
                    Diagnostic::error(
                        Code::NothingToRun,
                        format!("nothing says what `{name}` runs"),
                    )
                    .at(place, "has neither `uses`, `image` nor `build`")
                    .help("name a component with `uses:`, an `image:`, or a `build:`"),
                );
            }
        }
    }
}
