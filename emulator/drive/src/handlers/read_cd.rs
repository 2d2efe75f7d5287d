//! Sectors of compact discs: READ CD, READ CD MSF, READ HEADER.

use super::read::{MOST_BLOCKS, block_at};
use crate::check::{Check, Refused};
use crate::dispatch::{Call, Done, Execute, Outcome};
use crate::unit::Unit;
use discrig_disc::Family;
use discrig_disc::sector::read_cd::ReadCdSelection;
use discrig_wire::Cdb;
use discrig_wire::command::{CommandSpec, ReadCd, ReadCdMsf, ReadHeader};
use discrig_wire::msf::Msf;
use discrig_wire::sense::codes;
use discrig_wire::sub_channel::BlockHeader;

/// A CD, or the refusal that everything else gets.
fn cd(unit: &Unit) -> Result<(), Refused> {
    if unit.readiness()?.kind.spec().family == Family::Cd {
        Ok(())
    } else {
        Err(codes::CANNOT_READ_MEDIUM_INCOMPATIBLE_FORMAT.into())
    }
}

fn read(
    unit: &mut Unit,
    call: &mut Call<'_>,
    spec: &'static CommandSpec,
    selection: &ReadCdSelection,
    first: i32,
    count: u32,
) -> Outcome {
    cd(unit)?;
    unit.access(call.nexus);
    let (Some(disc), Some(store)) = (&unit.state.disc, &mut unit.content) else {
        return Err(codes::MEDIUM_NOT_PRESENT.into());
    };
    call.staged.clear();
    disc.read_cd(selection, first, count, &mut **store, call.staged)
        .map_err(|refusal| Check::of(spec, refusal))?;
    unit.state.head = first.max(0) as u32 + count;
    unit.state.playback = None;
    Ok(Done::Staged)
}

/// What the CDB of either command asks for; their bytes 1, 9 and 10 are the same.
fn selection(spec: &'static CommandSpec, cdb: &Cdb) -> Result<ReadCdSelection, Check> {
    let bytes = cdb.padded();
    ReadCdSelection::new(bytes[1] >> 2 & 0b111, bytes[9], bytes[10] & 0b111)
        .map_err(|_| Check::field(spec, "header_codes"))
}

impl Execute for ReadCd {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let selection = selection(ReadCd::SPEC, &self.cdb())?;
        if self.transfer_length > MOST_BLOCKS {
            return Err(Check::field(ReadCd::SPEC, "transfer_length").into());
        }
        let first = self.logical_block_address as i32;
        read(unit, call, ReadCd::SPEC, &selection, first, self.transfer_length)
    }
}

impl Execute for ReadCdMsf {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let selection = selection(ReadCdMsf::SPEC, &self.cdb())?;
        let first = block_at(ReadCdMsf::SPEC, "starting_msf", self.starting_msf)?;
        let end = block_at(ReadCdMsf::SPEC, "ending_msf", self.ending_msf)?;
        let count = u32::try_from(end - first)
            .ok()
            .filter(|count| *count <= MOST_BLOCKS)
            .ok_or_else(|| Check::field(ReadCdMsf::SPEC, "ending_msf"))?;
        read(unit, call, ReadCdMsf::SPEC, &selection, first, count)
    }
}

/// Main channel selection of READ CD: the header and nothing else.
const HEADER_ALONE: u8 = 0x20;

impl Execute for ReadHeader {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let block = self.logical_block_address as i32;
        let Ok(header) = ReadCdSelection::new(0, HEADER_ALONE, 0) else {
            return Err(codes::ILLEGAL_MODE_FOR_THIS_TRACK.into());
        };
        read(unit, call, ReadHeader::SPEC, &header, block, 1)?;
        // Audio has no header: all of it is user data.
        let &[_, _, _, mode] = &call.staged[..] else {
            return Err(
                Check::at_block(codes::ILLEGAL_MODE_FOR_THIS_TRACK, self.logical_block_address).into()
            );
        };
        let address = if self.msf {
            Msf::from_lba(block).unwrap_or(Msf::NONE).to_field()
        } else {
            self.logical_block_address
        };
        call.reply(self.allocation_length.into(), |reply| BlockHeader { mode, address }.encode(reply))
    }
}
