//! Turns the pools of all services into how many connections each server is asked for.

use serde::Serialize;

use crate::model::{Model, Service, Text};
use crate::value::{Name, VariableName};

/// The connections that each process of a service opens to another one at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pool {
    /// The service that answers.
    pub to: Name,
    /// What they are the sum of.
    pub terms: Vec<Text>,
}

/// How many connections a component takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Connections {
    /// The parameter that says how many.
    pub parameter: String,
    /// How many.
    pub limit: Text,
    /// How many of them programs cannot have.
    pub reserved: u32,
}

/// What one server is asked for, as far as it is known.
#[derive(Debug, Clone)]
pub struct Demand<'a> {
    /// The server.
    pub server: &'a Service,
    /// What it takes.
    pub connections: &'a Connections,
    /// How many it takes.
    pub limit: u64,
    /// Who opens connections to it.
    pub holders: Vec<Holder<'a>>,
}

/// What one service opens.
#[derive(Debug, Clone)]
pub struct Holder<'a> {
    /// The service.
    pub service: &'a Service,
    /// Its pool.
    pub pool: &'a Pool,
    /// How many each process opens.
    pub each: u64,
    /// How many processes each replica has.
    pub processes: u64,
    /// How many replicas there are at most.
    pub replicas: u64,
}

impl Holder<'_> {
    /// All connections of the service.
    pub fn all(&self) -> u64 {
        self.each.saturating_mul(self.processes).saturating_mul(self.replicas)
    }

    /// What it opens and how that comes about, in a few words.
    pub fn words(&self) -> String {
        let all = format!("`{}` opens {}", self.service.name, self.all());
        let times = [(self.processes, "processes"), (self.replicas, "replicas")];
        let times: Vec<String> = times
            .iter()
            .filter(|(count, _)| *count != 1)
            .map(|(count, what)| format!(" x {count} {what}"))
            .collect();
        if times.is_empty() { all } else { format!("{all}: {} each{}", self.each, times.concat()) }
    }

    /// The variables that decide how many there are.
    pub fn variables(&self) -> impl Iterator<Item = &VariableName> {
        self.pool.terms.iter().chain([&self.service.processes]).flat_map(Text::variables)
    }
}

impl Demand<'_> {
    /// How many connections programs can have.
    pub fn free(&self) -> u64 {
        self.limit.saturating_sub(self.connections.reserved.into())
    }

    /// How many they open.
    pub fn sum(&self) -> u64 {
        self.holders.iter().fold(0, |sum, holder| sum.saturating_add(holder.all()))
    }

    /// Whether they open more than they can have.
    pub fn is_too_large(&self) -> bool {
        self.sum() > self.free()
    }

    /// What is wrong, in a sentence.
    pub fn message(&self) -> String {
        let (name, parameter) = (&self.server.name, &self.connections.parameter);
        let reserved = match self.connections.reserved {
            0 => String::new(),
            reserved => format!(", and {reserved} of them are reserved"),
        };
        format!(
            "the pools of `{name}` add up to {} connections, but `{parameter}` is {}{reserved}",
            self.sum(),
            self.limit
        )
    }

    /// The way out.
    pub fn help(&self) -> String {
        format!(
            "raise `{}` to {} or more, make the pools smaller, or put a program such as PgBouncer between them that \
             shares few connections",
            self.connections.parameter,
            self.sum().saturating_add(self.connections.reserved.into())
        )
    }
}

impl Model {
    /// What every server with a limit is asked for by what runs in this environment. `value` knows variables; what it
    /// does not know counts nothing.
    pub fn demands(&self, value: &dyn Fn(&VariableName) -> Option<String>) -> Vec<Demand<'_>> {
        let servers = self.services.values().filter_map(|server| {
            let connections = server.connections.as_ref()?;
            let limit = number(&connections.limit, value)?;
            Some(Demand { server, connections, limit, holders: self.holders(&server.name, value) })
        });
        servers.collect()
    }

    fn holders(
        &self,
        server: &Name,
        value: &dyn Fn(&VariableName) -> Option<String>,
    ) -> Vec<Holder<'_>> {
        let running = self.services.values().filter(|service| self.is_on(service));
        let pools =
            running.flat_map(|service| service.pools.iter().map(move |pool| (service, pool)));
        let holder = |(service, pool): (&'_ Service, &'_ Pool)| {
            let mut terms = pool.terms.iter().map(|term| number(term, value));
            let each = terms.try_fold(0, |sum: u64, term| Some(sum.saturating_add(term?)))?;
            let processes = if service.processes == Text::default() {
                1
            } else {
                number(&service.processes, value)?
            };
            Some((each, processes, service.most().into()))
        };
        pools
            .filter(|(_, pool)| pool.to == *server)
            .filter_map(|(service, pool)| {
                let (each, processes, replicas) = holder((service, pool))?;
                Some(Holder { service, pool, each, processes, replicas })
            })
            .collect()
    }

    /// The value that a variable has when the operator takes what the template proposes.
    pub fn proposed(&self, name: &VariableName) -> Option<String> {
        self.variable(name).map(|variable| variable.proposed().to_owned())
    }
}

impl Service {
    /// How many of it run at once at most.
    pub fn most(&self) -> u32 {
        self.autoscale.as_ref().map_or(self.replicas, |scale| scale.max.max(self.replicas))
    }
}

/// A whole number, once its variables are known.
fn number(text: &Text, value: &dyn Fn(&VariableName) -> Option<String>) -> Option<u64> {
    match text.as_variable() {
        Some(variable) => value(variable)?.trim().parse().ok(),
        None => text.as_literal()?.trim().parse().ok(),
    }
}
