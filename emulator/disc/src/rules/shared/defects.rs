//! Wear and defects: what endures how many rewrites, and what spares do for damaged blocks.
//!
//! A medium with spares notices a damaged cluster (BD) or ECC block (DVD-RAM) when it is written, and writes a spare instead, as long as there
//! are some. Without spares nothing is noticed before the block is read.

use super::blocks_of;
use crate::refusal::Refusal;
use crate::rules::Placement;
use crate::state::{DiscState, Recording, Surface};
use core::ops::Range;
use discrig_wire::sense::codes;

/// The first of these blocks that can neither be read nor was replaced.
pub(in crate::rules) fn first_damaged(disc: &DiscState, blocks: Range<i32>) -> Option<i32> {
    let mut from = blocks.start;
    while let Some(block) = disc.damaged.first(from, blocks.end) {
        match disc.replaced.first_gap(block, blocks.end) {
            Some(gap) if gap == block => return Some(block),
            Some(gap) => from = gap,
            None => return None,
        }
    }
    None
}

/// The clusters or ECC blocks that have any of these blocks.
pub(in crate::rules) fn clusters(disc: &DiscState, blocks: &Range<i32>) -> Range<i32> {
    let blocking = i32::from(disc.kind.spec().blocking);
    let up = blocks.end.saturating_add(blocking - 1).div_euclid(blocking) * blocking;
    blocks.start.div_euclid(blocking) * blocking..up
}

/// Spares that were not used.
pub(crate) fn free_spares(disc: &DiscState, spares: u32) -> u32 {
    let used = disc.replaced.len() / u64::from(disc.kind.spec().blocking);
    spares.saturating_sub(u32::try_from(used).unwrap_or(u32::MAX))
}

/// Whether there are spares enough for what is damaged among these blocks.
///
/// # Errors
/// NO DEFECT SPARE LOCATION AVAILABLE with the block that gets none.
pub(in crate::rules) fn check_spares(
    disc: &DiscState,
    spares: u32,
    blocks: Range<i32>,
) -> Result<(), Refusal> {
    if disc.damaged.is_empty() || spares == 0 {
        return Ok(());
    }
    let range = clusters(disc, &blocks);
    let (mut free, mut from) = (free_spares(disc, spares), range.start);
    while let Some(block) = first_damaged(disc, from..range.end) {
        free =
            free.checked_sub(1).ok_or(Refusal::at_block(codes::NO_DEFECT_SPARE_LOCATION_AVAILABLE, block))?;
        from = clusters(disc, &(block..block + 1)).end;
    }
    Ok(())
}

/// Replaces what is damaged among these blocks, for which there are spares enough.
pub(in crate::rules) fn replace(disc: &mut DiscState, spares: u32, blocks: Range<i32>) {
    if disc.damaged.is_empty() || spares == 0 {
        return;
    }
    let range = clusters(disc, &blocks);
    while let Some(block) = first_damaged(disc, range.clone()) {
        let cluster = clusters(disc, &(block..block + 1));
        disc.replaced.insert(cluster);
    }
}

/// A WRITE of a medium that is written in any order.
///
/// # Errors
/// MEDIUM NOT FORMATTED, LOGICAL BLOCK ADDRESS OUT OF RANGE, WRITE ERROR of a worn-out disc, NO DEFECT SPARE LOCATION AVAILABLE.
pub(in crate::rules) fn write(
    disc: &DiscState,
    surface: &Surface,
    first: i32,
    blocks: u32,
) -> Result<Placement, Refusal> {
    if surface.blocks == 0 {
        return Err(codes::MEDIUM_NOT_FORMATTED.into());
    }
    let range = blocks_of(first, blocks)?;
    let end = i32::try_from(surface.blocks).unwrap_or(i32::MAX);
    if first < 0 || range.end > end {
        return Err(Refusal::at_block(
            codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE,
            if first < 0 { first } else { first.max(end) },
        ));
    }
    if disc.endurance.is_some_and(|endurance| disc.rewrites > endurance) {
        return Err(Refusal::at_block(codes::WRITE_ERROR, first));
    }
    check_spares(disc, surface.spares, range)?;
    Ok(Placement::USER)
}

/// Notes such a WRITE. As many blocks as the disc has wear it like a rewrite of the whole.
pub(in crate::rules) fn written(disc: &mut DiscState, first: i32, blocks: u32) {
    let Recording::Random(surface) = &disc.recording else { return };
    let (capacity, spares) = (surface.blocks, surface.spares);
    disc.overwritten = disc.overwritten.saturating_add(blocks);
    if disc.overwritten >= capacity {
        disc.overwritten -= capacity;
        disc.rewrites = disc.rewrites.saturating_add(1);
    }
    if let Ok(range) = blocks_of(first, blocks) {
        replace(disc, spares, range);
    }
}

/// How a format looks for defects.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::rules) enum Certification {
    /// Every block is tried.
    Full,
    /// What was known is kept.
    Keep,
    /// What was known is forgotten.
    None,
}

/// The disc after a format, which is one rewrite more.
///
/// # Errors
/// FORMAT COMMAND FAILED when the disc is worn out, or has more defects than there will be spares.
pub(in crate::rules) fn format(
    disc: &DiscState,
    surface: Surface,
    certification: Certification,
) -> Result<DiscState, Refusal> {
    if disc.endurance.is_some_and(|endurance| disc.rewrites >= endurance) {
        return Err(codes::FORMAT_COMMAND_FAILED.into());
    }
    let (spares, end) = (surface.spares, i32::try_from(surface.blocks).unwrap_or(i32::MAX));
    let mut after = DiscState {
        recording: Recording::Random(surface),
        rewrites: disc.rewrites.saturating_add(1),
        ..disc.clone()
    };
    if certification == Certification::Keep && spares > 0 {
        after.replaced.remove(end..i32::MAX);
    } else {
        after.replaced = Default::default();
    }
    if certification == Certification::Full {
        check_spares(&after, spares, 0..end).map_err(|_| Refusal::new(codes::FORMAT_COMMAND_FAILED))?;
        replace(&mut after, spares, 0..end);
    }
    if after.replaced.len() > u64::from(spares) * u64::from(after.kind.spec().blocking) {
        return Err(codes::FORMAT_COMMAND_FAILED.into());
    }
    Ok(after)
}
