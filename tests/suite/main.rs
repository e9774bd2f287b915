//! Tests the compiler as a whole, with outside programs as judges.

#[cfg(test)]
mod cli;
#[cfg(test)]
mod diagnostics;
#[cfg(test)]
mod diff;
#[cfg(test)]
mod dotenv_reader;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod judge;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod ownership;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod yaml_readers;
