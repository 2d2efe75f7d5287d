//! DVD-R and sequential DVD-RW: RZones, written incrementally or at once.

use super::super::increments::{
    BLOCKING, advance, aligned, begin, check_address, close_session, end_packet, going_on_at, open_track,
    with,
};
use super::super::{Change, Placement, Task};
use super::{capacity, close, jump};
use crate::kind::MediumKind;
use crate::refusal::Refusal;
use crate::state::{DiscState, Packets, Sequence, Track, TrackStatus};
use discrig_wire::mode::{DataBlockType, WriteParametersPage, WriteType};
use discrig_wire::sense::codes;

/// RZones that the recording management data have room for: 254 in the field of the first, and 256 in each of eight further ones.
pub(super) const MOST_TRACKS: u16 = 254 + 8 * 256;
/// RZones that can be reserved and open at a time; with the invisible one that makes three (MMC-5 6.31).
pub(super) const MOST_RESERVED: u16 = 2;
/// Link size of the write parameters page by which a whole ECC block is lost at each link.
const LINKING_LOSS: u8 = 0x10;

/// The RZone that is or will be recorded at once: the whole disc.
fn at_once(sequence: &Sequence) -> Option<&Track> {
    sequence.open_session()?.tracks.first().filter(|track| track.packets == Packets::None)
}

/// Whether the write parameters fit the disc (facts of mode page 05h).
fn check_page(kind: MediumKind, sequence: &Sequence, page: &WriteParametersPage) -> Result<(), Refusal> {
    let jumps = sequence.jump_interval.is_some() && !sequence.is_blank();
    let fits = match page.write_type {
        WriteType::PACKET => !sequence.at_once_only && !jumps,
        WriteType::SESSION_AT_ONCE => !jumps,
        WriteType::LAYER_JUMP if kind == MediumKind::DvdMinusRDl => jumps || sequence.is_blank(),
        _ => return Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT.into()),
    };
    if !fits || page.data_block_type != DataBlockType::MODE_1 || !matches!(page.track_mode, 4 | 5) {
        return Err(codes::ILLEGAL_MODE_FOR_THIS_TRACK.into());
    }
    if page.write_type == WriteType::PACKET && page.fixed_packet && page.packet_size != BLOCKING as u32 {
        return Err(codes::INVALID_PACKET_SIZE.into());
    }
    Ok(())
}

pub(super) fn write(
    kind: MediumKind,
    sequence: &Sequence,
    page: &WriteParametersPage,
    first: i32,
    blocks: u32,
) -> Result<Placement, Refusal> {
    if sequence.finalized {
        return Err(codes::WRITE_PROTECTED.into());
    }
    check_page(kind, sequence, page)?;
    match (page.write_type, at_once(sequence)) {
        // Nothing was reserved: the drive does not know where the disc will end.
        (WriteType::SESSION_AT_ONCE, None) => return Err(codes::COMMAND_SEQUENCE_ERROR.into()),
        (WriteType::PACKET, Some(_)) => return Err(codes::ILLEGAL_MODE_FOR_THIS_TRACK.into()),
        _ if blocks == 0 => return Ok(Placement::USER),
        (WriteType::LAYER_JUMP, _) => jump::check_address(kind, sequence, first, blocks)?,
        _ => check_address(sequence, || next_track(kind, sequence), capacity(kind, sequence), first, blocks)?,
    }
    Ok(Placement::USER)
}

pub(super) fn written(
    kind: MediumKind,
    sequence: &mut Sequence,
    page: &WriteParametersPage,
    first: i32,
    blocks: u32,
) {
    if blocks == 0 {
        return;
    }
    let layer_jump = page.write_type == WriteType::LAYER_JUMP;
    if sequence.is_blank() {
        // The first block decides how the disc is recorded.
        sequence.jump_interval = layer_jump.then(|| sequence.jump_interval.unwrap_or(0));
    }
    let number = match going_on_at(sequence, first) {
        Some(track) => track.number,
        None => {
            let Some(track) = next_track(kind, sequence) else { return };
            let number = track.number;
            let packets = if page.fixed_packet { Packets::Fixed(BLOCKING as u32) } else { Packets::Variable };
            begin(sequence, Track { packets, ..track }, None);
            number
        }
    };
    if page.write_type == WriteType::SESSION_AT_ONCE {
        // There are no links in a disc recorded at once, so there is no packet either.
        if let Some(track) = open_track(sequence, number) {
            track.next = track.next.saturating_add_unsigned(blocks);
        }
        return;
    }
    let lossless = layer_jump || page.buffer_underrun_free || !page.link_size_valid;
    let loss = if !lossless && page.link_size == LINKING_LOSS { BLOCKING as u16 } else { 0 };
    let capacity = capacity(kind, sequence);
    advance(sequence, number, blocks, loss, capacity);
    if layer_jump {
        jump::settle(kind, sequence, number);
    }
}

/// Ends the packet that is open, and jumps where that leads to a jump.
pub(super) fn flush(kind: MediumKind, sequence: &mut Sequence) -> u64 {
    let packet = sequence.packet;
    let capacity = capacity(kind, sequence);
    let blocks = end_packet(sequence, capacity);
    if let Some(packet) = packet.filter(|_| sequence.jump_interval.is_some()) {
        jump::settle(kind, sequence, packet.track);
    }
    blocks
}

