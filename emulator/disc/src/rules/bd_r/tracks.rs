//! Tracks and sessions of sequential recording mode (MMC-5 4.5.3.5.2): how they begin, are reserved, split and closed.

use super::{MAXIMUM_OPEN_TRACKS, MAXIMUM_TRACKS, aligned, formats, user_end, with};
use crate::refusal::Refusal;
use crate::rules::{Change, Task};
use crate::state::{DiscState, Sequence, Session, Track, TrackStatus};
use discrig_wire::sense::codes;

/// Data that are recorded incrementally.
const INCREMENTAL: u8 = 5;

/// The track of the open session whose next block this is.
pub(super) fn going_on_at(sequence: &Sequence, first: i32) -> Option<&Track> {
    sequence.open_session()?.tracks.iter().rev().find(|track| track.next == first && track.is_writable())
}

/// The track that takes what is left of the disc, where no track does already.
pub(super) fn next(disc: &DiscState, sequence: &Sequence) -> Option<Track> {
    if sequence.finalized {
        return None;
    }
    let (number, start) = match sequence.last_track() {
        Some(last) => (last.number + 1, last.end?),
        None => (1, 0),
    };
    let room = start < user_end(disc, sequence) && number <= MAXIMUM_TRACKS;
    room.then(|| Track { control: INCREMENTAL, ..Track::open(number, start) })
}

/// Begins a track, and with it a session where none is open.
pub(super) fn begin(sequence: &mut Sequence, track: Track) {
    match sequence.sessions.last_mut().filter(|session| !session.closed) {
        Some(session) => session.tracks.push(track),
        None => sequence.sessions.push(Session { tracks: vec![track], ..Session::default() }),
    }
}

/// A track of the open session was recorded up to this block. At the end of the disc it has an end.
pub(super) fn advance(sequence: &mut Sequence, number: u16, next: i32, end: i32) {
    let Some(session) = sequence.sessions.last_mut().filter(|session| !session.closed) else { return };
    if let Some(track) = session.tracks.iter_mut().rev().find(|track| track.number == number) {
        track.next = track.end.unwrap_or(end).min(next);
        if track.end.is_none() && track.next >= end {
            track.end = Some(end);
        }
    }
}

/// Pads the last cluster of a track. How many blocks that are.
fn pad(track: &mut Track, end: i32) -> u64 {
    let before = track.next;
    track.next = aligned(before).min(track.end.unwrap_or(end));
    if track.end.is_none() && track.next >= end {
        track.end = Some(end);
    }
    u64::from(before.abs_diff(track.next))
}

fn pad_all(sequence: &mut Sequence, end: i32) -> u64 {
    match sequence.sessions.last_mut().filter(|session| !session.closed) {
        Some(session) => {
            session.tracks.iter_mut().filter(|track| track.is_writable()).map(|track| pad(track, end)).sum()
        }
        None => 0,
    }
}

/// What the tracks' last clusters lack is padded, and the map of pseudo-overwrite is written when it was changed.
pub(super) fn synchronize(disc: &DiscState, sequence: &Sequence) -> Change {
    let end = user_end(disc, sequence);
    let mut after = sequence.clone();
    let blocks = pad_all(&mut after, end);
    if let Some(pow) = after.pow.as_mut().filter(|pow| pow.pending) {
        pow.pending = false;
        pow.updates = pow.updates.saturating_add(1);
    }
    Change { blocks, ..Change::to(with(disc, after), Task::Synchronize) }
}

/// Whether one more track can be open, beside the one that takes what is left.
fn check_open_tracks(sequence: &Sequence, number: u16) -> Result<(), Refusal> {
    let open = sequence
        .open_session()
        .map_or(0, |session| session.tracks.iter().filter(|track| track.is_writable()).count());
    if open + 1 >= usize::from(MAXIMUM_OPEN_TRACKS) || number >= MAXIMUM_TRACKS {
        return Err(codes::NO_MORE_TRACK_RESERVATIONS_ALLOWED.into());
    }
    Ok(())
}

fn reserved(track: &Track, end: i32) -> Track {
    Track { status: TrackStatus::Reserved, end: Some(end), ..track.clone() }
}

/// Reserves blocks from the next writable address on, in whole clusters.
pub(super) fn reserve(disc: &DiscState, sequence: &Sequence, blocks: u32) -> Result<Change, Refusal> {
    if blocks == 0 {
        return Err(Refusal::field("parameter"));
    }
    let Some(track) = next(disc, sequence) else {
        // Either a track takes what is left, which can be split, or nothing is.
        return Err(match sequence.last_track() {
            Some(last) if last.is_writable() && last.end.is_none() => codes::COMMAND_SEQUENCE_ERROR.into(),
            _ => codes::PACKET_DOES_NOT_FIT_IN_AVAILABLE_SPACE.into(),
        });
    };
    check_open_tracks(sequence, track.number)?;
    let end = i32::try_from(blocks).ok().and_then(|blocks| track.start.checked_add(blocks)).map(aligned);
    match end.filter(|end| *end <= user_end(disc, sequence)) {
        Some(end) => Ok(begun(disc, sequence, reserved(&track, end))),
        None => Err(codes::PACKET_DOES_NOT_FIT_IN_AVAILABLE_SPACE.into()),
    }
}

