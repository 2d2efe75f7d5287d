//! The drive's buffer: READ BUFFER, WRITE BUFFER, READ BUFFER CAPACITY, SET READ AHEAD.

use super::read::block;
use crate::check::Check;
use crate::dispatch::{Call, Done, Execute, Outcome};
use crate::drive::BLOCK;
use crate::read_ahead::ReadAheadJump;
use crate::unit::Unit;
use discrig_wire::buffer::{BufferCapacity, BufferDescriptor, BufferHeader, BufferMode};
use discrig_wire::command::{ReadBuffer, ReadBufferCapacity, SetReadAhead, WriteBuffer};
use discrig_wire::sense::codes;

/// Bytes that READ BUFFER and WRITE BUFFER can reach: a part of the drive's memory that commands do not use.
pub(crate) const SCRATCH: usize = 4096;

impl Execute for ReadBuffer {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let allocation = self.allocation_length as usize;
        let capacity = SCRATCH as u32;
        let offset = self.buffer_offset as usize;
        let scratch = &unit.state.scratch;
        match BufferMode(self.mode) {
            // All zeros where there is no such buffer (SPC-3 6.15.5).
            BufferMode::DESCRIPTOR => call.reply(allocation, |reply| {
                let capacity = if self.buffer_id == 0 { capacity } else { 0 };
                BufferDescriptor { offset_boundary: 0, capacity }.encode(reply);
            }),
            BufferMode::DATA | BufferMode::COMBINED if self.buffer_id != 0 => {
                Err(Check::field(ReadBuffer::SPEC, "buffer_id").into())
            }
            BufferMode::DATA | BufferMode::COMBINED if offset > SCRATCH => {
                Err(Check::field(ReadBuffer::SPEC, "buffer_offset").into())
            }
            mode @ (BufferMode::DATA | BufferMode::COMBINED) => call.reply(allocation, |reply| {
                if mode == BufferMode::COMBINED {
                    BufferHeader { capacity }.encode(reply);
                }
                let written = scratch.get(offset..).unwrap_or_default();
                reply.put(written);
                reply.zeros(SCRATCH - offset - written.len());
            }),
            _ => Err(Check::field(ReadBuffer::SPEC, "mode").into()),
        }
    }
}

impl Execute for WriteBuffer {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        if BufferMode(self.mode) != BufferMode::DATA {
            return Err(Check::field(WriteBuffer::SPEC, "mode").into());
        }
        if self.buffer_id != 0 {
            return Err(Check::field(WriteBuffer::SPEC, "buffer_id").into());
        }
        let (from, length) = (self.buffer_offset as usize, self.parameter_list_length as usize);
        let Some(end) = from.checked_add(length).filter(|end| *end <= SCRATCH) else {
            return Err(Check::field(WriteBuffer::SPEC, "parameter_list_length").into());
        };
        let Some(bytes) = call.data_out.get(..length) else {
            return Err(codes::PARAMETER_LIST_LENGTH_ERROR.into());
        };
        let scratch = &mut unit.state.scratch;
        if scratch.len() < end {
            scratch.resize(end, 0);
        }
        scratch[from..end].copy_from_slice(bytes);
        Ok(Done::Good)
    }
}

impl Execute for ReadBufferCapacity {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let [size, free] =
            [unit.buffer_bytes(), unit.buffer_free()].map(|bytes| u32::try_from(bytes).unwrap_or(u32::MAX));
        let capacity = if self.block {
            BufferCapacity::blocks(free / BLOCK as u32)
        } else {
            BufferCapacity::bytes(size, free)
        };
        call.reply(self.allocation_length.into(), |reply| capacity.encode(reply))
    }
}

impl Execute for SetReadAhead {
    fn execute(&self, unit: &mut Unit, _: &mut Call<'_>) -> Outcome {
        let disc = unit.readiness()?;
        let [trigger, target] = [block(self.trigger_address)?, block(self.read_ahead_address)?];
        for address in [trigger, target] {
            disc.readable(address, 0)?;
        }
        if !unit.clockwork.is_instant() {
            unit.state.buffer.jump = Some(ReadAheadJump { trigger, target });
        }
        Ok(Done::Good)
    }
}
