//! What prepares and ends recording: reserving, closing, repairing, blanking, formatting, cue sheets, calibration.

use super::structure::check_media;
use super::write::unprotected;
use crate::check::Check;
use crate::dispatch::{Call, Done, Execute, Outcome};
use crate::unit::Unit;
use discrig_disc::{Change, FormatRequest, Reservation};
use discrig_wire::capacity::FormatType;
use discrig_wire::command::{
    Blank, CloseTrackSession, CommandSpec, Erase10, FormatUnit, RepairTrack, ReserveTrack, SendCueSheet,
    SendDiscStructure, SendOpcInformation,
};
use discrig_wire::error::WireError;
use discrig_wire::format::{
    FORMAT_CODE, FormatListHeader, FormatParameters, LEGACY_FORMAT_CODE, LegacyFormatDescriptor,
};
use discrig_wire::sense::codes;

/// Bytes of the header of a SEND DISC STRUCTURE list.
const STRUCTURE_HEADER: usize = 4;

fn parameters<'a>(call: &Call<'a>, length: usize) -> Result<&'a [u8], Check> {
    call.data_out.get(..length).ok_or(Check::new(codes::PARAMETER_LIST_LENGTH_ERROR))
}

/// Refusals of the rules, with the fields of this command.
fn of(spec: &'static CommandSpec) -> impl Fn(discrig_disc::Refusal) -> Check {
    move |refusal| Check::of(spec, refusal)
}

/// A test write begins with what prepares it.
fn rehearse(unit: &mut Unit) {
    if let Some(disc) = &mut unit.state.disc {
        disc.rehearse(&unit.state.modes.write_parameters);
    }
}

impl Execute for ReserveTrack {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let disc = unprotected(unit)?;
        if self.by_zone {
            return Err(Check::field(ReserveTrack::SPEC, "by_zone").into());
        }
        let what = match (self.address(), self.size()) {
            (Some(address), _) => Reservation::Split(address as i32),
            (None, Some(size)) => Reservation::Blocks(size),
            (None, None) => return Err(Check::field(ReserveTrack::SPEC, "parameter").into()),
        };
        let page = &unit.state.modes.write_parameters;
        let change = disc.reserve(page, what).map_err(of(ReserveTrack::SPEC))?;
        rehearse(unit);
        unit.begin(call.nexus, change, false)
    }
}

impl Execute for CloseTrackSession {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let disc = unprotected(unit)?;
        let page = &unit.state.modes.write_parameters;
        let change = disc.close(page, self.close_function, self.track_number);
        let change = change.map_err(of(CloseTrackSession::SPEC))?;
        unit.begin(call.nexus, change, self.immed)
    }
}

impl Execute for FormatUnit {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let disc = unprotected(unit)?;
        if !self.format_data {
            return Err(Check::field(FormatUnit::SPEC, "format_data").into());
        }
        let (header, request) = match self.format_code {
            FORMAT_CODE => {
                let FormatParameters { header, descriptor } =
                    FormatParameters::parse(call.data_out).map_err(wrong_list)?;
                let request = FormatRequest {
                    blocks: descriptor.blocks,
                    format_type: descriptor.format_type.0,
                    sub_type: descriptor.sub_type,
                    parameter: descriptor.parameter,
                    disable_certification: !header.certifies(),
                    complete_list: self.complete_list,
                };
                (header, request)
            }
            LEGACY_FORMAT_CODE => {
                let (header, descriptor) =
                    LegacyFormatDescriptor::parse_list(call.data_out).map_err(wrong_list)?;
                let format_type = match (descriptor.session, descriptor.grow) {
                    (false, false) => FormatType::PACKET_FULL,
                    (false, true) => FormatType::PACKET_GROW,
                    (true, _) => FormatType::PACKET_ADD,
                };
                let (blocks, format_type) = (descriptor.blocks, format_type.0);
                (header, FormatRequest { blocks, format_type, parameter: 32, ..FormatRequest::default() })
            }
            _ => return Err(Check::field(FormatUnit::SPEC, "format_code").into()),
        };
        check_options(&header)?;
        let change = disc.format(&request).map_err(of(FormatUnit::SPEC))?;
        if header.try_out {
            return Ok(Done::Good);
        }
        unit.begin(call.nexus, change, header.immed)
    }
}

