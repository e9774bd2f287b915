//! Tests the compiler as a whole, with outside programs as judges.

#[cfg(test)]
#[path = "suite/diagnostics.rs"]
mod diagnostics;
#[cfg(test)]
#[path = "suite/judge.rs"]
mod judge;
#[cfg(test)]
#[path = "suite/yaml_readers.rs"]
mod yaml_readers;
#[cfg(test)]
#[path = "suite/layers.rs"]
mod layers;
#[cfg(test)]
#[path = "suite/bad_input.rs"]
mod bad_input;
#[cfg(test)]
#[path = "suite/support.rs"]
mod support;
#[cfg(test)]
#[path = "suite/examples.rs"]
mod examples;
#[cfg(test)]
#[path = "suite/properties.rs"]
mod properties;
#[cfg(test)]
#[path = "suite/rules.rs"]
mod rules;
