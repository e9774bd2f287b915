//! Turns cells into rows of tables, and commands into blocks of a page.

use crate::format::quote::markdown::fence;

/// Writes a row of a table.
pub(super) fn row<const N: usize>(out: &mut String, cells: [&str; N]) {
    for cell in cells {
        for part in ["| ", cell, " "] {
            out.push_str(part);
        }
    }
    out.push_str("|\n");
}

/// Writes a block of commands behind an empty line and what is said of them; nothing where there are none.
pub(super) fn commands(out: &mut String, about: &str, commands: &[String]) {
    let commands = commands.join("\n");
    if !commands.is_empty() {
        for part in ["\n", about, &fence(&commands, "sh"), "\n"] {
            out.push_str(part);
        }
    }
}

/// What stands above the same commands for a cluster.
pub(super) const IN_A_CLUSTER: &str = "In a cluster:\n\n";
