//! Compiles one blueprint of a system into every file needed to run it.
//!
//! The way of a blueprint, and the module for each step:
//!
//! | step | from | to | module |
//! | --- | --- | --- | --- |
//! | read | files | [`source::Sources`], with places | [`project`], [`source`] |
//! | type | YAML nodes | [`blueprint::Blueprint`], one for each environment | [`blueprint`], [`check`] |
//! | decide | blueprint and [`catalog`] | [`model::Model`], where nothing is left open | [`resolve`] |
//! | judge | models | [`diagnostic::Diagnostics`] | [`rules`] |
//! | emit | models | [`tree::Tree`]: paths and texts | [`target`], [`format`](mod@format) |
//! | prove | what patches and own files changed | names that nothing meets, as [`diagnostic::Diagnostics`] | [`proof`] |
//! | write or compare | tree and folder | [`tree::compare::Change`]s | [`tree`] |
//!
//! [`compile::compile`] does all steps between reading and writing, and is pure: no disk, no clock, no environment, no
//! randomness. The commands differ only in what they do with its result. Modules import downwards only, in the
//! reverse of the order below; a test holds them to it.

pub mod source;
pub mod diagnostic;
pub mod map;
pub mod value;
pub mod tree;
pub mod format;
pub mod risk;
pub mod check;
pub mod blueprint;
pub mod catalog;
pub mod model;
pub mod proof;
pub mod resolve;
pub mod rules;
pub mod target;
pub mod env;
pub mod compile;
pub mod project;
pub mod console;
pub mod cli;
pub mod command;
