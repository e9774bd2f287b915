//! Puts each object into its file, and lists what is applied.

use std::collections::BTreeMap;

use crate::map::IndexMap;
use serde::Serialize;

use crate::format::yaml::Comments;
use crate::model::service::Service;
use crate::model::{Model, naming};
use crate::target::clash::{Clash, Origin};
use crate::target::kubernetes::schema::config::Kustomization;
use crate::target::kubernetes::schema::meta::Object;
use crate::target::{Error, Output};
use crate::value::{HostName, Name};

/// Where an object goes.
#[derive(Debug, Clone)]
pub(super) struct Place {
    folder: String,
    profile: Option<Name>,
    origin: Origin,
}

impl Place {
    /// What belongs to the whole environment.
    pub(super) fn common() -> Self {
        Self { folder: "_namespace".to_owned(), profile: None, origin: Origin::Environment }
    }

    /// What belongs to a host that answers.
    pub(super) fn host(host: &HostName) -> Self {
        Self { origin: Origin::Host(host.clone()), ..Self::common() }
    }

    /// What belongs to all that sees the host; under a profile where all of it is.
    pub(super) fn agents(profile: Option<Name>) -> Self {
        Self { folder: "_agents".to_owned(), profile, origin: Origin::Environment }
    }

    /// A folder below, for an object whose file name is taken.
    pub(super) fn below(self, folder: &str) -> Self {
        Self { folder: format!("{}/{folder}", self.folder), ..self }
    }

    /// Whether it is applied under a profile only.
    pub(super) fn is_profiled(&self) -> bool {
        self.profile.is_some()
    }

    /// What belongs to a service.
    pub(super) fn of(service: &Service) -> Self {
        Self {
            folder: service.name.to_string(),
            profile: service.profile.clone(),
            origin: Origin::Service(service.name.clone()),
        }
    }
}

/// The folder of an environment.
pub(super) struct Folder<'o, 'm> {
    root: String,
    /// The files that are emitted.
    pub(super) output: &'o mut Output<'m>,
    base: Vec<String>,
    components: IndexMap<Name, Vec<String>>,
    /// Kind, namespace and name of every object, with what it follows from.
    taken: BTreeMap<(&'static str, Option<String>, String), Origin>,
}

impl<'o, 'm> Folder<'o, 'm> {
    pub(super) fn new(model: &Model, output: &'o mut Output<'m>) -> Self {
        let root = naming::manifests(&model.environment.name);
        Self {
            root,
            output,
            base: Vec::new(),
            components: IndexMap::default(),
            taken: BTreeMap::new(),
        }
    }

    /// Adds an object that is applied.
    pub(super) fn add<T: Serialize>(
        &mut self,
        place: &Place,
        object: &Object<T>,
        comments: Comments,
    ) -> Result<(), Error> {
        let metadata = &object.metadata;
        let id = (object.kind, metadata.namespace.clone(), metadata.name.clone());
        if let Some(first) = self.taken.get(&id) {
            let object = format!("{} {}", object.kind, metadata.name);
            let (first, second) = (first.clone(), place.origin.clone());
            self.output.clash(Clash { object, first, second });
            return Ok(());
        }
        self.taken.insert(id, place.origin.clone());
        let kind = object.kind.to_lowercase();
        let file = format!("{}/{kind}-{}.yaml", place.folder, object.metadata.name);
        let path = match &place.profile {
            None => format!("{}/{file}", self.root),
            Some(profile) => format!("{}/components/{profile}/{file}", self.root),
        };
        match &place.profile {
            None => self.base.push(file),
            Some(profile) => self.components.entry(profile.clone()).or_default().push(file),
        }
        self.output.yaml(&path, object, comments)
    }

    /// Adds an object that only shows what must be there, and is never applied.
    pub(super) fn template<T: Serialize>(
        &mut self,
        file: &str,
        object: &Object<T>,
        comments: Comments,
    ) -> Result<(), Error> {
        self.output.yaml(&format!("{}/{file}", self.root), object, comments)
    }

    /// Writes the lists: one of what always runs, one for each profile.
    pub(super) fn finish(self, model: &Model) -> Result<(), Error> {
        let on = |profile: &Name| model.environment.profiles.contains(profile);
        let chosen = model.environment.profiles.iter();
        let list = Kustomization {
            api_version: "kustomize.config.k8s.io/v1beta1",
            kind: "Kustomization",
            resources: self.base,
            components: chosen
                .filter(|profile| self.components.contains_key(*profile))
                .map(|profile| format!("components/{profile}"))
                .collect(),
        };
        let usage = format!("Apply: kubectl apply -k {}", self.root);
        let head = Comments::from([(String::new(), usage)]);
        self.output.yaml(&format!("{}/kustomization.yaml", self.root), &list, head)?;
        for (profile, resources) in self.components {
            let list = Kustomization {
                api_version: "kustomize.config.k8s.io/v1alpha1",
                kind: "Component",
                resources,
                components: Vec::new(),
            };
            let path = format!("{}/components/{profile}/kustomization.yaml", self.root);
            let about = if on(&profile) {
                "is on here"
            } else {
                "is off here: the environment's `profiles` do not name it"
            };
            let head =
                Comments::from([(String::new(), format!("The profile `{profile}` {about}."))]);
            self.output.yaml(&path, &list, head)?;
        }
        Ok(())
    }
}
