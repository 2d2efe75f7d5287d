//! Fragments: begun, reserved, split and closed.

use super::super::increments::{
    BLOCKING, advance, aligned, begin, complete, end_packet, going_on_at, open_track, with,
};
use super::super::{Change, Task};
use super::{CLOSURE, capacity};
use crate::kind::MediumKind;
use crate::refusal::Refusal;
use crate::state::{DiscState, Packets, Sequence, Track, TrackStatus};
use discrig_wire::sense::codes;

/// Fragments of a session (ECMA-349).
pub(super) const MOST_IN_SESSION: u16 = 16;
/// Sessions of a disc (ECMA-349). Drives were seen to stop at 153.
pub(super) const MOST_SESSIONS: usize = 191;
/// Fragments of a disc: FFh is the number of the one that is not begun.
pub(super) const MOST_TRACKS: u16 = 0xFE;
/// Number by which CLOSE TRACK/SESSION means the fragment that is incomplete.
const INCOMPLETE: u16 = 0xFF;
/// Blocks of the run-in before each fragment but the first of a session.
const RUN_IN: i32 = BLOCKING;

/// The fragment that would be begun next.
pub(super) fn next(kind: MediumKind, sequence: &Sequence) -> Option<Track> {
    let number = sequence.last_track().map_or(1, |track| track.number.saturating_add(1));
    let start = match (sequence.open_session(), sequence.last_closed()) {
        _ if sequence.finalized || number > MOST_TRACKS => return None,
        (Some(session), _) if session.tracks.len() < usize::from(MOST_IN_SESSION) => {
            session.tracks.last()?.end? + RUN_IN
        }
        (Some(_), _) => return None,
        (None, Some(_)) if sequence.sessions.len() >= MOST_SESSIONS => return None,
        (None, Some(session)) => session.lead_out? + 2 * CLOSURE,
        (None, None) => 0,
    };
    (start + BLOCKING <= capacity(kind, sequence))
        .then(|| Track { packets: Packets::Variable, ..Track::open(number, start) })
}

/// Begins a fragment, and with it a session. From the second one on a session has an intro.
fn begin_fragment(sequence: &mut Sequence, track: Track) {
    let intro = (!sequence.sessions.is_empty()).then_some(track.start - CLOSURE);
    begin(sequence, track, intro);
}

pub(super) fn written(kind: MediumKind, sequence: &mut Sequence, first: i32, blocks: u32) {
    if blocks == 0 {
        return;
    }
    let number = match going_on_at(sequence, first) {
        Some(track) => track.number,
        None => {
            let Some(track) = next(kind, sequence) else { return };
            let number = track.number;
            begin_fragment(sequence, track);
            number
        }
    };
    let capacity = capacity(kind, sequence);
    advance(sequence, number, blocks, 0, capacity);
}

/// Why there is no next fragment: one has to be closed first, or there can be no more.
fn no_next(sequence: &Sequence) -> Refusal {
    let open = sequence.last_track().is_some_and(|track| track.end.is_none());
    if open { codes::COMMAND_SEQUENCE_ERROR } else { codes::NO_MORE_TRACK_RESERVATIONS_ALLOWED }.into()
}

/// RESERVE TRACK with a size, rounded up to ECC blocks.
pub(super) fn reserve(kind: MediumKind, sequence: &mut Sequence, size: u32) -> Result<(), Refusal> {
    let next = next(kind, sequence).ok_or_else(|| no_next(sequence))?;
    if size == 0 {
        return Err(Refusal::field("parameter"));
    }
    let end = next.start.saturating_add(i32::try_from(size).map_or(i32::MAX, aligned));
    if end > capacity(kind, sequence) {
        return Err(codes::PACKET_DOES_NOT_FIT_IN_AVAILABLE_SPACE.into());
    }
    begin_fragment(sequence, Track { end: Some(end), status: TrackStatus::Reserved, ..next });
    Ok(())
}

/// RESERVE TRACK with an address: what can still be recorded of a fragment is split, and a fragment begins there.
pub(super) fn split(kind: MediumKind, sequence: &mut Sequence, address: i32) -> Result<(), Refusal> {
    if !(0..capacity(kind, sequence)).contains(&address) {
        return Err(Refusal::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, address));
    }
    // Before the fragment that begins there, its run-in and at least one ECC block have to fit.
    let fits = |track: &Track| {
        let room = aligned(track.next.max(track.start + BLOCKING)) + RUN_IN;
        track.end.is_none_or(|end| address < end) && room <= address && address % BLOCKING == 0
    };
    let session = sequence.open_session().map_or(0, |session| session.tracks.len());
    let last = sequence.last_track().map_or(0, |track| track.number);
    let most = session >= usize::from(MOST_IN_SESSION) || last >= MOST_TRACKS;
    let holder = sequence.open_session().and_then(|session| {
        session.tracks.iter().find(|track| track.is_writable() && fits(track)).map(|track| track.number)
    });
    match (holder, next(kind, sequence)) {
        _ if most => Err(codes::NO_MORE_TRACK_RESERVATIONS_ALLOWED.into()),
        (Some(number), _) => {
            split_at(sequence, number, address);
            Ok(())
        }
        (None, Some(next)) if fits(&next) => {
            begin_fragment(
                sequence,
                Track { end: Some(address - RUN_IN), status: TrackStatus::Reserved, ..next },
            );
            Ok(())
        }
        _ => Err(Refusal::field("parameter")),
    }
}

/// Ends a fragment before `address`; a reserved one goes on there as a fragment of its own, after which all others count one more.
fn split_at(sequence: &mut Sequence, number: u16, address: i32) {
    let Some(session) = sequence.sessions.last_mut() else { return };
    let Some(at) = session.tracks.iter().position(|track| track.number == number) else { return };
    let end = session.tracks[at].end.replace(address - RUN_IN);
    session.tracks[at].status = TrackStatus::Reserved;
    // The rest of an incomplete fragment is the one that is not begun.
    let Some(end) = end else { return };
    for track in &mut session.tracks[at + 1..] {
        track.number += 1;
    }
    let rest = Track {
        end: Some(end),
        status: TrackStatus::Reserved,
        packets: Packets::Variable,
        ..Track::open(number + 1, address)
    };
    session.tracks.insert(at + 1, rest);
}

/// CLOSE function 001b (MMC-5 6.3.3.4.2).
pub(super) fn close(disc: &DiscState, sequence: &Sequence, number: u16) -> Result<Change, Refusal> {
    let incomplete = sequence.open_session().and_then(|session| session.tracks.last());
    let unborn = next(disc.kind, sequence);
    let number = match incomplete.filter(|track| track.end.is_none()) {
        Some(track) if number == INCOMPLETE => track.number,
        _ => number,
    };
    match sequence.track(number) {
        Some((_, track)) if track.status == TrackStatus::Complete => return Ok(Change::nothing(disc)),
        Some(_) => {}
        None if number == INCOMPLETE || unborn.is_some_and(|unborn| unborn.number == number) => {
            return Ok(Change::nothing(disc));
        }
        None => return Err(Refusal::field("track_number")),
    }
    let mut after = sequence.clone();
    let limit = capacity(disc.kind, &after);
    let mut blocks = end_packet(&mut after, limit);
    if let Some(track) = open_track(&mut after, number) {
        blocks += complete(track);
    }
    Ok(Change { blocks, ..Change::to(with(disc, after), Task::CloseTrack) })
}
