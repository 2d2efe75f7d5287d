//! READ DISC INFORMATION, READ TRACK INFORMATION, READ FORMAT CAPACITIES and READ MEDIA SERIAL NUMBER: views of the disc, encoded.

use crate::check::Check;
use crate::dispatch::{Call, Execute, Outcome};
use crate::unit::Unit;
use discrig_disc::TrackSelector;
use discrig_wire::capacity::{CapacityKind, CurrentCapacity, FormatCapacities};
use discrig_wire::command::{
    ReadDiscInformation, ReadFormatCapacities, ReadMediaSerialNumber, ReadTrackInformation,
};
use discrig_wire::disc::DiscDataType;
use discrig_wire::serial;
use discrig_wire::track::TrackAddressType;

impl Execute for ReadDiscInformation {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let disc = unit.readiness()?;
        let allocation = self.allocation_length.into();
        let wrong = || Check::field(ReadDiscInformation::SPEC, "data_type");
        match DiscDataType(self.data_type) {
            DiscDataType::STANDARD => {
                let information = disc.information();
                call.reply(allocation, |reply| information.encode(&[], reply))
            }
            DiscDataType::TRACK_RESOURCES => {
                let resources = disc.track_resources();
                call.reply(allocation, |reply| resources.encode(reply))
            }
            DiscDataType::POW_RESOURCES => {
                let resources = disc.pow_resources().ok_or_else(wrong)?;
                call.reply(allocation, |reply| resources.encode(reply))
            }
            _ => Err(wrong().into()),
        }
    }
}

impl Execute for ReadTrackInformation {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let wrong = |name| Check::field(ReadTrackInformation::SPEC, name);
        let disc = unit.readiness()?;
        let selector = match (TrackAddressType(self.address_type), self.open) {
            (TrackAddressType::BLOCK, false) => TrackSelector::Block(self.address as i32),
            (TrackAddressType::TRACK, false) => TrackSelector::Number(self.address),
            (TrackAddressType::TRACK, true) => TrackSelector::FirstOpen(self.address),
            (TrackAddressType::SESSION, false) => TrackSelector::Session(self.address),
            (TrackAddressType::BLOCK | TrackAddressType::SESSION, true) => return Err(wrong("open").into()),
            _ => return Err(wrong("address_type").into()),
        };
        let refused = |refusal| Check::of(ReadTrackInformation::SPEC, refusal);
        let track = disc.track_information(selector).map_err(refused)?;
        call.reply(self.allocation_length.into(), |reply| track.encode(reply))
    }
}

impl Execute for ReadFormatCapacities {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        // Answered without a medium too.
        let unknown = CurrentCapacity { blocks: 0, kind: CapacityKind::UNKNOWN, block_length: 2048 };
        let (current, formattable) =
            unit.medium().map_or_else(|| (unknown, Vec::new()), |disc| disc.format_capacities());
        call.reply(self.allocation_length.into(), |reply| {
            FormatCapacities::encode(current, &formattable, reply);
        })
    }
}

impl Execute for ReadMediaSerialNumber {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        // The disc's identifier in hexadecimal digits; media without one have a number of no bytes.
        let number = match unit.readiness()?.identifier {
            0 => String::new(),
            identifier => format!("{identifier:08X}"),
        };
        call.reply(self.allocation_length as usize, |reply| serial::encode(number.as_bytes(), reply))
    }
}
