//! Whole sectors (ECMA-130 14, CD-ROM XA): built from user data, recognised, and verified.
//!
//! | bytes | mode 1 | mode 2 formless | mode 2 form 1 | mode 2 form 2 |
//! |---|---|---|---|---|
//! | 0 | sync | sync | sync | sync |
//! | 12 | header | header | header | header |
//! | 16 | 2048 user data | 2336 user data | subheader, twice | subheader, twice |
//! | 24 | | | 2048 user data | 2324 user data |
//! | 2064 | EDC of bytes 0 to 2063 | | | |
//! | 2068 | 8 zeros | | | |
//! | 2072 | | | EDC of bytes 16 to 2071 | |
//! | 2076 | 172 P parity | | 172 P parity | |
//! | 2248 | 104 Q parity | | 104 Q parity | |
//! | 2348 | | | | EDC of bytes 16 to 2347, or zeros |

use super::edc::edc;
use super::q::bcd;
use super::{SECTOR_BYTES, Sector, SectorType, parity};
use core::ops::Range;
use discrig_wire::msf::Msf;

/// What a data sector begins with.
pub const SYNC: [u8; 12] = [0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0];
/// Where the header is: address in BCD and mode.
pub const HEADER: Range<usize> = 12..16;
/// Where the subheader of a formed sector is: four bytes, twice.
pub const SUBHEADER: Range<usize> = 16..24;
/// User data of mode 1 and mode 2 form 1.
pub const USER_BYTES: usize = 2048;
/// User data of mode 2 without a form.
pub const FORMLESS_BYTES: usize = 2336;
/// User data of mode 2 form 2.
pub const FORM_2_BYTES: usize = 2324;

/// Subheader of a formed sector of mode 2; it is recorded twice.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Subheader {
    /// File number.
    pub file: u8,
    /// Channel number.
    pub channel: u8,
    /// Submode: what the sector holds; bit 5 is the form.
    pub submode: u8,
    /// Coding information.
    pub coding: u8,
}

impl Subheader {
    /// The usual one of form 1: data.
    pub const DATA: Subheader = Subheader { file: 0, channel: 0, submode: 0x08, coding: 0 };
    /// That of an empty sector, which has form 2.
    pub const EMPTY: Subheader = Subheader { file: 0, channel: 0, submode: Subheader::FORM_2, coding: 0 };
    /// The submode bit that tells form 2 from form 1.
    pub const FORM_2: u8 = 0x20;

    /// Both copies, as recorded.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 8] {
        let Subheader { file, channel, submode, coding } = self;
        [file, channel, submode, coding, file, channel, submode, coding]
    }

    /// The first copy.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 4]) -> Subheader {
        let [file, channel, submode, coding] = bytes;
        Subheader { file, channel, submode, coding }
    }

    /// What kind of sector it announces.
    #[must_use]
    pub const fn sector_type(self) -> SectorType {
        if self.submode & Subheader::FORM_2 != 0 { SectorType::Mode2Form2 } else { SectorType::Mode2Form1 }
    }
}

/// Where a code stands, and what a sector type has beside its user data.
pub(super) struct Layout {
    /// The mode in the header.
    mode: u8,
    /// User data.
    pub(super) user: Range<usize>,
    /// What the EDC covers; it follows at once.
    edc: Option<Range<usize>>,
    /// P and Q parity are there.
    ecc: bool,
    /// The header counts as zeros for P and Q parity.
    blind: bool,
}

impl SectorType {
    /// The layout of a data sector; of audio there is none.
    pub(super) const fn layout(self) -> Option<Layout> {
        Some(match self {
            SectorType::CdDa => return None,
            SectorType::Mode1 => {
                Layout { mode: 1, user: 16..2064, edc: Some(0..2064), ecc: true, blind: false }
            }
            SectorType::Mode2Formless => {
                Layout { mode: 2, user: 16..2352, edc: None, ecc: false, blind: false }
            }
            SectorType::Mode2Form1 => {
                Layout { mode: 2, user: 24..2072, edc: Some(16..2072), ecc: true, blind: true }
            }
            SectorType::Mode2Form2 => {
                Layout { mode: 2, user: 24..2348, edc: Some(16..2348), ecc: false, blind: false }
            }
        })
    }

