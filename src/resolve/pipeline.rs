//! Turns the author's word on the pipeline, and what the stacks say of their programs, into what a workflow does.

use serde::Serialize;

use crate::map::IndexMap;

use crate::blueprint::ci::{Ci, DeployTo, Platform};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, suggest};
use crate::format::template;
use crate::model::pipeline::{Built, Checks, Deployment, Pipeline, Way};
use crate::model::service::{Dockerfile, Service};
use crate::resolve::rehearsals::rehearsals;
use crate::resolve::scope::Scope;
use crate::value::{Name, way};

/// The pipeline, where the author wants one.
pub(super) fn pipeline(
    scope: &Scope<'_>,
    services: &IndexMap<Name, Service>,
    diagnostics: &mut Diagnostics,
) -> Option<Pipeline> {
    let written = scope.blueprint.ci.as_ref()?;
    let deploys = deployments(scope, written, diagnostics);
    // Without a deployment the images of the first environment are built.
    let of = last(scope, written).or(scope.blueprint.environments.keys().next()).cloned();
    let of = of.unwrap_or_else(|| scope.environment.name.clone());
    // What is checked and rehearsed is of that environment alone.
    let is_own = of == scope.environment.name;
    let base = base(scope, services);
    let context = scope.context;
    let mut builds: Vec<Built> =
        services.values().filter_map(|service| built(scope, service, &base, is_own)).collect();
    let rehearsals = if written.integration && is_own {
        rehearsals(scope, services, &mut builds)
    } else {
        Vec::new()
    };
    Some(Pipeline {
        of,
        branch: written.branch.clone().unwrap_or_else(|| "main".to_owned()),
        tags: written.tags.clone().unwrap_or_else(|| "v*".to_owned()),
        platforms: match written.platforms.as_slice() {
            [] => vec![Platform::Amd64, Platform::Arm64],
            platforms => platforms.to_vec(),
        },
        install: written.install.clone().unwrap_or_else(|| {
            concat!("cargo install --locked formwork@", env!("CARGO_PKG_VERSION")).to_owned()
        }),
        slack: written.slack.clone(),
        root: here(&way::between(&base, context.output)),
        blueprint: way::between(&base, &way::join(context.output, context.blueprint_path)),
        builds,
        rehearsals,
        max_p95: slowest(scope),
        deploys,
    })
}

/// Where it is deployed, each after the one before: rehearsals come first.
fn in_order<'a>(scope: &Scope<'_>, written: &'a Ci) -> Vec<(&'a Name, &'a DeployTo)> {
    let mut deploys: Vec<_> = written.deploy.iter().collect();
    deploys.sort_by_key(|(name, _)| (scope.blueprint.settings(name).tier, *name));
    deploys
}

/// The environment that is deployed last.
fn last<'a>(scope: &Scope<'_>, written: &'a Ci) -> Option<&'a Name> {
    let known = |name: &&Name| scope.blueprint.environments.contains_key(*name);
    in_order(scope, written).into_iter().map(|(name, _)| name).rfind(known)
}

/// Gives what is built tags of its own in each environment that is deployed before the last: what is tried out there must
/// not come to run in the last one, whose pods and containers may fetch their tag at any time.
pub(super) fn own_images(scope: &Scope<'_>, services: &mut IndexMap<Name, Service>) {
    let Some(written) = &scope.blueprint.ci else { return };
    let here = &scope.environment.name;
    if !written.deploy.contains_key(here) || last(scope, written) == Some(here) {
        return;
    }
    let built = services.values().filter(|service| service.build.is_some());
    let built: Vec<_> = built.map(|service| service.image.clone()).collect();
    for service in services.values_mut().filter(|service| built.contains(&service.image)) {
        service.image = service.image.apart(here.as_str());
    }
}

/// What 95 % of the requests may take where an objective says: the loosest, since a route may lead to any of them.
fn slowest(scope: &Scope<'_>) -> Option<u64> {
    let objectives = scope.blueprint.slo.values().filter_map(|one| one.latency.as_ref());
    objectives.map(|latency| latency.under.millis()).max()
}