/// Blocks of the lead-in before the first WRITE of a disc that is recorded at once.
pub(super) fn lead_in(kind: MediumKind, sequence: &Sequence) -> u32 {
    at_once(sequence).filter(|track| track.is_blank()).map_or(0, |_| close::lead_in(kind))
}

/// SYNCHRONIZE CACHE completes a disc recorded at once when its last block is there: the lead-out follows.
pub(super) fn synchronize(disc: &DiscState, sequence: &Sequence) -> Change {
    let mut after = sequence.clone();
    let mut blocks = flush(disc.kind, &mut after);
    let complete =
        at_once(&after).is_some_and(|track| track.end.is_some_and(|end| aligned(track.next) >= end));
    let task = if complete {
        let lead_out = after.last_track().and_then(|track| track.end).unwrap_or(0);
        blocks += close_session(&mut after) + u64::from(close::border_zone(lead_out, true).unsigned_abs());
        after.finalized = true;
        Task::Finalize
    } else {
        Task::Synchronize
    };
    Change { blocks, ..Change::to(with(disc, after), task) }
}

/// The RZone that would be begun next: the invisible one.
pub(super) fn next_track(kind: MediumKind, sequence: &Sequence) -> Option<Track> {
    if sequence.finalized || at_once(sequence).is_some() {
        return None;
    }
    let number = sequence.last_track().map_or(1, |track| track.number.saturating_add(1));
    let start = match (sequence.open_session(), sequence.last_closed()) {
        (Some(session), _) => session.tracks.last()?.end?,
        (None, Some(border)) => {
            let lead_out = border.lead_out?;
            lead_out + close::border_zone(lead_out, sequence.sessions.len() == 1)
        }
        (None, None) => 0,
    };
    let room = if sequence.jump_interval.is_some() {
        jump::middle(kind, sequence)
    } else {
        capacity(kind, sequence)
    };
    let packets = if sequence.at_once_only { Packets::None } else { Packets::Variable };
    (start + BLOCKING <= room && number <= MOST_TRACKS).then(|| Track {
        packets,
        control: 5,
        ..Track::open(number, start)
    })
}

pub(super) fn reserve(
    disc: &DiscState,
    sequence: &Sequence,
    page: &WriteParametersPage,
    blocks: u32,
) -> Result<Change, Refusal> {
    if sequence.finalized {
        return Err(codes::WRITE_PROTECTED.into());
    }
    check_page(disc.kind, sequence, page)?;
    let whole_disc = page.write_type == WriteType::SESSION_AT_ONCE;
    if page.write_type == WriteType::LAYER_JUMP {
        return Err(codes::NO_MORE_TRACK_RESERVATIONS_ALLOWED.into());
    }
    if whole_disc && !sequence.is_blank() {
        return Err(codes::CURRENT_PROGRAM_AREA_IS_NOT_EMPTY.into());
    }
    let mut after = sequence.clone();
    let padding = flush(disc.kind, &mut after);
    let Some(next) = next_track(disc.kind, &after) else {
        // An incomplete RZone has to be closed first; else there is no room for any.
        let open = after.last_track().is_some_and(|track| track.end.is_none());
        let code =
            if open { codes::COMMAND_SEQUENCE_ERROR } else { codes::NO_MORE_TRACK_RESERVATIONS_ALLOWED };
        return Err(code.into());
    };
    let reserved = after.open_session().into_iter().flat_map(|session| &session.tracks);
    if reserved.filter(|track| track.is_writable()).count() >= usize::from(MOST_RESERVED) {
        return Err(codes::NO_MORE_TRACK_RESERVATIONS_ALLOWED.into());
    }
    if blocks == 0 {
        return Err(Refusal::field("parameter"));
    }
    let size = i32::try_from(blocks).map_or(i32::MAX, aligned);
    let end = next.start.saturating_add(size);
    if end > capacity(disc.kind, &after) {
        return Err(codes::PACKET_DOES_NOT_FIT_IN_AVAILABLE_SPACE.into());
    }
    if whole_disc && disc.kind == MediumKind::DvdMinusRDl {
        // The layers share what is reserved (MMC-5 6.31).
        after.layer_boundary = Some(aligned(end / 2));
    }
    if after.is_blank() {
        after.jump_interval = None;
    }
    let packets = match (whole_disc, page.fixed_packet) {
        (true, _) => Packets::None,
        (false, true) => Packets::Fixed(BLOCKING as u32),
        (false, false) => Packets::Variable,
    };
    let track = Track { end: Some(end), status: TrackStatus::Reserved, packets, ..next };
    begin(&mut after, track, None);
    Ok(Change { blocks: padding, ..Change::to(with(disc, after), Task::Note) })
}

/// What was being recorded is damaged: the drive does not know how far it came.
pub(super) fn interrupted(sequence: &mut Sequence) {
    let damaged = match sequence.packet.take() {
        Some(packet) => Some(packet.track),
        None => at_once(sequence).filter(|track| !track.is_blank()).map(|track| track.number),
    };
    if let Some(track) = damaged.and_then(|number| open_track(sequence, number)) {
        track.status = TrackStatus::Damaged;
    }
}