    /// Where the user data of a sector are.
    #[must_use]
    pub const fn user_data(self) -> Range<usize> {
        match self.layout() {
            Some(layout) => layout.user,
            None => 0..SECTOR_BYTES,
        }
    }
}

/// The header of a sector: address and mode.
#[must_use]
pub const fn header(address: Msf, mode: u8) -> [u8; 4] {
    [bcd(address.minute), bcd(address.second), bcd(address.frame), mode]
}

/// Completes a sector whose user data, and subheader if it has one, are in place: sync, header, EDC, zeros and parity. Audio is left alone.
pub fn seal(kind: SectorType, address: Msf, sector: &mut Sector) {
    let Some(layout) = kind.layout() else { return };
    sector[..12].copy_from_slice(&SYNC);
    let header = header(address, layout.mode);
    sector[HEADER].copy_from_slice(&header);
    if let Some(covered) = layout.edc {
        let at = covered.end;
        let code = edc(&sector[covered]);
        sector[at..at + 4].copy_from_slice(&code.to_le_bytes());
    }
    if !layout.ecc {
        return;
    }
    if layout.blind {
        sector[HEADER].fill(0);
        parity::write(sector);
        sector[HEADER].copy_from_slice(&header);
    } else {
        sector[layout.user.end + 4..parity::P].fill(0);
        parity::write(sector);
    }
}

/// Builds a sector of mode 1.
pub fn mode_1(address: Msf, user: &[u8; USER_BYTES], sector: &mut Sector) {
    sector[SectorType::Mode1.user_data()].copy_from_slice(user);
    seal(SectorType::Mode1, address, sector);
}

/// Builds a sector of mode 2 without a form.
pub fn mode_2_formless(address: Msf, user: &[u8; FORMLESS_BYTES], sector: &mut Sector) {
    sector[SectorType::Mode2Formless.user_data()].copy_from_slice(user);
    seal(SectorType::Mode2Formless, address, sector);
}

/// Builds a sector of mode 2 form 1. The form bit of the submode is cleared.
pub fn mode_2_form_1(address: Msf, subheader: Subheader, user: &[u8; USER_BYTES], sector: &mut Sector) {
    let subheader = Subheader { submode: subheader.submode & !Subheader::FORM_2, ..subheader };
    sector[SUBHEADER].copy_from_slice(&subheader.to_bytes());
    sector[SectorType::Mode2Form1.user_data()].copy_from_slice(user);
    seal(SectorType::Mode2Form1, address, sector);
}

/// Builds a sector of mode 2 form 2. The form bit of the submode is set. Without `with_edc` the EDC is zeros, which the standard permits.
pub fn mode_2_form_2(
    address: Msf,
    subheader: Subheader,
    user: &[u8; FORM_2_BYTES],
    with_edc: bool,
    sector: &mut Sector,
) {
    let subheader = Subheader { submode: subheader.submode | Subheader::FORM_2, ..subheader };
    sector[SUBHEADER].copy_from_slice(&subheader.to_bytes());
    sector[SectorType::Mode2Form2.user_data()].copy_from_slice(user);
    seal(SectorType::Mode2Form2, address, sector);
    if !with_edc {
        sector[SectorType::Mode2Form2.user_data().end..].fill(0);
    }
}

/// What a sector of a data track says that it is; `None` without sync, or with a mode other than 1 and 2.
///
/// Nothing in a header tells formless sectors of mode 2 from formed ones. Those whose two subheaders agree count as formed; where they are
/// all zero, as they may be in form 1, the error detection code tells. A sector of nothing but zeros reads the same either way.
#[must_use]
pub fn sector_type(sector: &Sector) -> Option<SectorType> {
    if sector[..12] != SYNC {
        return None;
    }
    match sector[15] {
        1 => Some(SectorType::Mode1),
        2 => Some(mode_2_type(sector)),
        _ => None,
    }
}

fn mode_2_type(sector: &Sector) -> SectorType {
    let subheader = [sector[16], sector[17], sector[18], sector[19]];
    let is_formed = match subheader {
        [0, 0, 0, 0] => sector[24..2072].iter().any(|byte| *byte != 0) && has_form_1_code(sector),
        _ => true,
    };
    if sector[20..24] == subheader && is_formed {
        Subheader::from_bytes(subheader).sector_type()
    } else {
        SectorType::Mode2Formless
    }
}

