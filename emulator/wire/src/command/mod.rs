//! THE command table: one row per command.
//!
//! A row gives operation code (and service action), name, length, direction, fields, flags, usual timeout, the features that require the
//! command and its clause. Typed commands, the decoder, the encoder, the per-byte usage mask, test strategies and documentation are all
//! derived from the rows in `table.rs`.

pub mod docs;
mod spec;
mod table;

pub use spec::{CommandSpec, Direction, Field, FieldValue, Flags, Refusal};
pub use table::*;

#[cfg(test)]
mod tests;
