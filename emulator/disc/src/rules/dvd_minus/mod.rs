//! DVD-R and DVD-RW: incremental, disc at once, layer jump, and restricted overwrite.

mod close;
mod jump;
mod overwrite;
mod sequential;
#[cfg(test)]
mod tests;

use super::{Change, FormatRequest, MediumRules, Placement, Reservation, shared};
use crate::kind::{MediumKind, Rules};
use crate::refusal::Refusal;
use crate::state::{DiscState, Form, Recording, Sequence, Surface, Track};
use discrig_wire::capacity::{CapacityKind, CurrentCapacity, FormatType, FormattableCapacity};
use discrig_wire::feature::{FeatureCode, Profile};
use discrig_wire::mode::WriteParametersPage;
use discrig_wire::sense::codes;

/// DVD-R and DVD-RW: incremental, disc at once, layer jump, and restricted overwrite.
pub(super) struct DvdMinus;

/// Rewritable: DVD-RW.
fn is_rewritable(disc: &DiscState) -> bool {
    disc.kind.spec().rules == Rules::DvdMinusRw
}

/// Addressable blocks of the disc: twice those of layer 0, where its middle area was shifted.
fn capacity(kind: MediumKind, sequence: &Sequence) -> i32 {
    match sequence.layer_boundary {
        Some(boundary) => 2 * boundary,
        None => kind.spec().capacity as i32,
    }
}

impl MediumRules for DvdMinus {
    fn profile(&self, disc: &DiscState) -> Profile {
        match &disc.recording {
            Recording::Random(_) => Profile::DVD_RW_RESTRICTED_OVERWRITE,
            Recording::Sequential(sequence) if sequence.jump_interval.is_some() => {
                Profile::DVD_R_DL_LAYER_JUMP
            }
            Recording::Sequential(_) => disc.kind.spec().profile,
        }
    }

