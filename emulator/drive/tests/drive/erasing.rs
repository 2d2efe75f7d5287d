//! BLANK and ERASE(10) by medium (MMC-5 6.2 and 6.4).

use crate::rig::{A, Rig};
use discrig_drive::{Disc, MediumKind};
use rstest::rstest;

/// Which types there are, on a disc with a closed session; afterwards it is blank, or as before.
#[rstest]
#[case(MediumKind::CdRw, "41 C4 08", &[0, 1])]
#[case(MediumKind::DvdMinusRw, "40 C5 08", &[0, 1])]
fn types(#[case] kind: MediumKind, #[case] page: &str, #[case] legal: &[u8]) {
    for blanking in 0..8_u8 {
        let mut rig = Rig::blank(kind);
        rig.script(&format!(
            "select {page}
             fill 0 320 11*2048
             35 00*9 => GOOD
             5B 00 02 00*7 => GOOD
             51 00 00 00 00 00 00 00 05 00 => 00 20 11 01 02"
        ));
        if legal.contains(&blanking) {
            rig.script(&format!(
                "A1 {blanking:02X} 00*10 => GOOD
                 settle
                 51 00 00 00 00 00 00 00 07 00 => 00 20 10 01 01 01 01
                 43 00 00 00 00 00 00 00 FF 00 => 05/24/00
                 25 00*9 => 00 00 00 00 00 00 08 00
                 28 00 00 00 00 00 00 00 01 00 => 05/21/00
                 A1 {blanking:02X} 00*10 => GOOD
                 51 00 00 00 00 00 00 00 07 00 => 00 20 10 01 01 01 01"
            ));
        } else {
            rig.script(&format!(
                "A1 {blanking:02X} 00*10 => 05/24/00
                 51 00 00 00 00 00 00 00 05 00 => 00 20 11 01 02
                 28 00 00 00 00 00 00 00 01 00 => 11*2048"
            ));
        }
    }
}

/// The tail of a track in packets can be blanked, from a packet on.
#[test]
fn the_tail_of_a_track() {
    Rig::blank(MediumKind::CdRw).script(
        "select 40 E5 08 20
         fill 0 128 11*2048
         A1 04 00 00 00 21 00*6 => 05/24/00 cdb 2.7
         A1 04 00 00 00 80 00*6 => 05/24/00 cdb 2.7
         A1 04 00 00 00 40 00*6 => GOOD
         52 01 00 00 00 01 00 00 10 00 => 00 22 01 01 00 05 .. .3 00 00 00 00 00 00 00 40
         28 00 00 00 00 00 00 00 40 00 => 11*131072
         28 00 00 00 00 40 00 00 01 00 => 05/21/00
         fill 40 32 22*2048
         28 00 00 00 00 40 00 00 01 00 => 22*2048",
    );
}

#[rstest]
#[case(MediumKind::CdR, "05/30/05")]
#[case(MediumKind::DvdMinusR, "05/30/05")]
#[case(MediumKind::DvdPlusR, "05/30/05")]
#[case(MediumKind::DvdPlusRw, "05/30/05")]
#[case(MediumKind::DvdRam, "05/30/05")]
#[case(MediumKind::BdR, "05/30/05")]
#[case(MediumKind::BdRe, "05/30/05")]
fn media_that_are_not_blanked(#[case] kind: MediumKind, #[case] expected: &str) {
    let mut rig = Rig::blank(kind);
    for blanking in 0..8 {
        rig.script(&format!("A1 {blanking:02X} 00*10 => {expected}|05/24/00|05/30/02"));
    }
    Rig::loaded().script("A1 00 00*10 => 05/30/05|05/24/00|07/27/00");
    Rig::empty().script("A1 00 00*10 => 02/3A/01");
    Rig::blank(MediumKind::CdRw).script("A1 08 00*10 => 05/24/00 cdb 1.3\nA1 20 00*10 => 05/24/00 cdb 1.5");
}

