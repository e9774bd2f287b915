//! Tests the compiler as a whole, with outside programs as judges.

#[cfg(test)]
#[path = "suite/judge.rs"]
mod judge;
#[cfg(test)]
#[path = "suite/yaml_readers.rs"]
mod yaml_readers;
#[cfg(test)]
#[path = "suite/compiled.rs"]
mod compiled;
#[cfg(test)]
#[path = "suite/component.rs"]
mod component;
#[cfg(test)]
#[path = "suite/dockerfile.rs"]
mod dockerfile;
#[cfg(test)]
#[path = "suite/prometheus.rs"]
mod prometheus;
