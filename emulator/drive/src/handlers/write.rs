//! Recording in sequence on write-once discs: WRITE(10), SYNCHRONIZE CACHE.

use crate::check::Check;
use crate::dispatch::{Call, Done, Execute, Outcome};
use crate::medium::{BLOCK, Family};
use crate::unit::Unit;
use discrig_wire::command::{SynchronizeCache, Write10};
use discrig_wire::mode::WriteType;
use discrig_wire::sense::codes;

impl Execute for Write10 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let mut disc = unit.readiness()?;
        if !disc.spec().recordable {
            return Err(codes::WRITE_PROTECTED.into());
        }
        if unit.state.modes.time_out_and_protect.software_write_protect {
            return Err(codes::LOGICAL_UNIT_SOFTWARE_WRITE_PROTECTED.into());
        }
        let write_type = unit.state.modes.write_parameters.write_type;
        let in_sequence = [WriteType::PACKET, WriteType::TRACK_AT_ONCE].contains(&write_type);
        if disc.spec().family == Family::Cd && !in_sequence {
            return Err(codes::COMMAND_SEQUENCE_ERROR.into());
        }
        let (first, count) = (self.logical_block_address, u32::from(self.transfer_length));
        if count == 0 {
            return Ok(Done::Good);
        }
        if first != disc.recorded {
            return Err(Check::at_block(codes::INVALID_ADDRESS_FOR_WRITE, first).into());
        }
        if count > disc.free() {
            return Err(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE.into());
        }
        let Some(bytes) = call.data_out.get(..count as usize * BLOCK) else {
            return Err(codes::DATA_PHASE_ERROR.into());
        };
        unit.wake(call.nexus);
        if !unit.content.as_mut().is_some_and(|content| content.write(first, bytes)) {
            return Err(codes::WRITE_PROTECTED.into());
        }
        disc.recorded += count;
        unit.state.disc = Some(disc);
        unit.state.head = disc.recorded;
        Ok(Done::Good)
    }
}

/// Everything that was written is on the medium already.
impl Execute for SynchronizeCache {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        unit.wake(call.nexus);
        Ok(Done::Good)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Disc, Drive, DriveConfig, HostEvent, MediumKind, NexusId, VirtualClock, VirtualPort};
    use core::time::Duration;
    use discrig_device::{Device, Instant, Request};
    use discrig_wire::SenseCode;
    use discrig_wire::command::Write10;
    use discrig_wire::sense::codes;

    fn write(drive: &mut Drive, logical_block_address: u32, transfer_length: u16) -> Option<SenseCode> {
        let mut clock = VirtualClock::default();
        let command = Write10 { logical_block_address, transfer_length, ..Write10::default() };
        let bytes = vec![7; usize::from(transfer_length) * 2048];
        let request = Request::output(command, &bytes, Duration::from_secs(1));
        let answer = VirtualPort { drive, clock: &mut clock, nexus: NexusId(0) }.execute(request);
        answer.unwrap().code()
    }

    #[test]
    fn a_disc_that_gets_full() {
        let mut drive = Drive::new(DriveConfig::default(), Instant::ZERO);
        let disc = Disc::blank(MediumKind::CdR).unwrap();
        drive.host_event(Instant::ZERO, HostEvent::SwapDisc(Some(disc))).unwrap();
        let capacity = MediumKind::CdR.spec().capacity;
        if let Some(disc) = &mut drive.unit.state.disc {
            disc.recorded = capacity - 2;
        }
        assert!(write(&mut drive, capacity - 2, 3).is_some(), "the unit attention of power on");
        let out_of_range = Some(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE);
        assert_eq!(write(&mut drive, capacity - 2, 3), out_of_range);
        assert_eq!(write(&mut drive, capacity - 2, 2), None);
        assert_eq!(write(&mut drive, capacity, 1), out_of_range);
        assert!(drive.state().disc.is_some_and(|disc| !disc.is_writable() && disc.free() == 0));
    }
}
