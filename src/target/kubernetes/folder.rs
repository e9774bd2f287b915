//! Puts each object into its file, and lists what is applied.

use std::borrow::Cow;

use indexmap::map::Entry;
use serde::Serialize;

use crate::format::yaml::Comments;
use crate::map::{IndexMap, with_room};
use crate::model::service::Service;
use crate::model::{Model, naming};
use crate::target::clash::{Clash, Origin};
use crate::target::kubernetes::schema::config::{ConfigMap, Kustomization};
use crate::target::kubernetes::schema::meta::{Metadata, Object};
use crate::target::{Error, NamedText, Output};
use crate::value::{HostName, Name};

/// As many objects as most environments have.
const OBJECTS: usize = 256;

/// Where an object goes.
#[derive(Debug, Clone)]
pub(super) struct Place<'a> {
    folder: Cow<'a, str>,
    profile: Option<&'a Name>,
    origin: From<'a>,
}

/// What an object follows from.
#[derive(Debug, Clone, Copy)]
enum From<'a> {
    Service(&'a Name),
    Host(&'a HostName),
    Environment,
}

impl From<'_> {
    fn named(self) -> Origin {
        match self {
            Self::Service(name) => Origin::Service(name.clone()),
            Self::Host(host) => Origin::Host(host.clone()),
            Self::Environment => Origin::Environment,
        }
    }
}

impl<'a> Place<'a> {
    /// What belongs to the whole environment.
    pub(super) fn common() -> Self {
        Self { folder: "_namespace".into(), profile: None, origin: From::Environment }
    }

    /// What belongs to a host that answers.
    pub(super) fn host(host: &'a HostName) -> Self {
        Self { origin: From::Host(host), ..Self::common() }
    }

    /// What belongs to all that sees the host; under a profile where all of it is.
    pub(super) fn agents(profile: Option<&'a Name>) -> Self {
        Self { folder: "_agents".into(), profile, origin: From::Environment }
    }

    /// A folder below, for an object whose file name is taken.
    pub(super) fn below(self, folder: &str) -> Self {
        Self { folder: [&*self.folder, "/", folder].concat().into(), ..self }
    }

    /// Whether it is applied under a profile only.
    pub(super) fn is_profiled(&self) -> bool {
        self.profile.is_some()
    }

    /// What belongs to a service.
    pub(super) fn of(service: &'a Service) -> Self {
        Self {
            folder: service.name.as_str().into(),
            profile: service.profile.as_ref(),
            origin: From::Service(&service.name),
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
    taken: IndexMap<String, Origin>,
}

impl<'o, 'm> Folder<'o, 'm> {
    pub(super) fn new(model: &Model, output: &'o mut Output<'m>) -> Self {
        let root = naming::manifests(&model.environment.name);
        Self {
            root,
            output,
            base: Vec::new(),
            components: IndexMap::default(),
            taken: with_room(OBJECTS),
        }
    }

    /// Adds an object that is applied.
    pub(super) fn add<T: Serialize>(
        &mut self,
        place: &Place<'_>,
        object: &Object<T>,
        comments: Comments,
    ) -> Result<(), Error> {
        match self.listed(place, object.kind, &object.metadata) {
            Some(path) => self.output.yaml(&path, object, comments),
            None => Ok(()),
        }
    }

    /// Adds a `ConfigMap` of texts.
    pub(super) fn add_texts(
        &mut self,
        place: &Place<'_>,
        metadata: Metadata,
        (texts, names): (ConfigMap<'_>, Vec<NamedText>),
    ) -> Result<(), Error> {
        let map = |metadata, body| Object { api_version: "v1", kind: "ConfigMap", metadata, body };
        let (head, whole) = (map(metadata.clone(), None), map(metadata, Some(texts)));
        match self.listed(place, head.kind, &head.metadata) {
            Some(path) => self.output.holding(&path, (&whole, &head), ("data", names)),
            None => Ok(()),
        }
    }

    /// Lists an object; says what its file is, where its name is not taken.
    fn listed(&mut self, place: &Place<'_>, kind: &str, metadata: &Metadata) -> Option<String> {
        let name = metadata.name.as_str();
        let namespace = metadata.namespace.as_deref().unwrap_or_default();
        match self.taken.entry([kind, namespace, name].join("/")) {
            Entry::Occupied(first) => {
                let (first, second) = (first.get().clone(), place.origin.named());
                self.output.clash(Clash { object: format!("{kind} {name}"), first, second });
                return None;
            }
            Entry::Vacant(free) => {
                free.insert(place.origin.named());
            }
        }
        let mut path = String::with_capacity(128);
        path.push_str(&self.root);
        if let Some(profile) = place.profile {
            path.extend(["/components/", profile.as_str()]);
        }
        path.push('/');
        let start = path.len();
        path.extend([&*place.folder, "/"]);
        let file = path.len();
        path.push_str(kind);
        path[file..].make_ascii_lowercase();
        path.extend(["-", name, ".yaml"]);
        let file = path[start..].to_owned();
        match place.profile {
            None => self.base.push(file),
            Some(profile) => match self.components.get_mut(profile) {
                Some(files) => files.push(file),
                None => {
                    self.components.insert(profile.clone(), vec![file]);
                }
            },
        }
        Some(path)
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
