//! DVD-R and DVD-RW as burners treat them.

mod jumps;
mod overwriting;
mod properties;
mod sequence;
