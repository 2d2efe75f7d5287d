//! Where a WRITE goes in sequential recording mode.

use super::{aligned, formats, pow, tracks, user_end};
use crate::refusal::Refusal;
use crate::rules::Placement;
use crate::rules::shared::{blocks_of, defects};
use crate::state::{DiscState, Recording, Sequence, Track};
use core::ops::Range;
use discrig_wire::sense::codes;

/// What a WRITE does.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Way {
    /// Goes on in this track.
    Append(u16),
    /// Begins this track.
    Begin(Track),
    /// Replaces what was recorded, and goes on behind it.
    Replace(pow::Replacement),
}

fn check_bounds(range: &Range<i32>, end: i32) -> Result<(), Refusal> {
    if range.start < 0 || range.end > end || range.start >= end {
        let block = if range.start < 0 { range.start } else { range.start.max(end) };
        return Err(Refusal::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, block));
    }
    Ok(())
}

fn way(disc: &DiscState, sequence: &Sequence, range: &Range<i32>) -> Result<Way, Refusal> {
    let end = user_end(disc, sequence);
    if let Some(track) = tracks::going_on_at(sequence, range.start) {
        let limit = track.end.unwrap_or(end);
        return if range.end <= limit {
            Ok(Way::Append(track.number))
        } else {
            Err(Refusal::at_block(codes::END_OF_USER_AREA_ENCOUNTERED_ON_THIS_TRACK, limit))
        };
    }
    if let Some(next) = tracks::next(disc, sequence).filter(|next| next.start == range.start) {
        return Ok(Way::Begin(next));
    }
    match &sequence.pow {
        Some(state) => pow::replacement(disc, sequence, state, range).map(Way::Replace),
        None => Err(Refusal::at_block(codes::INVALID_ADDRESS_FOR_WRITE, range.start)),
    }
}

pub(super) fn write(
    disc: &DiscState,
    sequence: &Sequence,
    first: i32,
    blocks: u32,
) -> Result<Placement, Refusal> {
    if sequence.finalized {
        return Err(codes::WRITE_PROTECTED.into());
    }
    let range = blocks_of(first, blocks)?;
    check_bounds(&range, user_end(disc, sequence))?;
    // A WRITE of nothing may be anywhere.
    if range.is_empty() {
        return Ok(Placement::USER);
    }
    way(disc, sequence, &range)?;
    defects::check_spares(disc, sequence.spares, range)?;
    Ok(Placement::USER)
}

pub(super) fn written(disc: &mut DiscState, range: Range<i32>) {
    let Recording::Sequential(sequence) = &disc.recording else { return };
    let end = user_end(disc, sequence);
    if range.is_empty() {
        return;
    }
    // What is written was found permitted before.
    let Ok(way) = way(disc, sequence, &range) else { return };
    let Recording::Sequential(sequence) = &mut disc.recording else { return };
    sequence.format.get_or_insert(formats::AUTOMATIC);
    match way {
        Way::Append(number) => tracks::advance(sequence, number, range.end, end),
        Way::Begin(track) => {
            let number = track.number;
            tracks::begin(sequence, track);
            tracks::advance(sequence, number, range.end, end);
        }
        Way::Replace(replacement) => pow::replace(sequence, replacement, end),
    }
    let spares = sequence.spares;
    defects::replace(disc, spares, range);
}

/// The end of what was recorded without a gap from this block on, where it was recorded.
pub(super) fn recorded_to(sequence: &Sequence, first: i32) -> Option<i32> {
    let mut end = None;
    for (_, track) in sequence.tracks() {
        if (track.start..track.next).contains(&end.unwrap_or(first)) {
            end = Some(track.next);
        }
    }
    end
}

/// Blocks of whole clusters between the next cluster and the end.
pub(super) fn room(next: i32, end: i32) -> i32 {
    (end - aligned(next)).max(0)
}
