//! What drives report of a disc, derived from its state each time it is asked for.

mod information;
mod structure_bd;
mod structure_dvd;
mod toc;
mod track;

pub use toc::Toc;

use crate::kind::Family;
use crate::refusal::Refusal;
use crate::rules::rules;
use crate::state::{DiscState, Recording};
use discrig_wire::capacity::{CurrentCapacity, FormattableCapacity};
use discrig_wire::disc::{DiscInformation, PowResources, TrackResources};
use discrig_wire::feature::{FeatureCode, Profile};
use discrig_wire::reply::Reply;
use discrig_wire::toc::Atip;
use discrig_wire::track::TrackInformation;

/// A structure that READ DISC STRUCTURE and SEND DISC STRUCTURE are about (MMC-5 6.23 and 6.34).
#[derive(Clone, Copy, Debug)]
pub struct StructureRow {
    /// Its format code.
    pub format: u8,
    /// Its bytes with the header of four.
    pub length: u16,
    /// READ DISC STRUCTURE answers it.
    pub readable: bool,
    /// SEND DISC STRUCTURE takes it, in some state of the disc.
    pub sendable: bool,
    /// What it says, without its header.
    pub body: StructureBody,
}

/// What a structure says.
#[derive(Clone, Copy, Debug)]
pub enum StructureBody {
    /// One of several, which the address of the command names; `None` when there is none of that name.
    ByAddress(fn(&DiscState, u32) -> Option<Vec<u8>>),
    /// Appends it.
    One(fn(&DiscState, &mut Reply<'_>)),
}

/// Which track READ TRACK INFORMATION means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TrackSelector {
    /// The one that has this block.
    Block(i32),
    /// The first open one from this number on.
    FirstOpen(u32),
    /// The one with this number; FFh the invisible track, 0 the lead-in.
    Number(u32),
    /// The first of this session.
    Session(u32),
}

impl DiscState {
    /// The profile that a drive reports with the disc.
    #[must_use]
    pub fn profile(&self) -> Profile {
        rules(self.kind).profile(self)
    }

    /// Features that are current because the disc can be recorded.
    #[must_use]
    pub fn write_features(&self) -> &'static [FeatureCode] {
        rules(self.kind).write_features(self)
    }

    /// Blocks are verified when they are recorded, and replaced by spares where they are damaged: feature 0024h is current.
    #[must_use]
    pub fn manages_defects(&self) -> bool {
        self.write_features().contains(&FeatureCode::HARDWARE_DEFECT_MANAGEMENT)
    }

    /// The last block of READ CAPACITY.
    #[must_use]
    pub fn last_block(&self) -> u32 {
        rules(self.kind).last_block(self)
    }

    /// READ FORMAT CAPACITIES.
    #[must_use]
    pub fn format_capacities(&self) -> (CurrentCapacity, Vec<FormattableCapacity>) {
        rules(self.kind).format_capacities(self)
    }

    /// READ DISC INFORMATION, standard.
    #[must_use]
    pub fn information(&self) -> DiscInformation {
        information::standard(self)
    }

    /// READ DISC INFORMATION, track resources.
    #[must_use]
    pub fn track_resources(&self) -> TrackResources {
        information::track_resources(self)
    }

    /// READ DISC INFORMATION, pseudo-overwrite resources, where the disc has them.
    #[must_use]
    pub fn pow_resources(&self) -> Option<PowResources> {
        rules(self.kind).pow_resources(self)
    }

    /// READ TRACK INFORMATION.
    ///
    /// # Errors
    /// A refusal that names the field, or LOGICAL BLOCK ADDRESS OUT OF RANGE, when there is no such track.
    pub fn track_information(&self, selector: TrackSelector) -> Result<TrackInformation, Refusal> {
        track::information(self, selector)
    }

    /// READ TOC/PMA/ATIP with this format, from this track or session on; addresses as minute, second and frame with `msf`.
    ///
    /// # Errors
    /// A refusal that names the field when the disc has no such table.
    pub fn toc(&self, format: u8, msf: bool, from: u8) -> Result<Toc, Refusal> {
        toc::table(self, format, msf, from)
    }

    /// What READ DISC STRUCTURE can be asked for; nothing on CD.
    #[must_use]
    pub fn structures(&self) -> Vec<StructureRow> {
        match self.kind.spec().family {
            Family::Bd => structure_bd::bd_structures(self).to_vec(),
            Family::Cd => Vec::new(),
            Family::Dvd => structure_dvd::dvd_structures(self),
        }
    }

    /// The absolute time in pre-groove of a recordable CD.
    #[must_use]
    pub fn atip(&self) -> Option<Atip> {
        toc::atip(self)
    }

    /// Layers that this disc has: pressed discs have as many as they need.
    #[must_use]
    pub fn layers(&self) -> u8 {
        information::layers(self)
    }

    /// Nothing is recorded.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        information::is_blank(self)
    }

    /// More can be recorded without blanking or formatting.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        information::is_writable(self)
    }

    /// The media catalogue number of the last session that has one.
    #[must_use]
    pub fn catalogue_number(&self) -> Option<[u8; 13]> {
        let Recording::Sequential(sequence) = &self.recording else { return None };
        sequence.sessions.iter().rev().find_map(|session| session.catalogue)
    }

    /// Control nibble and recording code of a track; `None` when there is no such track.
    #[must_use]
    pub fn recording_code(&self, track: u8) -> Option<(u8, Option<[u8; 12]>)> {
        let Recording::Sequential(sequence) = &self.recording else { return None };
        sequence.track(track.into()).map(|(_, track)| (track.control, track.isrc))
    }
}
