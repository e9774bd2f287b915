//! Turns a condition in `PromQL` into what it reads: series, labels, windows.

use std::time::Duration;

use promql_parser::parser::{Expr, LabelModifier, VectorSelector};

use crate::rules::promql::selector::Selector;

/// Functions that compare samples within a window, and give nothing where it holds fewer than two.
const OVER_SAMPLES: &[&str] = &["rate", "irate", "increase", "delta", "idelta", "deriv"];
/// What makes labels that no series has.
const MAKES_LABELS: &[&str] = &["label_replace", "label_join"];

/// What a condition reads.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::rules) struct Reading {
    /// The series.
    pub(in crate::rules) selectors: Vec<Selector>,
    /// The labels that it groups by, each time with the numbers of the selectors inside.
    pub(in crate::rules) groupings: Vec<(Vec<String>, Vec<usize>)>,
    /// The shortest window over which samples are compared, with the function that does.
    pub(in crate::rules) shortest: Option<(Duration, &'static str)>,
    /// Whether it looks back over a window at all.
    pub(in crate::rules) looks_back: bool,
    /// Whether it makes labels of its own.
    makes_labels: bool,
}

impl From<Selector> for Reading {
    fn from(series: Selector) -> Self {
        Self { selectors: vec![series], ..Self::default() }
    }
}

impl Reading {
    /// What an expression reads.
    ///
    /// # Errors
    /// What Prometheus refuses in it, in words.
    pub(super) fn of(expr: &Expr) -> Result<Self, String> {
        let mut reading = Self::default();
        reading.walk(expr)?;
        if reading.makes_labels {
            reading.groupings.clear();
        }
        Ok(reading)
    }

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
                    self.groupings.push((labels.labels.clone(), inside));
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
        self.selectors.push(Selector::of(selector)?);
        Ok(())
    }

    fn window(&mut self, range: Duration, function: &'static str) {
        let known = self.shortest.is_some_and(|(shortest, _)| shortest <= range);
        if OVER_SAMPLES.contains(&function) && !known {
            self.shortest = Some((range, function));
        }
    }
}
