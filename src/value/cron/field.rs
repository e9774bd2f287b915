//! Reads one field of a schedule.

use std::fmt;

use crate::diagnostic::Code;
use crate::value::Malformed;

/// What a field counts.
pub(super) struct Kind {
    /// With its article.
    singular: &'static str,
    plural: &'static str,
    /// The first number.
    pub(super) first: u8,
    /// The last number.
    pub(super) last: u8,
    names: &'static [&'static str],
}

/// What a schedule looks like.
const LIKE_THIS: &str =
    "a schedule is minute, hour, day of the month, month and day of the week, such as `30 2 * * 0`";

pub(super) const MINUTE: Kind =
    Kind { singular: "a minute", plural: "minutes", first: 0, last: 59, names: &[] };
pub(super) const HOUR: Kind =
    Kind { singular: "an hour", plural: "hours", first: 0, last: 23, names: &[] };
pub(super) const DAY: Kind = Kind {
    singular: "a day of the month",
    plural: "days of the month",
    first: 1,
    last: 31,
    names: &[],
};
pub(super) const MONTH: Kind = Kind {
    singular: "a month",
    plural: "months",
    first: 1,
    last: 12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
pub(super) const WEEKDAY: Kind = Kind {
    singular: "a day of the week",
    plural: "days of the week",
    first: 0,
    last: 6,
    names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
};

/// The numbers at which a field lets a schedule run.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Field {
    /// `*`.
    Every,
    /// `*/N`: every Nth from the first on.
    Steps(u8),
    /// Numbers and ranges.
    Listed(Vec<Span>),
}

/// `N`, `N-M` or `N-M/S`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Span {
    first: u8,
    last: u8,
    step: u8,
}

impl Field {
    /// Reads a field; names become numbers, since some programs read names only where they stand alone.
    pub(super) fn parse(text: &str, kind: &Kind) -> Result<Self, Malformed> {
        if text == "*" {
            return Ok(Self::Every);
        }
        let bad = |why: &str| Malformed::new(Code::InvalidCron, text, why);
        let field = match text.strip_prefix("*/") {
            Some(step) => Self::Steps(kind.step(step, kind.first, kind.last)?),
            None => {
                Self::Listed(text.split(',').map(|part| kind.span(part)).collect::<Result<_, _>>()?)
            }
        };
        if field.values(kind).len() == usize::from(kind.last - kind.first) + 1 {
            Err(bad(&format!("lists all {}", kind.plural)).help("write `*`"))
        } else {
            Ok(field)
        }
    }

    /// Whether it leaves everything open.
    pub(super) fn is_every(&self) -> bool {
        *self == Self::Every
    }

    /// The step of `*/N`.
    pub(super) fn steps(&self) -> Option<u8> {
        match self {
            Self::Steps(step) => Some(*step),
            Self::Every | Self::Listed(_) => None,
        }
    }

    /// Whether it holds the number.
    pub(super) fn has(&self, value: u8, kind: &Kind) -> bool {
        match self {
            Self::Every => true,
            Self::Steps(step) => (value - kind.first).is_multiple_of(*step),
            Self::Listed(spans) => spans.iter().any(|span| {
                (span.first..=span.last).contains(&value)
                    && (value - span.first).is_multiple_of(span.step)
            }),
        }
    }

    /// Its numbers in order.
    pub(super) fn values(&self, kind: &Kind) -> Vec<u8> {
        let all = kind.first..=kind.last;
        match self {
            Self::Every => all.collect(),
            Self::Steps(step) => all.step_by(usize::from(*step)).collect(),
            Self::Listed(spans) => {
                let numbers =
                    |span: &Span| (span.first..=span.last).step_by(usize::from(span.step));
                let known = spans.iter().flat_map(numbers).filter(|value| all.contains(value));
                let mut values: Vec<u8> = known.collect();
                values.sort_unstable();
                values.dedup();
                values
            }
        }
    }
}

impl Kind {
    fn span(&self, text: &str) -> Result<Span, Malformed> {
        let bad = |why: &str| Malformed::new(Code::InvalidCron, text, why);
        let (range, step) =
            text.split_once('/').map_or((text, None), |(range, step)| (range, Some(step)));
        let Some((first, last)) = range.split_once('-') else {
            let value = self.number(range)?;
            return match step {
                None => Ok(Span { first: value, last: value, step: 1 }),
                Some(step) => Err(bad("steps from one number, which not every program reads")
                    .help(format!("write `{value}-{}/{step}`", self.last))),
            };
        };
        let (first, last) = (self.number(first)?, self.number(last)?);
        if first >= last {
            return Err(bad("runs backwards or nowhere"));
        }
        let step = step.map_or(Ok(1), |step| self.step(step, first, last))?;
        Ok(Span { first, last, step })
    }

    fn number(&self, text: &str) -> Result<u8, Malformed> {
        let named = self.names.iter().position(|name| name.eq_ignore_ascii_case(text));
        if let Some(at) = named.and_then(|at| u8::try_from(at).ok()) {
            return Ok(self.first + at);
        }
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number =
            text.parse().ok().filter(|number| digits && (self.first..=self.last).contains(number));
        number.ok_or_else(|| {
            let Self { singular, plural, first, last, .. } = self;
            let why = format!("is not {singular}: {plural} run from {first} to {last}");
            let found = Malformed::new(Code::InvalidCron, text, why);
            match text {
                "?" => found.help("write `*`"),
                "7" => found.help("Sunday is 0"),
                _ => found.help(LIKE_THIS),
            }
        })
    }

    /// A step that is met more than once between two numbers.
    fn step(&self, text: &str, first: u8, last: u8) -> Result<u8, Malformed> {
        let bad = |why: String| Malformed::new(Code::InvalidCron, text, why);
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse::<u8>() {
            Ok(step) if digits && step > 0 && step <= last - first => Ok(step),
            Ok(step) if digits && step > 0 => {
                Err(bad(format!("is larger than the {} it steps over", self.plural))
                    .help(format!("write `{first}`, which is all that it meets")))
            }
            _ => Err(bad("is not a step: steps are whole numbers above 0".to_owned())),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every => f.write_str("*"),
            Self::Steps(step) => write!(f, "*/{step}"),
            Self::Listed(spans) => {
                f.write_str(&spans.iter().map(Span::to_string).collect::<Vec<_>>().join(","))
            }
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.first == self.last, self.step) {
            (true, _) => write!(f, "{}", self.first),
            (false, 1) => write!(f, "{}-{}", self.first, self.last),
            (false, step) => write!(f, "{}-{}/{step}", self.first, self.last),
        }
    }
}
