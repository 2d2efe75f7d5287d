//! READ TOC/PMA/ATIP (MMC-5 6.26).

use super::information::{CD_LEAD_IN, cd_field};
use crate::kind::{Family, Rules};
use crate::refusal::Refusal;
use crate::rules::rules;
use crate::state::{DiscState, Recording, Sequence, Session, Track};
use discrig_wire::msf::Msf;
use discrig_wire::reply::Reply;
use discrig_wire::toc::{Atip, FullTocEntry, LEAD_OUT, TocData, TocEntry, TocFormat};

/// ADR of an entry that carries a position.
const POSITION: u8 = 1;
/// CONTROL of a data track.
const DATA: u8 = 4;
/// Blocks from the lead-out of a session to the program area of the next one: lead-out, lead-in and pre-gap.
const FIRST_GAP: i32 = 11_400;
const LATER_GAP: i32 = 6_900;

pub(super) fn encode(
    disc: &DiscState,
    format: u8,
    msf: bool,
    from: u8,
    reply: &mut Reply<'_>,
) -> Result<(), Refusal> {
    let cd = disc.kind.spec().family == Family::Cd;
    match (TocFormat(format), &disc.recording) {
        (TocFormat::TOC, Recording::Random(surface)) if surface.blocks > 0 => {
            whole(surface.blocks, msf, from, reply)
        }
        (TocFormat::TOC, Recording::Sequential(sequence)) => tracks(sequence, msf, from, reply),
        (TocFormat::SESSIONS, Recording::Random(surface)) if surface.blocks > 0 => {
            let first = entry(1, DATA, 0, msf);
            TocData::encode(1, 1, reply, |reply| first.encode(reply));
            Ok(())
        }
        (TocFormat::SESSIONS, Recording::Sequential(sequence)) => sessions(sequence, msf, reply),
        (TocFormat::FULL_TOC, Recording::Sequential(sequence)) if cd => full(disc, sequence, from, reply),
        (TocFormat::FULL_TOC, Recording::Random(surface)) if cd && surface.blocks > 0 => {
            formatted(surface.blocks, reply);
            Ok(())
        }
        (TocFormat::PMA, Recording::Sequential(sequence)) if cd && disc.kind.spec().is_recordable() => {
            program_memory(disc, sequence, reply);
            Ok(())
        }
        (TocFormat::ATIP, _) => atip(disc).map(|atip| atip.encode(reply)).ok_or(Refusal::field("format")),
        (TocFormat::CD_TEXT, Recording::Sequential(sequence)) if cd && sequence.last_closed().is_some() => {
            text(sequence, reply);
            Ok(())
        }
        _ => Err(Refusal::field("format")),
    }
}

/// A block as a field of four bytes: minute, second and frame where asked for. Beyond what minutes can say, as on DVD and BD, drives send the
/// highest address.
fn address(block: i32, msf: bool) -> u32 {
    if msf { Msf::from_lba(block).unwrap_or(Msf::new(0xFF, 59, 74)).to_field() } else { block as u32 }
}

fn entry(track: u8, control: u8, block: i32, msf: bool) -> TocEntry {
    TocEntry { adr: POSITION, control, track, address: address(block, msf) }
}

/// A medium with one extent is reported as one track.
fn whole(blocks: u32, msf: bool, from: u8, reply: &mut Reply<'_>) -> Result<(), Refusal> {
    if from > 1 && from != LEAD_OUT {
        return Err(Refusal::field("track_session_number"));
    }
    TocData::encode(1, 1, reply, |reply| {
        if from <= 1 {
            entry(1, DATA, 0, msf).encode(reply);
        }
        entry(LEAD_OUT, DATA, blocks as i32, msf).encode(reply);
    });
    Ok(())
}

/// The tracks of closed sessions.
fn closed(sequence: &Sequence) -> impl Iterator<Item = &Track> {
    sequence.sessions.iter().filter(|session| session.closed).flat_map(|session| &session.tracks)
}

/// The control nibble of the table of contents, where data is data however it was recorded.
fn control(track: &Track) -> u8 {
    if track.control & DATA == 0 { track.control } else { track.control & !1 }
}

fn tracks(sequence: &Sequence, msf: bool, from: u8, reply: &mut Reply<'_>) -> Result<(), Refusal> {
    let (Some(first), Some(last)) = (closed(sequence).next(), closed(sequence).last()) else {
        return Err(Refusal::field("format"));
    };
    let number = |track: &Track| u8::try_from(track.number).unwrap_or(LEAD_OUT - 1);
    if from > number(last) && from != LEAD_OUT {
        return Err(Refusal::field("track_session_number"));
    }
    let end = sequence.last_closed().and_then(|session| session.lead_out).unwrap_or(last.next);
    TocData::encode(number(first), number(last), reply, |reply| {
        for track in closed(sequence).filter(|track| number(track) >= from) {
            entry(number(track), control(track), track.start, msf).encode(reply);
        }
        entry(LEAD_OUT, control(last), end, msf).encode(reply);
    });
    Ok(())
}

fn sessions(sequence: &Sequence, msf: bool, reply: &mut Reply<'_>) -> Result<(), Refusal> {
    let count = sequence.sessions.iter().filter(|session| session.closed).count();
    let first =
        sequence.last_closed().and_then(|session| session.tracks.first()).ok_or(Refusal::field("format"))?;
    let number = u8::try_from(first.number).unwrap_or(LEAD_OUT - 1);
    let first = entry(number, control(first), first.start, msf);
    TocData::encode(1, count as u8, reply, |reply| first.encode(reply));
    Ok(())
}

