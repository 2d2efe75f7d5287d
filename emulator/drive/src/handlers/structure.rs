//! READ DISC STRUCTURE for DVD and BD.

use crate::check::{Check, Refused};
use crate::dispatch::{Call, Execute, Outcome};
use crate::unit::Unit;
use discrig_disc::{DiscState, Family, StructureBody};
use discrig_wire::command::{CommandSpec, ReadDiscStructure};
use discrig_wire::sense::{SenseCode, codes};
use discrig_wire::structure::{BdStructure, StructureData, StructureMedia};

/// Bit of the write protection status that the drive knows and the disc does not: SWPP.
const SOFTWARE_PROTECTION: u8 = 1;

/// Whether the media type of READ or SEND DISC STRUCTURE is that of the disc; another one of those that exist is `refused`.
pub(super) fn check_media(
    disc: &DiscState,
    spec: &CommandSpec,
    media_type: u8,
    refused: SenseCode,
) -> Result<(), Check> {
    match (StructureMedia(media_type), disc.kind.spec().family) {
        (StructureMedia::DVD, Family::Dvd) | (StructureMedia::BD, Family::Bd) => Ok(()),
        (StructureMedia::DVD | StructureMedia::BD, _) => Err(Check::new(refused)),
        _ => Err(Check::field(spec, "media_type")),
    }
}

impl Execute for ReadDiscStructure {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let wrong = |name| Err(Refused::from(Check::field(ReadDiscStructure::SPEC, name)));
        let disc = unit.readiness()?;
        let refused = codes::CANNOT_READ_MEDIUM_INCOMPATIBLE_FORMAT;
        check_media(disc, ReadDiscStructure::SPEC, self.media_type, refused)?;
        let readable = disc.structures().into_iter().find(|row| row.format == self.format && row.readable);
        let Some(row) = readable else { return wrong("format") };
        if self.layer >= disc.layers() {
            return wrong("layer");
        }
        let named = match row.body {
            StructureBody::One(_) => None,
            StructureBody::ByAddress(named) => match named(disc, self.address) {
                None => return wrong("address"),
                body => body,
            },
        };
        let protected = unit.state.modes.time_out_and_protect.software_write_protect
            && self.format == BdStructure::WRITE_PROTECTION.0;
        call.reply(self.allocation_length.into(), |reply| {
            StructureData::encode(reply, |reply| match (row.body, &named) {
                (StructureBody::One(encode), _) => encode(disc, reply),
                (StructureBody::ByAddress(_), body) => reply.put(body.as_deref().unwrap_or_default()),
            });
            if protected && let Some(status) = reply.bytes().get(4).copied() {
                reply.patch(4, &[status | SOFTWARE_PROTECTION]);
            }
        })
    }
}
