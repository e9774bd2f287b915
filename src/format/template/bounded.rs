//! Renders an author's own template, which may build no more than so much text.
//!
//! The engine counts instructions and not bytes: a loop that doubles a text forty times is short, and takes all memory.
//! So the instructions are rewritten before they run: whatever builds a value is followed by a call that counts it, and
//! filters whose result can be much longer than what goes in count it before they build it.

use std::cell::Cell;
use std::collections::BTreeMap;

use minijinja::machinery::{self, CodeGenerator, Instruction, Instructions};
use minijinja::value::{Kwargs, Rest, Serde, StringInput, Value, ValueKind, ValueOrKwargs};
use minijinja::{AutoEscape, Environment, Error, State, filters};
use serde::Serialize;

use super::{FUEL, Refused, TemplateError, environment, refuse, text, texts};

/// How many bytes one rendering may build, in all its values and in what it prints.
const MOST: usize = 32 * 1024 * 1024;

/// What an item of a list takes beside its text.
const ITEM: usize = 32;

/// What of that is counted against all that a rendering builds.
const KEPT: usize = 4;

/// The function that counts a value and gives it back; no template can call it by that name.
const COUNT: &str = "count what is built";

thread_local! {
    /// What the rendering at hand has built so far; one runs at a time in a thread.
    static BUILT: Cell<usize> = const { Cell::new(0) };
}

/// Renders a template; the name is what its errors are told by.
pub fn render<T: Serialize>(
    name: &str,
    source: &str,
    context: &T,
) -> Result<String, TemplateError> {
    let told = |error: &Error| TemplateError::new(name, source, error);
    let environment = counting().map_err(|error| told(&error))?;
    let parsed = machinery::parse(source, name, environment.syntax().clone());
    let mut generator = CodeGenerator::new(name, source);
    generator.compile_stmt(&parsed.map_err(|error| told(&error))?);
    let (main, blocks) = generator.finish();
    let main = counted(&main);
    let blocks: BTreeMap<&str, Instructions<'_>> =
        blocks.iter().map(|(name, block)| (*name, counted(block))).collect();
    let context = Value::from(Serde(context));
    let mut text = String::new();
    let mut output = machinery::make_string_output(&mut text);
    BUILT.set(0);
    machinery::eval(&environment, &main, context, &blocks, &mut output, AutoEscape::None)
        .map_err(|error| told(&error))?;
    Ok(text)
}

fn counting() -> Result<Environment<'static>, Error> {
    let mut environment = environment()?;
    // Each instruction may be followed by one that counts.
    environment.set_fuel(Some(2 * FUEL));
    environment.set_formatter(|output, _, value| {
        let text = text(value)?;
        count(text.len())?;
        Ok(output.write_str(&text)?)
    });
    environment.add_function(COUNT, |value: Value| {
        count_value(&value)?;
        Ok::<_, Error>(value)
    });
    environment.add_filter("replace", |value: &Value, from: &Value, to: &Value| {
        let (value, from, to) = (text(value)?, text(from)?, text(to)?);
        count(value.matches(&*from).count().saturating_mul(to.len()))?;
        Ok::<_, Error>(value.replace(&*from, &to))
    });
    environment.add_filter("join", |value: &Value, separator: Option<&str>| {
        let (texts, separator) = (texts(value)?, separator.unwrap_or_default());
        count(texts.len().saturating_mul(separator.len()))?;
        Ok::<_, Error>(texts.join(separator))
    });
    type Fill = Option<Value>;
    environment.add_filter(
        "batch",
        |state: &State<'_, '_>, list: Value, each: usize, fill: Fill| {
            count(each.saturating_mul(ITEM))?;
            filters::batch(state, list, each, fill)
        },
    );
    environment.add_filter(
        "slice",
        |state: &State<'_, '_>, list: Value, all: usize, fill: Fill| {
            count(all.saturating_mul(ITEM))?;
            filters::slice(state, list, all, fill)
        },
    );
    environment.add_filter("indent", indent);
    environment.add_filter("format", format);
    Ok(environment)
}

fn indent(
    value: StringInput<'_>,
    width: Option<usize>,
    first: Option<bool>,
    blank: Option<bool>,
    named: Kwargs,
) -> Result<Value, Error> {
    let given: Option<usize> = named.get("width")?;
    let width_of_all = width.or(given).unwrap_or_default();
    count(value.as_str().lines().count().saturating_mul(width_of_all))?;
    filters::indent(value, width, first, blank, named)
}

