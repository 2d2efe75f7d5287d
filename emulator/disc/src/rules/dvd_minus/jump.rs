//! Layer jump recording of DVD-R DL: a track goes on layer 0 up to a jump, then on layer 1 back to where it stands above its beginning, and
//! again on layer 0 after the jump.
//!
//! With `M` blocks on layer 0, the block of layer 1 above block `b` of layer 0 is `2M - 1 - b`. A track's `jumps` are the last blocks on layer 0
//! before each jump; of a complete track, `end` is the end of its part on layer 0, which what it has on layer 1 mirrors.

use super::super::increments::{BLOCKING, aligned, going_on_at, open_track, with};
use super::super::shared::blocks_of;
use super::super::{Change, Task};
use super::sequential;
use crate::kind::MediumKind;
use crate::refusal::Refusal;
use crate::state::{DiscState, Form, Sequence, Track, TrackStatus};
use core::ops::Range;
use discrig_wire::sense::codes;
use discrig_wire::structure::DvdStructure;

/// Blocks of layer 0: where the (shifted) middle area begins.
pub(super) fn middle(kind: MediumKind, sequence: &Sequence) -> i32 {
    sequence.layer_boundary.unwrap_or(kind.spec().capacity as i32 / 2)
}

/// Whether recording stands on layer 0. The first block of layer 1 is its next one only after a jump at the very end of layer 0.
fn is_on_layer_0(track: &Track, middle: i32) -> bool {
    track.next < middle || track.next == middle && track.jumps.last() != Some(&(middle - 1))
}

/// Where the stretch on layer 0 began that recording is in, or above.
fn stretch(track: &Track, middle: i32) -> i32 {
    let done =
        if is_on_layer_0(track, middle) { track.jumps.len() } else { track.jumps.len().saturating_sub(1) };
    match done.checked_sub(1).and_then(|last| track.jumps.get(last)) {
        Some(jump) => jump + 1,
        None => track.start,
    }
}

/// The end of what can be recorded before the next jump.
fn run_end(sequence: &Sequence, track: &Track, middle: i32) -> i32 {
    let begun = stretch(track, middle);
    if !is_on_layer_0(track, middle) {
        return 2 * middle - begun;
    }
    let regular = sequence.jump_interval.filter(|blocks| *blocks > 0);
    let regular = regular.map(|blocks| begun.saturating_add_unsigned(blocks));
    let manual = sequence.jump_at.map(|jump| jump + 1);
    [regular, manual].into_iter().flatten().filter(|end| *end >= track.next).fold(middle, i32::min)
}

/// The last block before the next jump of a track that can be written.
pub(super) fn next(kind: MediumKind, sequence: &Sequence, track: &Track) -> Option<i32> {
    let open = track.status == TrackStatus::Open;
    open.then(|| run_end(sequence, track, middle(kind, sequence)) - 1)
}

/// Jumps when recording has come to the end of its stretch.
pub(super) fn settle(kind: MediumKind, sequence: &mut Sequence, number: u16) {
    let middle = middle(kind, sequence);
    let Some(end) = going_on(sequence, number).map(|track| run_end(sequence, track, middle)) else { return };
    let Some(track) = open_track(sequence, number).filter(|track| track.next >= end) else { return };
    if is_on_layer_0(track, middle) {
        track.jumps.push(end - 1);
        track.next = 2 * middle - end;
        sequence.jump_at = sequence.jump_at.filter(|jump| *jump >= end);
        return;
    }
    let back = track.jumps.last().map_or(track.start, |jump| jump + 1);
    track.next = back;
    if back >= middle {
        // Both layers are full.
        (track.end, track.status) = (Some(back), TrackStatus::Complete);
    }
}

fn going_on(sequence: &Sequence, number: u16) -> Option<&Track> {
    let tracks = &sequence.open_session()?.tracks;
    tracks.iter().rev().find(|track| track.number == number && track.is_writable())
}

/// Whether a WRITE begins at the next writable address and ends before the next jump.
///
/// # Errors
/// INVALID WRITE CROSSING LAYER JUMP, or what any wrong address gets.
pub(super) fn check_address(
    kind: MediumKind,
    sequence: &Sequence,
    first: i32,
    blocks: u32,
) -> Result<(), Refusal> {
    let range = blocks_of(first, blocks)?;
    let middle = middle(kind, sequence);
    let end = match going_on_at(sequence, first) {
        Some(track) => run_end(sequence, track, middle),
        None => match sequential::next_track(kind, sequence) {
            Some(next) if next.start == first => run_end(sequence, &next, middle),
            _ if (0..2 * middle).contains(&first) => {
                return Err(Refusal::at_block(codes::INVALID_ADDRESS_FOR_WRITE, first));
            }
            _ => return Err(Refusal::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, first)),
        },
    };
    if range.end > end {
        return Err(Refusal::at_block(codes::INVALID_WRITE_CROSSING_LAYER_JUMP, end));
    }
    Ok(())
}

