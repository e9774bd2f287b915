//! Finds what contradicts itself in the declaration of a variable.

use std::fmt;

use crate::blueprint::variable::{Variable as Written, VariableKind};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::resolve::Context;
use crate::source::Span;
use crate::value::{Cron, VariableName};

/// What contradicts itself in one declaration.
pub(super) fn check(
    name: &VariableName,
    written: &Written,
    pointer: &dyn Fn() -> String,
    context: Context<'_>,
    diagnostics: &mut Diagnostics,
) {
    let place = |key: &str| context.locator.key(&format!("{}/{key}", pointer()));
    if written.secret && written.default.is_some() {
        diagnostics.push(
            Diagnostic::error(
                Code::SecretWithDefault,
                format!("the secret `{name}` has a default"),
            )
            .at(place("default"), "everyone who reads the template would know it")
            .help("remove `default`, and say how it is made: `generate: hex 32`"),
        );
    }
    if written.secret && written.fixed.as_ref().is_some_and(|fixed| !fixed.refers()) {
        diagnostics.push(
            Diagnostic::error(
                Code::SecretWithDefault,
                format!("the secret `{name}` stands in the blueprint"),
            )
            .at(
                context.locator.key(&format!("{}/fixed", pointer())),
                "everyone who reads the blueprint knows it",
            )
            .help("remove `fixed`, and let the operator set it"),
        );
    }
    if written.fixed.is_some()
        && (written.default.is_some() || written.optional || written.generate.is_some())
    {
        diagnostics.push(
            Diagnostic::error(
                Code::InvalidValue,
                format!("`{name}` is both fixed and the operator's"),
            )
            .at(place("fixed"), "the blueprint sets it here")
            .help("keep either `fixed`, or `default`, `optional` and `generate`"),
        );
    }
}

/// What is required of a value, and no value of the variable's type can be.
pub(super) fn check_requirements(
    name: &VariableName,
    written: &Written,
    pointer: &dyn Fn() -> String,
    context: Context<'_>,
    diagnostics: &mut Diagnostics,
) {
    for (tier, rule) in &written.require {
        let place =
            |key| context.locator.value(&format!("{}/require/{}/{key}", pointer(), tier.as_str()));
        if let Some(equals) = &rule.equals {
            let what = format_args!("what `{name}` must be in the tier {}", tier.as_str());
            check_kind(what, &equals.0, written.kind, || place("equals"), diagnostics);
        }
        let impossible = |prefix: &&String| !written.kind.can_start_with(prefix);
        if let Some(prefix) = rule.prefix.as_ref().filter(impossible) {
            let (expected, message) =
                (written.kind.noun(), format!("no value of `{name}` can start with `{prefix}`"));
            diagnostics.push(
                Diagnostic::error(Code::InvalidValue, message)
                    .at(place("prefix"), format!("its `type` is {expected}"))
                    .help("remove `prefix`, or declare another `type`"),
            );
        }
    }
}

/// A value that is not of a variable's type.
pub(super) fn check_kind(
    what: impl fmt::Display,
    value: &str,
    kind: VariableKind,
    place: impl FnOnce() -> Span,
    diagnostics: &mut Diagnostics,
) {
    if kind == VariableKind::Cron {
        if let Err(malformed) = Cron::parse(value) {
            diagnostics.push(Diagnostic::from(malformed).at(place(), ""));
        }
        return;
    }
    if let Err(expected) = kind.check(value) {
        let message = format!("{what} is not {expected}");
        let found = Diagnostic::error(Code::InvalidValue, message).at(place(), "");
        diagnostics.push(found.help(format!("write {expected}, or declare another `type`")));
    }
}
