//! Turns a condition in `PromQL` into what it reads: series, labels, windows.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use promql_parser::label::{MatchOp, Matcher};
use promql_parser::parser::{self, Expr, LabelModifier, VectorSelector};

/// Functions that compare samples within a window, and give nothing where it holds fewer than two.
const OVER_SAMPLES: &[&str] = &["rate", "irate", "increase", "delta", "idelta", "deriv"];
/// What makes labels that no series has.
const MAKES_LABELS: &[&str] = &["label_replace", "label_join"];

/// What a condition reads.
#[derive(Debug, Default)]
pub(in crate::rules) struct Reading {
    /// The series.
    pub(in crate::rules) selectors: Vec<Selector>,
    /// The labels that it groups by, each with the numbers of the selectors inside.
    pub(in crate::rules) groupings: Vec<(String, Vec<usize>)>,
    /// The shortest window over which samples are compared, with the function that does.
    pub(in crate::rules) shortest: Option<(Duration, &'static str)>,
    /// Whether it looks back over a window at all.
    pub(in crate::rules) looks_back: bool,
    /// Whether it makes labels of its own.
    makes_labels: bool,
}

/// A choice of series.
#[derive(Debug)]
pub(in crate::rules) struct Selector {
    /// The name; `None` where it is chosen by a pattern.
    pub(in crate::rules) name: Option<String>,
    matchers: Vec<Matcher>,
}

impl Selector {
    /// Whether it may take series with that value of a label.
    pub(in crate::rules) fn fits(&self, label: &str, value: &str) -> bool {
        let mut of = self.matchers.iter().filter(|matcher| matcher.name == label);
        of.all(|matcher| matcher.is_match(value))
    }

    /// What it asks of a label, as it is written; `None` where it takes any value.
    pub(in crate::rules) fn asked_of(&self, label: &str) -> Option<&str> {
        let mut of = self.matchers.iter().filter(|matcher| matcher.name == label);
        of.next().map(|matcher| matcher.value.as_str())
    }

    /// The labels that it asks for.
    pub(in crate::rules) fn labels(&self) -> impl Iterator<Item = &str> {
        let labels = self.matchers.iter().map(|matcher| matcher.name.as_str());
        labels.filter(|label| *label != "__name__")
    }
}

/// What was read so far: environments mostly share their conditions, and parsing them is dear.
#[derive(Debug, Default)]
pub struct Readings(RefCell<BTreeMap<String, Result<Rc<Reading>, String>>>);

impl Readings {
    /// Reads a condition, or remembers what it reads.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence fragment.
    pub(in crate::rules) fn read(&self, expr: &str) -> Result<Rc<Reading>, String> {
        if let Some(known) = self.0.borrow().get(expr) {
            return known.clone();
        }
        let reading = read(expr).map(Rc::new);
        self.0.borrow_mut().insert(expr.to_owned(), reading.clone());
        reading
    }
}

fn read(expr: &str) -> Result<Reading, String> {
    let mut reading = Reading::default();
    reading.walk(&parser::parse(expr)?)?;
    if reading.makes_labels {
        reading.groupings.clear();
    }
    Ok(reading)
}

impl Reading {
    fn walk(&mut self, expr: &Expr) -> Result<(), String> {
        match expr {
            Expr::VectorSelector(selector) => self.select(selector),
            Expr::MatrixSelector(matrix) => {
                self.looks_back = true;
                self.select(&matrix.vs)
            }
            Expr::Subquery(subquery) => {
                self.looks_back = true;
                self.walk(&subquery.expr)
            }
            Expr::Aggregate(aggregate) => {
                let first = self.selectors.len();
                self.walk(&aggregate.expr)?;
                let inside: Vec<usize> = (first..self.selectors.len()).collect();
                self.makes_labels |= aggregate.op.to_string() == "count_values";
                if let Some(LabelModifier::Include(labels)) = &aggregate.modifier {
                    let by = labels.labels.iter().map(|label| (label.clone(), inside.clone()));
                    self.groupings.extend(by);
                }
                aggregate.param.iter().try_for_each(|param| self.walk(param))
            }
            Expr::Call(call) => {
                self.makes_labels |= MAKES_LABELS.contains(&call.func.name);
                for argument in &call.args.args {
                    if let Expr::MatrixSelector(matrix) = argument.as_ref() {
                        self.window(matrix.range, call.func.name);
                    }
                    self.walk(argument)?;
                }
                Ok(())
            }
            Expr::Binary(binary) => {
                self.walk(&binary.lhs)?;
                self.walk(&binary.rhs)
            }
            Expr::Unary(unary) => self.walk(&unary.expr),
            Expr::Paren(paren) => self.walk(&paren.expr),
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => Ok(()),
        }
    }

    fn select(&mut self, selector: &VectorSelector) -> Result<(), String> {
        // VictoriaMetrics' own; Prometheus refuses it.
        if !selector.matchers.or_matchers.is_empty() {
            return Err("`or` cannot stand between labels".to_owned());
        }
        let matchers = selector.matchers.matchers.clone();
        let by_label = matchers
            .iter()
            .find(|matcher| matcher.name == "__name__" && matches!(matcher.op, MatchOp::Equal));
        let name = selector.name.clone().or_else(|| by_label.map(|matcher| matcher.value.clone()));
        self.selectors.push(Selector { name, matchers });
        Ok(())
    }

    fn window(&mut self, range: Duration, function: &'static str) {
        let known = self.shortest.is_some_and(|(shortest, _)| shortest <= range);
        if OVER_SAMPLES.contains(&function) && !known {
            self.shortest = Some((range, function));
        }
    }
}
