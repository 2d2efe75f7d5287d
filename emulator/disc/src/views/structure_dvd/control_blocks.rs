//! Disc control blocks of DVD+R and DVD+RW (format 30h): which one the address of the command says, by its content descriptor.

use super::{data_area, sequence};
use crate::kind::Rules;
use crate::state::{DiscState, Recording, Sequence};
use discrig_wire::ascii::Ascii;
use discrig_wire::structure::DiscControlBlock;

/// Bytes of a control block: an ECC block.
pub(super) const SIZE: u16 = 0x8000;
/// Content descriptors: formatting of DVD+RW, a session of DVD+R, and the list of those that there are.
const FORMATTING: [u8; 4] = *b"FDC\0";
const SESSION: [u8; 4] = *b"SDC\0";
const LIST: [u8; 4] = [0xFF; 4];
/// A block of a session is recorded four times over; items of sixteen bytes follow what is said of the session itself.
const SESSION_SIZE: usize = SIZE as usize / 4;
const FIRST_ITEM: usize = 128;
const ITEM: usize = 16;

/// The control block with this content descriptor; `None` when the disc has none.
pub(super) fn block(disc: &DiscState, content: u32) -> Option<Vec<u8>> {
    match content.to_be_bytes() {
        LIST => Some(list(disc)),
        content if !contents(disc).contains(&content) => None,
        FORMATTING => Some(formatting(disc)),
        _ => Some(session(disc, sequence(disc)?)),
    }
}

/// Which control blocks the disc has: none before it is formatted or its first session is begun.
fn contents(disc: &DiscState) -> &'static [[u8; 4]] {
    match (&disc.recording, disc.kind.spec().rules) {
        (Recording::Random(surface), Rules::DvdPlusRw) if surface.blocks > 0 => &[FORMATTING],
        (Recording::Sequential(sequence), Rules::DvdPlusR) if !sequence.sessions.is_empty() => &[SESSION],
        _ => &[],
    }
}

fn header(content: [u8; 4]) -> Vec<u8> {
    DiscControlBlock { content, unknown_actions: 0, drive: Ascii::new("DISCRIG") }.to_bytes().to_vec()
}

/// How many can be read and written, and the content descriptors of the former. None can be written.
fn list(disc: &DiscState) -> Vec<u8> {
    let contents = contents(disc);
    let mut bytes = header(LIST);
    bytes.extend([0, contents.len() as u8, 0, 0]);
    bytes.extend(contents.iter().flatten());
    bytes
}

/// How often it was written; where formatting stands READ DISC INFORMATION tells.
fn formatting(disc: &DiscState) -> Vec<u8> {
    let mut bytes = header(FORMATTING);
    bytes.extend(disc.rewrites.to_be_bytes());
    bytes.resize(SIZE.into(), 0);
    bytes
}

/// The last session: its number, the identifier of the disc, the sessions before it and its fragments (ECMA-349).
fn session(disc: &DiscState, sequence: &Sequence) -> Vec<u8> {
    let sector = |block: i32| data_area(disc.kind).saturating_add_signed(block);
    let mut bytes = header(SESSION);
    bytes.extend((sequence.sessions.len() as u16).to_be_bytes());
    bytes.resize(64, 0);
    bytes.extend(disc.identifier.to_be_bytes());
    bytes.resize(FIRST_ITEM, 0);
    let Some((last, before)) = sequence.sessions.split_last() else { return bytes };
    let mut item = |name: &[u8; 3], number: u16, start: i32, end: i32| {
        bytes.extend(name);
        bytes.push(number as u8);
        bytes.extend(sector(start).to_be_bytes());
        bytes.extend(sector(end - 1).to_be_bytes());
        bytes.extend([0; ITEM - 12]);
    };
    for (number, session) in (1..).zip(before) {
        let start = session.tracks.first().map_or(0, |track| track.start);
        item(b"PSN", number, start, session.lead_out.unwrap_or(start));
    }
    for track in &last.tracks {
        item(b"FRG", track.number, track.start, track.end.unwrap_or(track.next));
    }
    bytes.resize(SESSION_SIZE, 0);
    bytes.repeat(usize::from(SIZE) / SESSION_SIZE)
}