/// The root of the repository: the deepest folder that holds the blueprint, the output and all that is built.
fn base(scope: &Scope<'_>, services: &IndexMap<Name, Service>) -> String {
    let context = scope.context;
    let builds = services.values().filter_map(|service| service.build.as_ref());
    let contexts = builds.map(|build| way::join(context.output, &build.context));
    let mut base = context.output.to_owned();
    for place in contexts.chain([context.folder.to_owned()]) {
        let up = way::between(&place, &base).split('/').filter(|part| *part == "..").count();
        let above = std::iter::repeat_n("..", up).collect::<Vec<_>>().join("/");
        base = way::join(&place, &above);
    }
    base
}

/// A folder is never written as nothing.
fn here(path: &str) -> String {
    if path.is_empty() { ".".to_owned() } else { path.to_owned() }
}

fn deployments(scope: &Scope<'_>, written: &Ci, diagnostics: &mut Diagnostics) -> Vec<Deployment> {
    let one = |(name, to): (&Name, &DeployTo)| match deployment(scope, name, to) {
        Ok(deployment) => Some(deployment),
        Err(found) => {
            diagnostics.push(*found);
            None
        }
    };
    in_order(scope, written).into_iter().filter_map(one).collect()
}

fn deployment(
    scope: &Scope<'_>,
    name: &Name,
    to: &DeployTo,
) -> Result<Deployment, Box<Diagnostic>> {
    let known = &scope.blueprint.environments;
    let place = scope.context.locator.key(&format!("/ci/deploy/{name}"));
    if !known.contains_key(name) {
        let message = format!("no environment is named `{name}`");
        let found = Diagnostic::error(Code::InvalidValue, message).at(place, "");
        let near = suggest::nearest(name.as_str(), known.keys().map(Name::as_str));
        return Err(Box::new(match near {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found.help("what is deployed stands under `environments`"),
        }));
    }
    let way = match (&to.ssh, &to.kubeconfig) {
        (Some(ssh), None) => Way::Ssh { to: ssh.clone(), blue_green: to.blue_green },
        (None, Some(secret)) => Way::Kubernetes(secret.clone()),
        _ => {
            let message = format!("`{name}` is deployed to one of a machine and a cluster");
            let found = Diagnostic::error(Code::InvalidValue, message)
                .at(place, "")
                .help("write `ssh: { … }` or `kubeconfig: SECRET`");
            return Err(Box::new(found));
        }
    };
    let domain = scope.blueprint.settings(name).domain.clone();
    Ok(Deployment { environment: name.clone(), domain, on: to.on, way })
}

fn built(scope: &Scope<'_>, service: &Service, base: &str, is_checked: bool) -> Option<Built> {
    let build = service.build.as_ref()?;
    let output = scope.context.output;
    let context = way::join(output, &build.context);
    let dockerfile = match &build.dockerfile {
        Dockerfile::Compiled { path, .. } => way::join(output, path),
        Dockerfile::Own(path) => way::join(&context, path),
    };
    let entry = scope.parts.get(&service.name).and_then(|part| part.entry.as_ref());
    Some(Built {
        service: service.name.clone(),
        image: service.image.clone(),
        context: here(&way::between(base, &context)),
        dockerfile: way::between(base, &dockerfile),
        target: build.target.clone(),
        arguments: build.arguments.clone(),
        version: service.component.as_ref().map(|one| one.version.clone()).unwrap_or_default(),
        rehearsed: IndexMap::default(),
        checks: entry
            .and_then(|entry| entry.checks.as_ref())
            .filter(|_| is_checked)
            .map(|one| checks(one, service)),
    })
}

/// What a command sees.
#[derive(Debug, Serialize)]
struct Seen<'a> {
    parameters: IndexMap<&'a str, &'a str>,
}

/// The checks with commands that can be run. A catalogue's templates are tried by its tests.
fn checks(known: &Checks, service: &Service) -> Checks {
    let parameters = service.parameters.iter();
    let parameters =
        parameters.filter_map(|(name, text)| Some((name.as_str(), text.as_literal()?))).collect();
    let seen = Seen { parameters };
    let rendered = |command: &String| {
        if !command.contains('{') {
            return command.clone();
        }
        template::render("checks", command, &seen).unwrap_or_else(|_| command.clone())
    };
    let all = |commands: &IndexMap<Name, String>| {
        commands.iter().map(|(tool, command)| (tool.clone(), rendered(command))).collect()
    };
    Checks {
        language: known.language,
        bun: rendered(&known.bun),
        install: rendered(&known.install),
        quality: all(&known.quality),
        security: all(&known.security),
        test: rendered(&known.test),
        integration: rendered(&known.integration),
    }
}
