//! Tests the compiler as a whole, with outside programs as judges.

#[cfg(test)]
#[path = "suite/diagnostics.rs"]
mod diagnostics;
#[cfg(test)]
#[path = "suite/judge.rs"]
mod judge;
#[cfg(test)]
mod dotenv_reader;
#[cfg(test)]
mod yaml_readers;
#[cfg(test)]
#[path = "suite/layers.rs"]
mod layers;
