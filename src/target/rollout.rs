//! Turns the manifests of an environment into what is done, one thing after the other, when a cluster gets a version: what
//! the script does and what the guide says are made of this one list.

use crate::map::IndexMap;
use crate::model::backup::Store;
use crate::model::service::Until;
use crate::model::{Model, Role, Service, naming};
use crate::target::Output;
use crate::value::{Duration, Name};

/// What pods read and are allowed: a migration needs it before any program is rolled out.
const SETTINGS: [&str; 4] = ["configmap", "externalsecret", "networkpolicy", "serviceaccount"];

/// What runs pods that stay.
const WORKLOADS: [&str; 3] = ["deployment", "statefulset", "daemonset"];

/// The annotation of the namespace that says what the last deployment changed, as `deploy-kubernetes.sh` writes it.
pub const NOTE: &str = "formwork-changed";

/// The longest that a migration may take, before it counts as failed.
pub const MIGRATION: Duration = Duration::from_seconds(3600);

/// What a deployment to a cluster consists of.
#[derive(Debug, Default)]
pub struct Rollout {
    /// The namespaces, each with its manifest.
    pub namespaces: Vec<(String, String)>,
    /// The daily backups: namespace and name of what runs them by their schedule, and how long one may take.
    pub backups: Vec<(String, String, Duration)>,
    /// The manifests of what migrations read and may do.
    pub settings: Vec<String>,
    /// What must run before something is migrated: namespace, kind and name.
    pub needs: Vec<(String, String, String)>,
    /// The migrations: namespace, name of the job, its manifest.
    pub migrations: Vec<(String, String, String)>,
    /// What runs pods that stay, as `kubectl` names it, by its own name.
    workloads: IndexMap<String, String>,
    /// What goes back where a deployment has changed it and does not work: namespace, kind and name.
    pub back: Vec<(String, String, String)>,
}

/// A job that brings something back.
#[derive(Debug)]
pub struct Restore {
    /// What is brought back.
    pub store: String,
    /// `restore`, or `recover` for any moment.
    pub way: &'static str,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub job: String,
    /// Its manifest.
    pub path: String,
    /// What backs it up by its schedule.
    pub schedule: String,
    /// The workloads that stand still meanwhile.
    pub stopped: Vec<String>,
}

/// A manifest that was emitted.
pub struct Manifest<'a> {
    /// Where it lies below the manifests of its environment.
    pub folder: &'a str,
    /// The kind of its object, as `kubectl` takes it.
    pub kind: &'a str,
    /// The name of its object.
    pub name: &'a str,
    path: &'a str,
}

impl Manifest<'_> {
    /// The last part of its folder: the service that it belongs to, where it does to one.
    fn owner(&self) -> &str {
        self.folder.rsplit_once('/').map_or(self.folder, |(_, last)| last)
    }
}

impl Rollout {
    /// What an environment's manifests ask for.
    pub fn of(model: &Model, all: &[Manifest<'_>]) -> Self {
        let migrating: Vec<&Service> =
            running(model).filter(|service| !service.migrations.upgrade.is_empty()).collect();
        let is_workload =
            |one: &&Manifest<'_>| WORKLOADS.contains(&one.kind) && one.owner() == one.name;
        let kinds = all.iter().filter(is_workload).map(|one| (one.name, one.kind));
        let kinds: IndexMap<&str, &str> = kinds.collect();
        let workload = |service: &Service| {
            let (name, kind) = kinds.get_key_value(service.name.as_str())?;
            Some((namespace_of(model, service), (*kind).to_owned(), (*name).to_owned()))
        };
        let needed = |name: &Name| migrating.iter().any(|service| needs(service, name));
        let jobs = migrating.iter().filter_map(|service| {
            let job = naming::migration_job(&service.name);
            let found = all.iter().find(|one| one.kind == "job" && one.name == job)?;
            Some((namespace_of(model, service), job, found.path.to_owned()))
        });
        let migrations: Vec<_> = jobs.collect();
        let is_setting = |one: &&Manifest<'_>| {
            SETTINGS.contains(&one.kind)
                && (one.owner() == "_namespace"
                    || migrating.iter().any(|service| one.owner() == service.name.as_str()))
        };
        let settings = all.iter().filter(is_setting).map(|one| one.path.to_owned());
        let settings = if migrations.is_empty() { Vec::new() } else { settings.collect() };
        let needs = running(model).filter(|one| needed(&one.name)).filter_map(workload).collect();
        let back = running(model).filter_map(|service| {
            workload(service).filter(|(_, kind, _)| goes_back(service, kind))
        });
        let back = back.collect();
        let named = |(name, kind): (&str, &str)| (name.to_owned(), [kind, "/", name].concat());
        Self {
            namespaces: namespaces(model, all),
            backups: backups(model, all),
            settings,
            needs,
            migrations,
            back,
            workloads: kinds.into_iter().map(named).collect(),
        }
    }