/// Refuses widths of more than four figures, and those that are given as values.
fn format(
    state: &mut State<'_, '_>,
    format: &Value,
    values: Rest<ValueOrKwargs>,
) -> Result<Value, Error> {
    let written = text(format)?;
    let is_wide = |five: &[u8]| five.iter().all(u8::is_ascii_digit);
    if written.contains('*') || written.as_bytes().windows(5).any(is_wide) {
        return Err(refuse(Refused("a width that is too large, or no number")));
    }
    filters::format(state, format, values)
}

/// Counts bytes that are about to be built, or were.
fn count(bytes: usize) -> Result<(), Error> {
    let built = BUILT.get().saturating_add(bytes);
    BUILT.set(built);
    if built <= MOST { Ok(()) } else { Err(too_much()) }
}

fn too_much() -> Error {
    refuse(Refused("the template builds more than 32 MiB of text"))
}

/// Counts a value that was built. A list may hold what was built before many times over: what it would be as text is
/// bounded too, and counted when it becomes one.
fn count_value(value: &Value) -> Result<(), Error> {
    let mut left = vec![value.clone()];
    let (mut all, mut own): (usize, Option<usize>) = (0, None);
    while let Some(value) = left.pop() {
        let items = value.len().filter(|_| value.as_str().is_none()).unwrap_or_default();
        all = all.saturating_add(ITEM + value.as_str().map_or(0, str::len));
        if all.saturating_add(items.saturating_mul(ITEM)) > MOST {
            return Err(too_much());
        }
        match value.kind() {
            ValueKind::Seq => left.extend(value.try_iter()?),
            ValueKind::Map => {
                for key in value.try_iter()? {
                    left.push(value.get_item(&key)?);
                    left.push(key);
                }
            }
            _ => {}
        }
        // Of a list that is let go at once, such as what a loop runs over, only little.
        own.get_or_insert(value.as_str().map_or(items * KEPT, str::len));
    }
    count(own.unwrap_or_default())
}

/// The same instructions, with what counts after each that builds a value.
fn counted<'a>(instructions: &Instructions<'a>) -> Instructions<'a> {
    let mut all: Vec<(Instruction<'a>, u16)> = Vec::new();
    // Where each instruction is now: jumps lead to them.
    let mut moved: Vec<u32> = Vec::new();
    let here = |all: &Vec<(Instruction<'a>, u16)>| u32::try_from(all.len()).unwrap_or(u32::MAX);
    for at in 0.. {
        let Some(instruction) = instructions.get(at) else { break };
        let line = instructions.get_line(at).and_then(|line| u16::try_from(line).ok()).unwrap_or(1);
        moved.push(here(&all));
        match instruction {
            // What is printed by a value is counted by the formatter.
            Instruction::EmitRaw(text) => {
                all.push((Instruction::LoadConst(Value::from(*text)), line));
                all.push((Instruction::Emit, line));
            }
            other => {
                all.push((other.clone(), line));
                if builds(other) {
                    all.push((Instruction::CallFunction(COUNT, Some(1)), line));
                }
            }
        }
    }
    moved.push(here(&all));
    let mut counted = Instructions::new(instructions.name(), instructions.source());
    for (mut instruction, line) in all {
        if let Some(target) = target(&mut instruction) {
            *target = moved.get(*target as usize).copied().unwrap_or(u32::MAX);
        }
        counted.add_with_line(instruction, line);
    }
    counted
}

/// Whether an instruction leaves a value that may be larger than those before it.
fn builds(instruction: &Instruction<'_>) -> bool {
    matches!(
        instruction,
        Instruction::Add
            | Instruction::Mul
            | Instruction::StringConcat
            | Instruction::Slice
            | Instruction::BuildList(_)
            | Instruction::BuildTuple(_)
            | Instruction::BuildMap(_)
            | Instruction::ApplyFilter(..)
            | Instruction::CallFunction(..)
            | Instruction::CallMethod(..)
            | Instruction::CallObject(_)
            | Instruction::EndCapture
    )
}

/// Where an instruction jumps to.
fn target<'i>(instruction: &'i mut Instruction<'_>) -> Option<&'i mut u32> {
    match instruction {
        Instruction::Iterate(target)
        | Instruction::Jump(target)
        | Instruction::JumpIfFalse(target)
        | Instruction::JumpIfFalseOrPop(target)
        | Instruction::JumpIfTrueOrPop(target)
        | Instruction::BuildMacro(_, target, _) => Some(target),
        _ => None,
    }
}
