//! Turns values and typed structs into the text of each format, quoted as its reader demands.

pub mod annotation;
pub mod digest;
pub mod json;
pub mod quote;
pub mod template;
pub mod yaml;
