//! Describes the command line: the help texts are the comments.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::target::Target;

/// Compile production set-ups from one blueprint
#[derive(Debug, Parser)]
#[command(name = "formwork", version, max_term_width = 100)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compile blueprints and write what changed
    Build(BuildArgs),
    /// Check and fill the files that hold what the operator sets
    #[command(subcommand)]
    Env(EnvCommand),
}

/// Which blueprints, and how to speak.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Blueprints to compile; those in `blueprints/`, or `blueprint.yaml`, when none is named
    #[arg(value_name = "BLUEPRINT")]
    pub blueprints: Vec<PathBuf>,
    /// Folder of the compiled files, in place of the blueprint's choice
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// Only files of this environment
    #[arg(long, value_name = "NAME")]
    pub env: Vec<String>,
    /// Only files of this target
    #[arg(long, value_enum, value_name = "TARGET")]
    pub target: Vec<Target>,
    /// How to write what was found
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// How to write what was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
    /// For GitHub Actions
    Github,
}

/// Arguments of `build`.
#[derive(Debug, Args)]
pub struct BuildArgs {
    /// Which blueprints, and how to speak
    #[command(flatten)]
    pub common: Common,
    /// Overwrite these files or folders even if they were edited by hand
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub force: Vec<String>,
    /// Take over files that exist and were not compiled
    #[arg(long)]
    pub adopt: bool,
}

/// What to do with an env file.
#[derive(Debug, Subcommand)]
pub enum EnvCommand {
    /// Say everything that is wrong with a filled env file, without telling a secret
    Check(EnvCheckArgs),
    /// Add what is missing to an env file, make its secrets, and write those that programs read as files
    Fill(EnvFillArgs),
    /// Print the Kubernetes Secret with what the operator set, for `kubectl apply --server-side -f -`
    Secret(EnvSecretArgs),
}

/// Whose env file.
#[derive(Debug, Clone, Args)]
pub struct EnvOf {
    /// The blueprint; those in `blueprints/`, or `blueprint.yaml`, when none is named
    #[arg(value_name = "BLUEPRINT")]
    pub blueprint: Option<PathBuf>,
    /// Folder of the compiled files, in place of the blueprint's choice
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// The environment; the only one, or that of the file, when left out
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
}

/// Arguments of `env check`.
#[derive(Debug, Args)]
pub struct EnvCheckArgs {
    /// The file; `.env.<environment>` beside the compiled files when left out
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Whose file it is
    #[command(flatten)]
    pub of: EnvOf,
    /// How to write what was found
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Arguments of `env fill`.
#[derive(Debug, Args)]
pub struct EnvFillArgs {
    /// Whose file it is
    #[command(flatten)]
    pub of: EnvOf,
    /// The file; `.env.<environment>` beside the compiled files when left out
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// Arguments of `env secret`.
#[derive(Debug, Args)]
pub struct EnvSecretArgs {
    /// Whose file it is
    #[command(flatten)]
    pub of: EnvOf,
    /// The file; `.env.<environment>` beside the compiled files when left out
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}
