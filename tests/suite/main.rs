//! Tests the compiler as a whole, with outside programs as judges.

#[cfg(test)]
mod diagnostics;
#[cfg(test)]
mod dotenv_reader;
#[cfg(test)]
mod env;
#[cfg(test)]
mod judge;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod yaml_readers;
