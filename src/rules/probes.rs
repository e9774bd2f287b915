//! Finds health checks that ask the wrong thing.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::service::Probe;
use crate::rules::View;
use crate::rules::findings::Findings;
use crate::value::Duration;

/// The least that Kubernetes can say (kubernetes/api: core/v1/types.go, `Probe.PeriodSeconds`, `TimeoutSeconds`).
const LEAST: Duration = Duration::from_seconds(1);
/// What reads its argument as a script.
const SHELLS: &[&str] = &["sh", "bash", "ash", "dash", "zsh", "busybox", "env"];
/// What a shell would read as more than a word.
const OPERATORS: &[&str] = &["|", "||", "&&", "&", ";", "<", ">", ">>", "2>", "2>&1", "&>"];

/// One path that decides about restarts and about traffic.
pub(super) fn same_probe_path(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, service) in &view.model.services {
        let Some(health) = &service.health else { continue };
        let written = view.blueprint.services.get(name).and_then(|own| own.health.as_ref());
        if !written.is_some_and(|own| own.live.is_some() && own.ready.is_some()) {
            continue;
        }
        let path = |probe: &Probe| match probe {
            Probe::Http { path, .. } => Some(path.clone()),
            Probe::Command(_) | Probe::Tcp { .. } => None,
        };
        let Some(live) = health
            .live
            .as_ref()
            .and_then(path)
            .filter(|live| path(&health.ready).as_ref() == Some(live))
        else {
            continue;
        };
        let said = format!("`{live}` decides about restarts and about traffic");
        found.push(
            Diagnostic::note(Code::SameProbePath, said)
                .at(view.service(name, "/health/live"), "a failure here restarts the service")
                .at(
                    view.service(name, "/health/ready"),
                    "a failure here takes it out of the traffic",
                )
                .help("let `live` answer for the process alone, or leave it out"),
        );
    }
}

/// A command that cannot fail, or that cannot succeed because it is no command.
pub(super) fn unfit_command(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, own) in &view.blueprint.services {
        let written = own.health.as_ref().and_then(|health| health.command.as_ref());
        let health = view.model.services.get(name).and_then(|service| service.health.as_ref());
        let (Some(_), Some(health)) = (written, health) else { continue };
        let Probe::Command(command) = &health.ready else { continue };
        let words: Vec<&str> =
            command.iter().map(|word| word.as_literal().unwrap_or("?")).collect();
        let Some((at, why, help)) = unfit(&words) else { continue };
        let place = view.service(name, &format!("/health/command/{at}"));
        let message = format!("the health check of `{name}` says nothing of its health");
        let diagnostic = Diagnostic::error(Code::UnfitHealthCommand, message);
        found.push(diagnostic.at(place, why).help(help));
    }
}

/// Which word is wrong, why, and what instead.
fn unfit(words: &[&str]) -> Option<(usize, &'static str, &'static str)> {
    const ASK: &str =
        "ask the program itself: `health: /path`, or a command that fails when it does not answer";
    const SHELL: &str =
        "nothing but a shell reads this: write `[sh, -c, \"…\"]`, with a shell that the image has";
    const REDIS: &str = "leave the check to the component, or compare the answer: `… ping | grep -qx PONG` in a shell";
    let first = words.first()?;
    let program = first.rsplit('/').next().unwrap_or(first);
    match program {
        "true" | ":" | "echo" => return Some((0, "it never fails", ASK)),
        "false" => return Some((0, "it never succeeds", ASK)),
        "CMD" | "CMD-SHELL" | "NONE" => {
            return Some((
                0,
                "no program has this name",
                "leave it out: the words are the command",
            ));
        }
        _ if first.contains(char::is_whitespace) => {
            return Some((0, "no program has this name", SHELL));
        }
        _ => {}
    }
    let asks_redis = words.iter().rposition(|word| word.contains("redis-cli"));
    if let Some(at) = asks_redis.filter(|_| !heeds_answer(words)) {
        return Some((at, "it exits 0 whatever Redis answers, without a password too", REDIS));
    }
    if SHELLS.contains(&program) {
        let script = words.len().checked_sub(1)?;
        return never_fails(words[script]).then_some((script, "it never fails", ASK));
    }
    let operator = words.iter().position(|word| OPERATORS.contains(word));
    operator.map(|at| (at, "it is handed to the program as a word", SHELL))
}

/// Whether a check by `redis-cli` fails with an error that Redis answers (redis/redis:src/redis-cli.c, option `-e`).
fn heeds_answer(words: &[&str]) -> bool {
    let mut all = words.iter().flat_map(|word| word.split_whitespace());
    all.any(|word| matches!(word, "-e" | "grep" | "test" | "[" | "=" | "=="))
}

/// Whether a script ends in success whatever happens before.
fn never_fails(script: &str) -> bool {
    let last = script.trim_end_matches([';', ' ', '\n']).rsplit([';', '\n', '|', '&']).next();
    matches!(last.map(str::trim), Some("true" | ":" | "exit 0"))
}

/// Times that no target can keep, or that overlap.
pub(super) fn unfit_times(view: &View<'_>, found: &mut Findings<'_>) {
    for (name, service) in &view.model.services {
        let Some(health) = &service.health else { continue };
        for (key, time) in [("interval", health.interval), ("timeout", health.timeout)] {
            if time < LEAST {
                let message = format!("the health of `{name}` has the {key} {time}");
                found.push(
                    Diagnostic::error(Code::UnfitTime, message)
                        .at(view.service(name, &format!("/health/{key}")), "")
                        .help("write one second or more: Kubernetes counts in seconds"),
                );
            }
        }
        if health.timeout > health.interval {
            let (timeout, interval) = (health.timeout, health.interval);
            let message = format!("`{name}` is asked again before the answer is late");
            found.push(
                Diagnostic::warning(Code::UnfitTime, message)
                    .at(
                        view.service(name, "/health/timeout"),
                        format!("{timeout}, every {interval}"),
                    )
                    .help("write a timeout that is no longer than the interval"),
            );
        }
    }
    let Some(monitoring) = &view.model.monitoring else { return };
    if monitoring.scrape < LEAST {
        let message = format!("metrics are read every {}", monitoring.scrape);
        found.push(
            Diagnostic::error(Code::UnfitTime, message)
                .at(view.locator.value("/monitoring/scrape"), "")
                .help("write one second or more; `15s` is usual"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::unfit;

    #[test]
    fn commands_that_tell_nothing() {
        for words in [
            &["true"][..],
            &["/bin/true"],
            &["redis-cli", "ping", "|", "grep", "PONG"],
            &["curl -f http://localhost/ || exit 1"],
            &["CMD", "curl", "-f", "http://localhost/"],
            &["sh", "-c", "curl -f http://localhost/ || true"],
            &["sh", "-c", "exit 0"],
            &["curl", "-f", "http://localhost/", "||", "exit", "1"],
        ] {
            assert!(unfit(words).is_some(), "{words:?}");
        }
        for words in [
            &["curl", "-f", "http://localhost/?a=1&b=2"][..],
            &["sh", "-c", "redis-cli ping | grep PONG || exit 1"],
            &["psql", "-c", "select 1; select 2"],
            &["/app/healthy"],
            &["sh", "/check.sh"],
        ] {
            assert_eq!(unfit(words), None, "{words:?}");
        }
    }
}
