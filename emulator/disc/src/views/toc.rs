//! READ TOC/PMA/ATIP (MMC-5 6.26).

use super::information::cd_field;
use crate::kind::{Family, Rules};
use crate::refusal::Refusal;
use crate::rules::{cd, rules};
use crate::state::{DiscState, Recording, Sequence, Session, Track};
use discrig_wire::msf::Msf;
use discrig_wire::reply::Reply;
use discrig_wire::toc::{Atip, CdTextPack, FullTocEntry, LEAD_OUT, TocData, TocEntry, TocFormat};

/// ADR of an entry that carries a position.
const POSITION: u8 = 1;
/// CONTROL of a data track.
const DATA: u8 = 4;
/// Blocks from the lead-out of a session to the program area of the next one, which its first pause belongs to: two and a half minutes, or one
/// and a half.
const FIRST_GAP: i32 = cd::FIRST_LEAD_OUT + cd::LEAD_IN_BLOCKS;
const LATER_GAP: i32 = cd::LATER_LEAD_OUT + cd::LEAD_IN_BLOCKS;

/// A READ TOC/PMA/ATIP answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Toc {
    /// Absolute time in pre-groove.
    Atip(Atip),
    /// The raw table of contents, or the program memory area: first and last session, and their entries.
    Full(u8, u8, Vec<FullTocEntry>),
    /// CD-Text.
    Text(Vec<CdTextPack>),
    /// Tracks or sessions: the first and the last one, and their entries.
    Tracks(u8, u8, Vec<TocEntry>),
}

impl Toc {
    /// Appends the answer.
    pub fn encode(&self, reply: &mut Reply<'_>) {
        match self {
            Toc::Atip(atip) => atip.encode(reply),
            Toc::Full(first, last, entries) => {
                TocData::encode(*first, *last, reply, |reply| {
                    entries.iter().for_each(|entry| entry.encode(reply))
                });
            }
            Toc::Text(packs) => {
                TocData::encode(0, 0, reply, |reply| packs.iter().for_each(|pack| pack.encode(reply)));
            }
            Toc::Tracks(first, last, entries) => {
                TocData::encode(*first, *last, reply, |reply| {
                    entries.iter().for_each(|entry| entry.encode(reply))
                });
            }
        }
    }
}

