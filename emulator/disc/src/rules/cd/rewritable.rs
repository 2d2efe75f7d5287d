//! CD-RW: blanking, formatting with fixed packets, and writing to a formatted disc (MMC-5 6.2 and 6.5).

use super::super::{Change, FormatRequest, Placement, Task};
use super::incremental::recorded;
use super::{LEAD_IN, LEAD_IN_BLOCKS, LINK, PACKET, blocks, is_rewritable, last_lead_out};
use crate::refusal::Refusal;
use crate::state::{DiscState, Packets, Recording, Sequence, Surface, TrackStatus};
use core::ops::Range;
use discrig_wire::capacity::{FormatType, FormattableCapacity};
use discrig_wire::mode::WriteParametersPage;
use discrig_wire::sense::codes;

/// Bytes of the format descriptor in the parameter list of FORMAT UNIT: number of blocks, type, parameter.
const BLOCKS_AT: u16 = 4;
const TYPE_AT: u16 = 8;
const PARAMETER_AT: u16 = 9;

/// Everything that can be written on the disc.
fn everything(disc: &DiscState) -> Range<i32> {
    LEAD_IN.lba()..last_lead_out(disc) + super::FIRST_LEAD_OUT
}

/// How often a disc can be rewritten is a setting.
fn worn_out(disc: &DiscState) -> bool {
    disc.endurance.is_some_and(|most| disc.rewrites >= most)
}

/// BLANK.
pub(super) fn blank(disc: &DiscState, blanking_type: u8, address: u32) -> Result<Change, Refusal> {
    if !is_rewritable(disc) {
        return Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT.into());
    }
    let (task, blocks) = match blanking_type {
        0 => (Task::BlankFull, (last_lead_out(disc) + LEAD_IN_BLOCKS) as u64),
        // PMA, lead-in and pre-gap.
        1 => (Task::BlankMinimal, LEAD_IN_BLOCKS as u64),
        4 => return blank_tail(disc, address),
        _ => return Err(Refusal::field("blanking_type")),
    };
    if worn_out(disc) {
        return Err(codes::ERASE_FAILURE.into());
    }
    let after = DiscState {
        recording: Recording::Sequential(Sequence::default()),
        rewrites: disc.rewrites.saturating_add(1),
        ..disc.clone()
    };
    Ok(Change { after, task, blocks, erased: vec![everything(disc)] })
}

/// Blanks the last track from a packet on. Only a track that is written in packets and was not closed can go on there.
fn blank_tail(disc: &DiscState, address: u32) -> Result<Change, Refusal> {
    let wrong = Refusal::field("start_address");
    let Recording::Sequential(sequence) = &disc.recording else { return Err(wrong) };
    let track = sequence.open_session().and_then(|session| session.tracks.last()).ok_or(wrong)?;
    if track.packets == Packets::None || track.status == TrackStatus::Complete {
        return Err(codes::ILLEGAL_MODE_FOR_THIS_TRACK.into());
    }
    let address = i32::try_from(address).map_err(|_| wrong)?;
    let is_packet = match track.packets {
        Packets::Fixed(_) => (address - track.start).cast_unsigned().is_multiple_of(PACKET),
        _ => address == track.start || track.links.iter().any(|link| link.end == address),
    };
    if !(track.start..track.next).contains(&address) || !is_packet {
        return Err(wrong);
    }
    let (number, lost) = (track.number, address..track.next);
    let mut after = disc.clone();
    let Recording::Sequential(sequence) = &mut after.recording else { return Err(wrong) };
    sequence.packet = sequence.packet.filter(|packet| packet.track != number);
    if let Some(track) = sequence.track_mut(number) {
        track.next = address;
        track.links.remove(lost.clone());
        if track.next == track.start {
            track.pre_gap = 0;
        }
        track.status = if track.end.is_some() { TrackStatus::Reserved } else { TrackStatus::Open };
    }
    drop_blank_track(sequence);
    let blocks = lost.len() as u64;
    Ok(Change { after, task: Task::BlankMinimal, blocks, erased: vec![lost] })
}

