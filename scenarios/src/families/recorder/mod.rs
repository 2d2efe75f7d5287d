//! `recorder.*`: the recorder object: its lock count, its result codes, its commands and its properties.

mod acquire;
mod codes;
mod commands;
mod getters;
mod lifecycle;
mod names;
mod owner;
mod properties;
mod release;
mod walks;

pub(super) use acquire::ACQUIRE;
pub(super) use codes::CODES;
pub(super) use commands::COMMANDS;
pub(super) use getters::GETTERS;
pub(super) use lifecycle::LIFECYCLE;
pub(super) use names::NAMES;
pub(super) use owner::OWNER;
pub(super) use properties::PROPERTIES;
pub(super) use release::RELEASE;
pub(super) use walks::WALKS;
