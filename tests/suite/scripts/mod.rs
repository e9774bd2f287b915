//! Runs the compiled scripts against real processes on loopback, with a stand-in for the container engine that notes
//! its calls and runs small servers.

mod arranged;
mod cluster;
mod deploy;
mod health;
mod keeping;
mod machine;
mod migration;
mod recovery;
mod rollout;
