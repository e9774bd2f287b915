//! Turns receivers and routing into who is told of which alerts.

use crate::map::IndexMap;

use crate::blueprint::delivery::{self as written, Routing, Way};
use crate::blueprint::monitoring::{AlertSeverity, Monitoring};
use crate::blueprint::reference::Text as Raw;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, suggest};
use crate::model::delivery::{Address, Delivery, Mail, Receiver, Route};
use crate::model::service::{Flow, Service};
use crate::model::{External, Text, naming};
use crate::resolve::parts::Part;
use crate::resolve::scope::Scope;
use crate::source::pointer;
use crate::value::{ContainerPath, Duration, Host, HostName, Name, VariableName};

/// Alertmanager's own defaults (alertmanager, config/config.go, `DefaultGlobalConfig` and `Route`), but for repeating.
const WAIT: Duration = Duration::from_seconds(30);
const INTERVAL: Duration = Duration::from_seconds(5 * 60);
const REPEAT: Duration = Duration::from_seconds(3 * 3600);

/// What sending alerts needs of the system, beside the configuration.
#[derive(Debug, Default)]
pub(super) struct Means {
    /// Variables that are read as files.
    pub(super) secrets: IndexMap<VariableName, ContainerPath>,
    /// The externals that messages go to.
    pub(super) egress: Vec<Name>,
    /// The services that messages go to.
    pub(super) flows: Vec<Flow>,
    /// Externals that follow from the ways of sending.
    pub(super) externals: IndexMap<Name, External>,
}

impl Means {
    /// Gives the service that sends alerts what it needs for that.
    pub(super) fn give(&self, service: &mut Service) {
        service.secrets.extend(self.secrets.clone());
        for name in &self.egress {
            if !service.egress.contains(name) {
                service.egress.push(name.clone());
            }
        }
        for flow in &self.flows {
            if !service.flows.contains(flow) {
                service.flows.push(flow.clone());
            }
        }
    }
}

/// Who is told of which alerts.
pub(super) fn delivery(
    scope: &Scope<'_>,
    monitoring: &Monitoring,
    diagnostics: &mut Diagnostics,
) -> (Delivery, Means) {
    let mut builder = Builder { scope, monitoring, diagnostics, means: Means::default() };
    let receivers = monitoring.receivers.iter();
    let receivers: Vec<Receiver> =
        receivers.map(|(name, written)| builder.receiver(name, written)).collect();
    let mail =
        monitoring.mail.as_ref().filter(|_| receivers.iter().any(|one| !one.email.is_empty()));
    let mail = mail.and_then(|written| builder.mail(written));
    let routing = monitoring.routing.clone().unwrap_or_default();
    let delivery = Delivery {
        mail,
        routes: builder.routes(&routing),
        receivers,
        wait: routing.wait.unwrap_or(WAIT),
        interval: routing.interval.unwrap_or(INTERVAL),
        repeat: routing.repeat.unwrap_or(REPEAT),
    };
    (delivery, builder.means)
}

struct Builder<'a, 'b> {
    scope: &'b Scope<'a>,
    monitoring: &'b Monitoring,
    diagnostics: &'b mut Diagnostics,
    means: Means,
}

