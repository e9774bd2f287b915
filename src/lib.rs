//! Compiles one blueprint of a system into every file needed to run it.

pub mod diagnostic;
pub mod source;
pub mod tree;
