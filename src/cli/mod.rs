//! Describes the command line: the help texts are the comments.

pub mod add;
pub mod env;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::target::Target;

/// Compile production set-ups from one blueprint
#[derive(Debug, Parser)]
#[command(name = "formwork", version, max_term_width = 100, subcommand_required = true)]
#[command(
    after_help = "Exit status: 0 yes; 1 no (`check` or `diff` not current, `build` refused, \
    `validate` found problems); 2 could not be answered (an invalid blueprint, I/O, usage)."
)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a working blueprint for a chosen stack, and compile it
    Init(InitArgs),
    /// Add to a blueprint, keep everything else as it is, and compile it
    #[command(subcommand)]
    Add(add::AddCommand),
    /// Compile blueprints and write what changed
    Build(BuildArgs),
    /// Say whether the compiled files are current, and which are not
    Check(CheckArgs),
    /// Show what `build` would change, and what that does
    Diff(DiffArgs),
    /// Say what is wrong with blueprints
    Validate(ValidateArgs),
    /// Print what was decided for an environment, with where each value comes from
    Show(ShowArgs),
    /// Print a JSON Schema
    Schema(SchemaArgs),
    /// Explain a diagnostic, a key of the language, or what the catalogue has
    Explain(ExplainArgs),
    /// Check and fill the files that hold what the operator sets
    #[command(subcommand)]
    Env(env::EnvCommand),
    /// Print what a shell reads to complete command lines
    Completions(CompletionsArgs),
}

/// Which blueprints, and how to speak.
#[derive(Debug, Clone, Default, Args)]
pub struct Common {
    /// Blueprints to compile; those in `blueprints/`, or `blueprint.yaml`, when none is named
    #[arg(value_name = "BLUEPRINT")]
    pub blueprints: Vec<PathBuf>,
    /// Folder of the compiled files, in place of the blueprint's choice
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// Only files of this environment; may be given several times
    #[arg(long, value_name = "NAME")]
    pub env: Vec<String>,
    /// Only files of this target; may be given several times
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
    /// For code scanning: SARIF 2.1.0
    Sarif,
}

/// Arguments of `build`.
#[derive(Debug, Default, Args)]
pub struct BuildArgs {
    /// Which blueprints, and how to speak
    #[command(flatten)]
    pub common: Common,
    /// Overwrite these files, or those in these folders, even if they were edited by hand
    #[arg(long, value_name = "PATH")]
    pub force: Vec<String>,
    /// Take over files that exist and were not compiled, after showing what changes
    #[arg(long)]
    pub adopt: bool,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Which blueprints, and how to speak
    #[command(flatten)]
    pub common: Common,
    /// List the rules that are broken on purpose, with reasons
    #[arg(long)]
    pub waivers: bool,
}

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// Which blueprints, and how to speak
    #[command(flatten)]
    pub common: Common,
    /// Compare with the files at this git revision, in place of those on disk
    #[arg(long, value_name = "REV")]
    pub against: Option<String>,
}

/// Arguments of `validate`.
#[derive(Debug, Args)]
pub struct ValidateArgs {
    /// Blueprints to read; those in `blueprints/`, or `blueprint.yaml`, when none is named
    #[arg(value_name = "BLUEPRINT")]
    pub blueprints: Vec<PathBuf>,
    /// How to write what was found
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Arguments of `show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// A part of the model, such as `services.db`, and blueprints
    #[arg(value_name = "PART|BLUEPRINT")]
    pub arguments: Vec<String>,
    /// Only this environment; may be given several times
    #[arg(long, value_name = "NAME")]
    pub env: Vec<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Of what
    #[arg(value_enum, default_value_t)]
    pub of: SchemaOf,
}

/// What there is a JSON Schema of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// A blueprint
    #[default]
    Blueprint,
    /// A catalogue entry
    #[value(alias = "catalog")]
    Catalogue,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// Which shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A diagnostic such as `duplicate-key`, a key such as `services.health`, `catalogue`, or a component; all
    /// diagnostics and sections when left out
    #[arg(value_name = "CODE|KEY")]
    pub what: Option<String>,
}

/// Arguments of `init`.
#[derive(Debug, Default, Args)]
pub struct InitArgs {
    /// The system's name
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The stack of the own program, such as `fastapi` or `nextjs@22`; `formwork explain catalogue` lists them
    #[arg(long, value_name = "STACK")]
    pub stack: Option<String>,
    /// The domain under which production is reached
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Option<String>,
    /// A database, such as `postgres`
    #[arg(long, value_name = "COMPONENT")]
    pub database: Option<String>,
    /// A cache, such as `redis`
    #[arg(long, value_name = "COMPONENT")]
    pub cache: Option<String>,
    /// Metrics and alerts
    #[arg(long)]
    pub monitoring: bool,
    /// The environments, the first being production
    #[arg(long, value_name = "NAME", value_delimiter = ',', default_value = "production")]
    pub env: Vec<String>,
    /// The folder to begin in
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub dir: PathBuf,
}
