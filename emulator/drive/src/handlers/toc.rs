//! READ TOC/PMA/ATIP for discs with one data track in one session.

use crate::check::{Check, Refused};
use crate::dispatch::{Call, Execute, Outcome};
use crate::medium::{DiscState, Family};
use crate::unit::Unit;
use discrig_wire::command::ReadToc;
use discrig_wire::msf::Msf;
use discrig_wire::reply::Reply;
use discrig_wire::toc::{Atip, FullTocEntry, LEAD_OUT, TocData, TocEntry, TocFormat};

/// ADR of an entry that carries a position.
const POSITION: u8 = 1;
/// CONTROL of a data track.
const DATA: u8 = 4;

impl Execute for ReadToc {
    fn execute(&self, unit: &mut Unit, call: &mut Call<'_>) -> Outcome {
        let disc = unit.readiness()?;
        let wrong = |name| Err(Refused::from(Check::field(ReadToc::SPEC, name)));
        let cd = disc.spec().family == Family::Cd;
        let has_toc = !disc.spec().recordable;
        // Initiators of SFF-8020 times put the format into the last byte.
        let format = if self.format == 0 { self.legacy_format } else { self.format };
        let number = self.track_session_number;
        let allocation = self.allocation_length.into();
        match TocFormat(format) {
            TocFormat::TOC if has_toc && (number <= 1 || number == LEAD_OUT) => {
                call.reply(allocation, |reply| toc(&disc, self.msf, number, reply))
            }
            TocFormat::TOC | TocFormat::SESSIONS | TocFormat::FULL_TOC if !has_toc => wrong("format"),
            TocFormat::TOC => wrong("track_session_number"),
            TocFormat::SESSIONS => call.reply(allocation, |reply| sessions(self.msf, reply)),
            TocFormat::FULL_TOC if cd && number <= 1 => {
                call.reply(allocation, |reply| full_toc(&disc, reply))
            }
            TocFormat::FULL_TOC if cd => wrong("track_session_number"),
            TocFormat::PMA if cd && disc.spec().recordable => {
                call.reply(allocation, |reply| TocData::encode(0, 0, reply, |_| ()))
            }
            TocFormat::ATIP if cd && disc.spec().recordable => {
                call.reply(allocation, |reply| atip(&disc).encode(reply))
            }
            // No CD-Text: the header alone.
            TocFormat::CD_TEXT if cd => call.reply(allocation, |reply| TocData::encode(0, 0, reply, |_| ())),
            _ => wrong("format"),
        }
    }
}

fn address(block: u32, msf: bool) -> u32 {
    if !msf {
        return block;
    }
    // Beyond what minutes can say, as on DVD and BD, drives send the highest address.
    let last = Msf::new(0xFF, 59, 74);
    i32::try_from(block).ok().and_then(Msf::from_lba).unwrap_or(last).to_field()
}

fn toc(disc: &DiscState, msf: bool, from: u8, reply: &mut Reply<'_>) {
    let entry = |track, block| TocEntry { adr: POSITION, control: DATA, track, address: address(block, msf) };
    TocData::encode(1, 1, reply, |reply| {
        if from <= 1 {
            entry(1, 0).encode(reply);
        }
        entry(LEAD_OUT, disc.recorded).encode(reply);
    });
}

fn sessions(msf: bool, reply: &mut Reply<'_>) {
    let first = TocEntry { adr: POSITION, control: DATA, track: 1, address: address(0, msf) };
    TocData::encode(1, 1, reply, |reply| first.encode(reply));
}

fn full_toc(disc: &DiscState, reply: &mut Reply<'_>) {
    let entry = |point, pointed| FullTocEntry {
        session: 1,
        adr: POSITION,
        control: DATA,
        point,
        pointed,
        ..FullTocEntry::default()
    };
    let lead_out = Msf::from_field(address(disc.recorded, true));
    TocData::encode(1, 1, reply, |reply| {
        entry(0xA0, Msf::new(1, 0, 0)).encode(reply);
        entry(0xA1, Msf::new(1, 0, 0)).encode(reply);
        entry(0xA2, lead_out).encode(reply);
        entry(1, Msf::new(0, 2, 0)).encode(reply);
    });
}

fn atip(disc: &DiscState) -> Atip {
    Atip {
        data_length: Atip::LENGTH,
        writing_power: 4,
        unrestricted_use: true,
        lead_in_start: Msf::new(97, 26, 65),
        last_lead_out: Msf::from_field(address(disc.spec().capacity, true)),
        ..Atip::default()
    }
}
