//! BD-R: sequential, with or without pseudo-overwrite, or random once (MMC-5 4.5.3.5).
//!
//! A blank disc becomes sequential without spares by its first WRITE, or anything else by FORMAT UNIT, once. Writing goes by clusters: what a
//! cluster lacks when the cache is synchronized or a track closed is padded, and the next writable address is that of the next cluster.

mod formats;
mod pow;
mod random;
mod sequential;
#[cfg(test)]
mod tests;
mod tracks;

use super::{Change, FormatRequest, MediumRules, Placement, Reservation};
use crate::refusal::Refusal;
use crate::rules::shared::defects::first_damaged;
use crate::rules::shared::{self, spares::CLUSTER};
use crate::state::{DiscState, Form, Recording, Sequence, Track};
use discrig_wire::capacity::{CurrentCapacity, FormattableCapacity};
use discrig_wire::close::CloseFunction;
use discrig_wire::disc::PowResources;
use discrig_wire::feature::{FeatureCode, Profile};
use discrig_wire::mode::WriteParametersPage;
use discrig_wire::sense::codes;

/// BD-R.
pub(super) struct BdR;

/// Tracks that a disc can have, and that can be open at a time, the one that takes what is left of the disc included.
const MAXIMUM_TRACKS: u16 = 7927;
const MAXIMUM_OPEN_TRACKS: u16 = 16;

const BLANK: &[FeatureCode] =
    &[FeatureCode::INCREMENTAL_STREAMING_WRITABLE, FeatureCode::FORMATTABLE, FeatureCode::BD_WRITE];
const SRM: &[FeatureCode] = &[FeatureCode::INCREMENTAL_STREAMING_WRITABLE, FeatureCode::BD_WRITE];
const SRM_WITH_SPARES: &[FeatureCode] = &[
    FeatureCode::INCREMENTAL_STREAMING_WRITABLE,
    FeatureCode::HARDWARE_DEFECT_MANAGEMENT,
    FeatureCode::BD_WRITE,
];
const SRM_WITH_POW: &[FeatureCode] = &[
    FeatureCode::INCREMENTAL_STREAMING_WRITABLE,
    FeatureCode::HARDWARE_DEFECT_MANAGEMENT,
    FeatureCode::BD_R_PSEUDO_OVERWRITE,
    FeatureCode::BD_WRITE,
];
const RRM: &[FeatureCode] =
    &[FeatureCode::HARDWARE_DEFECT_MANAGEMENT, FeatureCode::WRITE_ONCE, FeatureCode::BD_WRITE];

/// The first boundary of clusters from this block on.
fn aligned(block: i32) -> i32 {
    let cluster = CLUSTER as i32;
    block.saturating_add(cluster - 1).div_euclid(cluster) * cluster
}

/// The end of what the user has of a disc that is recorded in sequence.
fn user_end(disc: &DiscState, sequence: &Sequence) -> i32 {
    (disc.kind.spec().capacity - sequence.spares * CLUSTER) as i32
}

/// The disc with this recorded on it instead.
fn with(disc: &DiscState, sequence: Sequence) -> DiscState {
    DiscState { recording: Recording::Sequential(sequence), ..disc.clone() }
}

impl MediumRules for BdR {
    fn profile(&self, disc: &DiscState) -> Profile {
        match &disc.recording {
            Recording::Random(_) => Profile::BD_R_RRM,
            Recording::Sequential(_) => Profile::BD_R_SRM,
        }
    }

