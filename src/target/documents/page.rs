//! Turns cells into rows of tables, and commands into blocks of a page.

use crate::format::quote::markdown::push_fence;

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
    let joined;
    let commands = match commands {
        [one] => one,
        all => {
            joined = all.join("\n");
            &joined
        }
    };
    if !commands.is_empty() {
        out.push('\n');
        out.push_str(about);
        push_fence(out, commands, "sh");
        out.push('\n');
    }
}

/// What stands above the same commands for a cluster.
pub(super) const IN_A_CLUSTER: &str = "In a cluster:\n\n";
