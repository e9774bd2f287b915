//! Describes the commands that add to a blueprint.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What to add.
#[derive(Debug, Subcommand)]
pub enum AddCommand {
    /// Add an own program, built with a stack
    Service(AddServiceArgs),
    /// Add a component of the catalogue, such as a database
    Component(AddComponentArgs),
    /// Add a path that a service answers from outside
    Route(AddRouteArgs),
    /// Add an environment
    Environment(AddEnvironmentArgs),
}

/// Which blueprint, and whether to change it.
#[derive(Debug, Clone, Args)]
pub struct AddTo {
    /// The blueprint; the only one in `blueprints/`, or `blueprint.yaml`, when left out
    #[arg(long, value_name = "BLUEPRINT")]
    pub blueprint: Option<PathBuf>,
    /// Show what would change, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Arguments of `add service`.
#[derive(Debug, Args)]
pub struct AddServiceArgs {
    /// Its name, which is its host name for the others
    pub name: String,
    /// The stack it is built with, such as `fastapi` or `nextjs@22`; `formwork explain catalogue` lists them
    #[arg(long, value_name = "STACK")]
    pub stack: String,
    /// The name under which the built image is pushed; beside the other services' when left out
    #[arg(long, value_name = "IMAGE")]
    pub image: Option<String>,
    /// The port it listens on, in place of the stack's
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// The folder with the program, relative to the blueprint; a folder of the service's name when left out
    #[arg(long, value_name = "FOLDER")]
    pub context: Option<String>,
    /// The path that says whether it is healthy; `/health` when left out and the stack has none of its own
    #[arg(long, value_name = "PATH")]
    pub health: Option<String>,
    /// What it talks to; of a data store it reads the URL
    #[arg(long, value_name = "SERVICE", value_delimiter = ',')]
    pub to: Vec<String>,
    /// Who talks to it
    #[arg(long = "for", value_name = "SERVICE", value_delimiter = ',')]
    pub users: Vec<String>,
    /// Which blueprint
    #[command(flatten)]
    pub into: AddTo,
}

/// Arguments of `add component`.
#[derive(Debug, Args)]
pub struct AddComponentArgs {
    /// Its name, which is its host name for the others
    pub name: String,
    /// The component and its version, such as `postgres@17`
    #[arg(long, value_name = "COMPONENT")]
    pub uses: String,
    /// Who talks to it, and reads its URL
    #[arg(long = "for", value_name = "SERVICE", value_delimiter = ',')]
    pub users: Vec<String>,
    /// Which blueprint
    #[command(flatten)]
    pub into: AddTo,
}

/// Arguments of `add route`.
#[derive(Debug, Args)]
pub struct AddRouteArgs {
    /// The host name, such as `api.example.com` or `api.${env.domain}`
    pub host: String,
    /// The path, such as `/`
    pub path: String,
    /// The service that answers
    #[arg(long, value_name = "SERVICE")]
    pub to: String,
    /// Which blueprint
    #[command(flatten)]
    pub into: AddTo,
}

/// Arguments of `add environment`.
#[derive(Debug, Args)]
pub struct AddEnvironmentArgs {
    /// Its name
    pub name: String,
    /// How strict the rules are
    #[arg(long, value_parser = ["production", "staging", "development"])]
    pub tier: String,
    /// The domain under which it is reached; a name below the first environment's when left out
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Option<String>,
    /// The machine it runs on; one of its own when left out
    #[arg(long, value_name = "NAME")]
    pub host: Option<String>,
    /// Which blueprint
    #[command(flatten)]
    pub into: AddTo,
}

impl AddCommand {
    /// Which blueprint, and whether to change it.
    pub fn into(&self) -> &AddTo {
        match self {
            Self::Service(args) => &args.into,
            Self::Component(args) => &args.into,
            Self::Route(args) => &args.into,
            Self::Environment(args) => &args.into,
        }
    }
}
