//! Compiles one blueprint of a system into every file needed to run it.

pub mod source;
pub mod diagnostic;
pub mod value;
pub mod check;
pub mod blueprint;
pub mod catalog;
pub mod model;
pub mod resolve;
pub mod tree;
pub mod format;
