//! Recording blocks: WRITE and its relatives.

use crate::check::{Check, Refused};
use crate::dispatch::{Call, Done, Execute, Outcome};
use crate::handlers::read::verify_written;
use crate::unit::Unit;
use discrig_disc::DiscState;
use discrig_wire::command::{SynchronizeCache, Write10, Write12, WriteAndVerify10};
use discrig_wire::sense::codes;

/// Whether the drive lets the medium be written to.
pub(super) fn unprotected(unit: &Unit) -> Result<&DiscState, Refused> {
    if unit.state.modes.time_out_and_protect.software_write_protect {
        return Err(codes::LOGICAL_UNIT_SOFTWARE_WRITE_PROTECTED.into());
    }
    Ok(unit.readiness()?)
}

/// Records blocks. The address is signed: pre-gap and lead-in of a CD have negative ones.
fn write(unit: &mut Unit, call: &mut Call<'_>, first: u32, count: u32) -> Outcome {
    unprotected(unit)?;
    if count == 0 {
        return Ok(Done::Good);
    }
    unit.wake(call.nexus);
    let before = unit.shown();
    let page = unit.state.modes.write_parameters;
    let (Some(disc), Some(store)) = (&mut unit.state.disc, &mut unit.content) else {
        return Err(codes::MEDIUM_NOT_PRESENT.into());
    };
    disc.write(&page, first as i32, count, call.data_out, &mut **store)?;
    unit.state.head = first.wrapping_add(count);
    unit.tell_features(before);
    Ok(Done::Good)
}

impl Execute for Write10 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        write(unit, call, self.logical_block_address, self.transfer_length.into())
    }
}

impl Execute for Write12 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        write(unit, call, self.logical_block_address, self.transfer_length)
    }
}

impl Execute for WriteAndVerify10 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        if self.byte_check {
            return Err(Check::field(WriteAndVerify10::SPEC, "byte_check").into());
        }
        let (first, count) = (self.logical_block_address, u32::from(self.transfer_length));
        write(unit, call, first, count)?;
        if count > 0 {
            verify_written(unit, call, first as i32, count)?;
        }
        Ok(Done::Good)
    }
}

impl Execute for SynchronizeCache {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let change = unit.readiness()?.synchronize()?;
        unit.begin(call.nexus, change, self.immed)
    }
}
