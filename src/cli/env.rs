//! Describes the commands round env files.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::Format;

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