fn time(block: i32) -> Msf {
    Msf::from_field(cd_field(block))
}

fn point(session: u8, control: u8, point: u8, pointed: Msf) -> FullTocEntry {
    FullTocEntry { session, adr: POSITION, control, point, pointed, ..FullTocEntry::default() }
}

fn full(disc: &DiscState, sequence: &Sequence, from: u8, reply: &mut Reply<'_>) -> Result<(), Refusal> {
    let count = sequence.sessions.iter().filter(|session| session.closed).count() as u8;
    if count == 0 {
        return Err(Refusal::field("format"));
    }
    if from > count {
        return Err(Refusal::field("track_session_number"));
    }
    TocData::encode(1, count, reply, |reply| {
        for (number, session) in (1..=count).zip(&sequence.sessions).filter(|(number, _)| *number >= from) {
            session_entries(number, session, reply);
            let goes_on = number < count || !sequence.finalized;
            if disc.kind.spec().is_recordable() && goes_on {
                next_session(disc, number, session, reply);
            }
        }
    });
    Ok(())
}

fn session_entries(number: u8, session: &Session, reply: &mut Reply<'_>) {
    let (Some(first), Some(last)) = (session.tracks.first(), session.tracks.last()) else { return };
    let byte = |number: u16| u8::try_from(number).unwrap_or(99);
    let lead_out = time(session.lead_out.unwrap_or(last.next));
    point(number, control(first), 0xA0, Msf::new(byte(first.number), session.disc_type, 0)).encode(reply);
    point(number, control(last), 0xA1, Msf::new(byte(last.number), 0, 0)).encode(reply);
    point(number, control(last), 0xA2, lead_out).encode(reply);
    for track in &session.tracks {
        point(number, control(track), byte(track.number), time(track.start)).encode(reply);
    }
}

/// Where the next session's program area can start at the earliest, with the last possible lead-out; and, once, the lead-in of the disc.
fn next_session(disc: &DiscState, number: u8, session: &Session, reply: &mut Reply<'_>) {
    let gap = if number == 1 { FIRST_GAP } else { LATER_GAP };
    let start = time(session.lead_out.unwrap_or(0) + gap);
    let last = time(rules(disc.kind).last_lead_out(disc) as i32);
    // Mode 5 entries; B0h says in its ZERO field, that of the hours, how many pointers there are.
    let mode_5 = |point, absolute: Msf, hours, pointed| FullTocEntry {
        session: number,
        adr: 5,
        control: DATA,
        point,
        time: absolute,
        hours,
        pointed,
        ..FullTocEntry::default()
    };
    mode_5(0xB0, start, if number == 1 { 2 } else { 1 }, last).encode(reply);
    if number == 1 {
        mode_5(0xC0, Msf::default(), 0, CD_LEAD_IN).encode(reply);
    }
}

/// A formatted CD-RW has one session with one track.
fn formatted(blocks: u32, reply: &mut Reply<'_>) {
    TocData::encode(1, 1, reply, |reply| {
        point(1, DATA, 0xA0, Msf::new(1, 0, 0)).encode(reply);
        point(1, DATA, 0xA1, Msf::new(1, 0, 0)).encode(reply);
        point(1, DATA, 0xA2, time(blocks as i32)).encode(reply);
        point(1, DATA, 1, time(0)).encode(reply);
    });
}

/// The program memory area: the disc's identification, and every track that is reserved or complete.
fn program_memory(disc: &DiscState, sequence: &Sequence, reply: &mut Reply<'_>) {
    TocData::encode(0, 0, reply, |reply| {
        if disc.identifier != 0 {
            let [_, high, middle, low] = disc.identifier.to_be_bytes();
            let time = Msf::new(high, middle, low);
            FullTocEntry { adr: 2, time, ..FullTocEntry::default() }.encode(reply);
        }
        for (_, track) in sequence.tracks() {
            let Some(end) = track.end else { continue };
            FullTocEntry {
                adr: POSITION,
                control: track.control,
                point: u8::try_from(track.number).unwrap_or(99),
                time: time(end),
                pointed: time(track.start),
                ..FullTocEntry::default()
            }
            .encode(reply);
        }
    });
}

/// CD-Text of the first session; a disc without has the header alone.
fn text(sequence: &Sequence, reply: &mut Reply<'_>) {
    let packs = sequence.sessions.first().map_or(&[][..], |session| &session.text);
    TocData::encode(0, 0, reply, |reply| packs.iter().for_each(|pack| pack.encode(reply)));
}

/// The absolute time in pre-groove of a recordable CD.
pub(super) fn atip(disc: &DiscState) -> Option<Atip> {
    let spec = disc.kind.spec();
    let rewritable = match spec.rules {
        Rules::CdR => false,
        Rules::CdRw => true,
        _ => return None,
    };
    Some(Atip {
        data_length: Atip::LENGTH,
        writing_power: 4,
        reference_speed: u8::from(rewritable),
        unrestricted_use: true,
        rewritable,
        lead_in_start: CD_LEAD_IN,
        last_lead_out: time(spec.capacity as i32),
        a1_valid: rewritable,
        // CD-RW: from CLV index 1 (2x) to 2 (4x).
        a1: if rewritable { [0x12, 0x16, 0x46] } else { [0; 3] },
        ..Atip::default()
    })
}
