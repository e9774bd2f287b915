//! Turns values into the text of a file format, one emitter for each format.

pub mod json;
pub mod yaml;
