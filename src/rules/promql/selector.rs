//! Turns the braces of a condition into a choice of series.

use std::sync::Arc;

use promql_parser::label::{MatchOp, Matcher as Parsed};
use promql_parser::parser::VectorSelector;

/// A choice of series.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::rules) struct Selector {
    /// The name; `None` where it is chosen by a pattern.
    pub(in crate::rules) name: Option<Arc<str>>,
    matchers: Vec<Matcher>,
}

/// What is asked of one label.
#[derive(Debug, Clone, PartialEq)]
struct Matcher {
    label: Arc<str>,
    /// As it is written.
    value: Arc<str>,
    choice: Choice,
}

/// Which values are taken.
#[derive(Debug, Clone, PartialEq)]
enum Choice {
    /// That one.
    Is,
    /// All others.
    IsNot,
    /// Those of a pattern that is names with `|` between them.
    OneOf,
    /// All others.
    NoneOf,
    /// What any other pattern says.
    Pattern(Arc<Parsed>),
}

impl Selector {
    /// # Errors
    /// What Prometheus refuses in it, in words.
    pub(super) fn of(selector: &VectorSelector) -> Result<Self, String> {
        // VictoriaMetrics' own; Prometheus refuses it.
        if !selector.matchers.or_matchers.is_empty() {
            return Err("`or` cannot stand between labels".to_owned());
        }
        let matchers: Vec<Matcher> = selector.matchers.matchers.iter().map(Matcher::of).collect();
        let by_label =
            matchers.iter().find(|one| &*one.label == "__name__" && one.choice == Choice::Is);
        let name = selector.name.as_deref().map(Arc::from);
        let name = name.or_else(|| by_label.map(|one| one.value.clone()));
        Ok(Self { name, matchers })
    }

    /// What chooses one series by its name and its labels.
    pub(super) fn of_series(name: &str, labels: Vec<(Arc<str>, Arc<str>)>) -> Self {
        let is = |(label, value)| Matcher { label, value, choice: Choice::Is };
        Self { name: Some(name.into()), matchers: labels.into_iter().map(is).collect() }
    }

    /// Whether it may take series with that value of a label.
    pub(in crate::rules) fn fits(&self, label: &str, value: &str) -> bool {
        self.asks(label).all(|matcher| matcher.takes(value))
    }

    /// The one value of a label that it takes, where it asks for no more than that.
    pub(in crate::rules) fn only(&self, label: &str) -> Option<&str> {
        let mut asks = self.asks(label);
        let first = asks.next().filter(|matcher| matcher.choice == Choice::Is)?;
        asks.next().is_none().then_some(&*first.value)
    }

    /// What it asks of a label, as it is written; `None` where it takes any value.
    pub(in crate::rules) fn asked_of(&self, label: &str) -> Option<&str> {
        self.asks(label).next().map(|matcher| &*matcher.value)
    }

    /// The labels that it asks for.
    pub(in crate::rules) fn labels(&self) -> impl Iterator<Item = &str> {
        let labels = self.matchers.iter().map(|matcher| &*matcher.label);
        labels.filter(|label| *label != "__name__")
    }

    /// Puts names in place of the values for which `named` gives one.
    pub(super) fn fill(&mut self, named: impl Fn(&str) -> Option<Arc<str>>) {
        for matcher in &mut self.matchers {
            let Some(name) = named(&matcher.value) else { continue };
            if let Choice::Pattern(parsed) = &matcher.choice {
                let is_refused = matches!(parsed.op, MatchOp::NotRe(_));
                matcher.choice = if is_refused { Choice::NoneOf } else { Choice::OneOf };
            }
            matcher.value = name;
        }
    }

    fn asks(&self, label: &str) -> impl Iterator<Item = &Matcher> {
        self.matchers.iter().filter(move |matcher| *matcher.label == *label)
    }
}

impl Matcher {
    fn of(parsed: &Parsed) -> Self {
        let choice = match &parsed.op {
            MatchOp::Equal => Choice::Is,
            MatchOp::NotEqual => Choice::IsNot,
            MatchOp::Re(_) if are_names(&parsed.value) => Choice::OneOf,
            MatchOp::NotRe(_) if are_names(&parsed.value) => Choice::NoneOf,
            MatchOp::Re(_) | MatchOp::NotRe(_) => Choice::Pattern(Arc::new(parsed.clone())),
        };
        Self { label: parsed.name.as_str().into(), value: parsed.value.as_str().into(), choice }
    }

    fn takes(&self, value: &str) -> bool {
        match &self.choice {
            Choice::Is => *self.value == *value,
            Choice::IsNot => *self.value != *value,
            Choice::OneOf => self.value.split('|').any(|name| name == value),
            Choice::NoneOf => self.value.split('|').all(|name| name != value),
            Choice::Pattern(parsed) => parsed.is_match(value),
        }
    }
}

/// Whether a text is one name or several with `|` between them: as a pattern it means no more than that.
pub(super) fn are_names(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'|');
    !text.is_empty() && text.bytes().all(is_plain)
}
