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

/// Blocks to record.
struct Blocks {
    /// Signed: pre-gap and lead-in of a CD have negative addresses.
    first: i32,
    count: u32,
    /// The answer comes when they are on the medium, not when they are in the buffer.
    through: bool,
    /// Time matters more than correctness.
    streaming: bool,
}

/// Records blocks, whose data the call has.
fn write(unit: &mut Unit, call: &mut Call<'_>, blocks: &Blocks) -> Outcome {
    let Blocks { first, count, through, streaming } = *blocks;
    unprotected(unit)?;
    if count == 0 {
        return Ok(Done::Good);
    }
    unit.access(call.nexus);
    let bytes = call.data_out.len() as u64;
    let lead = unit.admit_recording(first, bytes)?;
    let before = unit.shown();
    let page = unit.state.modes.write_parameters;
    let (Some(disc), Some(store)) = (&mut unit.state.disc, &mut unit.content) else {
        return Err(codes::MEDIUM_NOT_PRESENT.into());
    };
    disc.write(&page, first, count, call.data_out, &mut **store)?;
    unit.buffered(first, count, bytes, lead, streaming);
    // The pick-up cannot be in two places.
    unit.state.playback = None;
    unit.tell_features(before);
    let cached = unit.state.modes.caching.write_cache_enable;
    if through || !cached { Ok(Done::Until(unit.state.now + unit.flush())) } else { Ok(Done::Good) }
}

impl Execute for Write10 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let first = self.logical_block_address as i32;
        let through = self.force_unit_access;
        write(unit, call, &Blocks { first, count: self.transfer_length.into(), through, streaming: false })
    }
}

impl Execute for Write12 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let first = self.logical_block_address as i32;
        let (through, streaming) = (self.force_unit_access, self.streaming);
        write(unit, call, &Blocks { first, count: self.transfer_length, through, streaming })
    }
}

impl Execute for WriteAndVerify10 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        if self.byte_check {
            return Err(Check::field(WriteAndVerify10::SPEC, "byte_check").into());
        }
        let (first, count) = (self.logical_block_address as i32, u32::from(self.transfer_length));
        let recorded = write(unit, call, &Blocks { first, count, through: true, streaming: false })?;
        if count == 0 {
            return Ok(Done::Good);
        }
        verify_written(unit, call, first, count)?;
        Ok(match recorded {
            Done::Until(recorded) => Done::Until(recorded + unit.verification_time(first, count)),
            other => other,
        })
    }
}

impl Execute for SynchronizeCache {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        unit.readiness()?;
        unit.tell_loss()?;
        let change = unit.readiness()?.synchronize()?;
        unit.begin(call.nexus, change, self.immed)
    }
}
