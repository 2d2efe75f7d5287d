//! How long the drive takes before a command takes effect: waking up, positioning, waiting for data or for room in the buffer.

use crate::nexus::NexusId;
use crate::read_ahead::Reading;
use crate::unit::Unit;
use core::ops::Range;
use core::time::Duration;
use discrig_wire::Cdb;
use discrig_wire::command::Command;
use discrig_wire::msf::Msf;

/// What a command does with blocks of the medium.
#[derive(Clone, Debug)]
enum Access {
    Read(Range<i32>, Reading),
    Seek(i32),
    Write { first: i32, count: u32, streaming: bool },
}

impl Access {
    fn read(first: u32, count: u32, from_medium: bool, once: bool) -> Option<Access> {
        let first = i32::try_from(first).ok()?;
        let end = first.checked_add(i32::try_from(count).ok()?)?;
        Some(Access::Read(first..end, Reading { from_medium, once }))
    }

    /// What a command asks for, when it makes sense.
    fn of(command: &Command) -> Option<Access> {
        match command {
            Command::Read10(read) => Access::read(
                read.logical_block_address,
                read.transfer_length.into(),
                read.force_unit_access,
                read.disable_page_out,
            ),
            Command::Read12(read) => Access::read(
                read.logical_block_address,
                read.transfer_length,
                read.force_unit_access,
                read.disable_page_out,
            ),
            Command::ReadCd(read) => {
                let first = read.logical_block_address as i32;
                let end = first.checked_add(i32::try_from(read.transfer_length).ok()?)?;
                Some(Access::Read(first..end, Reading::default()))
            }
            Command::ReadCdMsf(read) => {
                let [first, end] =
                    [read.starting_msf, read.ending_msf].map(|time| Msf::from_field(time).lba());
                (first <= end).then_some(Access::Read(first..end, Reading::default()))
            }
            Command::Seek10(seek) => i32::try_from(seek.logical_block_address).ok().map(Access::Seek),
            Command::Verify10(verify) => Access::read(
                verify.logical_block_address,
                verify.verification_length.into(),
                true,
                verify.disable_page_out,
            ),
            Command::Verify12(verify) => Access::read(
                verify.logical_block_address,
                verify.verification_length,
                true,
                verify.disable_page_out,
            ),
            Command::Write10(write) => Some(Access::Write {
                first: write.logical_block_address as i32,
                count: write.transfer_length.into(),
                streaming: false,
            }),
            Command::Write12(write) => Some(Access::Write {
                first: write.logical_block_address as i32,
                count: write.transfer_length,
                streaming: write.streaming,
            }),
            Command::WriteAndVerify10(write) => Some(Access::Write {
                first: write.logical_block_address as i32,
                count: write.transfer_length.into(),
                streaming: false,
            }),
            _ => None,
        }
    }
}

/// How long a command of `nexus` takes before it takes effect. What will be refused is refused at once.
pub(crate) fn service_time(unit: &mut Unit, nexus: NexusId, cdb: &Cdb) -> Duration {
    let overhead = unit.clockwork.overhead();
    if unit.clockwork.is_instant() {
        return overhead;
    }
    let access = Command::decode(cdb).ok().and_then(|command| Access::of(&command));
    let Some(access) = access else { return overhead };
    if !is_possible(unit, &access) {
        return overhead;
    }
    let spinning = unit.access(nexus);
    let time = match access {
        Access::Read(blocks, how) => unit.reading_time(blocks, how),
        Access::Seek(block) => unit.seeking_time(block),
        Access::Write { first, count, streaming } => {
            let bytes = recorded_bytes(unit, first, count).unwrap_or(0);
            unit.room_time(first, bytes, streaming)
        }
    };
    // Data that come from the medium are handed over while the next ones are read.
    overhead.max(time) + spinning
}

/// Bytes of the data of a WRITE, when the medium takes it.
fn recorded_bytes(unit: &Unit, first: i32, count: u32) -> Option<u64> {
    let placement = unit.medium()?.placement(&unit.state.modes.write_parameters, first, count).ok()?;
    Some(u64::from(placement.block_length) * u64::from(count))
}

fn is_possible(unit: &Unit, access: &Access) -> bool {
    let Ok(disc) = unit.readiness() else { return false };
    match access {
        Access::Read(blocks, _) => {
            !unit.is_streaming() && disc.readable(blocks.start, blocks.start.abs_diff(blocks.end)).is_ok()
        }
        Access::Seek(block) => !unit.is_streaming() && disc.readable(*block, 0).is_ok(),
        Access::Write { first, count, .. } => *count > 0 && recorded_bytes(unit, *first, *count).is_some(),
    }
}

/// Whether a command would take the pick-up away from a recording that may not be interrupted.
pub(crate) fn breaks_stream(unit: &Unit, command: &Command) -> bool {
    unit.is_streaming() && matches!(Access::of(command), Some(Access::Read(..) | Access::Seek(_)))
}
