//! DVD-RW in restricted overwrite mode, and the way there and back: FORMAT UNIT and BLANK.
//!
//! Formatted quickly, the border is open (intermediate state): its blocks can be overwritten, and it grows as it is written at its end. Closing
//! it makes the disc partly formatted; growing opens it again.

use super::super::increments::{BLOCKING, aligned};
use super::super::shared::blocks_of;
use super::super::{Change, FormatRequest, Placement, Task};
use crate::kind::MediumKind;
use crate::refusal::Refusal;
use crate::state::{DiscState, Recording, Sequence, Surface};
use discrig_wire::capacity::FormatType;
use discrig_wire::sense::codes;

/// Blocks of lead-in and lead-out that a format records beside the data area.
const AROUND: u64 = 53_344 + 0x7000;
/// Number of blocks of a format descriptor: as many as there are.
const ALL: u32 = u32::MAX;

pub(super) fn write(
    kind: MediumKind,
    surface: &Surface,
    first: i32,
    blocks: u32,
) -> Result<Placement, Refusal> {
    if blocks == 0 {
        return Ok(Placement::USER);
    }
    let range = blocks_of(first, blocks)?;
    let capacity = kind.spec().capacity as i32;
    let reached = surface.blocks as i32;
    let end = if surface.open { capacity } else { reached };
    if first < 0 || range.end > end {
        return Err(Refusal::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, first.max(end)));
    }
    // Whole ECC blocks are replaced (MMC-5 5.3.22), and there is no gap before what is appended.
    if first % BLOCKING != 0 || first > reached {
        return Err(Refusal::at_block(codes::INVALID_ADDRESS_FOR_WRITE, first));
    }
    if range.end % BLOCKING != 0 {
        return Err(codes::INVALID_PACKET_SIZE.into());
    }
    Ok(Placement::USER)
}

pub(super) fn written(surface: &mut Surface, first: i32, blocks: u32) {
    let end = first.unsigned_abs().saturating_add(blocks);
    if blocks > 0 && end > surface.blocks {
        surface.blocks = end;
        surface.formatted_to = end;
        surface.dirty = true;
    }
}

/// CLOSE functions 010b and 011b: the open border gets its lead-out.
pub(super) fn close(disc: &DiscState, surface: &Surface) -> Change {
    if !surface.open {
        return Change::nothing(disc);
    }
    let after = Surface { open: false, dirty: false, ..surface.clone() };
    let after = DiscState { recording: Recording::Random(after), ..disc.clone() };
    Change { blocks: AROUND, ..Change::to(after, Task::CloseSession) }
}

fn worn_out(disc: &DiscState) -> bool {
    disc.endurance.is_some_and(|endurance| disc.rewrites >= endurance)
}

/// BLANK: the whole disc (000b) or its structures alone (001b), after which it can only be recorded at once.
pub(super) fn blank(disc: &DiscState, kind: u8) -> Result<Change, Refusal> {
    let minimal = match kind {
        0b000 => false,
        0b001 => true,
        _ => return Err(Refusal::field("blanking_type")),
    };
    if worn_out(disc) {
        return Err(codes::ERASE_FAILURE.into());
    }
    let capacity = disc.kind.spec().capacity;
    let after = DiscState {
        recording: Recording::Sequential(Sequence { at_once_only: minimal, ..Sequence::default() }),
        rewrites: disc.rewrites.saturating_add(1),
        ..disc.clone()
    };
    let (task, blocks) =
        if minimal { (Task::BlankMinimal, 0) } else { (Task::BlankFull, AROUND + u64::from(capacity)) };
    let everything = 0..capacity as i32;
    Ok(Change { after, task, blocks, erased: vec![everything] })
}

/// FORMAT UNIT: a type that is offered for this state, with a number of blocks up to the one offered (MMC-5 6.5.4.2.5 to .14).
pub(super) fn format(disc: &DiscState, request: &FormatRequest) -> Result<Change, Refusal> {
    let capacity = disc.kind.spec().capacity;
    let closed = match &disc.recording {
        Recording::Random(surface) if !surface.open => Some(surface),
        _ => None,
    };
    let wanted = if request.blocks == ALL { capacity } else { request.blocks };
    let size = i32::try_from(wanted).map_or(ALL, |blocks| aligned(blocks).unsigned_abs());
    if request.blocks != ALL && size > capacity {
        return Err(Refusal::parameter(4, Some(7)));
    }
    let format = (request.format_type, request.sub_type);
    match (FormatType(request.format_type), closed) {
        (FormatType::FULL | FormatType::PACKET_FULL, _) if size == 0 => Err(Refusal::parameter(4, Some(7))),
        (FormatType::FULL | FormatType::PACKET_FULL, _) => {
            whole(disc, Surface { blocks: size, formatted_to: size, format, ..Surface::default() }, true)
        }
        (FormatType::QUICK, _) => {
            // One ECC block stands for the border that is open (MMC-5 6.5.4.2.14).
            let blocks = BLOCKING.unsigned_abs();
            let surface = Surface {
                blocks,
                formatted_to: blocks,
                format,
                open: true,
                dirty: true,
                ..Surface::default()
            };
            whole(disc, surface, false)
        }
        (FormatType::QUICK_GROW, Some(surface)) => {
            let after = Surface { open: true, dirty: true, format, ..surface.clone() };
            let after = DiscState { recording: Recording::Random(after), ..disc.clone() };
            Ok(Change::to(after, Task::FormatQuick))
        }
        (FormatType::PACKET_GROW, Some(surface)) => {
            let rest = capacity - surface.blocks;
            let more = if request.blocks == ALL { rest } else { size };
            if more > rest {
                return Err(Refusal::parameter(4, Some(7)));
            }
            let blocks = surface.blocks + more;
            let grown = surface.blocks as i32..blocks as i32;
            let after = Surface { blocks, formatted_to: blocks, format, ..surface.clone() };
            let after = DiscState { recording: Recording::Random(after), ..disc.clone() };
            let erased = if grown.is_empty() { Vec::new() } else { vec![grown] };
            Ok(Change { after, task: Task::FormatFull, blocks: u64::from(more), erased })
        }
        _ => Err(Refusal::parameter(8, Some(7))),
    }
}

/// A format of the whole disc, whatever was on it.
fn whole(disc: &DiscState, surface: Surface, full: bool) -> Result<Change, Refusal> {
    if worn_out(disc) {
        return Err(codes::FORMAT_COMMAND_FAILED.into());
    }
    let blocks = if full { AROUND + u64::from(surface.blocks) } else { u64::from(surface.blocks) };
    let everything = 0..disc.kind.spec().capacity as i32;
    let after = DiscState {
        recording: Recording::Random(surface),
        rewrites: disc.rewrites.saturating_add(1),
        ..disc.clone()
    };
    let task = if full { Task::FormatFull } else { Task::FormatQuick };
    Ok(Change { after, task, blocks, erased: vec![everything] })
}
