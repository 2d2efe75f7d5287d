//! Reading: READ CAPACITY, READ(10) and (12), SEEK, VERIFY.

use crate::check::{Check, Refused};
use crate::dispatch::{Call, Done, Execute, Outcome};
use crate::medium::{BLOCK, Content, DiscState};
use crate::unit::Unit;
use discrig_wire::capacity::Capacity;
use discrig_wire::command::{Read10, Read12, ReadCapacity, Seek10, Verify10};
use discrig_wire::sense::codes;

impl Execute for ReadCapacity {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        if self.logical_block_address != 0 {
            return Err(Check::field(ReadCapacity::SPEC, "logical_block_address").into());
        }
        if self.partial_medium_indicator {
            return Err(Check::field(ReadCapacity::SPEC, "partial_medium_indicator").into());
        }
        let disc = unit.readiness()?;
        let capacity = Capacity { last_block: last_block(&disc), block_length: BLOCK as u32 };
        call.reply(Capacity::SIZE, |reply| capacity.encode(reply))
    }
}

/// The last block of what can be read: 0 on a blank disc, and where only an incomplete session is.
fn last_block(disc: &DiscState) -> u32 {
    if disc.spec().recordable { 0 } else { disc.recorded.saturating_sub(1) }
}

/// Whether blocks were recorded: what was not is out of range.
fn recorded(disc: &DiscState, first: u32, count: u32) -> Result<(), Refused> {
    match first.checked_add(count) {
        Some(end) if end <= disc.recorded && (count > 0 || first < disc.recorded) => Ok(()),
        _ => {
            let block = if first < disc.recorded { disc.recorded } else { first };
            Err(Check::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, block).into())
        }
    }
}

/// Most blocks of one command, 64 MiB: more than any host asks for.
const MOST_BLOCKS: u32 = 1 << 15;

fn read(unit: &mut Unit, call: &mut Call<'_>, first: u32, count: u32) -> Outcome {
    let disc = unit.readiness()?;
    recorded(&disc, first, count)?;
    unit.wake(call.nexus);
    unit.state.head = first + count;
    if unit.content.as_ref().is_some_and(Content::is_memory) {
        return Ok(Done::Blocks { first, count });
    }
    stage(unit, call, first, count)
}

/// Reads what may fail now, while the failure can still be reported.
fn stage(unit: &mut Unit, call: &mut Call<'_>, first: u32, count: u32) -> Outcome {
    call.staged.resize(count as usize * BLOCK, 0);
    match unit.read_blocks(first, call.staged) {
        Ok(()) => Ok(Done::Staged),
        Err(error) => Err(Check::at_block(codes::UNRECOVERED_READ_ERROR, error.block).into()),
    }
}

impl Execute for Read10 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        read(unit, call, self.logical_block_address, self.transfer_length.into())
    }
}

impl Execute for Read12 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        if self.transfer_length > MOST_BLOCKS {
            return Err(Check::field(Read12::SPEC, "transfer_length").into());
        }
        read(unit, call, self.logical_block_address, self.transfer_length)
    }
}

impl Execute for Seek10 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let disc = unit.readiness()?;
        recorded(&disc, self.logical_block_address, 0)?;
        unit.wake(call.nexus);
        unit.state.head = self.logical_block_address;
        Ok(Done::Good)
    }
}

impl Execute for Verify10 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        if self.byte_check {
            return Err(Check::field(Verify10::SPEC, "byte_check").into());
        }
        let disc = unit.readiness()?;
        let (first, count) = (self.logical_block_address, u32::from(self.verification_length));
        recorded(&disc, first, count)?;
        unit.wake(call.nexus);
        unit.state.head = first + count;
        if !unit.content.as_ref().is_some_and(Content::is_memory) {
            stage(unit, call, first, count)?;
        }
        Ok(Done::Good)
    }
}
