//! What READ CD returns, counted by hand.

use super::*;
use crate::sector::frame::{Subheader, mode_1, mode_2_form_1, mode_2_form_2, mode_2_formless};
use discrig_wire::msf::Msf;
use rstest::rstest;

/// Bytes by main channel selection and sector type, counted apart from the table under test: mode 1, mode 2 formless, form 1, form 2.
/// -1 is illegal.
const BYTES: [(u8, [i32; 4]); 32] = [
    (0x00, [0, 0, 0, 0]),
    (0x08, [-1, -1, -1, -1]),
    (0x10, [2048, 2336, 2048, 2328]),
    (0x18, [2336, 2336, 2328, 2328]),
    (0x20, [4, 4, 4, 4]),
    (0x28, [-1, -1, -1, -1]),
    (0x30, [2052, 2340, -1, -1]),
    (0x38, [2340, 2340, -1, -1]),
    (0x40, [0, 0, 8, 8]),
    (0x48, [-1, -1, -1, -1]),
    (0x50, [2048, 2336, 2056, 2336]),
    (0x58, [2336, 2336, 2336, 2336]),
    (0x60, [4, 4, 12, 12]),
    (0x68, [-1, -1, -1, -1]),
    (0x70, [2052, 2340, 2060, 2340]),
    (0x78, [2340, 2340, 2340, 2340]),
    (0x80, [12, 12, 12, 12]),
    (0x88, [-1, -1, -1, -1]),
    (0x90, [-1, -1, -1, -1]),
    (0x98, [-1, -1, -1, -1]),
    (0xA0, [16, 16, 16, 16]),
    (0xA8, [-1, -1, -1, -1]),
    (0xB0, [2064, 2352, -1, -1]),
    (0xB8, [2352, 2352, -1, -1]),
    (0xC0, [-1, -1, -1, -1]),
    (0xC8, [-1, -1, -1, -1]),
    (0xD0, [-1, -1, -1, -1]),
    (0xD8, [-1, -1, -1, -1]),
    (0xE0, [16, 16, 24, 24]),
    (0xE8, [-1, -1, -1, -1]),
    (0xF0, [2064, 2352, 2072, 2352]),
    (0xF8, [2352, 2352, 2352, 2352]),
];

#[test]
fn bytes_of_each_selection() {
    for (main, expected) in BYTES {
        // Audio knows no illegal selection, so that only an expected type makes one illegal at once.
        let any = ReadCdSelection::new(0, main, 0).unwrap();
        assert_eq!(any.block_bytes(SectorType::CdDa), Ok(if main == 0 { 0 } else { 2352 }));
        for (kind, bytes) in SectorType::ALL[1..].iter().zip(expected) {
            let expected = usize::try_from(bytes).map_err(|_| SelectionError::IllegalField);
            assert_eq!(any.block_bytes(*kind), expected, "{main:02X} {kind:?}");
            let alone = ReadCdSelection::new(*kind as u8, main, 0).and_then(|it| it.block_bytes(*kind));
            assert_eq!(alone, expected, "{main:02X} {kind:?} alone");
        }
    }
}

/// A type that lacks a part returns what it has of the selection; what is returned is a part of what all headers would bring.
#[test]
fn parts_are_those_that_were_asked_for() {
    for (main, _) in BYTES {
        let selection = ReadCdSelection::new(0, main, 0).unwrap();
        for kind in &SectorType::ALL[1..] {
            let Some(part) = selection.main_channel(*kind).filter(|part| !part.is_empty()) else { continue };
            assert_eq!(part.start == 0, main & 0x80 != 0, "{main:02X} sync");
            let header = part.start <= 12 && part.end >= 16;
            assert_eq!(header, main & 0x20 != 0, "{main:02X} header");
            let user = kind.user_data();
            let has_user = part.start <= user.start && part.end >= user.end;
            assert_eq!(has_user, main & 0x10 != 0, "{main:02X} user data");
        }
    }
}

