//! Reading: READ CAPACITY, READ(10) and (12), SEEK, VERIFY.

use crate::check::Check;
use crate::dispatch::{Call, Done, Execute, Outcome};
use crate::drive::BLOCK;
use crate::unit::Unit;
use discrig_disc::{Area, Form};
use discrig_wire::capacity::{Capacity, Capacity16};
use discrig_wire::command::{
    CommandSpec, Read10, Read12, ReadCapacity, ReadCapacity16, Seek10, Verify10, Verify12,
};
use discrig_wire::msf::Msf;
use discrig_wire::sense::codes;

impl Execute for ReadCapacity {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        if self.logical_block_address != 0 {
            return Err(Check::field(ReadCapacity::SPEC, "logical_block_address").into());
        }
        if self.partial_medium_indicator {
            return Err(Check::field(ReadCapacity::SPEC, "partial_medium_indicator").into());
        }
        let capacity = Capacity { last_block: unit.readiness()?.last_block(), block_length: BLOCK as u32 };
        call.reply(Capacity::SIZE, |reply| capacity.encode(reply))
    }
}

/// The form for disks of more than 2 TiB, which hosts that know nothing of optical discs ask as well.
impl Execute for ReadCapacity16 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        if self.logical_block_address != 0 {
            return Err(Check::field(ReadCapacity16::SPEC, "logical_block_address").into());
        }
        if self.partial_medium_indicator {
            return Err(Check::field(ReadCapacity16::SPEC, "partial_medium_indicator").into());
        }
        let last_block = unit.readiness()?.last_block().into();
        let capacity = Capacity16 { last_block, block_length: BLOCK as u32 };
        call.reply(self.allocation_length as usize, |reply| capacity.encode(reply))
    }
}

/// Blocks as rules know them: no address has 32 bits.
pub(super) fn block(address: u32) -> Result<i32, Check> {
    i32::try_from(address).map_err(|_| Check::at_block(codes::LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE, address))
}

/// The block at a minute, second and frame, which have to be in their ranges.
pub(super) fn block_at(spec: &CommandSpec, name: &str, field: u32) -> Result<i32, Check> {
    let msf = Msf::from_field(field);
    if msf.is_valid() { Ok(msf.lba()) } else { Err(Check::field(spec, name)) }
}

/// Most blocks of one command, 64 MiB: more than any host asks for.
pub(super) const MOST_BLOCKS: u32 = 1 << 15;

fn read(unit: &mut Unit, call: &mut Call<'_>, first: u32, count: u32) -> Outcome {
    let address = block(first)?;
    let form = unit.readiness()?.readable(address, count)?;
    unit.access(call.nexus);
    unit.state.head = first + count;
    unit.state.playback = None;
    if cannot_fail(unit, form) {
        return Ok(Done::Blocks { first: address, count });
    }
    stage(unit, call, form, address, count)
}

/// User data in memory need no second look; raw sectors may turn out to have none.
fn cannot_fail(unit: &Unit, form: Form) -> bool {
    form.area() == Area::User && unit.content.as_ref().is_some_and(|store| store.is_memory())
}

/// Reads what may fail now, while the failure can still be reported.
fn stage(unit: &mut Unit, call: &mut Call<'_>, form: Form, first: i32, count: u32) -> Outcome {
    call.staged.resize(count as usize * BLOCK, 0);
    unit.read_blocks(form, first, call.staged)?;
    Ok(Done::Staged)
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
        unit.readiness()?.readable(block(self.logical_block_address)?, 0)?;
        unit.access(call.nexus);
        unit.state.head = self.logical_block_address;
        unit.state.playback = None;
        Ok(Done::Good)
    }
}

impl Execute for Verify10 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        if self.byte_check {
            return Err(Check::field(Verify10::SPEC, "byte_check").into());
        }
        verify(unit, call, self.logical_block_address, self.verification_length.into())
    }
}

impl Execute for Verify12 {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        if self.byte_check {
            return Err(Check::field(Verify12::SPEC, "byte_check").into());
        }
        verify(unit, call, self.logical_block_address, self.verification_length)
    }
}

/// Reads user data that was written just now, and keeps nothing of it. What is rehearsed or is no user data is not there to be compared.
pub(super) fn verify_written(
    unit: &mut Unit,
    call: &mut Call<'_>,
    first: i32,
    count: u32,
) -> Result<(), Check> {
    let disc = unit.readiness()?;
    let there = unit.state.disc.as_ref().is_some_and(|disc| disc.rehearsal.is_none());
    let memory = unit.content.as_ref().is_some_and(|store| store.is_memory());
    match disc.readable(first, count) {
        Ok(form) if there && !memory && form.area() == Area::User => {
            call.staged.resize(count as usize * BLOCK, 0);
            unit.read_blocks(form, first, call.staged)
        }
        _ => Ok(()),
    }
}

/// Reads blocks and keeps nothing of them.
fn verify(unit: &mut Unit, call: &mut Call<'_>, first: u32, count: u32) -> Outcome {
    let address = block(first)?;
    let form = unit.readiness()?.readable(address, count)?;
    unit.access(call.nexus);
    unit.state.head = first + count;
    unit.state.playback = None;
    if !cannot_fail(unit, form) {
        stage(unit, call, form, address, count)?;
    }
    Ok(Done::Good)
}
