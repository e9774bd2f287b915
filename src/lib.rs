//! Compiles one blueprint of a system into every file needed to run it.

pub mod blueprint;
pub mod catalog;
pub mod check;
pub mod cli;
pub mod command;
pub mod compile;
pub mod console;
pub mod diagnostic;
pub mod format;
pub mod model;
pub mod project;
pub mod resolve;
pub mod rules;
pub mod source;
pub mod target;
pub mod tree;
pub mod value;