/// Whether the error detection code where form 1 has it is that of the sector.
fn has_form_1_code(sector: &Sector) -> bool {
    let covered = SectorType::Mode2Form1.layout().and_then(|layout| layout.edc);
    covered.is_some_and(|covered| sector[covered.end..covered.end + 4] == edc(&sector[covered]).to_le_bytes())
}

/// What is wrong with a sector.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SectorFaults {
    /// The sync pattern.
    pub sync: bool,
    /// The mode, or the address: another one, or no BCD.
    pub header: bool,
    /// The two copies of the subheader differ.
    pub subheader: bool,
    /// The error detection code.
    pub edc: bool,
    /// P parity.
    pub p: bool,
    /// Q parity.
    pub q: bool,
}

impl SectorFaults {
    /// Nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        *self == SectorFaults::default()
    }
}

/// Verifies a sector of this type that should have this address. Audio has nothing to verify, and an EDC of form 2 that is zero is not there.
#[must_use]
pub fn verify(kind: SectorType, address: Msf, sector: &Sector) -> SectorFaults {
    let Some(layout) = kind.layout() else { return SectorFaults::default() };
    let formed = matches!(kind, SectorType::Mode2Form1 | SectorType::Mode2Form2);
    let (p, q) = match (layout.ecc, layout.blind) {
        (false, _) => (true, true),
        (true, false) => parity::check(sector),
        (true, true) => {
            let mut blinded = *sector;
            blinded[HEADER].fill(0);
            parity::check(&blinded)
        }
    };
    SectorFaults {
        sync: sector[..12] != SYNC,
        header: sector[HEADER] != header(address, layout.mode),
        subheader: formed && sector[16..20] != sector[20..24],
        edc: layout.edc.is_some_and(|covered| {
            let code = &sector[covered.end..covered.end + 4];
            let absent = kind == SectorType::Mode2Form2 && code == [0; 4];
            !absent && code != edc(&sector[covered]).to_le_bytes()
        }),
        p: !p,
        q: !q,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
        digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    }

    /// The first sector of an empty disc of mode 1, computed apart from this crate, symbol by symbol.
    #[test]
    fn an_empty_sector_by_hand() {
        let mut sector = [0xEE; SECTOR_BYTES];
        mode_1(Msf::new(0, 2, 0), &[0; USER_BYTES], &mut sector);
        assert_eq!(sector[..16], hex("00ffffffffffffffffffff0000020001"));
        assert_eq!(sector[16..2064], [0; 2048]);
        let mut rest = [0; 288];
        let pieces = [
            (0, "c513682b"),
            (12, "00f700f5"),
            (86, "5235b87d"),
            (98, "00f500f4"),
            (172, "9726d056"),
            (184, "0041"),
            (206, "2d172e1bb148b244"),
            (230, "006500c200e60043"),
            (258, "453c5375332b2562"),
            (282, "009000c10012"),
        ];
        for (at, text) in pieces {
            let bytes = hex(text);
            rest[at..at + bytes.len()].copy_from_slice(&bytes);
        }
        assert_eq!(sector[2064..], rest);
    }

    /// Likewise with data; the first eight bytes of P and the last eight of Q.
    #[test]
    fn a_full_sector_by_hand() {
        let user = core::array::from_fn(|at| (at * 7 + (at >> 8) * 13) as u8);
        let mut sector = [0; SECTOR_BYTES];
        mode_1(Msf::new(12, 34, 56), &user, &mut sector);
        assert_eq!(sector[2064..2068], hex("bf82b47a"));
        assert_eq!(sector[2076..2084], hex("a5d1f55525599c0c"));
        assert_eq!(sector[2344..], hex("bd1198d8decaa9fa"));
    }

    #[test]
    fn empty_sectors_of_mode_2() {
        let mut sector = [0xEE; SECTOR_BYTES];
        mode_2_form_2(Msf::new(0, 2, 0), Subheader::EMPTY, &[0; FORM_2_BYTES], true, &mut sector);
        assert_eq!(sector[12..24], hex("000200020000200000002000"));
        assert_eq!(sector[2348..], [0x3F, 0x13, 0xB0, 0xBE]);
        mode_2_form_2(Msf::new(0, 2, 0), Subheader::EMPTY, &[0; FORM_2_BYTES], false, &mut sector);
        assert_eq!(sector[2348..], [0; 4]);
        assert!(verify(SectorType::Mode2Form2, Msf::new(0, 2, 0), &sector).is_clean());
    }

    fn built(kind: SectorType, address: Msf, fill: &[u8]) -> Sector {
        let mut sector = [0xEE; SECTOR_BYTES];
        match kind {
            SectorType::CdDa => sector.copy_from_slice(fill),
            SectorType::Mode1 => mode_1(address, fill.first_chunk().unwrap(), &mut sector),
            SectorType::Mode2Formless => mode_2_formless(address, fill.first_chunk().unwrap(), &mut sector),
            SectorType::Mode2Form1 => {
                mode_2_form_1(address, Subheader::DATA, fill.first_chunk().unwrap(), &mut sector);
            }
            SectorType::Mode2Form2 => {
                mode_2_form_2(address, Subheader::DATA, fill.first_chunk().unwrap(), true, &mut sector);
            }
        }
        sector
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn what_is_built_is_clean_and_recognised(
            fill in prop::collection::vec(1u8.., SECTOR_BYTES),
            lba in -150i32..400_000,
        ) {
            let address = Msf::from_lba(lba).unwrap();
            for kind in SectorType::ALL {
                let sector = built(kind, address, &fill);
                prop_assert!(verify(kind, address, &sector).is_clean(), "{kind:?}");
                let user = &sector[kind.user_data()];
                prop_assert_eq!(user, &fill[..user.len()]);
                if !matches!(kind, SectorType::CdDa | SectorType::Mode2Formless) {
                    prop_assert_eq!(sector_type(&sector), Some(kind));
                }
            }
        }

        #[test]
        fn any_byte_that_changed_is_noticed(
            fill in prop::collection::vec(any::<u8>(), SECTOR_BYTES),
            at in 0..SECTOR_BYTES,
            change in 1u8..,
        ) {
            let address = Msf::new(1, 2, 3);
            for kind in [SectorType::Mode1, SectorType::Mode2Form1, SectorType::Mode2Form2] {
                let mut sector = built(kind, address, &fill);
                sector[at] ^= change;
                let faults = verify(kind, address, &sector);
                prop_assert!(!faults.is_clean(), "{kind:?}");
                prop_assert_eq!(faults.sync, at < 12);
                prop_assert_eq!(faults.header, HEADER.contains(&at));
            }
        }
    }

    /// Mode 1: each part is reported by what covers it.
    #[rstest]
    #[case(0, SectorFaults { sync: true, edc: true, ..Default::default() })]
    #[case(13, SectorFaults { header: true, edc: true, p: true, q: true, ..Default::default() })]
    #[case(1000, SectorFaults { edc: true, p: true, q: true, ..Default::default() })]
    #[case(2065, SectorFaults { edc: true, p: true, q: true, ..Default::default() })]
    #[case(2070, SectorFaults { p: true, q: true, ..Default::default() })]
    #[case(2100, SectorFaults { p: true, q: true, ..Default::default() })]
    #[case(2300, SectorFaults { q: true, ..Default::default() })]
    fn faults_of_mode_1(#[case] at: usize, #[case] expected: SectorFaults) {
        let mut sector = built(SectorType::Mode1, Msf::new(0, 2, 0), &[0x33; SECTOR_BYTES]);
        sector[at] ^= 1;
        assert_eq!(verify(SectorType::Mode1, Msf::new(0, 2, 0), &sector), expected);
    }

    #[test]
    fn the_header_of_form_1_is_not_covered() {
        let sector = built(SectorType::Mode2Form1, Msf::new(0, 2, 0), &[0x33; SECTOR_BYTES]);
        let elsewhere = verify(SectorType::Mode2Form1, Msf::new(7, 2, 0), &sector);
        assert_eq!(elsewhere, SectorFaults { header: true, ..Default::default() });
    }

    #[test]
    fn what_is_no_sector() {
        assert_eq!(sector_type(&[0; SECTOR_BYTES]), None);
        let mut sector = built(SectorType::Mode1, Msf::new(0, 2, 0), &[0; SECTOR_BYTES]);
        sector[15] = 0;
        assert_eq!(sector_type(&sector), None);
        let zeros = built(SectorType::Mode2Formless, Msf::new(0, 2, 0), &[0; SECTOR_BYTES]);
        assert_eq!(sector_type(&zeros), Some(SectorType::Mode2Formless));
    }
}
