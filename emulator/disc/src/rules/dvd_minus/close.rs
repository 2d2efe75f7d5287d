//! Closing and repairing RZones and borders.

use super::super::increments::{aligned, check_reservations, close_session, complete, open_track, with};
use super::super::{Change, Task};
use super::{jump, sequential};
use crate::kind::MediumKind;
use crate::refusal::Refusal;
use crate::state::{DiscState, Packets, Sequence, Track, TrackStatus};
use discrig_wire::mode::{MultiSession, WriteParametersPage};
use discrig_wire::sense::codes;

/// Blocks of the lead-in, 022FA0h to 02FFFFh, recorded when the first border is closed, or before a disc that is recorded at once.
const LEAD_IN: u32 = 53_344;
/// The same of two layers, recorded at once: 3004 ECC blocks.
const LEAD_IN_OF_TWO: u32 = 48_064;

/// Blocks of the lead-in of a disc that is recorded at once.
pub(super) fn lead_in(kind: MediumKind) -> u32 {
    if kind == MediumKind::DvdMinusRDl { LEAD_IN_OF_TWO } else { LEAD_IN }
}
/// Where the data area starts, as a physical sector number.
const DATA_AREA: i32 = 0x03_0000;

/// Blocks of the border-out that begins at this block with the border-in after it: the farther out, the more, so that the area is equally
/// wide, and the first one is wider for drives that know no borders (sizes of ECMA-359 and ECMA-338).
pub(super) fn border_zone(lead_out: i32, first: bool) -> i32 {
    match (lead_out + DATA_AREA, first) {
        (..0x0B_25A0, true) => 0x7000,
        (..0x0B_25A0, false) => 0x1800,
        (..0x16_56A0, true) => 0x9400,
        (..0x16_56A0, false) => 0x1E00,
        (_, true) => 0xB800,
        (_, false) => 0x2500,
    }
}

/// Completes an RZone, wherever its recording stands.
fn complete_track(kind: MediumKind, sequence: &mut Sequence, number: u16) -> u64 {
    let (jumps, middle) = (sequence.jump_interval.is_some(), jump::middle(kind, sequence));
    match open_track(sequence, number) {
        Some(track) if jumps => jump::complete(track, middle),
        Some(track) => complete(track),
        None => 0,
    }
}

/// CLOSE function 001b (MMC-5 6.3.3.2.2).
pub(super) fn track(disc: &DiscState, sequence: &Sequence, number: u16) -> Result<Change, Refusal> {
    match sequence.track(number) {
        // Closing is idempotent, and the invisible RZone has nothing to close.
        Some((_, Track { status: TrackStatus::Complete, .. })) => return Ok(Change::nothing(disc)),
        Some((_, track)) if track.packets == Packets::None => return Err(Refusal::field("close_function")),
        Some(_) => {}
        None if sequential::next_track(disc.kind, sequence).is_some_and(|next| next.number == number) => {
            return Ok(Change::nothing(disc));
        }
        None => return Err(Refusal::field("track_number")),
    }
    let mut after = sequence.clone();
    let mut blocks = sequential::flush(disc.kind, &mut after);
    blocks += complete_track(disc.kind, &mut after, number);
    Ok(Change { blocks, ..Change::to(with(disc, after), Task::CloseTrack) })
}

/// CLOSE function 010b (MMC-5 6.3.3.2.3): the border is closed, and the disc with it unless the write parameters allow a next one. DVD-R DL
/// recorded in sequence has one border (6.3.3.3.3).
pub(super) fn border(
    disc: &DiscState,
    sequence: &Sequence,
    page: &WriteParametersPage,
) -> Result<Change, Refusal> {
    let single = disc.kind == MediumKind::DvdMinusRDl && sequence.jump_interval.is_none();
    let next_allowed = page.multi_session == MultiSession::NEXT && !single;
    if sequence.finalized || sequence.is_blank() || sequence.open_session().is_none() && next_allowed {
        return Ok(Change::nothing(disc));
    }
    let mut after = sequence.clone();
    let mut blocks = sequential::flush(disc.kind, &mut after);
    let first_track = after.open_session().and_then(|session| session.tracks.first());
    let at_once = first_track.is_some_and(is_at_once);
    match first_track {
        Some(track) if at_once && track.is_blank() => {
            return Err(codes::EMPTY_OR_PARTIALLY_WRITTEN_RESERVED_TRACK.into());
        }
        Some(_) if at_once => {}
        _ => check_reservations(&after)?,
    }
    let first = sequence.last_closed().is_none();
    if sequence.jump_interval.is_some() {
        let numbers: Vec<u16> =
            after.open_session().iter().flat_map(|open| &open.tracks).map(|track| track.number).collect();
        blocks +=
            numbers.into_iter().map(|number| complete_track(disc.kind, &mut after, number)).sum::<u64>();
    }
    blocks += close_session(&mut after);
    let lead_out = after.last_closed().and_then(|session| session.lead_out).unwrap_or(0);
    if single {
        // Layer 1 has to cover all of layer 0.
        blocks += u64::try_from(2 * jump::middle(disc.kind, &after) - lead_out).unwrap_or(0);
    }
    blocks += u64::from(border_zone(lead_out, first).unsigned_abs());
    blocks += if first && !at_once { LEAD_IN.into() } else { 0 };
    after.finalized = !next_allowed;
    let task = if next_allowed { Task::CloseSession } else { Task::Finalize };
    Ok(Change { blocks, ..Change::to(with(disc, after), task) })
}

/// A disc recorded at once is never gone on with: what is missing is padded when the border is closed.
fn is_at_once(track: &Track) -> bool {
    track.packets == Packets::None
}

/// REPAIR TRACK: an RZone that was cut short can be gone on with (MMC-5 6.28). A disc recorded at once cannot.
pub(super) fn repair(disc: &DiscState, sequence: &Sequence, number: u16) -> Result<Change, Refusal> {
    match sequence.track(number) {
        Some((_, track)) if is_at_once(track) => return Err(Refusal::field("track_number")),
        Some((_, Track { status: TrackStatus::Damaged, .. })) => {}
        Some(_) => return Ok(Change::nothing(disc)),
        None => return Err(Refusal::field("track_number")),
    }
    let mut after = sequence.clone();
    let mut blocks = 0;
    if let Some(track) = open_track(&mut after, number) {
        blocks = u64::from(track.next.abs_diff(aligned(track.next)));
        track.next = aligned(track.next);
        track.status = if track.end.is_some() { TrackStatus::Reserved } else { TrackStatus::Open };
    }
    if after.jump_interval.is_some() {
        jump::settle(disc.kind, &mut after, number);
    }
    Ok(Change { blocks, ..Change::to(with(disc, after), Task::CloseTrack) })
}
