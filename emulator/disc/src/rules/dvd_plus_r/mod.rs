//! DVD+R of one and two layers: sessions of fragments. The write parameters page does not apply.

mod fragments;
#[cfg(test)]
mod tests;

use super::increments::{aligned, check_address, close_session, end_packet, with};
use super::{Change, MediumRules, Placement, Reservation, Task};
use crate::kind::MediumKind;
use crate::refusal::Refusal;
use crate::state::{DiscState, Recording, Sequence, Track};
use discrig_wire::feature::FeatureCode;
use discrig_wire::mode::WriteParametersPage;
use discrig_wire::sense::codes;
use discrig_wire::structure::DvdStructure;

/// DVD+R of one and two layers.
pub(super) struct DvdPlusR;

/// Blocks of the lead-in, which the first closing records: about as many as DVD-R has.
const LEAD_IN: u64 = 53_344;
/// Blocks of the lead-out at least.
const LEAD_OUT: u64 = 0x7000;
/// Closure of a session and intro of the next one, as long as each other.
const CLOSURE: i32 = 1024;
/// The data area up to a radius of 30 mm, which finalizing with a minimum radius records at least: 24 to 30 mm of 24 to 58 mm.
const MINIMUM_RADIUS: i32 = 266_720;
/// Blocks by which an extended lead-out makes what can follow smaller.
const EXTENDED_LEAD_OUT: u32 = 0x03_0000;

/// Sessions on layer 0 and 1 of what is on the disc.
fn sequence(disc: &DiscState) -> Result<&Sequence, Refusal> {
    match &disc.recording {
        Recording::Sequential(sequence) => Ok(sequence),
        Recording::Random(_) => Err(codes::MEDIUM_FORMAT_CORRUPTED.into()),
    }
}

/// Addressable blocks: twice those of layer 0, where the layer boundary was set.
fn capacity(kind: MediumKind, sequence: &Sequence) -> i32 {
    match sequence.layer_boundary {
        Some(boundary) => 2 * boundary,
        None => kind.spec().capacity as i32,
    }
}

impl MediumRules for DvdPlusR {
    fn write_features(&self, disc: &DiscState) -> &'static [FeatureCode] {
        match (&disc.recording, disc.kind) {
            (Recording::Sequential(Sequence { finalized: true, .. }), _) => &[],
            (_, MediumKind::DvdPlusRDl) => {
                &[FeatureCode::INCREMENTAL_STREAMING_WRITABLE, FeatureCode::DVD_PLUS_R_DL]
            }
            _ => &[FeatureCode::INCREMENTAL_STREAMING_WRITABLE, FeatureCode::DVD_PLUS_R],
        }
    }

    fn write(
        &self,
        disc: &DiscState,
        _: &WriteParametersPage,
        first: i32,
        blocks: u32,
    ) -> Result<Placement, Refusal> {
        let sequence = sequence(disc)?;
        if sequence.finalized {
            return Err(codes::WRITE_PROTECTED.into());
        }
        if blocks > 0 {
            let next = || fragments::next(disc.kind, sequence);
            check_address(sequence, next, capacity(disc.kind, sequence), first, blocks)?;
        }
        Ok(Placement::USER)
    }

    fn written(&self, disc: &mut DiscState, _: &WriteParametersPage, first: i32, blocks: u32) {
        let kind = disc.kind;
        if let Recording::Sequential(sequence) = &mut disc.recording {
            fragments::written(kind, sequence, first, blocks);
        }
    }

    fn synchronize(&self, disc: &DiscState) -> Result<Change, Refusal> {
        let mut after = sequence(disc)?.clone();
        let capacity = capacity(disc.kind, &after);
        let blocks = end_packet(&mut after, capacity);
        Ok(Change { blocks, ..Change::to(with(disc, after), Task::Synchronize) })
    }

    fn reserve(
        &self,
        disc: &DiscState,
        _: &WriteParametersPage,
        what: Reservation,
    ) -> Result<Change, Refusal> {
        let mut after = sequence(disc)?.clone();
        if after.finalized {
            return Err(codes::WRITE_PROTECTED.into());
        }
        let capacity = capacity(disc.kind, &after);
        let blocks = end_packet(&mut after, capacity);
        match what {
            Reservation::Blocks(size) => fragments::reserve(disc.kind, &mut after, size)?,
            Reservation::Split(address) => fragments::split(disc.kind, &mut after, address)?,
        }
        Ok(Change { blocks, ..Change::to(with(disc, after), Task::Note) })
    }

    fn close(
        &self,
        disc: &DiscState,
        _: &WriteParametersPage,
        function: u8,
        track: u16,
    ) -> Result<Change, Refusal> {
        let sequence = sequence(disc)?;
        match function {
            0b001 => fragments::close(disc, sequence, track),
            0b010 => end_session(disc, sequence, End::Session),
            0b100 if disc.kind == MediumKind::DvdPlusRDl => end_session(disc, sequence, End::ExtendedLeadOut),
            0b101 => end_session(disc, sequence, End::DiscOfMinimumRadius),
            0b110 => end_session(disc, sequence, End::Disc),
            _ => Err(Refusal::field("close_function")),
        }
    }

    fn send_structure(&self, disc: &DiscState, format: u8, bytes: &[u8]) -> Result<Change, Refusal> {
        if disc.kind != MediumKind::DvdPlusRDl || DvdStructure(format) != DvdStructure::LAYER_BOUNDARY {
            return Err(Refusal::field("format"));
        }
        set_layer_boundary(disc, bytes)
    }

    /// Linking loses nothing, so the fragment can be gone on with behind the ECC block that was being recorded.
    fn interrupted(&self, disc: &mut DiscState) {
        let kind = disc.kind;
        if let Recording::Sequential(sequence) = &mut disc.recording {
            let capacity = capacity(kind, sequence);
            end_packet(sequence, capacity);
        }
    }

    fn next_track(&self, disc: &DiscState) -> Option<Track> {
        fragments::next(disc.kind, sequence(disc).ok()?)
    }

    fn last_lead_out(&self, disc: &DiscState) -> u32 {
        match sequence(disc) {
            Ok(sequence) => {
                let most = capacity(disc.kind, sequence).unsigned_abs();
                most - if sequence.extended_lead_out { EXTENDED_LEAD_OUT.min(most) } else { 0 }
            }
            Err(_) => disc.kind.spec().capacity,
        }
    }

    fn track_resources(&self, _: &DiscState) -> (u16, u16) {
        (fragments::MOST_TRACKS, fragments::MOST_IN_SESSION)
    }
}