pub(super) fn table(disc: &DiscState, format: u8, msf: bool, from: u8) -> Result<Toc, Refusal> {
    let cd = disc.kind.spec().family == Family::Cd;
    match (TocFormat(format), &disc.recording) {
        (TocFormat::TOC, Recording::Random(surface)) if surface.blocks > 0 => {
            whole(surface.blocks, msf, from)
        }
        (TocFormat::TOC, Recording::Sequential(sequence)) => tracks(sequence, msf, from),
        (TocFormat::SESSIONS, Recording::Random(surface)) if surface.blocks > 0 => {
            Ok(Toc::Tracks(1, 1, vec![entry(1, DATA, 0, msf)]))
        }
        (TocFormat::SESSIONS, Recording::Sequential(sequence)) => sessions(sequence, msf),
        (TocFormat::FULL_TOC, Recording::Sequential(sequence)) if cd => full(disc, sequence, from),
        (TocFormat::FULL_TOC, Recording::Random(surface)) if cd && surface.blocks > 0 => {
            Ok(formatted(surface.blocks))
        }
        (TocFormat::PMA, Recording::Sequential(sequence)) if cd && disc.kind.spec().is_recordable() => {
            Ok(program_memory(disc, sequence))
        }
        (TocFormat::ATIP, _) => atip(disc).map(Toc::Atip).ok_or(Refusal::field("format")),
        (TocFormat::CD_TEXT, Recording::Sequential(sequence)) if cd && sequence.last_closed().is_some() => {
            // A disc without CD-Text has the header alone.
            Ok(Toc::Text(sequence.sessions.first().map_or_else(Vec::new, |session| session.text.clone())))
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
fn whole(blocks: u32, msf: bool, from: u8) -> Result<Toc, Refusal> {
    let entries = [entry(1, DATA, 0, msf), entry(LEAD_OUT, DATA, blocks as i32, msf)];
    match from {
        0 | 1 => Ok(Toc::Tracks(1, 1, entries.to_vec())),
        LEAD_OUT => Ok(Toc::Tracks(1, 1, entries[1..].to_vec())),
        _ => Err(Refusal::field("track_session_number")),
    }
}

/// The tracks of closed sessions.
fn closed(sequence: &Sequence) -> impl Iterator<Item = &Track> {
    sequence.sessions.iter().filter(|session| session.closed).flat_map(|session| &session.tracks)
}

/// The control nibble of the table of contents, where data is data however it was recorded.
fn control(track: &Track) -> u8 {
    if track.control & DATA == 0 { track.control } else { track.control & !1 }
}

fn number(track: &Track) -> u8 {
    u8::try_from(track.number).unwrap_or(LEAD_OUT - 1)
}

fn tracks(sequence: &Sequence, msf: bool, from: u8) -> Result<Toc, Refusal> {
    let (Some(first), Some(last)) = (closed(sequence).next(), closed(sequence).last()) else {
        return Err(Refusal::field("format"));
    };
    if from > number(last) && from != LEAD_OUT {
        return Err(Refusal::field("track_session_number"));
    }
    let end = sequence.last_closed().and_then(|session| session.lead_out).unwrap_or(last.next);
    let wanted = closed(sequence).filter(|track| number(track) >= from);
    let entries = wanted.map(|track| entry(number(track), control(track), track.start, msf));
    let lead_out = entry(LEAD_OUT, control(last), end, msf);
    Ok(Toc::Tracks(number(first), number(last), entries.chain([lead_out]).collect()))
}

fn sessions(sequence: &Sequence, msf: bool) -> Result<Toc, Refusal> {
    let count = sequence.sessions.iter().filter(|session| session.closed).count();
    let first =
        sequence.last_closed().and_then(|session| session.tracks.first()).ok_or(Refusal::field("format"))?;
    Ok(Toc::Tracks(1, count as u8, vec![entry(number(first), control(first), first.start, msf)]))
}

fn time(block: i32) -> Msf {
    Msf::from_field(cd_field(block))
}

fn point(session: u8, control: u8, point: u8, pointed: Msf) -> FullTocEntry {
    FullTocEntry { session, adr: POSITION, control, point, pointed, ..FullTocEntry::default() }
}

fn full(disc: &DiscState, sequence: &Sequence, from: u8) -> Result<Toc, Refusal> {
    let count = sequence.sessions.iter().filter(|session| session.closed).count() as u8;
    if count == 0 {
        return Err(Refusal::field("format"));
    }
    if from > count {
        return Err(Refusal::field("track_session_number"));
    }
    let mut entries = Vec::new();
    for (number, session) in (1..=count).zip(&sequence.sessions).filter(|(number, _)| *number >= from) {
        entries.extend(session_entries(number, session));
        let goes_on = number < count || !sequence.finalized;
        if disc.kind.spec().is_recordable() && goes_on {
            entries.extend(next_session(disc, number, session));
        }
    }
    Ok(Toc::Full(1, count, entries))
}

fn session_entries(session_number: u8, session: &Session) -> Vec<FullTocEntry> {
    let (Some(first), Some(last)) = (session.tracks.first(), session.tracks.last()) else {
        return Vec::new();
    };
    let lead_out = time(session.lead_out.unwrap_or(last.next));
    let ends = [
        point(session_number, control(first), 0xA0, Msf::new(number(first), session.disc_type, 0)),
        point(session_number, control(last), 0xA1, Msf::new(number(last), 0, 0)),
        point(session_number, control(last), 0xA2, lead_out),
    ];
    let tracks = session
        .tracks
        .iter()
        .map(|track| point(session_number, control(track), number(track), time(track.start)));
    ends.into_iter().chain(tracks).collect()
}

/// Where the next session's program area can start at the earliest, with the last possible lead-out; and, once, the lead-in of the disc.
fn next_session(disc: &DiscState, number: u8, session: &Session) -> impl Iterator<Item = FullTocEntry> {
    let gap = if number == 1 { FIRST_GAP } else { LATER_GAP };
    let start = time(session.lead_out.unwrap_or(0) + gap);
    let last = time(rules(disc.kind).last_lead_out(disc) as i32);
    // Mode 5 entries; B0h says in its ZERO field, that of the hours, how many pointers there are.
    let mode_5 = move |point, time, hours, pointed| FullTocEntry {
        session: number,
        adr: 5,
        control: DATA,
        point,
        time,
        hours,
        pointed,
        ..FullTocEntry::default()
    };
    let disc = (number == 1).then(|| mode_5(0xC0, Msf::default(), 0, cd::LEAD_IN));
    [mode_5(0xB0, start, if number == 1 { 2 } else { 1 }, last)].into_iter().chain(disc)
}

/// A formatted CD-RW has one session with one track.
fn formatted(blocks: u32) -> Toc {
    let entries = [
        point(1, DATA, 0xA0, Msf::new(1, 0, 0)),
        point(1, DATA, 0xA1, Msf::new(1, 0, 0)),
        point(1, DATA, 0xA2, time(blocks as i32)),
        point(1, DATA, 1, time(0)),
    ];
    Toc::Full(1, 1, entries.to_vec())
}

/// The program memory area: the disc's identification, and every track that is reserved or complete.
fn program_memory(disc: &DiscState, sequence: &Sequence) -> Toc {
    let identification = (disc.identifier != 0).then(|| {
        let [_, high, middle, low] = disc.identifier.to_be_bytes();
        FullTocEntry { adr: 2, time: Msf::new(high, middle, low), ..FullTocEntry::default() }
    });
    let tracks = sequence.tracks().filter_map(|(_, track)| {
        Some(FullTocEntry {
            adr: POSITION,
            control: track.control,
            point: number(track),
            time: time(track.end?),
            pointed: time(track.start),
            ..FullTocEntry::default()
        })
    });
    Toc::Full(0, 0, identification.into_iter().chain(tracks).collect())
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
        lead_in_start: cd::LEAD_IN,
        last_lead_out: time(spec.capacity as i32),
        a1_valid: rewritable,
        // CD-RW: from CLV index 1 (2x) to 2 (4x).
        a1: if rewritable { [0x12, 0x16, 0x46] } else { [0; 3] },
        ..Atip::default()
    })
}
