//! DVD-RAM: written in any order.

#[cfg(test)]
mod tests;

use super::shared::defects::{self, Certification};
use super::shared::{BLOCK, FORMAT_TYPE, NUMBER_OF_BLOCKS, blocks_of, current_capacity, protection};
use super::{Change, FormatRequest, MediumRules, Task};
use crate::kind::MediumKind;
use crate::refusal::Refusal;
use crate::state::{DiscState, Recording, Surface};
use core::ops::Range;
use discrig_wire::capacity::{CurrentCapacity, FormatType, FormattableCapacity};
use discrig_wire::feature::FeatureCode;
use discrig_wire::sense::codes;

/// DVD-RAM of 4.7 GB.
pub(super) struct DvdRam;

/// Blocks without a supplementary spare area, with the usual one, and with the largest one.
const MOST: u32 = 2_295_072;
const USUAL: u32 = 2_236_704;
const LEAST: u32 = 2_197_280;
/// ECC blocks of the primary spare area, which is always there.
const PRIMARY_SPARES: u32 = 800;
/// Blocks of an ECC block.
const BLOCKING: u32 = 16;

/// Spare ECC blocks beside so many blocks for the user.
pub(crate) fn spares(blocks: u32) -> u32 {
    PRIMARY_SPARES + MOST.saturating_sub(blocks) / BLOCKING
}

fn surface(blocks: u32, format_type: FormatType) -> Surface {
    Surface {
        blocks,
        format: (format_type.0, 0),
        spares: spares(blocks),
        formatted_to: blocks,
        ..Surface::default()
    }
}

fn formatted(disc: &DiscState) -> Result<&Surface, Refusal> {
    match &disc.recording {
        Recording::Random(surface) => Ok(surface),
        Recording::Sequential(_) => Err(codes::MEDIUM_NOT_FORMATTED.into()),
    }
}

impl MediumRules for DvdRam {
    /// DVD-RAM are sold formatted.
    fn unrecorded(&self, _: MediumKind) -> Recording {
        Recording::Random(surface(USUAL, FormatType::FULL))
    }

    fn write_features(&self, _: &DiscState) -> &'static [FeatureCode] {
        &[FeatureCode::RANDOM_WRITABLE, FeatureCode::FORMATTABLE, FeatureCode::HARDWARE_DEFECT_MANAGEMENT]
    }

    fn format(&self, disc: &DiscState, request: &FormatRequest) -> Result<Change, Refusal> {
        let now = formatted(disc)?.blocks;
        if request.sub_type != 0 {
            return Err(Refusal::parameter(FORMAT_TYPE, Some(1)));
        }
        let format_type = FormatType(request.format_type);
        // DVD-RAM drives take no size but those that they offer.
        match format_type {
            // Without certification the defects that are known are kept, and without a complete list of them the size is as well.
            FormatType::FULL if request.disable_certification && !request.complete_list => quick(disc, now),
            FormatType::FULL if ![USUAL, MOST].contains(&request.blocks) => {
                Err(Refusal::parameter(NUMBER_OF_BLOCKS, Some(7)))
            }
            FormatType::FULL if request.disable_certification => quick(disc, request.blocks),
            FormatType::FULL => full(disc, request.blocks),
            FormatType::SPARE_AREA_EXPANSION if expansions(now).any(|blocks| blocks == request.blocks) => {
                expand(disc, now, request.blocks)
            }
            FormatType::SPARE_AREA_EXPANSION => Err(Refusal::parameter(NUMBER_OF_BLOCKS, Some(7))),
            _ => Err(Refusal::parameter(FORMAT_TYPE, Some(7))),
        }
    }

    /// The blocks read as zeros until they are written again.
    fn erase(&self, disc: &DiscState, blocks: Range<i32>) -> Result<Change, Refusal> {
        defects::write(disc, formatted(disc)?, blocks.start, blocks.start.abs_diff(blocks.end))?;
        let mut after = disc.clone();
        defects::written(&mut after, blocks.start, blocks.start.abs_diff(blocks.end));
        let recorded = u64::from(blocks.start.abs_diff(blocks.end));
        Ok(Change { after, task: Task::Synchronize, blocks: recorded, erased: vec![blocks] })
    }

    fn send_structure(&self, disc: &DiscState, format: u8, bytes: &[u8]) -> Result<Change, Refusal> {
        protection::send(disc, format, bytes)
    }

    fn format_capacities(&self, disc: &DiscState) -> (CurrentCapacity, Vec<FormattableCapacity>) {
        let current = current_capacity(disc);
        let row = |format_type, blocks| FormattableCapacity { blocks, format_type, parameter: BLOCK };
        let list = [row(FormatType::FULL, USUAL), row(FormatType::FULL, MOST)]
            .into_iter()
            .chain(expansions(current.blocks).map(|blocks| row(FormatType::SPARE_AREA_EXPANSION, blocks)))
            .collect();
        (current, list)
    }
}

/// What is left for the user when the spare area grows.
fn expansions(now: u32) -> impl Iterator<Item = u32> {
    [USUAL, LEAST].into_iter().filter(move |blocks| *blocks < now)
}

fn full(disc: &DiscState, blocks: u32) -> Result<Change, Refusal> {
    let after = defects::format(disc, surface(blocks, FormatType::FULL), Certification::Full)?;
    let erased = blocks_of(0, MOST)?;
    Ok(Change { after, task: Task::FormatFull, blocks: blocks.into(), erased: vec![erased] })
}

/// Formatted again with the defects that are known; nothing is checked.
fn quick(disc: &DiscState, blocks: u32) -> Result<Change, Refusal> {
    let after = defects::format(disc, surface(blocks, FormatType::FULL), Certification::Keep)?;
    let erased = blocks_of(0, MOST)?;
    Ok(Change { after, task: Task::FormatQuick, blocks: 0, erased: vec![erased] })
}

/// Blocks at the end become spares; the rest is as before (MMC-5 6.5.4.2.2).
fn expand(disc: &DiscState, now: u32, blocks: u32) -> Result<Change, Refusal> {
    let after =
        defects::format(disc, surface(blocks, FormatType::SPARE_AREA_EXPANSION), Certification::Keep)?;
    let lost = blocks as i32..now as i32;
    Ok(Change { after, task: Task::FormatQuick, blocks: 0, erased: vec![lost] })
}
