//! Turns the blueprint of one environment into its model: defaults are decided here, and nowhere else.

mod backups;
mod connect;
mod dashboards;
mod delivery;
mod each;
mod edge;
mod headers;
mod kubelets;
mod monitoring;
mod networks;
mod objectives;
mod parts;
mod pipeline;
mod preparation;
mod probes;
mod rehearsals;
mod scaling;
mod scope;
mod services;
mod settings;
mod sides;
mod tree;
mod variables;

use crate::blueprint::Blueprint;
use crate::blueprint::broken::Broken;
use crate::blueprint::locate::Locator;
use crate::catalog::Catalog;
use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::value::{Name, Percent};

/// What resolving needs to know beside the blueprint.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The components and stacks.
    pub catalog: &'a Catalog,
    /// Where things were written.
    pub locator: Locator<'a>,
    /// What of the blueprint is faulty: nothing is told of what only follows from that.
    pub broken: &'a Broken,
    /// The blueprint's path as file headers name it.
    pub blueprint_path: &'a str,
    /// The blueprint's folder, absolute. Only names below what it shares with the output folder are ever written.
    pub folder: &'a str,
    /// The output folder, absolute.
    pub output: &'a str,
}

/// The model of an environment. What cannot be decided is told, and left out of it or stood in for.
pub fn resolve(
    blueprint: &Blueprint,
    name: &Name,
    context: Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Model {
    let environment = settings::environment(blueprint, name);
    let scale = blueprint.settings(name).resources.unwrap_or(Percent::WHOLE);
    let mut broken = context.broken.clone();
    let parts = parts::parts(blueprint, &environment.profiles, context, &mut broken, diagnostics);
    let context = Context { broken: &broken, ..context };
    let declared = variables::declare(blueprint, &parts, context, diagnostics);
    let scope = scope::Scope::new(blueprint, &environment, &parts, &declared, context);
    let shift = blueprint.settings(name).shift_ports;
    let edge = edge::edge(&scope, diagnostics);
    let (mut services, reached) =
        services::services(&scope, services::Scaling { scale, shift }, diagnostics);
    connect::connect(&scope, edge.as_ref(), &reached, &mut services, diagnostics);
    preparation::prepare(&parts, &mut services);
    let mut externals = settings::externals(blueprint);
    let monitoring = monitoring::monitoring(&scope, &mut services, &mut externals, diagnostics);
    let backups = backups::backups(&scope, &mut services, &mut externals, diagnostics);
    networks::join(&scope, &mut services, diagnostics);
    pipeline::own_images(&scope, &mut services);
    let pipeline = pipeline::pipeline(&scope, &services, diagnostics);
    let groups = variables::groups(&scope, &services, diagnostics);
    Model {
        name: blueprint.name.clone(),
        description: blueprint.description.clone().unwrap_or_default(),
        blueprint: context.blueprint_path.to_owned(),
        externals,
        networks: settings::networks(blueprint),
        volumes: settings::volumes(blueprint, &parts, &services),
        groups,
        edge,
        monitoring,
        backups,
        pipeline,
        compose: settings::compose(blueprint, &environment),
        kubernetes: settings::kubernetes(blueprint, name),
        patches: blueprint.patches.clone(),
        waivers: settings::waivers(blueprint, &parts),
        environment,
        services,
    }
}