impl Builder<'_, '_> {
    fn receiver(&mut self, name: &Name, written: &written::Receiver) -> Receiver {
        let at = format!("/monitoring/receivers/{name}");
        let ways =
            [written.slack.is_some(), written.pagerduty.is_some(), written.webhook.is_some()];
        let nothing = written.email.is_empty() && !ways.contains(&true);
        let broken = self.scope.context.broken;
        if nothing && !broken.touches(&at) {
            let found = format!("nothing says how `{name}` is told");
            self.incomplete(&at, found, "add `email`, `slack`, `pagerduty` or `webhook`");
        } else if !written.email.is_empty()
            && self.monitoring.mail.is_none()
            && !broken.touches("/monitoring/mail")
        {
            self.incomplete(
                &format!("{at}/email"),
                format!("`{name}` gets e-mail, and nothing says how that is sent"),
                "add `monitoring.mail`: `{ via: EXTERNAL, from: ADDRESS }`",
            );
        }
        let email = written.email.iter().enumerate();
        let email =
            email.map(|(index, raw)| self.known(raw, &format!("{at}/email/{index}"))).collect();
        let slack = written.slack.as_ref().and_then(|slack| {
            let channel = self.known(&slack.channel, &format!("{at}/slack/channel"));
            self.way_out("slack", "hooks.slack.com");
            Some((channel, self.secret(&slack.url, &format!("{at}/slack/url"))?))
        });
        let pagerduty = written.pagerduty.as_ref().and_then(|key| {
            self.way_out("pagerduty", "events.pagerduty.com");
            self.secret(key, &format!("{at}/pagerduty"))
        });
        let webhook = written.webhook.as_ref().and_then(|webhook| {
            self.talk_to(&webhook.via, &format!("{at}/webhook/via"), true);
            self.address(&webhook.url, &format!("{at}/webhook/url"))
        });
        Receiver { name: name.clone(), email, slack, pagerduty, webhook }
    }

    fn mail(&mut self, written: &written::Mail) -> Option<Mail> {
        let at = "/monitoring/mail";
        self.talk_to(&written.via, &format!("{at}/via"), false);
        let server = self.scope.blueprint.external.get(&written.via)?;
        let user = written.user.as_ref().map(|raw| self.known(raw, &format!("{at}/user")));
        let password = written.password.as_ref();
        let password = password.and_then(|raw| self.secret(raw, &format!("{at}/password")));
        if user.is_some() != written.password.is_some() {
            self.incomplete(
                at,
                "logging in takes a name and a password".to_owned(),
                "give both `user` and `password`, or neither",
            );
        }
        Some(Mail {
            server: (server.host.to_string(), server.port.get()),
            from: self.known(&written.from, &format!("{at}/from")),
            user,
            password,
        })
    }

    fn routes(&mut self, routing: &Routing) -> Vec<Route> {
        let told = |severity: &AlertSeverity| {
            routing.told(*severity).is_some_and(|way: &Way| !way.to.is_empty())
        };
        let severities: Vec<_> = AlertSeverity::ALL.iter().copied().filter(told).collect();
        let mut routes = Vec::new();
        for (team, to) in &routing.teams {
            self.receivers(to, &pointer::push("/monitoring/routing/teams", team.as_str()));
            routes.push(Route {
                team: Some(team.clone()),
                severities: severities.clone(),
                to: to.clone(),
                at_once: false,
                repeat: None,
            });
        }
        for severity in AlertSeverity::ALL {
            if let Some(way) = routing.of(*severity) {
                self.receivers(&way.to, &format!("/monitoring/routing/{}", severity.as_str()));
            }
            let Some(way) = routing.told(*severity) else { continue };
            if way.to.is_empty() {
                continue;
            }
            routes.push(Route {
                team: None,
                severities: vec![*severity],
                to: way.to.clone(),
                at_once: way.at_once,
                repeat: way.repeat,
            });
        }
        routes
    }

    /// Whether every receiver is declared.
    fn receivers(&mut self, to: &[Name], at: &str) {
        let receivers = &self.monitoring.receivers;
        for name in to.iter().filter(|name| !receivers.contains_key(*name)) {
            if self.scope.context.broken.touches(&format!("/monitoring/receivers/{name}")) {
                continue;
            }
            let known = || self.monitoring.receivers.keys().map(Name::as_str);
            let found =
                Diagnostic::error(Code::UnknownReceiver, format!("no receiver is named `{name}`"))
                    .at(self.scope.context.locator.value(at), "");
            let help = match suggest::nearest(name.as_str(), known()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("declare it: `receivers: {{ {name}: {{ email: … }} }}`"),
            };
            self.diagnostics.push(found.help(help));
        }
    }

