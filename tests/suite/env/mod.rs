//! Fills and checks env files as an operator does, with the built program.

mod check;
mod fill;
mod hostile;
mod secret;
mod system;
mod systems;
mod templates;