    /// What runs the pods of a service, as `kubectl` names it.
    pub fn workload(&self, service: &Service) -> Option<&str> {
        self.workloads.get(service.name.as_str()).map(String::as_str)
    }
}

/// Whether its pods are what a version is about. What keeps data stays as it is: each of its pods would go down for it.
fn goes_back(service: &Service, kind: &str) -> bool {
    kind != "statefulset" || service.role == Role::Application
}

fn running(model: &Model) -> impl Iterator<Item = &Service> {
    model.services.values().filter(|service| model.is_on(service))
}

fn needs(service: &Service, name: &Name) -> bool {
    service.after.iter().any(|after| after.until == Until::Healthy && after.service == *name)
}

/// The manifests, those of profiles that are on among them.
pub fn manifests<'a>(model: &Model, output: &'a Output<'_>) -> Vec<Manifest<'a>> {
    let root = naming::manifests(&model.environment.name);
    let read = |path: &'a str| {
        let path_here = path.get(root.len() + 1..)?;
        let end = memchr::memrchr(b'/', path_here.as_bytes())?;
        let (folder, file) = (&path_here[..end], path_here[end + 1..].strip_suffix(".yaml")?);
        let end = memchr::memchr(b'-', file.as_bytes())?;
        Some(Manifest { folder, kind: &file[..end], name: &file[end + 1..], path })
    };
    let mut found = Vec::with_capacity(256);
    found.extend(output.emitted_below(&root).filter_map(|(path, _)| read(path.as_str())));
    found
}

fn namespace_of(model: &Model, service: &Service) -> String {
    if model.is_agent(service) {
        model.agents_namespace()
    } else {
        model.kubernetes.namespace.to_string()
    }
}

/// The system's own first.
fn namespaces(model: &Model, all: &[Manifest<'_>]) -> Vec<(String, String)> {
    let found = all.iter().filter(|one| one.kind == "namespace");
    let mut found: Vec<_> = found.map(|one| (one.name.to_owned(), one.path.to_owned())).collect();
    found.sort_by_key(|(name, _)| name != model.kubernetes.namespace.as_str());
    found
}

/// The Secrets that the operator makes, and that hold something without which pods do not start: namespace and name.
pub fn secrets(model: &Model, all: &[Manifest<'_>]) -> Vec<(String, String)> {
    let name = naming::env_secret(&model.name);
    let template = format!("{name}.template");
    let templates = all.iter().filter(|one| one.kind == "secret" && one.name == template);
    let of_agents = templates.map(|one| one.owner() == "_agents");
    let needed = |of_agents: &bool| {
        model.variables().any(|variable| {
            variable.lives_in_secret()
                && !variable.may_be_empty()
                && model.is_read(variable, *of_agents)
        })
    };
    let namespace = |of_agents: bool| {
        if of_agents { model.agents_namespace() } else { model.kubernetes.namespace.to_string() }
    };
    of_agents.filter(needed).map(|of_agents| (namespace(of_agents), name.clone())).collect()
}

fn backups(model: &Model, all: &[Manifest<'_>]) -> Vec<(String, String, Duration)> {
    let Some(backups) = &model.backups else { return Vec::new() };
    let Some(service) = model.services.get(&backups.service) else { return Vec::new() };
    let daily = backups.jobs().filter(|(_, _, _, series)| series.name == "daily");
    let there = |name: &String| all.iter().any(|one| one.kind == "cronjob" && one.name == *name);
    let daily = daily.filter(|(name, _, _, _)| there(name));
    daily.map(|(name, _, store, _)| (namespace_of(model, service), name, store.run_time)).collect()
}

/// The jobs that bring back what is backed up.
pub fn restores(model: &Model, all: &[Manifest<'_>]) -> Vec<Restore> {
    let Some(backups) = &model.backups else { return Vec::new() };
    let Some(service) = model.services.get(&backups.service) else { return Vec::new() };
    let one = |(store, known): (&Name, &Store), (way, job): (&'static str, String)| {
        let manifest = all.iter().find(|one| one.kind == "job" && one.name == job)?;
        let archive = known.archive.as_ref().filter(|_| way == RECOVER);
        let stopped = archive.map(|archive| vec![store.to_string(), archive.service.to_string()]);
        let daily = known.series.first()?;
        Some(Restore {
            store: store.to_string(),
            way,
            namespace: namespace_of(model, service),
            job,
            path: manifest.path.to_owned(),
            schedule: naming::backup_job(store, daily.name),
            stopped: stopped.unwrap_or_default(),
        })
    };
    let ways = |known: (&'_ Name, &'_ Store)| {
        let name = known.0;
        let all = [("restore", naming::restore_job(name)), (RECOVER, naming::recovery_job(name))];
        all.into_iter().filter_map(|way| one(known, way)).collect::<Vec<_>>()
    };
    backups.stores.iter().flat_map(ways).collect()
}

/// The word of what brings any moment back.
const RECOVER: &str = "recover";
