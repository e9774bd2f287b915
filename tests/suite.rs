//! Tests the compiler as a whole, with outside programs as judges.

#[cfg(test)]
#[path = "suite/judge.rs"]
mod judge;
#[cfg(test)]
#[path = "suite/nginx.rs"]
mod nginx;
#[cfg(test)]
#[path = "suite/yaml_readers.rs"]
mod yaml_readers;