/// Completes a track: layer 1 has to cover what it has on layer 0. How many blocks were padded.
pub(super) fn complete(track: &mut Track, middle: i32) -> u64 {
    if track.status == TrackStatus::Complete {
        return 0;
    }
    let begun = stretch(track, middle);
    let (end, padding) = if is_on_layer_0(track, middle) {
        if track.next > begun {
            track.jumps.push(track.next - 1);
        }
        (track.next, track.next - begun)
    } else {
        (track.jumps.last().map_or(track.start, |jump| jump + 1), 2 * middle - begun - track.next)
    };
    (track.next, track.end, track.status) = (end, Some(end), TrackStatus::Complete);
    u64::from(padding.unsigned_abs())
}

/// What is recorded of a track: on layer 0, then on layer 1 what was completed above it, and what is being recorded there.
pub(super) fn recorded(track: &Track, middle: i32) -> [Range<i32>; 3] {
    let jumped = track.jumps.last().map_or(track.start, |jump| jump + 1);
    if track.status == TrackStatus::Complete {
        return [track.start..track.next, 2 * middle - track.next..2 * middle - track.start, 0..0];
    }
    if is_on_layer_0(track, middle) {
        return [track.start..track.next, 2 * middle - jumped..2 * middle - track.start, 0..0];
    }
    let above = stretch(track, middle);
    [track.start..jumped, 2 * middle - above..2 * middle - track.start, 2 * middle - jumped..track.next]
}

/// Whether blocks were recorded, on either layer.
pub(super) fn readable(
    disc: &DiscState,
    sequence: &Sequence,
    first: i32,
    blocks: u32,
) -> Result<Form, Refusal> {
    let range = blocks_of(first, blocks)?;
    let middle = middle(disc.kind, sequence);
    let mut at = first;
    // Stretches of several tracks, or of both layers, may follow each other without a gap.
    while at < range.end || at == first {
        let stretches = sequence.tracks().flat_map(|(_, track)| recorded(track, middle));
        match stretches.into_iter().find(|stretch| stretch.contains(&at)) {
            Some(stretch) => at = stretch.end,
            None => return Err(Refusal::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, at)),
        }
    }
    if disc.damaged.intersects(range.clone()) {
        let block = range.into_iter().find(|block| disc.damaged.covers(*block..block + 1)).unwrap_or(first);
        return Err(Refusal::at_block(codes::UNRECOVERED_READ_ERROR, block));
    }
    Ok(Form::Mode1)
}

/// SEND DISC STRUCTURE formats 21h to 23h: four reserved bytes, then an address or a length.
pub(super) fn send_structure(
    disc: &DiscState,
    sequence: &Sequence,
    format: u8,
    bytes: &[u8],
) -> Result<Change, Refusal> {
    let format = DvdStructure(format);
    let known =
        [DvdStructure::SHIFTED_MIDDLE_AREA, DvdStructure::JUMP_INTERVAL, DvdStructure::MANUAL_LAYER_JUMP];
    if !known.contains(&format) {
        return Err(Refusal::field("format"));
    }
    let &[_, _, _, _, a, b, c, d] = bytes else { return Err(codes::PARAMETER_LIST_LENGTH_ERROR.into()) };
    if sequence.finalized {
        return Err(codes::WRITE_PROTECTED.into());
    }
    let jumps = sequence.jump_interval.is_some();
    // The middle area stays where it is as soon as something is recorded, and who began in sequence goes on in sequence.
    if !sequence.is_blank() && (format == DvdStructure::SHIFTED_MIDDLE_AREA || !jumps) {
        return Err(codes::COMMAND_SEQUENCE_ERROR.into());
    }
    let wrong = Err(Refusal::parameter(8, Some(7)));
    let Ok(value) = i32::try_from(u32::from_be_bytes([a, b, c, d])) else { return wrong };
    let middle = middle(disc.kind, sequence);
    let mut after = sequence.clone();
    let blocks = sequential::flush(disc.kind, &mut after);
    match format {
        DvdStructure::SHIFTED_MIDDLE_AREA => {
            let boundary = aligned(value);
            if value == 0 || boundary > disc.kind.spec().capacity as i32 / 2 {
                return wrong;
            }
            after.layer_boundary = Some(boundary);
        }
        DvdStructure::JUMP_INTERVAL => {
            let interval = aligned(value);
            if interval > middle {
                return wrong;
            }
            after.jump_interval = Some(interval.unsigned_abs());
        }
        _ => {
            let reached = match after.last_track().filter(|track| track.end.is_none()) {
                Some(track) if is_on_layer_0(track, middle) => track.next,
                Some(track) => track.jumps.last().map_or(track.start, |jump| jump + 1),
                None => sequential::next_track(disc.kind, &after).map_or(middle, |next| next.start),
            };
            // A jump is made at the end of an ECC block that is not recorded yet.
            if value < reached || value >= middle || (value + 1) % BLOCKING != 0 {
                return wrong;
            }
            after.jump_at = Some(value);
            after.jump_interval = Some(sequence.jump_interval.unwrap_or(0));
        }
    }
    if let Some(number) = after.last_track().map(|track| track.number) {
        settle(disc.kind, &mut after, number);
    }
    Ok(Change { blocks, ..Change::to(with(disc, after), Task::Note) })
}
