//! What several families have in common.

pub(super) mod defects;
pub(super) mod protection;
pub(super) mod spares;
#[cfg(test)]
pub(super) mod steps;

use crate::refusal::Refusal;
use crate::state::{DiscState, Form, Recording, Sequence, Surface, Track};
use core::ops::Range;
use discrig_wire::capacity::{CapacityKind, CurrentCapacity};
use discrig_wire::sense::codes;

/// Bytes of a block of user data.
pub(super) const BLOCK: u32 = 2048;

/// Where the fields of the format descriptor stand in the parameter list of FORMAT UNIT, behind its header of four bytes.
pub(super) const NUMBER_OF_BLOCKS: u16 = 4;
/// Format type in the high six bits, sub-type in the low two.
pub(super) const FORMAT_TYPE: u16 = 8;
/// Type-dependent parameter.
pub(super) const FORMAT_PARAMETER: u16 = 9;

/// The descriptor of what the disc is now: formatted blocks, or the most that it could have.
pub(super) fn current_capacity(disc: &DiscState) -> CurrentCapacity {
    let (kind, blocks) = match &disc.recording {
        Recording::Random(Surface { blocks: 0, .. }) => {
            (CapacityKind::UNFORMATTED, disc.kind.spec().capacity)
        }
        Recording::Random(surface) => (CapacityKind::FORMATTED, surface.blocks),
        Recording::Sequential(sequence) if sequence.is_blank() => {
            (CapacityKind::UNFORMATTED, disc.kind.spec().capacity)
        }
        Recording::Sequential(_) => (CapacityKind::FORMATTED, last_block(disc).saturating_add(1)),
    };
    CurrentCapacity { blocks, kind, block_length: BLOCK }
}

/// The last block before the lead-out of the last closed session, or of the formatted extent; 0 where there is neither.
pub(super) fn last_block(disc: &DiscState) -> u32 {
    let end = match &disc.recording {
        Recording::Random(surface) => i32::try_from(surface.blocks).unwrap_or(i32::MAX),
        Recording::Sequential(sequence) => {
            sequence.last_closed().and_then(|session| session.lead_out).unwrap_or(0)
        }
    };
    u32::try_from(end - 1).unwrap_or(0)
}

/// Whether blocks were recorded: those of one track, or of the formatted extent.
pub(super) fn readable(disc: &DiscState, first: i32, blocks: u32) -> Result<Form, Refusal> {
    let range = blocks_of(first, blocks)?;
    let (form, end) = match &disc.recording {
        Recording::Random(Surface { blocks: 0, .. }) => return Err(codes::MEDIUM_NOT_FORMATTED.into()),
        Recording::Random(_) if first < 0 => {
            return Err(Refusal::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, first));
        }
        Recording::Random(surface) => (Form::Mode1, i32::try_from(surface.blocks).unwrap_or(i32::MAX)),
        Recording::Sequential(sequence) => match track_at(sequence, first) {
            Some(track) => (track.form, contiguous_end(sequence, track)),
            None => return Err(Refusal::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, first)),
        },
    };
    if range.end > end || first >= end {
        return Err(Refusal::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, end.max(first)));
    }
    if let Some(block) = defects::first_damaged(disc, range) {
        return Err(Refusal::at_block(codes::UNRECOVERED_READ_ERROR, block));
    }
    Ok(form)
}

/// The end of what was recorded without a gap from this track on, in tracks of the same form.
fn contiguous_end(sequence: &Sequence, track: &Track) -> i32 {
    let mut end = track.next;
    for (_, later) in sequence.tracks().filter(|(_, later)| later.start > track.start) {
        if later.start - later.pre_gap as i32 > end || later.form != track.form {
            break;
        }
        end = later.next;
    }
    end
}

/// The track that this block was recorded in, its pause included.
pub(crate) fn track_at(sequence: &Sequence, block: i32) -> Option<&Track> {
    sequence
        .tracks()
        .map(|(_, track)| track)
        .find(|track| (track.start - track.pre_gap as i32..track.next).contains(&block))
}

/// Blocks as a range.
///
/// # Errors
/// LOGICAL BLOCK ADDRESS OUT OF RANGE when no address is that high.
pub(crate) fn blocks_of(first: i32, blocks: u32) -> Result<Range<i32>, Refusal> {
    i32::try_from(blocks)
        .ok()
        .and_then(|blocks| first.checked_add(blocks))
        .map(|end| first..end)
        .ok_or(Refusal::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, first))
}
