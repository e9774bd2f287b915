//! Holds nothing: the manifest beside it is read.
