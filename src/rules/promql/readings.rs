//! Remembers what conditions read: environments mostly share theirs, and parsing them is dear.

use std::cell::RefCell;
use std::rc::Rc;

use promql_parser::parser;

use crate::catalog::samples;
use crate::map::IndexMap;
use crate::rules::promql::expression::Reading;
use crate::rules::promql::{known, series};

/// What was read so far.
#[derive(Debug, Default)]
pub struct Readings(RefCell<IndexMap<String, Read>>);

/// What is known of an expression.
#[derive(Debug, PartialEq)]
pub(super) struct Read {
    /// What it reads, or what is wrong with it.
    pub(super) reading: Result<Rc<Reading>, String>,
    /// Whether it is one series, as samples have it, or what else.
    pub(super) series: Result<(), String>,
}

/// The same of one that was parsed.
pub(super) struct Parsed {
    pub(super) reading: Result<Reading, String>,
    pub(super) series: Result<(), String>,
}

impl Readings {
    /// Reads a condition, or remembers what it reads.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence fragment.
    pub(in crate::rules) fn read(&self, expr: &str) -> Result<Rc<Reading>, String> {
        self.look(expr, |read| read.reading.clone())
    }

    /// Whether a text is one series, as samples have it.
    ///
    /// # Errors
    /// What else it is, in words.
    pub(in crate::rules) fn is_series(&self, text: &str) -> Result<(), String> {
        self.look(text, |read| read.series.clone())
    }

    fn look<T>(&self, expr: &str, see: impl Fn(&Read) -> T) -> T {
        if let Some(read) = self.0.borrow().get(expr) {
            return see(read);
        }
        let read = known::read(expr).unwrap_or_else(|| Parsed::of(expr).into());
        debug_assert_eq!(read, Parsed::parse(expr).into(), "what is read is not what is parsed");
        let seen = see(&read);
        self.0.borrow_mut().insert(expr.to_owned(), read);
        seen
    }
}

impl From<Parsed> for Read {
    fn from(Parsed { reading, series }: Parsed) -> Self {
        Self { reading: reading.map(Rc::new), series }
    }
}

impl Parsed {
    /// What a text reads, by the parser where it is no plain series.
    pub(super) fn of(expr: &str) -> Self {
        match series::read(expr) {
            Some(series) => Self { reading: Ok(series.into()), series: Ok(()) },
            None => Self::parse(expr),
        }
    }

    /// What a text reads, by the parser.
    pub(super) fn parse(expr: &str) -> Self {
        match parser::parse(expr) {
            Ok(expr) => Self { reading: Reading::of(&expr), series: samples::one_series(&expr) },
            Err(fault) => Self { reading: Err(fault.clone()), series: Err(fault) },
        }
    }
}
