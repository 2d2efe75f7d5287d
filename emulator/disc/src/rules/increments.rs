//! Recording in increments of whole ECC blocks: what DVD-R, DVD-RW and DVD+R have in common.

use super::shared::blocks_of;
use crate::refusal::Refusal;
use crate::state::{DiscState, OpenPacket, Recording, Sequence, Session, Track, TrackStatus};
use discrig_wire::sense::codes;

/// Blocks of an ECC block.
pub(super) const BLOCKING: i32 = 16;

/// The first boundary of ECC blocks from this block on.
pub(super) fn aligned(block: i32) -> i32 {
    block.saturating_add(BLOCKING - 1).div_euclid(BLOCKING) * BLOCKING
}

/// The disc with this recorded on it instead.
pub(super) fn with(disc: &DiscState, sequence: Sequence) -> DiscState {
    DiscState { recording: Recording::Sequential(sequence), ..disc.clone() }
}

/// The track of the open session whose next block this is.
pub(super) fn going_on_at(sequence: &Sequence, first: i32) -> Option<&Track> {
    sequence.open_session()?.tracks.iter().rev().find(|track| track.next == first && track.is_writable())
}

/// A track of the open session, to be changed.
pub(super) fn open_track(sequence: &mut Sequence, number: u16) -> Option<&mut Track> {
    let session = sequence.sessions.last_mut().filter(|session| !session.closed)?;
    session.tracks.iter_mut().rev().find(|track| track.number == number)
}

/// Whether a WRITE of `blocks` blocks at `first` goes on in a track or begins the next one, and ends in it.
///
/// # Errors
/// INVALID ADDRESS FOR WRITE at any other address of the disc; LOGICAL BLOCK ADDRESS OUT OF RANGE beyond it; END OF USER AREA ENCOUNTERED ON
/// THIS TRACK where the WRITE leaves a reservation.
pub(super) fn check_address(
    sequence: &Sequence,
    next: impl FnOnce() -> Option<Track>,
    capacity: i32,
    first: i32,
    blocks: u32,
) -> Result<(), Refusal> {
    let range = blocks_of(first, blocks)?;
    let limit = match going_on_at(sequence, first) {
        Some(track) => track.end,
        None if next().is_some_and(|next| next.start == first) => None,
        None if (0..capacity).contains(&first) => {
            return Err(Refusal::at_block(codes::INVALID_ADDRESS_FOR_WRITE, first));
        }
        None => return Err(Refusal::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, first)),
    };
    match limit {
        Some(end) if range.end > end => {
            Err(Refusal::at_block(codes::END_OF_USER_AREA_ENCOUNTERED_ON_THIS_TRACK, end))
        }
        None if range.end > capacity => {
            Err(Refusal::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, capacity))
        }
        _ => Ok(()),
    }
}

/// Begins a track, and with it a session where none is open.
pub(super) fn begin(sequence: &mut Sequence, track: Track, lead_in: Option<i32>) {
    match sequence.sessions.last_mut().filter(|session| !session.closed) {
        Some(session) => session.tracks.push(track),
        None => sequence.sessions.push(Session { tracks: vec![track], lead_in, ..Session::default() }),
    }
}

/// Notes blocks that were written in this track of the open session. A packet in another track ends; this one has one from now on.
pub(super) fn advance(sequence: &mut Sequence, number: u16, blocks: u32, link_loss: u16, capacity: i32) {
    if sequence.packet.is_some_and(|packet| packet.track != number) {
        end_packet(sequence, capacity);
    }
    sequence.packet = Some(OpenPacket { track: number, link_loss });
    if let Some(track) = open_track(sequence, number) {
        track.next = track.next.saturating_add_unsigned(blocks);
        end_at_capacity(track, capacity);
    }
}

/// A track that has come to the end of the disc ends there.
fn end_at_capacity(track: &mut Track, capacity: i32) {
    if track.end.is_none() && track.jumps.is_empty() && track.next >= capacity {
        track.end = Some(capacity);
    }
}

/// Ends the packet that is open: what its last ECC block lacks is padded, and the link to the next one takes its blocks. How many blocks that
/// are.
pub(super) fn end_packet(sequence: &mut Sequence, capacity: i32) -> u64 {
    let Some(packet) = sequence.packet.take() else { return 0 };
    let Some(track) = open_track(sequence, packet.track) else { return 0 };
    let before = track.next;
    track.next = (aligned(before) + i32::from(packet.link_loss)).min(track.end.unwrap_or(capacity));
    end_at_capacity(track, capacity);
    u64::from(before.abs_diff(track.next))
}

/// Completes a track: what was reserved and not written is padded with zeros (MMC-5 6.3.3.4.2). How many blocks that are.
pub(super) fn complete(track: &mut Track) -> u64 {
    if track.status == TrackStatus::Complete {
        return 0;
    }
    let before = track.next;
    let end = track.end.unwrap_or(aligned(before));
    (track.next, track.end, track.status) = (end, Some(end), TrackStatus::Complete);
    u64::from(before.abs_diff(end))
}

/// Completes every track of the open session, which is closed then. How many blocks were padded.
pub(super) fn close_session(sequence: &mut Sequence) -> u64 {
    let Some(session) = sequence.sessions.last_mut().filter(|session| !session.closed) else { return 0 };
    let padding = session.tracks.iter_mut().map(complete).sum();
    session.closed = true;
    session.lead_out = session.tracks.last().and_then(|track| track.end);
    padding
}

/// Whether every reserved track of the open session was written to its end, or was damaged and will never be.
///
/// # Errors
/// SESSION FIXATION ERROR - INCOMPLETE TRACK IN SESSION.
pub(super) fn check_reservations(sequence: &Sequence) -> Result<(), Refusal> {
    let unfinished = |track: &Track| track.status == TrackStatus::Reserved && track.is_writable();
    match sequence.open_session() {
        Some(session) if session.tracks.iter().any(unfinished) => {
            Err(codes::SESSION_FIXATION_ERROR_INCOMPLETE_TRACK_IN_SESSION.into())
        }
        _ => Ok(()),
    }
}
