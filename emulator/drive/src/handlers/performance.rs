//! Speeds: GET PERFORMANCE, SET STREAMING, SET CD SPEED.

use crate::check::Check;
use crate::dispatch::{Call, Done, Execute, Outcome};
use crate::profile::round_down;
use crate::state::SpeedState;
use crate::timing::Zone;
use crate::unit::Unit;
use discrig_disc::{DiscState, MediumKind};
use discrig_wire::command::{GetPerformance, SetCdSpeed, SetStreaming};
use discrig_wire::mode::RotationControl;
use discrig_wire::performance::{
    NominalPerformance, PerformanceData, PerformanceKind, StreamingRequest, WriteSpeed,
};
use discrig_wire::sense::codes;

/// Bits 2 and 1-0 of the data type of type 00h.
const WRITE: u8 = 0b100;
const EXCEPT: u8 = 0b011;

impl Execute for GetPerformance {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let most = usize::from(self.maximum_descriptors);
        match PerformanceKind(self.kind) {
            PerformanceKind::PERFORMANCE => self.performance(unit, call, most),
            PerformanceKind::WRITE_SPEED if self.data_type != 0 => self.wrong("data_type"),
            PerformanceKind::WRITE_SPEED => {
                let speeds = write_speeds(unit);
                call.reply(allocation(most, WriteSpeed::SIZE), |reply| {
                    PerformanceData::encode(false, false, reply, |reply| {
                        speeds.iter().for_each(|speed| speed.encode(reply));
                    });
                })
            }
            _ => self.wrong("kind"),
        }
    }
}

/// The command counts descriptors, not bytes: the header and as many as were asked for.
fn allocation(most: usize, size: usize) -> usize {
    8 + most * size
}

trait Performance {
    fn wrong(&self, field: &str) -> Outcome;
    fn performance(&self, unit: &Unit, call: &mut Call<'_>, most: usize) -> Outcome;
}

impl Performance for GetPerformance {
    fn wrong(&self, field: &str) -> Outcome {
        Err(Check::field(GetPerformance::SPEC, field).into())
    }

    /// The zones of the curve by which the disc is read or recorded; no exceptions.
    fn performance(&self, unit: &Unit, call: &mut Call<'_>, most: usize) -> Outcome {
        let write = self.data_type & WRITE != 0;
        let except = self.data_type & EXCEPT;
        if except == EXCEPT {
            return self.wrong("data_type");
        }
        let last = unit.medium().map(last_block);
        if last.is_some_and(|last| self.starting_lba > last) {
            return Err(Check::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, self.starting_lba).into());
        }
        let medium = if write { unit.recordable_medium() } else { unit.medium() };
        let zones = match medium.filter(|_| except == 0) {
            Some(disc) => unit.zones(disc, write, self.starting_lba, last_block(disc)),
            None => Vec::new(),
        };
        let descriptor = |zone: &Zone| NominalPerformance {
            start_block: zone.first as u32,
            start_performance: zone.first_kb_s,
            end_block: zone.last as u32,
            end_performance: zone.last_kb_s,
        };
        call.reply(allocation(most, NominalPerformance::SIZE), |reply| {
            PerformanceData::encode(write, except != 0, reply, |reply| {
                zones.iter().map(descriptor).for_each(|zone| zone.encode(reply));
            });
        })
    }
}

fn last_block(disc: &DiscState) -> u32 {
    let spec = disc.kind.spec();
    if spec.is_recordable() { spec.capacity - 1 } else { disc.last_block() }
}

/// What the medium can be written at; nothing for one that cannot be written.
fn write_speeds(unit: &Unit) -> Vec<WriteSpeed> {
    let Some(disc) = unit.recordable_medium() else { return Vec::new() };
    let speeds = unit.speeds(disc.kind, true);
    let read_speed = unit.speed(disc.kind, false);
    // Exact is what holds everywhere on the disc.
    let descriptor = |speed: &u32| WriteSpeed {
        rotation_control: unit.rotation_control(disc, *speed),
        exact: unit.curve_at(disc, true, *speed).is_constant(),
        end_block: last_block(disc),
        read_speed,
        write_speed: *speed,
        ..WriteSpeed::default()
    };
    speeds.iter().map(descriptor).collect()
}

impl Execute for SetStreaming {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        if self.kind != 0 {
            return Err(Check::field(SetStreaming::SPEC, "kind").into());
        }
        let list = call.data_out.get(..self.parameter_list_length.into());
        let request = list.and_then(|list| StreamingRequest::parse(list).ok());
        let Some(request) = request else { return Err(codes::PARAMETER_LIST_LENGTH_ERROR.into()) };
        if request.restore_defaults {
            unit.state.speeds = SpeedState::default();
            return Ok(Done::Good);
        }
        let (Some(read), Some(write)) = (request.read_speed(), request.write_speed()) else {
            let byte = if request.read_time_ms == 0 { 16 } else { 24 };
            return Err(Check::parameter(byte, Some(7)).into());
        };
        let wanted = |speed: u64| u32::try_from(speed).unwrap_or(u32::MAX);
        let (read, write) = (wanted(read), wanted(write));
        let medium = unit.medium();
        check_descriptor(&request, medium)?;
        let rounded = round(unit, medium.map_or(MediumKind::CdRom, |disc| disc.kind), read, write);
        if request.exact {
            if (rounded.read, rounded.write) != (Some(read), Some(write)) {
                return Err(Check::parameter(0, Some(1)).into());
            }
            // Rounding would turn the disc in another way as well.
            let turns = unit.recordable_medium().map(|disc| unit.rotation_control(disc, write));
            if request.rotation_control == RotationControl::CAV
                && turns.is_some_and(|how| how != RotationControl::CAV)
            {
                return Err(Check::parameter(0, Some(4)).into());
            }
        }
        unit.state.speeds = rounded;
        Ok(Done::Good)
    }
}

/// Whether the descriptor is one, whatever the drive can do: a rotation control that exists, and an extent on the disc.
fn check_descriptor(request: &StreamingRequest, medium: Option<&DiscState>) -> Result<(), Check> {
    if ![RotationControl::CLV, RotationControl::CAV].contains(&request.rotation_control) {
        return Err(Check::parameter(0, Some(4)));
    }
    if medium.is_some_and(|disc| request.end_block > last_block(disc)) {
        return Err(Check::parameter(8, Some(7)));
    }
    if request.start_block > request.end_block {
        return Err(Check::parameter(4, Some(7)));
    }
    Ok(())
}

fn round(unit: &Unit, kind: MediumKind, read: u32, write: u32) -> SpeedState {
    SpeedState {
        read: Some(round_down(unit.speeds(kind, false), read)),
        write: Some(round_down(unit.speeds(kind, true), write)),
    }
}

/// The speed that means the highest one.
const MAXIMUM: u16 = u16::MAX;

impl Execute for SetCdSpeed {
    fn execute(&self, unit: &mut Unit, _: &mut Call<'_>) -> Outcome {
        if self.rotation_control > 1 {
            return Err(Check::field(SetCdSpeed::SPEC, "rotation_control").into());
        }
        // Meant for CD, and sent by hosts for every medium.
        let kind = unit.medium().map_or(MediumKind::CdRom, |disc| disc.kind);
        let rounded = round(unit, kind, self.read_speed.into(), self.write_speed.into());
        unit.state.speeds = SpeedState {
            read: rounded.read.filter(|_| self.read_speed != MAXIMUM),
            write: rounded.write.filter(|_| self.write_speed != MAXIMUM),
        };
        Ok(Done::Good)
    }
}
