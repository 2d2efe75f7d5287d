//! The discrig command.
fn main() {}