#[rstest]
#[case(6, 0x10, 0)]
#[case(7, 0x10, 0)]
#[case(0, 0x16, 0)]
#[case(0, 0x11, 0)]
#[case(0, 0x10, 3)]
#[case(0, 0x10, 5)]
#[case(0, 0x10, 7)]
#[case(2, 0x90, 0)]
#[case(4, 0x30, 0)]
fn reserved_and_illegal(#[case] expected: u8, #[case] main: u8, #[case] sub_channel: u8) {
    assert_eq!(ReadCdSelection::new(expected, main, sub_channel), Err(SelectionError::IllegalField));
}

#[test]
fn another_type_than_expected() {
    for (kind, other) in SectorType::ALL.iter().flat_map(|kind| SectorType::ALL.map(|other| (*kind, other))) {
        let selection = ReadCdSelection::new(kind as u8, 0xF8, 0).unwrap();
        let expected = if kind == other { Ok(2352) } else { Err(SelectionError::SectorType) };
        assert_eq!(selection.block_bytes(other), expected);
    }
}

fn sector(kind: SectorType) -> Sector {
    let mut sector = [0x77; 2352];
    let address = Msf::new(1, 23, 45);
    match kind {
        SectorType::CdDa => {}
        SectorType::Mode1 => mode_1(address, &[0x55; 2048], &mut sector),
        SectorType::Mode2Formless => mode_2_formless(address, &[0x55; 2336], &mut sector),
        SectorType::Mode2Form1 => mode_2_form_1(address, Subheader::DATA, &[0x55; 2048], &mut sector),
        SectorType::Mode2Form2 => mode_2_form_2(address, Subheader::DATA, &[0x55; 2324], true, &mut sector),
    }
    sector
}

#[rstest]
#[case(SectorType::CdDa, 0x10, &[0x77, 0x77], 2352)]
#[case(SectorType::Mode1, 0x10, &[0x55, 0x55], 2048)]
#[case(SectorType::Mode1, 0x30, &[0x01, 0x23, 0x45, 0x01, 0x55], 2052)]
#[case(SectorType::Mode2Form1, 0x50, &[0, 0, 8, 0, 0, 0, 8, 0, 0x55], 2056)]
#[case(SectorType::Mode2Form2, 0x40, &[0, 0, 0x28, 0, 0, 0, 0x28, 0], 8)]
#[case(SectorType::Mode2Formless, 0xA0, &[0, 0xFF, 0xFF], 16)]
fn blocks(#[case] kind: SectorType, #[case] main: u8, #[case] begins: &[u8], #[case] bytes: usize) {
    let sector = sector(kind);
    let channels: SubChannels = core::array::from_fn(|at| at as u8);
    let from = Source { sector: &sector, channels: &channels, packs: &[0x2A; 96] };
    for (c2, c2_bytes) in [(0, 0), (2, 294), (4, 296)] {
        for (sub, sub_bytes) in [(0, 0), (1, 96), (2, 16), (4, 96)] {
            let selection = ReadCdSelection::new(kind as u8, main | c2, sub).unwrap();
            let mut buffer = [0xEE; 3000];
            let length = bytes + c2_bytes + sub_bytes;
            assert_eq!(selection.extract(kind, &from, &mut buffer), Ok(length));
            assert_eq!(&buffer[..begins.len()], begins);
            assert!(buffer[bytes..bytes + c2_bytes].iter().all(|byte| *byte == 0));
            let expected: &[u8] = match sub {
                1 => &interleave(&channels),
                2 => &[12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 0, 0, 0, 0],
                4 => &[0x2A; 96],
                _ => &[],
            };
            assert_eq!(&buffer[bytes + c2_bytes..length], expected);
            assert!(buffer[length..].iter().all(|byte| *byte == 0xEE));
            let short = selection.extract(kind, &from, &mut buffer[..length - 1]);
            assert_eq!(short, Err(SelectionError::Buffer { needed: length, given: length - 1 }));
        }
    }
}
