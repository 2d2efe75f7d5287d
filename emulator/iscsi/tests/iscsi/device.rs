//! A device with memory, enough to see whether data arrive where they belong.

use discrig_iscsi::target::{Command, Connection, Outcome};
use discrig_wire::Status;
use discrig_wire::sense::SenseKey;
use discrig_wire::{SenseBuffer, SenseCode};

/// Bytes of a block: odd, so that padding shows.
pub(crate) const BLOCK: usize = 517;

/// How data are given to the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    Closure,
    Vector,
}

pub(crate) struct Device {
    pub(crate) memory: Vec<u8>,
}

/// READ(10): block and count.
pub(crate) fn read(block: u32, count: u16) -> [u8; 16] {
    descriptor(0x28, block, count)
}

/// WRITE(10): block and count.
pub(crate) fn write(block: u32, count: u16) -> [u8; 16] {
    descriptor(0x2A, block, count)
}

fn descriptor(opcode: u8, block: u32, count: u16) -> [u8; 16] {
    let mut cdb = [0; 16];
    cdb[0] = opcode;
    cdb[2..6].copy_from_slice(&block.to_be_bytes());
    cdb[7..9].copy_from_slice(&count.to_be_bytes());
    cdb
}

impl Device {
    pub(crate) fn new(blocks: usize) -> Device {
        Device { memory: vec![0; blocks * BLOCK] }
    }

    /// Carries out a command and answers it.
    pub(crate) fn execute(&mut self, connection: &mut Connection, command: Command, way: Way) {
        let start = u32::from_be_bytes(*command.cdb[2..].first_chunk().unwrap()) as usize * BLOCK;
        let length = usize::from(u16::from_be_bytes(*command.cdb[7..].first_chunk().unwrap())) * BLOCK;
        if start + length > self.memory.len() {
            let code = SenseCode { key: SenseKey::IllegalRequest, asc: 0x21, ascq: 0 };
            assert!(connection.respond(command.task, &Outcome::check_condition(code)));
            return;
        }
        let memory = &mut self.memory[start..start + length];
        let outcome =
            Outcome { status: Status::GOOD, sense: SenseBuffer::EMPTY, transfer_length: length as u64 };
        match (command.cdb[0], way) {
            (0x28, Way::Closure) => {
                connection.respond_with(command.task, &outcome, |buffer| {
                    buffer.copy_from_slice(&memory[..buffer.len()]);
                    buffer.len()
                });
            }
            (0x28, Way::Vector) => {
                let mut data = connection.spare_buffer().unwrap_or_default();
                data.clear();
                data.extend_from_slice(memory);
                connection.respond_with_data(command.task, &outcome, data);
            }
            _ => {
                let count = length.min(command.data_out.len());
                memory[..count].copy_from_slice(&command.data_out[..count]);
                connection.respond(command.task, &outcome);
            }
        }
        connection.recycle(command.data_out);
    }
}
