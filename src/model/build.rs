//! Describes how an image is built, everything decided.

use crate::map::IndexMap;
use serde::Serialize;

use crate::model::text::Text;
use crate::value::{Image, VariableName};

/// How an image is built.
#[derive(Debug, Clone, Serialize)]
pub struct Build {
    /// The folder with the program, relative to the output folder.
    pub context: String,
    /// The Dockerfile: a compiled one, relative to the output folder, or the author's, relative to the context.
    pub dockerfile: Dockerfile,
    /// The stage to build; empty for the last.
    pub target: String,
    /// The variables that are read while building.
    pub arguments: Vec<VariableName>,
}

/// Which Dockerfile an image is built with.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dockerfile {
    /// Compiled from a stack's template.
    Compiled {
        /// Its path, relative to the output folder.
        path: String,
        /// Its path, relative to the context.
        from_context: String,
        /// The stack's template.
        template: String,
        /// The base image with its exact tag.
        base: Box<Image>,
        /// Other images that it takes something from.
        images: IndexMap<String, Image>,
        /// The command of the last stage.
        command: Vec<Text>,
        /// What of the context stays out of the image.
        ignore: Vec<String>,
    },
    /// The author's, relative to the context.
    Own(String),
}
