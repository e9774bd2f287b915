//! Tests the compiler as a whole, with outside programs as judges.

#[cfg(test)]
mod diagnostics;
#[cfg(test)]
mod dotenv_reader;
#[cfg(test)]
mod judge;
#[cfg(test)]
mod layers;
#[cfg(test)]
#[path = "suite/cli.rs"]
mod cli;
#[cfg(test)]
#[path = "suite/diff.rs"]
mod diff;
#[cfg(test)]
#[path = "suite/harness.rs"]
mod harness;
#[cfg(test)]
#[path = "suite/judge.rs"]
mod judge;
#[cfg(test)]
#[path = "suite/ownership.rs"]
mod ownership;
#[cfg(test)]
#[path = "suite/yaml_readers.rs"]
mod yaml_readers;
