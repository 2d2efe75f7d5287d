//! READ DISC INFORMATION and READ TRACK INFORMATION.

use crate::check::{Check, Refused};
use crate::dispatch::{Call, Execute, Outcome};
use crate::medium::{DiscState, Family};
use crate::unit::Unit;
use discrig_wire::command::{ReadDiscInformation, ReadTrackInformation};
use discrig_wire::disc::{DiscDataType, DiscInformation, DiscStatus, SessionStatus, TrackResources};
use discrig_wire::msf::Msf;
use discrig_wire::sense::codes;
use discrig_wire::track::{DataMode, TrackAddressType, TrackInformation};

/// A field without an address.
const NO_ADDRESS: u32 = u32::MAX;

/// Where the lead-in of the first session of a CD-R starts.
const CD_LEAD_IN: Msf = Msf::new(97, 26, 65);

impl Execute for ReadDiscInformation {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let disc = unit.readiness()?;
        let allocation = self.allocation_length.into();
        match DiscDataType(self.data_type) {
            DiscDataType::STANDARD => call.reply(allocation, |reply| standard(&disc).encode(&[], reply)),
            DiscDataType::TRACK_RESOURCES => {
                call.reply(allocation, |reply| track_resources(&disc).encode(reply))
            }
            _ => Err(Check::field(ReadDiscInformation::SPEC, "data_type").into()),
        }
    }
}

fn standard(disc: &DiscState) -> DiscInformation {
    let spec = disc.spec();
    let (disc_status, last_session_status) = match (spec.recordable, disc.is_blank()) {
        (false, _) => (DiscStatus::COMPLETE, SessionStatus::COMPLETE),
        (true, true) => (DiscStatus::EMPTY, SessionStatus::EMPTY),
        (true, false) => (DiscStatus::INCOMPLETE, SessionStatus::INCOMPLETE),
    };
    let cd = spec.family == Family::Cd;
    let (last_session_lead_in, last_possible_lead_out) = match (spec.recordable, cd) {
        (true, true) => (CD_LEAD_IN.to_field(), cd_address(spec.capacity)),
        (true, false) => (0, spec.capacity),
        (false, true) => (NO_ADDRESS, NO_ADDRESS),
        (false, false) => (0, 0),
    };
    DiscInformation {
        last_session_status,
        disc_status,
        first_track: 1,
        sessions: 1,
        first_track_in_last_session: 1,
        last_track_in_last_session: 1,
        unrestricted_use: true,
        last_session_lead_in,
        last_possible_lead_out,
        ..DiscInformation::default()
    }
}

fn cd_address(block: u32) -> u32 {
    i32::try_from(block).ok().and_then(Msf::from_lba).map_or(NO_ADDRESS, Msf::to_field)
}

fn track_resources(disc: &DiscState) -> TrackResources {
    let maximum_tracks = if disc.spec().family == Family::Cd { 99 } else { 1 };
    let appendable = u16::from(disc.is_writable());
    TrackResources {
        maximum_tracks,
        assigned_tracks: u16::from(!disc.is_blank()),
        maximum_appendable_tracks: appendable,
        appendable_tracks: appendable,
        ..TrackResources::default()
    }
}

impl Execute for ReadTrackInformation {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let disc = unit.readiness()?;
        self.addresses_track(&disc)?;
        call.reply(self.allocation_length.into(), |reply| track(&disc).encode(reply))
    }
}

/// Number of the track that can be written to next, on media that have such a number.
const INVISIBLE_TRACK: u32 = 0xFF;

trait AddressesTrack {
    /// Whether the command means the one track of a disc.
    fn addresses_track(&self, disc: &DiscState) -> Result<(), Refused>;
}

impl AddressesTrack for ReadTrackInformation {
    fn addresses_track(&self, disc: &DiscState) -> Result<(), Refused> {
        let wrong = |name| Err(Check::field(ReadTrackInformation::SPEC, name).into());
        if self.open && !disc.is_writable() {
            return wrong("open");
        }
        match (TrackAddressType(self.address_type), self.address) {
            (TrackAddressType::BLOCK, block) => {
                let end = if disc.spec().recordable { disc.spec().capacity } else { disc.recorded };
                if block < end {
                    Ok(())
                } else {
                    Err(Check::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, block).into())
                }
            }
            (TrackAddressType::TRACK | TrackAddressType::SESSION, 1) => Ok(()),
            (TrackAddressType::TRACK, INVISIBLE_TRACK) if disc.is_writable() => Ok(()),
            (TrackAddressType::TRACK | TrackAddressType::SESSION, _) => wrong("address"),
            _ => wrong("address_type"),
        }
    }
}

fn track(disc: &DiscState) -> TrackInformation {
    let spec = disc.spec();
    let writable = disc.is_writable();
    let plus_r =
        matches!(spec.kind, crate::medium::MediumKind::DvdPlusR | crate::medium::MediumKind::DvdPlusRDl);
    TrackInformation {
        data_length: if plus_r {
            TrackInformation::LENGTH_DVD_PLUS_R
        } else {
            TrackInformation::LENGTH_MMC_3
        },
        track: 1,
        session: 1,
        track_mode: if spec.recordable { 5 } else { 4 },
        blank: disc.is_blank(),
        packet: spec.recordable,
        data_mode: if disc.is_blank() { DataMode::UNKNOWN } else { DataMode::MODE_1 },
        last_recorded_valid: !disc.is_blank(),
        next_writable_valid: writable,
        start: 0,
        next_writable: if writable { disc.recorded } else { 0 },
        free_blocks: disc.free(),
        packet_size: if spec.recordable { spec.blocking.into() } else { 0 },
        size: if spec.recordable { spec.capacity } else { disc.recorded },
        last_recorded: disc.recorded.saturating_sub(1),
        ..TrackInformation::default()
    }
}
