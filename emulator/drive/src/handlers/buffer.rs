//! The drive's buffer: READ BUFFER, WRITE BUFFER, READ BUFFER CAPACITY, SET READ AHEAD.

use super::read::block;
use crate::check::Check;
use crate::dispatch::{Call, Done, Execute, Outcome};
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
        if self.buffer_id != 0 {
            return Err(Check::field(ReadBuffer::SPEC, "buffer_id").into());
        }
        let offset = self.buffer_offset as usize;
        let scratch = &unit.state.scratch;
        match BufferMode(self.mode) {
            BufferMode::DESCRIPTOR => call.reply(allocation, |reply| {
                BufferDescriptor { offset_boundary: 0, capacity }.encode(reply);
            }),
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
        // What is written has left the buffer when its command is answered.
        let size = u32::from(unit.config.profile.buffer_kb) * 1024;
        let capacity =
            if self.block { BufferCapacity::blocks(size / 2048) } else { BufferCapacity::bytes(size, size) };
        call.reply(self.allocation_length.into(), |reply| capacity.encode(reply))
    }
}

impl Execute for SetReadAhead {
    fn execute(&self, unit: &mut Unit, _: &mut Call<'_>) -> Outcome {
        let disc = unit.readiness()?;
        for address in [self.trigger_address, self.read_ahead_address] {
            disc.readable(block(address)?, 0)?;
        }
        Ok(Done::Good)
    }
}
