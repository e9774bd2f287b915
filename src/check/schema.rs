//! Turns a JSON Schema into rules that take no looking up of keywords: a system is checked many times, a schema is read
//! once.

use std::sync::OnceLock;

use regex_lite::Regex;
use serde_json::{Map, Value};

use crate::check::Extra;
use crate::check::number::{READABLE, WHOLE};
use crate::map::IndexMap;
use crate::value::{FORMATS, Format};

/// A schema that was read: rules that a value keeps all.
pub(super) type Schema = Vec<Rule>;

/// What one keyword of a schema says.
pub(super) enum Rule {
    /// Every value keeps it.
    Always,
    /// No value keeps it.
    Never,
    /// Somebody else has to say.
    Unknown,
    /// Of one of these kinds.
    Kind(Kinds),
    /// Keeps the definition of that number.
    Definition(usize),
    /// The values of known keys, and of all others where something is said of them.
    Entries(IndexMap<String, Schema>, Option<Schema>),
    Names(Schema),
    Required(Vec<String>),
    Items(Schema),
    AnyOf(Vec<Schema>),
    OneOf(Vec<Schema>),
    /// One of these, unless it is a number.
    Choice(Vec<Value>),
    Minimum(f64),
    Above(f64),
    Maximum(f64),
    MinLength(u64),
    MaxLength(u64),
    Format(Form),
    /// The pattern, prepared when it is first met. Of what the dialects of patterns read in two ways nothing is said.
    Pattern(String, OnceLock<Option<Regex>>),
    /// Has no point.
    Whole,
    /// A number that is read as text has that format.
    Readable(Form),
}

/// Whose grammar a format has.
#[derive(Clone, Copy)]
pub(super) enum Form {
    Extra(fn(&str) -> bool),
    Ours(&'static Format),
    Other,
}

/// Kinds of value, a bit each.
#[derive(Clone, Copy, Default)]
pub(super) struct Kinds(u8);

impl Kinds {
    const NULL: u8 = 1;
    const BOOLEAN: u8 = 1 << 1;
    const STRING: u8 = 1 << 2;
    const ARRAY: u8 = 1 << 3;
    const OBJECT: u8 = 1 << 4;
    const INTEGER: u8 = 1 << 5;
    const NUMBER: u8 = 1 << 6;
    const UNKNOWN: u8 = 1 << 7;

    fn read(rule: &Value) -> Self {
        let one = |kind: &Value| match kind.as_str().unwrap_or_default() {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            "integer" => Self::INTEGER,
            "number" => Self::NUMBER,
            _ => Self::UNKNOWN,
        };
        Self(match rule {
            Value::Array(kinds) => kinds.iter().map(one).fold(0, |all, kind| all | kind),
            kind => one(kind),
        })
    }

    /// Whether a value is of one of them; a text where there is none.
    pub(super) fn has(self, value: Option<&Value>) -> Option<bool> {
        let (yes, perhaps) = match value {
            Some(Value::Null) => (Self::NULL, 0),
            Some(Value::Bool(_)) => (Self::BOOLEAN, 0),
            Some(Value::Array(_)) => (Self::ARRAY, 0),
            Some(Value::Object(_)) => (Self::OBJECT, 0),
            // `3.0` is an integer to the validator.
            Some(Value::Number(number)) if number.is_f64() => (Self::NUMBER, Self::INTEGER),
            Some(Value::Number(_)) => (Self::NUMBER | Self::INTEGER, 0),
            Some(Value::String(_)) | None => (Self::STRING, 0),
        };
        match self.0 {
            kinds if kinds & yes != 0 => Some(true),
            kinds if kinds & (perhaps | Self::UNKNOWN) != 0 => None,
            _ => Some(false),
        }
    }
}

/// Reads schemas; definitions are known by their place.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) definitions: Option<&'a Map<String, Value>>,
    pub(super) extra: &'a [Extra],
}