    fn text(&mut self, raw: &Raw, at: &str) -> Option<Text> {
        self.scope.text_at(raw, at, self.diagnostics)
    }

    /// A text that must be known when compiling.
    fn known(&mut self, raw: &Raw, at: &str) -> String {
        let Some(text) = self.text(raw, at) else { return String::new() };
        if let Some(known) = text.as_literal() {
            return known.to_owned();
        }
        let message = format!("`{}` must be known when compiling", raw.0);
        self.diagnostics.push(
            Diagnostic::error(Code::RunTimeReference, message)
                .at(self.scope.context.locator.value(at), "the operator sets this variable")
                .help("Alertmanager reads it from a file: write the value, or give the variable a `fixed` one"),
        );
        String::new()
    }

    /// The file of a secret.
    fn secret(&mut self, raw: &Raw, at: &str) -> Option<ContainerPath> {
        let text = self.text(raw, at)?;
        if let Some(variable) = text.as_variable() {
            return Some(self.file(variable, at));
        }
        self.incomplete(
            at,
            "this is not one secret variable".to_owned(),
            "declare a variable with `secret: true` and refer to it: `\"${var.NAME}\"`",
        );
        None
    }

    fn address(&mut self, raw: &Raw, at: &str) -> Option<Address> {
        let text = self.text(raw, at)?;
        match text.as_literal() {
            Some(known) => Some(Address::Known(known.to_owned())),
            None => self.secret(raw, at).map(Address::File),
        }
    }

    fn file(&mut self, variable: &VariableName, at: &str) -> ContainerPath {
        let optional = |name: &VariableName| {
            self.scope.declared.get(name).is_some_and(|declared| declared.written.optional)
        };
        if optional(variable) {
            self.incomplete(
                at,
                format!("`{variable}` is optional, and nobody is told without it"),
                "remove `optional`, or leave the receiver out of this environment with an override",
            );
        }
        let path = ContainerPath::known(naming::secret_path(variable));
        self.means.secrets.insert(variable.clone(), path.clone());
        path
    }

    /// Lets messages out to what the author names.
    fn talk_to(&mut self, name: &Name, at: &str, or_service: bool) {
        let scope = self.scope;
        if scope.blueprint.external.contains_key(name) {
            self.means.egress.push(name.clone());
        } else if let Some(port) =
            scope.parts.get(name).filter(|_| or_service).and_then(Part::first_port)
        {
            self.means.flows.push(Flow { to: name.clone(), port });
        } else if !scope.may_be_missing(name.as_str()) {
            let found =
                Diagnostic::error(Code::UnknownService, format!("no external is named `{name}`"));
            let known = scope.blueprint.external.keys().map(Name::as_str);
            let near = suggest::nearest(name.as_str(), known);
            self.diagnostics.push(found.at(scope.context.locator.value(at), "").help(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("declare it: `external: {{ {name}: HOST:PORT }}`"),
            }));
        }
    }

    /// Lets messages out to a well-known host, under the author's name for it where there is one.
    fn way_out(&mut self, name: &str, host: &str) {
        let known = &self.scope.blueprint.external;
        let declared = known.iter().find(|(_, external)| external.host.to_string() == host);
        if let Some((name, _)) = declared {
            self.means.egress.push(name.clone());
            return;
        }
        let about = format!("takes messages about alerts ({name})");
        let name = Name::known(format!("alerts-to-{name}"));
        let external =
            External { about, host: Host::Name(HostName::known(host)), port: 443, cidr: None };
        self.means.externals.insert(name.clone(), external);
        self.means.egress.push(name);
    }

    fn incomplete(&mut self, at: &str, message: String, help: &str) {
        self.diagnostics.push(
            Diagnostic::error(Code::IncompleteReceiver, message)
                .at(self.scope.context.locator.value(at), "")
                .help(help),
        );
    }
}
