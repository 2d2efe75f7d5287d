//! READ TOC/PMA/ATIP.

use crate::check::Check;
use crate::dispatch::{Call, Execute, Outcome};
use crate::unit::Unit;
use discrig_wire::command::ReadToc;

impl Execute for ReadToc {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        // Initiators of SFF-8020 times put the format into the last byte.
        let format = if self.format == 0 { self.legacy_format } else { self.format };
        let disc = unit.readiness()?;
        let table = disc.toc(format, self.msf, self.track_session_number);
        let table = table.map_err(|refusal| Check::of(ReadToc::SPEC, refusal))?;
        call.reply(self.allocation_length.into(), |reply| table.encode(reply))
    }
}