    fn write_features(&self, disc: &DiscState) -> &'static [FeatureCode] {
        match &disc.recording {
            Recording::Random(surface) if surface.open => RRM,
            Recording::Random(_) => &[],
            Recording::Sequential(sequence) if sequence.finalized => &[],
            Recording::Sequential(Sequence { format: None, .. }) => BLANK,
            Recording::Sequential(Sequence { pow: Some(_), .. }) => SRM_WITH_POW,
            Recording::Sequential(Sequence { spares: 0, .. }) => SRM,
            Recording::Sequential(_) => SRM_WITH_SPARES,
        }
    }

    fn write(
        &self,
        disc: &DiscState,
        _: &WriteParametersPage,
        first: i32,
        blocks: u32,
    ) -> Result<Placement, Refusal> {
        match &disc.recording {
            Recording::Random(surface) => random::write(disc, surface, first, blocks),
            Recording::Sequential(sequence) => sequential::write(disc, sequence, first, blocks),
        }
    }

    fn written(&self, disc: &mut DiscState, _: &WriteParametersPage, first: i32, blocks: u32) {
        let Ok(range) = shared::blocks_of(first, blocks) else { return };
        match &mut disc.recording {
            Recording::Random(surface) => {
                surface.written.insert(range.clone());
                let spares = surface.spares;
                shared::defects::replace(disc, spares, range);
            }
            Recording::Sequential(_) => sequential::written(disc, range),
        }
    }

    fn synchronize(&self, disc: &DiscState) -> Result<Change, Refusal> {
        Ok(match &disc.recording {
            Recording::Random(surface) => random::synchronize(disc, surface),
            Recording::Sequential(sequence) => tracks::synchronize(disc, sequence),
        })
    }

    fn reserve(
        &self,
        disc: &DiscState,
        _: &WriteParametersPage,
        what: Reservation,
    ) -> Result<Change, Refusal> {
        match (&disc.recording, what) {
            (Recording::Random(_), _) => Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT.into()),
            (Recording::Sequential(sequence), _) if sequence.finalized => Err(codes::WRITE_PROTECTED.into()),
            (Recording::Sequential(sequence), Reservation::Blocks(blocks)) => {
                tracks::reserve(disc, sequence, blocks)
            }
            (Recording::Sequential(sequence), Reservation::Split(address)) => {
                tracks::split(disc, sequence, address)
            }
        }
    }

    fn close(
        &self,
        disc: &DiscState,
        _: &WriteParametersPage,
        function: u8,
        track: u16,
    ) -> Result<Change, Refusal> {
        match (&disc.recording, CloseFunction(function)) {
            (Recording::Random(surface), CloseFunction::FINALIZE) => Ok(random::finalize(disc, surface)),
            (Recording::Sequential(sequence), CloseFunction::TRACK) => tracks::close(disc, sequence, track),
            (Recording::Sequential(sequence), CloseFunction::SESSION) => {
                tracks::close_session(disc, sequence, false)
            }
            (Recording::Sequential(sequence), CloseFunction::FINALIZE) => {
                tracks::close_session(disc, sequence, true)
            }
            _ => Err(Refusal::field("close_function")),
        }
    }

    fn format(&self, disc: &DiscState, request: &FormatRequest) -> Result<Change, Refusal> {
        formats::format(disc, request)
    }

    /// What was in the buffer is lost; the next cluster can be written.
    fn interrupted(&self, disc: &mut DiscState) {
        disc.recording = match &disc.recording {
            Recording::Random(surface) => random::synchronize(disc, surface).after.recording,
            Recording::Sequential(sequence) => tracks::synchronize(disc, sequence).after.recording,
        };
    }

    fn format_capacities(&self, disc: &DiscState) -> (CurrentCapacity, Vec<FormattableCapacity>) {
        formats::capacities(disc)
    }

    fn next_track(&self, disc: &DiscState) -> Option<Track> {
        match &disc.recording {
            Recording::Random(_) => None,
            Recording::Sequential(sequence) => tracks::next(disc, sequence),
        }
    }

    fn numbers_next_track(&self) -> bool {
        true
    }

    fn last_lead_out(&self, disc: &DiscState) -> u32 {
        match &disc.recording {
            Recording::Random(surface) => surface.blocks,
            Recording::Sequential(sequence) => user_end(disc, sequence) as u32,
        }
    }

    fn last_block(&self, disc: &DiscState) -> u32 {
        match &disc.recording {
            Recording::Sequential(sequence) if sequence.pow.is_some() && !sequence.finalized => {
                user_end(disc, sequence) as u32 - 1
            }
            _ => shared::last_block(disc),
        }
    }

    fn readable(&self, disc: &DiscState, first: i32, blocks: u32) -> Result<Form, Refusal> {
        match &disc.recording {
            Recording::Random(surface) => random::readable(disc, surface, first, blocks),
            Recording::Sequential(_) => shared::readable(disc, first, blocks),
        }
    }

    fn pow_resources(&self, disc: &DiscState) -> Option<PowResources> {
        match &disc.recording {
            Recording::Sequential(sequence) => pow::resources(disc, sequence),
            Recording::Random(_) => None,
        }
    }

    fn track_resources(&self, disc: &DiscState) -> (u16, u16) {
        match &disc.recording {
            Recording::Random(_) => (1, 1),
            Recording::Sequential(_) => (MAXIMUM_TRACKS, MAXIMUM_OPEN_TRACKS),
        }
    }
}

/// UNRECOVERED READ ERROR for the first of these blocks that is damaged.
fn check_damage(disc: &DiscState, blocks: core::ops::Range<i32>) -> Result<(), Refusal> {
    match first_damaged(disc, blocks) {
        Some(block) => Err(Refusal::at_block(codes::UNRECOVERED_READ_ERROR, block)),
        None => Ok(()),
    }
}