fn begun(disc: &DiscState, sequence: &Sequence, track: Track) -> Change {
    let mut after = sequence.clone();
    after.format.get_or_insert(formats::AUTOMATIC);
    begin(&mut after, track);
    Change::to(with(disc, after), Task::Note)
}

/// Splits the track that is open at this address, of which nothing from there on was recorded: its rest becomes the next track.
pub(super) fn split(disc: &DiscState, sequence: &Sequence, address: i32) -> Result<Change, Refusal> {
    let end = user_end(disc, sequence);
    let within =
        |track: &Track| track.is_writable() && track.next < address && address < track.end.unwrap_or(end);
    let invalid = Refusal::field("parameter");
    if address != aligned(address) {
        return Err(invalid);
    }
    if let Some(unborn) = next(disc, sequence).filter(within) {
        check_open_tracks(sequence, unborn.number)?;
        return Ok(begun(disc, sequence, reserved(&unborn, address)));
    }
    let session = sequence.open_session().ok_or(invalid)?;
    let at = session.tracks.iter().position(within).ok_or(invalid)?;
    check_open_tracks(sequence, session.tracks.last().map_or(0, |track| track.number))?;
    let mut after = sequence.clone();
    if let Some(session) = after.sessions.last_mut() {
        let rest = session.tracks[at].end;
        session.tracks[at] = reserved(&session.tracks[at], address);
        if let Some(rest) = rest {
            let second = Track { control: INCREMENTAL, ..Track::open(session.tracks[at].number, address) };
            session.tracks.insert(at + 1, reserved(&second, rest));
            session.tracks[at + 1..].iter_mut().for_each(|track| track.number += 1);
        }
    }
    Ok(Change::to(with(disc, after), Task::Note))
}

/// Nothing more is recorded in the track; what was reserved and not recorded stays so.
fn complete(track: &mut Track, end: i32) -> u64 {
    if track.status == TrackStatus::Complete {
        return 0;
    }
    let padding = pad(track, end);
    track.end.get_or_insert(track.next);
    track.status = TrackStatus::Complete;
    padding
}

pub(super) fn close(disc: &DiscState, sequence: &Sequence, number: u16) -> Result<Change, Refusal> {
    let unborn = next(disc, sequence).is_some_and(|next| next.number == number);
    match sequence.track(number) {
        None if unborn => return Ok(Change::nothing(disc)),
        None => return Err(Refusal::field("track_number")),
        Some((_, track)) if track.status == TrackStatus::Complete => return Ok(Change::nothing(disc)),
        Some(_) => {}
    }
    let end = user_end(disc, sequence);
    let mut after = sequence.clone();
    let blocks = after.track_mut(number).map_or(0, |track| complete(track, end));
    Ok(Change { blocks, ..Change::to(with(disc, after), Task::CloseTrack) })
}

/// Closes the open session, and finalizes the disc if asked to. Sessions follow each other without a gap.
pub(super) fn close_session(
    disc: &DiscState,
    sequence: &Sequence,
    finalize: bool,
) -> Result<Change, Refusal> {
    if sequence.finalized || !finalize && sequence.open_session().is_none() {
        return Ok(Change::nothing(disc));
    }
    if sequence.sessions.is_empty() {
        return Err(codes::CURRENT_PROGRAM_AREA_IS_EMPTY.into());
    }
    let unfinished = |track: &Track| track.status == TrackStatus::Reserved && track.is_writable();
    if sequence.open_session().is_some_and(|session| session.tracks.iter().any(unfinished)) {
        return Err(codes::SESSION_FIXATION_ERROR_INCOMPLETE_TRACK_IN_SESSION.into());
    }
    let end = user_end(disc, sequence);
    let mut after = sequence.clone();
    let mut blocks = 0;
    if let Some(session) = after.sessions.last_mut().filter(|session| !session.closed) {
        blocks = session.tracks.iter_mut().map(|track| complete(track, end)).sum();
        session.closed = true;
        session.lead_out = session.tracks.last().and_then(|track| track.end);
    }
    after.finalized = finalize;
    let task = if finalize { Task::Finalize } else { Task::CloseSession };
    Ok(Change { blocks, ..Change::to(with(disc, after), task) })
}
