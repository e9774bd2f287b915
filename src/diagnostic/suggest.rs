//! Turns a name that nothing has into the nearest name that something has.
