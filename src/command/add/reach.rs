//! Turns the arguments of `add route` and `add environment` into what is added to a blueprint.

use anyhow::bail;
use serde_json::{Map, Value, json};

use super::draft::{Draft, Wish};
use crate::blueprint::splice::Addition;
use crate::cli::add::{AddEnvironmentArgs, AddRouteArgs};
use crate::command::choice::{LIMIT, malformed};
use crate::model::Model;
use crate::source::document::Node;
use crate::source::pointer;
use crate::value::Name;

impl Draft<'_> {
    pub(super) fn route(&self, args: &AddRouteArgs) -> anyhow::Result<Wish> {
        self.own(&args.to)?;
        if !args.path.starts_with('/') {
            bail!("the path `{}` does not start with `/`", args.path);
        }
        let host = self.host(&args.host);
        let at = pointer::push("/routes", &host);
        if self.root.at(&pointer::push(&at, &args.path)).is_some() {
            bail!("`{host}` has a route `{}` already", args.path);
        }
        let what = format!("the route `{host}{}`", args.path);
        // In production each route has a limit: the edge's, or one of its own.
        let route = match self.root.at("/edge/limit") {
            Some(_) => json!(args.to),
            None => json!({ "to": args.to, "limit": LIMIT }),
        };
        let additions = vec![Addition::entry(at, args.path.as_str(), route)];
        Ok(Wish { what, additions, warnings: Vec::new() })
    }

    /// A host name as it holds in every environment: the domain of one is another's no more.
    fn host(&self, written: &str) -> String {
        let domains = self.models().iter().filter_map(|model| model.environment.domain.as_ref());
        let found = domains.map(ToString::to_string).find_map(|domain| {
            let front = written.strip_suffix(&domain)?;
            let whole = front.is_empty() || front.ends_with('.');
            whole.then(|| format!("{front}${{env.domain}}"))
        });
        found.unwrap_or_else(|| written.to_owned())
    }

    pub(super) fn environment(&self, args: &AddEnvironmentArgs) -> anyhow::Result<Wish> {
        let name = Name::parse(&args.name).map_err(malformed)?;
        let is_there = |model: &Model| model.environment.name == name;
        let mut additions = Vec::new();
        if self.root.get("environments").is_none_or(|node| node.entries().is_empty()) {
            // Without any, there is one: naming another must not take it away.
            additions.push(Addition::entry("/environments", "production", json!({})));
        }
        if self.models().iter().any(is_there) {
            bail!("there is an environment `{name}` already");
        }
        let mut environment = Map::new();
        if args.tier != "production" {
            environment.insert("tier".to_owned(), json!(args.tier));
        }
        let first = self.models().first().and_then(|model| model.environment.domain.as_ref());
        let below = || first.map(|domain| format!("{name}.{domain}"));
        if let Some(domain) = args.domain.clone().or_else(below) {
            environment.insert("domain".to_owned(), json!(domain));
        }
        let host = args.host.clone().unwrap_or_else(|| name.to_string());
        environment.insert("host".to_owned(), json!(host));
        additions.push(Addition::entry("/environments", name.as_str(), Value::Object(environment)));
        let warnings = self.fixed_hosts(&name);
        Ok(Wish { what: format!("the environment `{name}`"), additions, warnings })
    }

    /// Says which hosts of routes are the same in every environment, a new one among them.
    fn fixed_hosts(&self, environment: &Name) -> Vec<String> {
        let hosts = self.root.get("routes").map_or(&[][..], Node::entries);
        let fixed = hosts.iter().map(|(host, _)| &host.name).filter(|host| !host.contains("${"));
        let text = |host: &String| {
            format!(
                "`{environment}` answers for `{host}` too, since that stands in `routes` as it is; write it with \
                 `${{env.domain}}`, and the `domain` of each environment under `environments`"
            )
        };
        fixed.map(text).collect()
    }
}
