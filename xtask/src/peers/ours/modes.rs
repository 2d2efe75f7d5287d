//! Mode pages: what can be changed in them, and what cannot.

use discrig_drive::MediumKind;

use super::super::Own;
use super::super::desk::{A, Desk};
use super::level;

/// Bytes before the first page of MODE SENSE(10).
const HEADER: usize = 8;

/// Bytes before the parameters of a page.
const PAGE_HEADER: usize = 2;

/// PARAMETER LIST: INVALID FIELD.
const INVALID_FIELD: (u8, u8, u8) = (5, 0x26, 0);

/// The answer to a MODE SENSE(10) for one page or all, with a page control.
fn sense(desk: &mut Desk, control: u8, page: u8) -> Vec<u8> {
    let cdb = [0x5A, 8, control << 6 | page, 0, 0, 0, 0, 0x10, 0, 0];
    desk.send(A, &cdb, &[]).data
}

/// The codes of all pages.
fn codes(desk: &mut Desk) -> Vec<u8> {
    const ALL: u8 = 0x3F;
    let answer = sense(desk, 0, ALL);
    let mut rest = answer.get(HEADER..).unwrap_or_default();
    let mut found = Vec::new();
    while let [code, length, tail @ ..] = rest {
        found.push(code & 0x3F);
        rest = tail.get(usize::from(*length)..).unwrap_or_default();
    }
    found
}

/// What came of the attempt to change one bit of a page.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Change {
    /// The drive says that it cannot be changed, and nothing changed.
    Refused,
    /// The page shows the change and no other.
    Taken,
    /// Anything else.
    Other,
}

/// Tries to change one bit of a page on a fresh drive.
fn flip(page: u8, at: usize, bit: u8) -> Change {
    let mut desk = Desk::blank(MediumKind::CdRw);
    let before = sense(&mut desk, 0, page);
    let mut list = before.clone();
    // The data length is reserved here, and so is the bit that says that a page can be saved.
    list[..2].fill(0);
    list[HEADER] &= 0x7F;
    list[at] ^= 1 << bit;
    let [high, low] = (list.len() as u16).to_be_bytes();
    let answer = desk.send(A, &[0x55, 0x10, 0, 0, 0, 0, 0, high, low, 0], &list);
    let after = sense(&mut desk, 0, page);
    let same = |one: &[u8], other: &[u8]| one[HEADER + 1..] == other[HEADER + 1..];
    match answer.good {
        true if same(&after, &list) => Change::Taken,
        false if answer.sense() == INVALID_FIELD && same(&after, &before) => Change::Refused,
        _ => Change::Other,
    }
}

pub(super) fn changes() -> Own {
    let mut desk = Desk::blank(MediumKind::CdRw);
    let codes = codes(&mut desk);
    let (mut changeable, mut keeps) = (0, !codes.is_empty());
    for page in &codes {
        let mask = sense(&mut desk, 1, *page);
        let bits = |is_set: bool| {
            let mask = &mask;
            (HEADER + PAGE_HEADER..mask.len())
                .flat_map(|at| (0..8).map(move |bit| (at, bit)))
                .filter(move |(at, bit)| (mask[*at] >> bit & 1 == 1) == is_set)
        };
        // Some changes make no sense alone, so that one of many is enough.
        let takes = bits(true).any(|(at, bit)| flip(*page, at, bit) == Change::Taken);
        keeps &= takes || bits(true).next().is_none();
        keeps &= bits(false).take(1).all(|(at, bit)| flip(*page, at, bit) == Change::Refused);
        changeable += usize::from(takes);
    }
    let text = format!("yes, {} pages, {changeable} of them can be changed", codes.len());
    match (keeps, changeable) {
        (true, 1..) => Own { text: Some(text), ..level("yes") },
        (_, 0) => level("no"),
        _ => level("partly"),
    }
}