    fn write_features(&self, disc: &DiscState) -> &'static [FeatureCode] {
        const INCREMENTAL: FeatureCode = FeatureCode::INCREMENTAL_STREAMING_WRITABLE;
        const MINUS: FeatureCode = FeatureCode::DVD_R_RW_WRITE;
        const FORMATTABLE: FeatureCode = FeatureCode::FORMATTABLE;
        let rewritable = is_rewritable(disc);
        match &disc.recording {
            Recording::Random(_) => &[
                INCREMENTAL,
                FORMATTABLE,
                FeatureCode::RESTRICTED_OVERWRITE,
                FeatureCode::RIGID_RESTRICTED_OVERWRITE,
            ],
            Recording::Sequential(sequence) if sequence.finalized => {
                if rewritable {
                    &[FORMATTABLE]
                } else {
                    &[]
                }
            }
            Recording::Sequential(sequence) if sequence.at_once_only => &[FORMATTABLE, MINUS],
            Recording::Sequential(_) if rewritable => &[INCREMENTAL, FORMATTABLE, MINUS],
            Recording::Sequential(sequence) if sequence.jump_interval.is_some() => {
                &[INCREMENTAL, MINUS, FeatureCode::LAYER_JUMP_RECORDING]
            }
            Recording::Sequential(_) => &[INCREMENTAL, MINUS],
        }
    }

    fn write(
        &self,
        disc: &DiscState,
        page: &WriteParametersPage,
        first: i32,
        blocks: u32,
    ) -> Result<Placement, Refusal> {
        match &disc.recording {
            Recording::Random(surface) => overwrite::write(disc.kind, surface, first, blocks),
            Recording::Sequential(sequence) => sequential::write(disc.kind, sequence, page, first, blocks),
        }
    }

    fn lead_in(&self, disc: &DiscState, _: &WriteParametersPage) -> u32 {
        match &disc.recording {
            Recording::Random(_) => 0,
            Recording::Sequential(sequence) => sequential::lead_in(disc.kind, sequence),
        }
    }

    fn written(&self, disc: &mut DiscState, page: &WriteParametersPage, first: i32, blocks: u32) {
        match &mut disc.recording {
            Recording::Random(surface) => overwrite::written(surface, first, blocks),
            Recording::Sequential(sequence) => {
                sequential::written(disc.kind, sequence, page, first, blocks);
            }
        }
    }

    fn synchronize(&self, disc: &DiscState) -> Result<Change, Refusal> {
        match &disc.recording {
            Recording::Random(_) => Ok(Change::to(disc.clone(), super::Task::Synchronize)),
            Recording::Sequential(sequence) => Ok(sequential::synchronize(disc, sequence)),
        }
    }

    fn reserve(
        &self,
        disc: &DiscState,
        page: &WriteParametersPage,
        what: Reservation,
    ) -> Result<Change, Refusal> {
        match (&disc.recording, what) {
            (Recording::Random(_), _) => Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT.into()),
            // DVD-R knows no reservation by address (MMC-5 6.31).
            (_, Reservation::Split(_)) => Err(Refusal::field("by_address")),
            (Recording::Sequential(sequence), Reservation::Blocks(blocks)) => {
                sequential::reserve(disc, sequence, page, blocks)
            }
        }
    }

    fn close(
        &self,
        disc: &DiscState,
        page: &WriteParametersPage,
        function: u8,
        track: u16,
    ) -> Result<Change, Refusal> {
        match (&disc.recording, function) {
            (Recording::Random(surface), 0b010 | 0b011) => Ok(overwrite::close(disc, surface)),
            (Recording::Sequential(sequence), 0b001) => close::track(disc, sequence, track),
            (Recording::Sequential(sequence), 0b010) => close::border(disc, sequence, page),
            _ => Err(Refusal::field("close_function")),
        }
    }

    fn blank(&self, disc: &DiscState, kind: u8, _: u32) -> Result<Change, Refusal> {
        if !is_rewritable(disc) {
            return Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT.into());
        }
        overwrite::blank(disc, kind)
    }

    fn format(&self, disc: &DiscState, request: &FormatRequest) -> Result<Change, Refusal> {
        if !is_rewritable(disc) {
            return Err(codes::CANNOT_FORMAT_MEDIUM_INCOMPATIBLE_MEDIUM.into());
        }
        overwrite::format(disc, request)
    }

    fn repair(&self, disc: &DiscState, track: u16) -> Result<Change, Refusal> {
        match &disc.recording {
            Recording::Random(_) => Err(Refusal::field("track_number")),
            Recording::Sequential(sequence) => close::repair(disc, sequence, track),
        }
    }

    fn send_structure(&self, disc: &DiscState, format: u8, bytes: &[u8]) -> Result<Change, Refusal> {
        match &disc.recording {
            Recording::Sequential(sequence) if disc.kind == MediumKind::DvdMinusRDl => {
                jump::send_structure(disc, sequence, format, bytes)
            }
            _ => Err(Refusal::field("format")),
        }
    }

    fn interrupted(&self, disc: &mut DiscState) {
        if let Recording::Sequential(sequence) = &mut disc.recording {
            sequential::interrupted(sequence);
        }
    }

    fn format_capacities(&self, disc: &DiscState) -> (CurrentCapacity, Vec<FormattableCapacity>) {
        let current = shared::current_capacity(disc);
        if !is_rewritable(disc) {
            return (current, Vec::new());
        }
        let most = disc.kind.spec().capacity;
        let offer = |format_type, blocks, parameter| FormattableCapacity { blocks, format_type, parameter };
        let mut list = vec![
            offer(FormatType::FULL, most, 0x800),
            offer(FormatType::PACKET_FULL, most, 16),
            offer(FormatType::QUICK, most, 16),
        ];
        match &disc.recording {
            // The intermediate state has no capacity yet, and grows by being written (MMC-5 6.24.3.2.1).
            Recording::Random(Surface { open: true, .. }) => {
                (CurrentCapacity { blocks: most, kind: CapacityKind::UNKNOWN, ..current }, list)
            }
            Recording::Random(surface) => {
                let rest = most.saturating_sub(surface.blocks);
                list.push(offer(FormatType::QUICK_GROW, rest, 16));
                list.push(offer(FormatType::PACKET_GROW, rest, 16));
                (current, list)
            }
            Recording::Sequential(_) => (current, list),
        }
    }

    fn next_track(&self, disc: &DiscState) -> Option<Track> {
        match &disc.recording {
            Recording::Random(_) => None,
            Recording::Sequential(sequence) => sequential::next_track(disc.kind, sequence),
        }
    }

    fn numbers_next_track(&self) -> bool {
        true
    }

    fn last_lead_out(&self, disc: &DiscState) -> u32 {
        match &disc.recording {
            Recording::Random(_) => disc.kind.spec().capacity,
            Recording::Sequential(sequence) => capacity(disc.kind, sequence).unsigned_abs(),
        }
    }

    fn last_block(&self, disc: &DiscState) -> u32 {
        match jumping(disc) {
            // The data of layer 1 stand at the highest addresses, the first ones at the very end.
            Some(sequence) if sequence.last_closed().is_some() => {
                2 * jump::middle(disc.kind, sequence) as u32 - 1
            }
            _ => shared::last_block(disc),
        }
    }

    fn readable(&self, disc: &DiscState, first: i32, blocks: u32) -> Result<Form, Refusal> {
        match jumping(disc) {
            Some(sequence) => jump::readable(disc, sequence, first, blocks),
            None => shared::readable(disc, first, blocks),
        }
    }

    fn next_layer_jump(&self, disc: &DiscState, track: &Track) -> Option<u32> {
        jump::next(disc.kind, jumping(disc)?, track).map(|block| block as u32)
    }

    fn track_resources(&self, _: &DiscState) -> (u16, u16) {
        (sequential::MOST_TRACKS, sequential::MOST_RESERVED + 1)
    }
}

/// What is recorded with layer jumps.
fn jumping(disc: &DiscState) -> Option<&Sequence> {
    match &disc.recording {
        Recording::Sequential(sequence) if sequence.jump_interval.is_some() => Some(sequence),
        _ => None,
    }
}