impl Reader<'_> {
    pub(super) fn schema(self, schema: &Value) -> Schema {
        match schema {
            Value::Bool(true) => Schema::new(),
            Value::Bool(false) => vec![Rule::Never],
            Value::Object(schema) => {
                let rules =
                    schema.iter().map(|(keyword, rule)| self.keyword(schema, keyword, rule));
                let rules = rules.map(|rule| rule.unwrap_or(Rule::Unknown));
                rules.filter(|rule| !matches!(rule, Rule::Always)).collect()
            }
            _ => vec![Rule::Unknown],
        }
    }

    /// The rule of a keyword, where it is known.
    fn keyword(self, schema: &Map<String, Value>, keyword: &str, rule: &Value) -> Option<Rule> {
        let has = |key: &str| schema.contains_key(key);
        Some(match keyword {
            "type" => Rule::Kind(Kinds::read(rule)),
            "$ref" => {
                let name = rule.as_str()?.strip_prefix("#/$defs/")?;
                Rule::Definition(self.definitions?.keys().position(|key| key == name)?)
            }
            "properties" => {
                let known = rule.as_object()?.iter();
                let known = known.map(|(key, schema)| (key.clone(), self.schema(schema)));
                let others =
                    schema.get("additionalProperties").filter(|_| !has("patternProperties"));
                Rule::Entries(known.collect(), others.map(|rule| self.schema(rule)))
            }
            "additionalProperties" if has("patternProperties") => Rule::Unknown,
            // They are said there.
            "additionalProperties" if has("properties") => Rule::Always,
            "additionalProperties" => Rule::Entries(IndexMap::default(), Some(self.schema(rule))),
            "propertyNames" => Rule::Names(self.schema(rule)),
            "required" => {
                let keys = rule.as_array()?.iter().map(|key| key.as_str().map(str::to_owned));
                Rule::Required(keys.collect::<Option<_>>()?)
            }
            "items" if !has("prefixItems") => Rule::Items(self.schema(rule)),
            "anyOf" => Rule::AnyOf(self.schemas(rule)?),
            "oneOf" => Rule::OneOf(self.schemas(rule)?),
            "enum" => Rule::Choice(rule.as_array()?.clone()),
            "const" => Rule::Choice(vec![rule.clone()]),
            "minimum" => Rule::Minimum(rule.as_f64()?),
            "exclusiveMinimum" => Rule::Above(rule.as_f64()?),
            "maximum" => Rule::Maximum(rule.as_f64()?),
            "minLength" => Rule::MinLength(rule.as_u64()?),
            "maxLength" => Rule::MaxLength(rule.as_u64()?),
            "format" => Rule::Format(Form::of(rule.as_str()?, self.extra)),
            "pattern" if self.is_implied(schema, rule) => Rule::Always,
            "pattern" => Rule::Pattern(rule.as_str()?.to_owned(), OnceLock::new()),
            WHOLE => Rule::Whole,
            READABLE => Rule::Readable(Form::of(rule.as_str()?, &[])),
            "$schema" | "$defs" | "title" | "description" | "default" | "examples" => Rule::Always,
            _ => Rule::Unknown,
        })
    }

    /// Whether a pattern says no more than the format beside it.
    fn is_implied(self, schema: &Map<String, Value>, pattern: &Value) -> bool {
        let format = schema.get("format").and_then(Value::as_str);
        let format = format.map(|id| Form::of(id, self.extra));
        matches!(format, Some(Form::Ours(format)) if format.pattern == pattern.as_str())
    }

    fn schemas(self, rule: &Value) -> Option<Vec<Schema>> {
        Some(rule.as_array()?.iter().map(|schema| self.schema(schema)).collect())
    }
}

impl Form {
    /// Ours or an extra one, whose word comes first.
    fn of(id: &str, extra: &[Extra]) -> Self {
        let extra = extra.iter().find(|(known, _)| *known == id);
        let ours = || FORMATS.iter().find(|known| known.id == id);
        extra.map_or_else(|| ours().map_or(Self::Other, Self::Ours), |(_, has)| Self::Extra(*has))
    }

    /// Whether a text has it.
    pub(super) fn has(self, text: &str) -> Option<bool> {
        match self {
            Self::Extra(has) => Some(has(text)),
            Self::Ours(format) => Some((format.check)(text).is_ok()),
            Self::Other => None,
        }
    }
}
