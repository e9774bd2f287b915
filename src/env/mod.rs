//! Turns the env file that an operator fills in into what is wrong with it, what it lacks, and a Secret.

pub mod access;
pub mod check;
pub mod file;
pub mod fill;
pub mod secret;
pub mod secret_files;
