//! Tests the compiler as a whole, with outside programs as judges.

#[cfg(test)]
mod add;
#[cfg(test)]
mod agenthub;
#[cfg(test)]
mod agreement;
#[cfg(test)]
mod all_faults;
#[cfg(test)]
mod alerting;
#[cfg(test)]
mod at_once;
#[cfg(test)]
mod backups;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod compiled;
#[cfg(test)]
mod component;
#[cfg(test)]
mod compose;
#[cfg(test)]
mod dashboards;
#[cfg(test)]
mod databases;
#[cfg(test)]
mod defects;
#[cfg(test)]
mod diagnostics;
#[cfg(test)]
mod diff;
#[cfg(test)]
mod dockerfile;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod dotenv_reader;
#[cfg(test)]
mod env;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod gateway;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod images;
#[cfg(test)]
mod init;
#[cfg(test)]
mod injection;
#[cfg(test)]
mod judge;
#[cfg(test)]
mod kubernetes;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod monitoring;
#[cfg(test)]
mod nginx;
#[cfg(test)]
mod numbers;
#[cfg(test)]
mod own_entries;
#[cfg(test)]
mod order;
#[cfg(test)]
mod ownership;
#[cfg(test)]
mod parallel;
#[cfg(test)]
mod prometheus;
#[cfg(test)]
mod probes;
#[cfg(test)]
mod promtool;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod ready_made;
#[cfg(test)]
mod regressions;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod scraped;
#[cfg(test)]
mod saas_chat;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod scripts;
#[cfg(test)]
mod sira;
#[cfg(test)]
mod support;
#[cfg(test)]
mod vibe_ensemble;
#[cfg(test)]
mod templates;
#[cfg(test)]
mod terminal;
#[cfg(test)]
mod tools;
#[cfg(test)]
mod vulnzero;
#[cfg(test)]
mod workflow;
#[cfg(test)]
mod yaml_readers;
