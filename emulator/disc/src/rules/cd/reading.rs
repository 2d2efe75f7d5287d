//! What can be read of CDs that are recorded track by track (MMC-5 6.15).

use super::super::shared;
use crate::refusal::Refusal;
use crate::state::{DiscState, Form, Packets, Recording, Track, TrackStatus};
use discrig_wire::sense::{SenseCode, codes};

/// The last block before the lead-out of the last complete session. Behind fixed packets it is their last one: links have no addresses
/// (method 2), so the lead-out lies further out than blocks go.
pub(super) fn last_block(disc: &DiscState) -> u32 {
    let closed = match &disc.recording {
        Recording::Sequential(sequence) => sequence.last_closed(),
        Recording::Random(_) => None,
    };
    match closed.and_then(|session| session.tracks.last()) {
        Some(track) if matches!(track.packets, Packets::Fixed(_)) => {
            u32::try_from(track.next - 1).unwrap_or(0)
        }
        _ => shared::last_block(disc),
    }
}

/// Whether blocks can be read, and what they are made of. No read goes on where the form of blocks changes.
pub(super) fn readable(disc: &DiscState, first: i32, blocks: u32) -> Result<Form, Refusal> {
    let Recording::Sequential(sequence) = &disc.recording else {
        return shared::readable(disc, first, blocks);
    };
    let range = shared::blocks_of(first, blocks)?;
    let mut form = None;
    let mut block = range.start;
    loop {
        let Some(track) = shared::track_at(sequence, block) else {
            return Err(Refusal::at_block(missing(disc, block), block));
        };
        let (here, mut until) = stretch(track, block);
        if *form.get_or_insert(here) != here {
            return Err(Refusal::at_block(codes::ILLEGAL_MODE_FOR_THIS_TRACK, block));
        }
        until = until.min(range.end);
        if let Some(link) = track.links.iter().find(|link| link.start < until && link.end > block) {
            return Err(Refusal::at_block(unreadable(track), link.start.max(block)));
        }
        if disc.damaged.intersects(block..until) {
            let bad = (block..until).find(|at| disc.damaged.covers(*at..at + 1)).unwrap_or(block);
            return Err(Refusal::at_block(unreadable(track), bad));
        }
        block = until;
        if block >= range.end {
            return Ok(here);
        }
    }
}

/// What a block of a track is made of, and where that ends at the latest.
fn stretch(track: &Track, block: i32) -> (Form, i32) {
    if block >= track.start {
        return (track.form, track.next);
    }
    let from = track.gap_forms.partition_point(|(start, _)| *start <= block);
    let form = from.checked_sub(1).map_or(track.form, |at| track.gap_forms[at].1);
    let until = track.gap_forms.get(from).map_or(track.start, |(start, _)| *start);
    (form, until.min(track.next))
}

/// Why a block that no track recorded cannot be read: what lies between a track's data and its end is recorded without any.
fn missing(disc: &DiscState, block: i32) -> SenseCode {
    let Recording::Sequential(sequence) = &disc.recording else {
        return codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE;
    };
    sequence
        .tracks()
        .map(|(_, track)| track)
        .find(|track| {
            track.status == TrackStatus::Complete
                && track.end.is_some_and(|end| (track.next..end).contains(&block))
        })
        .map_or(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, unreadable)
}

/// What cannot be corrected: the layered code of data, or the first layer alone of audio.
fn unreadable(track: &Track) -> SenseCode {
    if track.form == Form::Audio { codes::CIRC_UNRECOVERED_ERROR } else { codes::L_EC_UNCORRECTABLE_ERROR }
}
