//! Describes what a container finds in its file system beside its image: volumes, memory, compiled files, the host.

use serde::Serialize;

use crate::value::{ContainerPath, Memory, Name};

/// A volume in a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VolumeMount {
    /// The volume.
    pub volume: Name,
    /// The path in the container.
    pub path: ContainerPath,
    /// Whether it is only read.
    pub read_only: bool,
}

/// A path in memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tmpfs {
    /// The path in the container.
    pub path: ContainerPath,
    /// How much it may hold.
    pub size: Memory,
    /// Its mode, in octal.
    pub mode: String,
}

/// A compiled file or folder in a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileMount {
    /// The file or folder, relative to the output folder.
    pub artifact: String,
    /// The path in the container.
    pub path: ContainerPath,
}

/// What of the host a service sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HostAccess {
    /// Whether it sees the host's processes.
    pub pid: bool,
    /// The host's paths that it reads: path there, then path in the container.
    pub paths: Vec<(String, ContainerPath)>,
}