/// IMMED, and how far it is. A whole disc takes its time, the structures alone less.
#[rstest]
#[case(MediumKind::CdRw, 0, 7200)]
#[case(MediumKind::CdRw, 1, 600)]
#[case(MediumKind::DvdMinusRw, 0, 7200)]
#[case(MediumKind::DvdMinusRw, 1, 600)]
fn immediately(#[case] kind: MediumKind, #[case] blanking: u8, #[case] most: u32) {
    let mut rig = Rig::slow(Some(Disc::blank(kind).unwrap()));
    rig.script(&format!(
        "A1 {:02X} 00*10 => GOOD
         00 00 00 00 00 00 => 02/04/07|02/04/04|02/04/08
         A1 {:02X} 00*10 => 02/04/07|02/04/04|02/04/08
         51 00 00 00 00 00 00 00 22 00 => 02/04/07|02/04/04|02/04/08
         2A 00 00 00 00 00 00 00 10 00 [00*32768] => 02/04/07|02/04/04|02/04/08
         12 00 00 00 24 00 => GOOD
         4A 01 00 00 10 00 00 00 08 00 => GOOD",
        0x10 | blanking,
        0x10 | blanking
    ));
    rig.wait(core::time::Duration::from_secs(5));
    let sense = rig.data(A, "03 00 00 00 12 00");
    assert_eq!((sense[12], sense[15] & 0x80), (0x04, 0x80), "progress is there");
    assert_ne!(sense[16..], [0, 0]);
    rig.script(&format!(
        "ready {most}
         settle
         03 00 00 00 12 00 => 70 00 00 00 00 00 00 0A 00*10"
    ));
}

/// After the structures alone were blanked, a DVD-RW is recorded at once or not at all: feature 0021h is not current.
#[test]
fn a_dvd_rw_after_minimal_blanking() {
    Rig::blank(MediumKind::DvdMinusRw).script(
        "A1 01 00*10 => GOOD
         settle
         46 02 00 21 00 00 00 00 FF 00 => 00 00 00 10 00 00 00 14 00 21 04 *
         46 02 00 2F 00 00 00 00 FF 00 => 00 00 00 0C 00 00 00 14 00 2F .9 *
         select 40 C5 08
         2A 00 00 00 00 00 00 00 10 00 [00*32768] => 05/64/00|05/30/05|05/2C/00
         select 42 05 08
         53 00 00 00 00 00 00 02 00 00 => GOOD
         fill 0 512 11*2048
         35 00*9 => GOOD
         28 00 00 00 00 00 00 00 01 00 => 11*2048
         A1 00 00*10 => GOOD
         settle
         46 02 00 21 00 00 00 00 FF 00 => 00 00 00 10 00 00 00 14 00 21 05 *",
    );
}

/// ERASE(10), which MMC-6 has dropped, is for sectors that can be erased one by one; elsewhere it is refused.
#[test]
fn erased_sectors() {
    Rig::blank(MediumKind::DvdRam).script(
        "fill 0 64 11*2048
         2C 00 00 00 00 10 00 00 10 00 => GOOD
         28 00 00 00 00 0F 00 00 01 00 => 11*2048
         28 00 00 00 00 10 00 00 10 00 => 00*32768
         28 00 00 00 00 20 00 00 01 00 => 11*2048
         2C 00 00 00 00 00 00 00 00 00 => GOOD
         28 00 00 00 00 00 00 00 01 00 => 11*2048
         2C 00 00 22 21 20 00 00 01 00 => 05/21/00
         2C 00 00 22 21 1F 00 00 02 00 => 05/21/00
         2C 00 FF FF FF FF 00 00 01 00 => 05/21/00
         28 00 00 00 00 20 00 00 01 00 => 11*2048",
    );
    for kind in [MediumKind::CdR, MediumKind::DvdPlusR, MediumKind::BdR] {
        Rig::blank(kind).script("2C 00 00 00 00 00 00 00 10 00 => 05/30/05|05/24/00|05/30/02");
    }
    Rig::loaded().script("2C 00 00 00 00 00 00 00 10 00 => 05/30/05|07/27/00");
    Rig::empty().script("2C 00 00 00 00 00 00 00 10 00 => 02/3A/01");
}