/// How far CLOSE TRACK/SESSION goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum End {
    Disc,
    DiscOfMinimumRadius,
    ExtendedLeadOut,
    Session,
}

/// CLOSE functions 010b to 110b (MMC-5 6.3.3.4.3 and 6.3.3.4.4). A reservation has to be written or closed before.
fn end_session(disc: &DiscState, sequence: &Sequence, end: End) -> Result<Change, Refusal> {
    let finalize = matches!(end, End::Disc | End::DiscOfMinimumRadius);
    let is_open = sequence.open_session().is_some();
    if sequence.finalized || sequence.is_blank() || !is_open && !finalize {
        return Ok(Change::nothing(disc));
    }
    let mut after = sequence.clone();
    let limit = capacity(disc.kind, &after);
    let mut blocks = end_packet(&mut after, limit);
    super::increments::check_reservations(&after)?;
    let first = sequence.last_closed().is_none();
    blocks += close_session(&mut after) + if first { LEAD_IN } else { CLOSURE as u64 };
    let lead_out = after.last_closed().and_then(|session| session.lead_out).unwrap_or(0);
    blocks += if finalize || end == End::ExtendedLeadOut { LEAD_OUT } else { CLOSURE as u64 };
    if end == End::DiscOfMinimumRadius {
        blocks += u64::try_from(MINIMUM_RADIUS - lead_out).unwrap_or(0);
    }
    after.finalized = finalize;
    after.extended_lead_out |= end == End::ExtendedLeadOut;
    let task = if finalize { Task::Finalize } else { Task::CloseSession };
    Ok(Change { blocks, ..Change::to(with(disc, after), task) })
}

/// SEND DISC STRUCTURE 20h: the blocks of layer 0, before anything is recorded.
fn set_layer_boundary(disc: &DiscState, bytes: &[u8]) -> Result<Change, Refusal> {
    let &[_, _, _, _, a, b, c, d] = bytes else { return Err(codes::PARAMETER_LIST_LENGTH_ERROR.into()) };
    let sequence = sequence(disc)?;
    if sequence.finalized {
        return Err(codes::WRITE_PROTECTED.into());
    }
    if !sequence.is_blank() || sequence.layer_boundary.is_some() {
        return Err(codes::COMMAND_SEQUENCE_ERROR.into());
    }
    let most = disc.kind.spec().capacity as i32 / 2;
    match i32::try_from(u32::from_be_bytes([a, b, c, d])).map(aligned) {
        Ok(blocks) if (1..=most).contains(&blocks) => {
            let after = Sequence { layer_boundary: Some(blocks), ..sequence.clone() };
            Ok(Change::to(with(disc, after), Task::Note))
        }
        _ => Err(Refusal::parameter(8, Some(7))),
    }
}
