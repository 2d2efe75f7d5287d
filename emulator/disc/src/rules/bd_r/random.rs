//! Random recording mode: each block once, in any order.

use super::{aligned, check_damage};
use crate::refusal::Refusal;
use crate::rules::shared::{blocks_of, defects, spares::CLUSTER};
use crate::rules::{Change, Placement, Task};
use crate::state::{DiscState, Form, Recording, Surface};
use discrig_wire::sense::codes;

pub(super) fn write(
    disc: &DiscState,
    surface: &Surface,
    first: i32,
    blocks: u32,
) -> Result<Placement, Refusal> {
    if !surface.open {
        return Err(codes::WRITE_PROTECTED.into());
    }
    let range = blocks_of(first, blocks)?;
    if let Some(block) = surface.written.first(range.start, range.end) {
        return Err(Refusal::at_block(codes::INVALID_ADDRESS_FOR_WRITE, block));
    }
    defects::write(disc, surface, first, blocks)
}

/// A cluster that reached the disc cannot be written again, whatever of it was written.
pub(super) fn synchronize(disc: &DiscState, surface: &Surface) -> Change {
    let mut padded = surface.written.clone();
    for range in surface.written.iter() {
        padded.insert(range.start.div_euclid(CLUSTER as i32) * CLUSTER as i32..aligned(range.end));
    }
    let blocks = padded.len() - surface.written.len();
    let recording = Recording::Random(Surface { written: padded, ..surface.clone() });
    let after = DiscState { recording, ..disc.clone() };
    Change { blocks, ..Change::to(after, Task::Synchronize) }
}

pub(super) fn finalize(disc: &DiscState, surface: &Surface) -> Change {
    if !surface.open {
        return Change::nothing(disc);
    }
    let mut change = synchronize(disc, surface);
    if let Recording::Random(surface) = &mut change.after.recording {
        surface.open = false;
    }
    Change { task: Task::Finalize, ..change }
}

pub(super) fn readable(
    disc: &DiscState,
    surface: &Surface,
    first: i32,
    blocks: u32,
) -> Result<Form, Refusal> {
    let range = blocks_of(first, blocks)?;
    match surface.written.first_gap(range.start, range.end.max(range.start + 1)) {
        Some(gap) => Err(Refusal::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, gap)),
        None => check_damage(disc, range).map(|()| Form::Mode1),
    }
}
