//! Tracks at once, and packets: each WRITE goes on where the last one ended.

use super::super::Placement;
use super::blocks::{self, Blocks};
use super::{LEAD_IN_BLOCKS, LINK, PACKET, PAUSE, RUN_OUT, last_lead_out, next_lead_in, next_track};
use crate::refusal::Refusal;
use crate::state::{DiscState, Form, OpenPacket, Packets, Sequence, Session, Track, TrackStatus};
use core::ops::Range;
use discrig_wire::mode::WriteParametersPage;
use discrig_wire::sense::codes;

/// What such a WRITE is, or why it is refused.
pub(super) fn write(
    disc: &DiscState,
    sequence: &Sequence,
    page: &WriteParametersPage,
    range: Range<i32>,
) -> Result<Placement, Refusal> {
    let blocks = blocks::of(page)?;
    if range.is_empty() {
        return Ok(blocks.placement);
    }
    // A cue sheet to which nothing was written yet counts no more.
    let next = next_track(disc).map(|next| Track { next: next.start, ..next });
    let track = target(sequence, next.as_ref(), last_lead_out(disc), range.start)?;
    if !track_is_blank(track) && (track.form, track.control, track.packets) != blocks.of_track() {
        return Err(Refusal::at_block(codes::ILLEGAL_MODE_FOR_THIS_TRACK, range.start));
    }
    fit(track, &blocks, last_lead_out(disc), &range)?;
    Ok(blocks.placement)
}

impl Blocks {
    fn of_track(&self) -> (Form, u8, Packets) {
        (self.placement.form, self.control, self.packets)
    }
}

/// Nothing was written to the track: it takes what the first WRITE makes of it.
fn track_is_blank(track: &Track) -> bool {
    track.next <= track.start
}

/// The track that goes on at this block.
fn target<'a>(
    sequence: &'a Sequence,
    next: Option<&'a Track>,
    last: i32,
    first: i32,
) -> Result<&'a Track, Refusal> {
    let writable = sequence.open_session().into_iter().flat_map(|session| &session.tracks);
    let found = writable.chain(next).find(|track| track.is_writable() && track.next == first);
    let code = if first < last {
        codes::INVALID_ADDRESS_FOR_WRITE
    } else {
        codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE
    };
    found.ok_or(Refusal::at_block(code, first))
}

/// Whether the track has room, run-out included.
fn fit(track: &Track, blocks: &Blocks, last: i32, range: &Range<i32>) -> Result<(), Refusal> {
    let limit = track.end.unwrap_or(last);
    let reach = match blocks.packets {
        Packets::Fixed(_) => {
            if !(range.end - range.start).cast_unsigned().is_multiple_of(PACKET) {
                return Err(codes::INVALID_PACKET_SIZE.into());
            }
            track.start.saturating_add(recorded(range.end - track.start))
        }
        _ => range.end.saturating_add(RUN_OUT),
    };
    match (reach > limit, blocks.packets, track.end) {
        (false, ..) => Ok(()),
        (true, Packets::None, Some(end)) => {
            Err(Refusal::at_block(codes::END_OF_USER_AREA_ENCOUNTERED_ON_THIS_TRACK, end - RUN_OUT))
        }
        (true, Packets::None, None) => {
            Err(Refusal::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, last - RUN_OUT))
        }
        (true, ..) => Err(Refusal::at_block(codes::PACKET_DOES_NOT_FIT_IN_AVAILABLE_SPACE, range.start)),
    }
}

/// Blocks on the disc that so many blocks in fixed packets take: their links have no addresses (method 2).
pub(super) fn recorded(blocks: i32) -> i32 {
    let packet = PACKET as i32;
    let packets = i64::from(blocks) / i64::from(packet);
    i32::try_from(packets * i64::from(packet + LINK)).unwrap_or(i32::MAX)
}