/// An open track without blocks is invisible, and a session without tracks is none.
fn drop_blank_track(sequence: &mut Sequence) {
    let Some(session) = sequence.sessions.last_mut() else { return };
    if session
        .tracks
        .last()
        .is_some_and(|track| track.status == TrackStatus::Open && track.next == track.start)
    {
        session.tracks.pop();
    }
    if session.tracks.is_empty() {
        sequence.sessions.pop();
    }
}

/// Blocks that fixed packets leave for data.
fn formattable(disc: &DiscState) -> u32 {
    let packets = last_lead_out(disc).cast_unsigned() / (PACKET + LINK as u32);
    packets * PACKET
}

/// READ FORMAT CAPACITIES: what FORMAT UNIT accepts, at most.
pub(super) fn capacities(disc: &DiscState) -> Vec<FormattableCapacity> {
    if !is_rewritable(disc) {
        return Vec::new();
    }
    let row = |format_type, blocks| FormattableCapacity { blocks, format_type, parameter: PACKET };
    let most = formattable(disc);
    let further = match &disc.recording {
        Recording::Random(surface) => match most.saturating_sub(surface.blocks) {
            0 => None,
            rest => Some(row(FormatType::PACKET_GROW, rest)),
        },
        Recording::Sequential(sequence) => sequence.is_blank().then(|| row(FormatType::PACKET_ADD, most)),
    };
    [row(FormatType::PACKET_FULL, most)].into_iter().chain(further).collect()
}

/// FORMAT UNIT.
pub(super) fn format(disc: &DiscState, request: &FormatRequest) -> Result<Change, Refusal> {
    if !is_rewritable(disc) {
        return Err(codes::CANNOT_FORMAT_MEDIUM_INCOMPATIBLE_MEDIUM.into());
    }
    let offered = capacities(disc);
    let format_type = FormatType(request.format_type);
    let offer = offered
        .iter()
        .find(|offer| offer.format_type == format_type && request.sub_type == 0)
        .ok_or(Refusal::parameter(TYPE_AT, Some(7)))?;
    if request.parameter != PACKET {
        return Err(Refusal::parameter(PARAMETER_AT, Some(7)));
    }
    let blocks = request.blocks;
    if blocks == 0 || blocks > offer.blocks || !blocks.is_multiple_of(PACKET) {
        return Err(Refusal::parameter(BLOCKS_AT, Some(7)));
    }
    if worn_out(disc) {
        return Err(codes::FORMAT_COMMAND_FAILED.into());
    }
    let mut after = DiscState { rewrites: disc.rewrites.saturating_add(1), ..disc.clone() };
    let work = recorded(blocks as i32) + LEAD_IN_BLOCKS;
    let erased = match &mut after.recording {
        Recording::Random(surface) if format_type == FormatType::PACKET_GROW => {
            let old = surface.blocks;
            surface.blocks += blocks;
            surface.formatted_to = surface.blocks;
            old as i32..surface.blocks as i32
        }
        recording => {
            *recording = Recording::Random(Surface {
                blocks,
                format: (request.format_type, 0),
                formatted_to: blocks,
                ..Surface::default()
            });
            everything(disc)
        }
    };
    Ok(Change { after, task: Task::FormatFull, blocks: work as u64, erased: vec![erased] })
}

/// A WRITE to a formatted disc: whole packets, in any order (restricted overwrite).
pub(super) fn write(
    surface: &Surface,
    page: &WriteParametersPage,
    range: Range<i32>,
) -> Result<Placement, Refusal> {
    let blocks = blocks::of(page)?;
    if !matches!(blocks.packets, Packets::Fixed(_)) || blocks.placement != Placement::USER {
        return Err(codes::ILLEGAL_MODE_FOR_THIS_TRACK.into());
    }
    let (first, end) = (i64::from(range.start), i64::from(range.end));
    let packet = i64::from(PACKET);
    if first < 0 || end > i64::from(surface.blocks) {
        return Err(Refusal::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, range.start));
    }
    if first % packet != 0 {
        return Err(Refusal::at_block(codes::INVALID_ADDRESS_FOR_WRITE, range.start));
    }
    if end % packet != 0 {
        return Err(codes::INVALID_PACKET_SIZE.into());
    }
    Ok(blocks.placement)
}
