//! Turns cells into rows of tables, and commands into blocks of a page.

use std::borrow::Cow;
use std::fmt::{Display, Formatter, Result, Write as _};

use crate::format::quote::markdown::push_fence;

/// Writes a row of a table.
pub(super) fn row<const N: usize>(out: &mut String, cells: [&dyn Display; N]) {
    let _ = writeln!(out, "{}", Row(cells));
}

struct Row<'a, const N: usize>([&'a dyn Display; N]);

impl<const N: usize> Display for Row<'_, N> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for cell in self.0 {
            f.write_str("| ")?;
            cell.fmt(f)?;
            f.write_str(" ")?;
        }
        f.write_str("|")
    }
}

/// Things with commas between them.
pub(super) struct Listed<I>(pub(super) I);

impl<I: IntoIterator<Item: Display> + Clone> Display for Listed<I> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for (at, item) in self.0.clone().into_iter().enumerate() {
            f.write_str(if at == 0 { "" } else { ", " })?;
            item.fmt(f)?;
        }
        Ok(())
    }
}

/// Writes a block of commands behind an empty line and what is said of them; nothing where there are none.
pub(super) fn commands(out: &mut String, about: &str, commands: &[String]) {
    let commands = script(commands);
    if !commands.is_empty() {
        out.push('\n');
        out.push_str(about);
        push_fence(out, &commands, "sh");
        out.push('\n');
    }
}

/// Commands, each on lines of its own.
pub(super) fn script(commands: &[String]) -> Cow<'_, str> {
    match commands {
        [one] => one.into(),
        all => all.join("\n").into(),
    }
}

/// What stands above the same commands for a cluster.
pub(super) const IN_A_CLUSTER: &str = "In a cluster:\n\n";