/// Notes such a WRITE. `next` is the track that it may begin, `last` the last possible lead-out.
pub(super) fn written(
    sequence: &mut Sequence,
    page: &WriteParametersPage,
    next: Option<Track>,
    last: i32,
    first: i32,
    count: u32,
) {
    let Ok(blocks) = blocks::of(page) else { return };
    sequence.cue = None;
    let goes_on = |session: &Session| {
        session.tracks.iter().position(|track| track.is_writable() && track.next == first)
    };
    let at = match sequence.open_session().and_then(goes_on) {
        Some(at) => at,
        None => {
            let Some(next) = next else { return };
            begin(sequence, page, Track { next: next.start, ..next })
        }
    };
    let Some(track) = sequence.sessions.last().and_then(|session| session.tracks.get(at)) else { return };
    let number = track.number;
    if sequence.packet.is_some_and(|packet| packet.track != number) {
        end_packet(sequence, last);
    }
    sequence.packet =
        (blocks.packets == Packets::Variable).then_some(OpenPacket { track: number, link_loss: LINK as u16 });
    let Some(session) = sequence.sessions.last_mut() else { return };
    let is_first = at == 0;
    let Some(track) = session.tracks.get_mut(at) else { return };
    if track_is_blank(track) {
        describe(track, page, &blocks, is_first);
        if let Some(number) = blocks::catalogue(page) {
            session.catalogue = Some(number);
        }
    }
    track.next = first.saturating_add_unsigned(count);
}

/// Adds a track, in a new session when none is open; where it stands in its session.
pub(super) fn begin(sequence: &mut Sequence, page: &WriteParametersPage, track: Track) -> usize {
    if sequence.open_session().is_none() {
        let lead_in = next_lead_in(sequence);
        sequence.sessions.push(Session {
            disc_type: page.session_format,
            lead_in: Some(lead_in),
            ..Session::default()
        });
    }
    let Some(session) = sequence.sessions.last_mut() else { return 0 };
    session.tracks.push(track);
    session.tracks.len() - 1
}

/// The first WRITE says what a track is.
fn describe(track: &mut Track, page: &WriteParametersPage, blocks: &Blocks, is_first: bool) {
    let is_audio = blocks.control & blocks::DATA == 0;
    track.form = blocks.placement.form;
    track.control = blocks.control;
    track.packets = blocks.packets;
    track.copied = is_audio && page.copy;
    track.isrc = if is_audio { blocks::recording_code(page) } else { None };
    // The pause of the first track is part of the session; that of a later audio track is as long as the page says.
    track.pre_gap = if is_audio && !is_first { u32::from(page.audio_pause_length) } else { PAUSE as u32 };
}

/// Ends the packet that is open: what follows it is linked to it. Blocks that this takes.
pub(super) fn end_packet(sequence: &mut Sequence, last: i32) -> i32 {
    let Some(packet) = sequence.packet.take() else { return 0 };
    let Some(track) = sequence.track_mut(packet.track) else { return 0 };
    let end = track.next.saturating_add(LINK).min(track.end.unwrap_or(last));
    let link = track.next..end.max(track.next);
    track.next = link.end;
    track.links.insert(link.clone());
    link.end - link.start
}

/// Completes a track where it is. Blocks that are recorded for it.
pub(super) fn complete(track: &mut Track) -> i32 {
    let before = track.next;
    if let Some(link) = track.links.iter().last()
        && link.end == track.next
    {
        track.next = link.start;
        track.links.remove(link);
    }
    let end = match track.packets {
        Packets::Fixed(_) => track.start + recorded(track.next - track.start),
        Packets::None | Packets::Variable if track.end.is_none() => {
            track.next = track.next.max(track.start + super::SHORTEST);
            track.next + RUN_OUT
        }
        _ => track.next + RUN_OUT,
    };
    let end = *track.end.get_or_insert(end);
    track.status = TrackStatus::Complete;
    (end - before).max(0)
}

/// Blocks of lead-in and lead-out of a session, by its number.
pub(super) fn frame_blocks(session: usize) -> i32 {
    LEAD_IN_BLOCKS + if session == 1 { super::FIRST_LEAD_OUT } else { super::LATER_LEAD_OUT }
}
