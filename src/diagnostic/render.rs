//! Turns diagnostics into text for a terminal, JSON, or annotations for a code host.
