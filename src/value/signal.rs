//! Reads the signal that asks a program to end.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A signal that Linux knows (signal(7)), by the name that Docker and Kubernetes take alike.
///
/// Those that cannot ask a program to end are left out: `SIGSTOP` stops it for good, `SIGCHLD` and the like are ignored.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Signal {
    /// What every program is asked with when nobody says otherwise.
    #[default]
    SigTerm,
    /// As Ctrl-C at a terminal.
    SigInt,
    /// nginx and PHP-FPM finish open requests on it.
    SigQuit,
    /// The terminal went away.
    SigHup,
    /// The program's own meaning.
    SigUsr1,
    /// The program's own meaning.
    SigUsr2,
    /// Apache HTTP Server finishes open requests on it.
    SigWinch,
    /// Ends the program with a core dump.
    SigAbrt,
    /// The timer ran out.
    SigAlrm,
    /// Power failure: some supervisors end their programs on it.
    SigPwr,
    /// systemd halts on it.
    #[serde(rename = "SIGRTMIN+3")]
    SigRtMin3,
    /// Kills it at once, without being asked.
    SigKill,
}