/// Why a list of FORMAT UNIT is none: it is too short, or says that its descriptor has another length than eight (MMC-5 6.5.3.2).
fn wrong_list(error: WireError) -> Check {
    match error {
        WireError::LengthMismatch { .. } => Check::parameter(2, Some(7)),
        _ => Check::new(codes::PARAMETER_LIST_LENGTH_ERROR),
    }
}

/// Options count where FOV says so, and have to be zero otherwise. No medium has an initialization pattern.
fn check_options(header: &FormatListHeader) -> Result<(), Check> {
    let valid = header.format_options_valid;
    let illegal = [
        (header.disable_primary && !valid, 6),
        (header.disable_certification && !valid, 5),
        (header.stop_format && !valid, 4),
        (header.initialization_pattern, 3),
        (header.try_out && !valid, 2),
    ];
    match illegal.into_iter().find(|(wrong, _)| *wrong) {
        Some((_, bit)) => Err(Check::parameter(1, Some(bit))),
        None => Ok(()),
    }
}

impl Execute for RepairTrack {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let change = unprotected(unit)?.repair(self.track_number).map_err(of(RepairTrack::SPEC))?;
        unit.begin(call.nexus, change, self.immed)
    }
}

impl Execute for Blank {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let change = unprotected(unit)?.erase_disc(self.blanking_type, self.start_address);
        unit.begin(call.nexus, change.map_err(of(Blank::SPEC))?, self.immed)
    }
}

impl Execute for Erase10 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let disc = unprotected(unit)?;
        let out_of_range =
            || Check::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, self.logical_block_address);
        let first = i32::try_from(self.logical_block_address).map_err(|_| out_of_range())?;
        let end = if self.erase_all {
            disc.last_block() as i32 + 1
        } else {
            first.checked_add(self.transfer_length.into()).ok_or_else(out_of_range)?
        };
        let change = disc.erase(first..end.max(first)).map_err(of(Erase10::SPEC))?;
        unit.begin(call.nexus, change, false)
    }
}

impl Execute for SendCueSheet {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let sheet = parameters(call, self.cue_sheet_size as usize)?;
        let page = &unit.state.modes.write_parameters;
        let change = unprotected(unit)?.cue_sheet(page, sheet).map_err(of(SendCueSheet::SPEC))?;
        rehearse(unit);
        unit.begin(call.nexus, change, false)
    }
}

impl Execute for SendDiscStructure {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let list = parameters(call, self.parameter_list_length.into())?;
        let Some(structure) = list.get(STRUCTURE_HEADER..) else {
            return Err(codes::PARAMETER_LIST_LENGTH_ERROR.into());
        };
        let disc = unprotected(unit)?;
        let refused = codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT;
        check_media(disc, SendDiscStructure::SPEC, self.media_type, refused)?;
        let change = disc.send_structure(self.format, structure);
        unit.begin(call.nexus, change.map_err(of(SendDiscStructure::SPEC))?, false)
    }
}

impl Execute for SendOpcInformation {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let list = parameters(call, self.parameter_list_length.into())?;
        // Entries of eight bytes: a speed and six values.
        if !self.do_opc && !list.len().is_multiple_of(8) {
            return Err(codes::PARAMETER_LIST_LENGTH_ERROR.into());
        }
        let disc = unprotected(unit)?;
        // A full disc that can be erased is calibrated as well: for erasing it.
        if !disc.is_writable() && !disc.kind.spec().is_rewritable() {
            return Err(codes::CANNOT_WRITE_MEDIUM_INCOMPATIBLE_FORMAT.into());
        }
        if !self.do_opc {
            return Ok(Done::Good);
        }
        let mut after = disc.seen().clone();
        after.calibrations += 1;
        unit.begin(call.nexus, Change::to(after, discrig_disc::Task::Calibrate), false)
    }
}
