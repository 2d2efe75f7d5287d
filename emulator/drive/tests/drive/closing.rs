//! CLOSE TRACK/SESSION, RESERVE TRACK and REPAIR TRACK by medium (MMC-5 6.3, 6.31 and 6.28).

use crate::rig::{A, Rig};
use discrig_drive::{Disc, HostEvent, MediumKind};
use rstest::rstest;

/// What each close function is on a medium on which 32 blocks were written, and what the disc is then: byte 2 of the disc information,
/// sessions, first and last track of the last one.
#[rstest]
#[case(MediumKind::CdR, "41 C4 08", 0, "05/24/00 cdb 2.2", "05 01 01 01")]
#[case(MediumKind::CdR, "41 C4 08", 1, "GOOD", "05 01 01 ..")]
#[case(MediumKind::CdR, "41 C4 08", 2, "GOOD", "01 02 02 02")]
#[case(MediumKind::CdR, "41 04 08", 2, "GOOD", "0E 01 01 01")]
#[case(MediumKind::CdR, "41 C4 08", 3, "05/24/00 cdb 2.2", "05 01 01 01")]
#[case(MediumKind::CdR, "41 C4 08", 4, "05/24/00 cdb 2.2", "05 01 01 01")]
#[case(MediumKind::CdR, "41 C4 08", 5, "05/24/00 cdb 2.2", "05 01 01 01")]
#[case(MediumKind::CdR, "41 C4 08", 6, "05/24/00 cdb 2.2", "05 01 01 01")]
#[case(MediumKind::CdR, "41 C4 08", 7, "05/24/00 cdb 2.2", "05 01 01 01")]
#[case(MediumKind::CdRw, "41 C4 08", 2, "GOOD", "11 02 02 02")]
#[case(MediumKind::CdRw, "41 04 08", 2, "GOOD", "1E 01 01 01")]
#[case(MediumKind::DvdMinusR, "40 C5 08", 1, "GOOD", "05 01 01 ..")]
#[case(MediumKind::DvdMinusR, "40 C5 08", 2, "GOOD", "01 02 02 02")]
#[case(MediumKind::DvdMinusR, "40 05 08", 2, "GOOD", "0E 01 01 01")]
#[case(MediumKind::DvdMinusR, "40 C5 08", 3, "05/24/00 cdb 2.2", "05 01 01 01")]
#[case(MediumKind::DvdMinusR, "40 C5 08", 5, "05/24/00 cdb 2.2", "05 01 01 01")]
#[case(MediumKind::DvdMinusR, "40 C5 08", 6, "05/24/00 cdb 2.2", "05 01 01 01")]
#[case(MediumKind::DvdMinusRw, "40 C5 08", 2, "GOOD", "11 02 02 02")]
#[case(MediumKind::DvdMinusRw, "40 05 08", 2, "GOOD", "1E 01 01 01")]
#[case(MediumKind::DvdMinusRDl, "40 C5 08", 2, "GOOD", "0E 01 01 01")] // one border, whatever the page says
#[case(MediumKind::DvdPlusR, "40 C5 08", 0, "05/24/00 cdb 2.2", "05 01 01 01")]
#[case(MediumKind::DvdPlusR, "40 C5 08", 1, "GOOD", "05 01 01 ..")]
#[case(MediumKind::DvdPlusR, "40 05 08", 2, "GOOD", "01 02 02 02")] // the page does not count
#[case(MediumKind::DvdPlusR, "40 C5 08", 3, "05/24/00 cdb 2.2", "05 01 01 01")]
#[case(MediumKind::DvdPlusR, "40 C5 08", 4, "05/24/00 cdb 2.2", "05 01 01 01")]
#[case(MediumKind::DvdPlusR, "40 C5 08", 5, "GOOD", "0E 01 01 01")]
#[case(MediumKind::DvdPlusR, "40 C5 08", 6, "GOOD", "0E 01 01 01")]
#[case(MediumKind::DvdPlusRDl, "40 C5 08", 4, "GOOD", "01 02 02 02")]
#[case(MediumKind::DvdPlusRDl, "40 C5 08", 5, "GOOD", "0E 01 01 01")]
#[case(MediumKind::DvdPlusRDl, "40 C5 08", 6, "GOOD", "0E 01 01 01")]
#[case(MediumKind::BdR, "40 C5 08", 1, "GOOD", "05 01 01 ..")]
#[case(MediumKind::BdR, "40 C5 08", 2, "GOOD", "01 02 02 02")]
#[case(MediumKind::BdR, "40 C5 08", 5, "05/24/00 cdb 2.2", "05 01 01 01")]
#[case(MediumKind::BdR, "40 C5 08", 6, "GOOD", "0E 01 01 01")]
fn functions(
    #[case] kind: MediumKind,
    #[case] page: &str,
    #[case] function: u8,
    #[case] ends: &str,
    #[case] disc: &str,
) {
    let [status, sessions, first, last]: [&str; 4] = disc.split(' ').collect::<Vec<_>>().try_into().unwrap();
    Rig::blank(kind).script(&format!(
        "select {page}
         fill 0 32 11*2048
         5B 00 {function:02X} 00 00 01 00*4 => {ends}
         settle
         51 00 00 00 00 00 00 00 07 00 => 00 20 {status} 01 {sessions} {first} {last}
         28 00 00 00 00 00 00 00 20 00 => 11*65536
         // once more changes nothing
         5B 00 {function:02X} 00 00 01 00*4 => {ends}|05/24/00|05/2C/00|05/72/04|07/27/00
         51 00 00 00 00 00 00 00 07 00 => 00 20 {status} 01 {sessions} {first} {last}"
    ));
}

/// Media that are formatted: DVD+RW stops its format or writes a lead-out, BD-RE and DVD-RAM have nothing to close.
#[rstest]
#[case(MediumKind::DvdRam, "00 00 00 08 00 22 21 20 00 00 08 00", &["05/24/00 cdb 2.2"; 8])]
#[case(MediumKind::BdRe, "00 00 00 08 00 B4 74 00 00 00 30 00", &["05/24/00 cdb 2.2"; 8])]
#[case(
    MediumKind::DvdPlusRw,
    "00 00 00 08 FF FF FF FF 98 00 00 00",
    &["GOOD", "05/24/00 cdb 2.2", "GOOD", "GOOD", "05/24/00", "05/24/00", "05/24/00", "05/24/00"]
)]
#[case(
    MediumKind::DvdMinusRw,
    "00 00 00 08 00 23 10 20 10 00 00 10",
    &["05/24/00"; 8]
)]
fn functions_of_formatted_media(#[case] kind: MediumKind, #[case] list: &str, #[case] ends: &[&str; 8]) {
    let mut rig = Rig::blank(kind);
    if kind != MediumKind::DvdMinusRw {
        rig.script(&format!("04 11 00 00 00 00 [{list}] => GOOD\nsettle"));
    } else {
        rig.script("04 11 00 00 00 00 [00 00 00 08 00 23 10 20 40 00 00 10] => GOOD\nsettle");
    }
    for (function, expected) in ends.iter().enumerate() {
        let closes = kind == MediumKind::DvdMinusRw && [2, 3].contains(&function);
        let expected = if closes { "GOOD" } else { expected };
        rig.script(&format!("5B 00 {function:02X} 00 00 00 00*4 => {expected}"));
    }
}

/// Tracks that are not there, and none on media that cannot be written.
#[test]
fn no_such_track() {
    for (kind, page) in [
        (MediumKind::CdR, "41 C4 08"),
        (MediumKind::DvdMinusR, "40 C5 08"),
        (MediumKind::DvdPlusR, "40 C5 08"),
        (MediumKind::BdR, "40 C5 08"),
    ] {
        Rig::blank(kind).script(&format!(
            "select {page}
             5B 00 01 00 00 07 00*4 => 05/24/00 cdb 4.7
             fill 0 32 11*2048
             5B 00 01 00 00 07 00*4 => 05/24/00 cdb 4.7
             5B 00 01 00 00 00 00*4 => 05/24/00 cdb 4.7
             5B 02 01 00 00 01 00*4 => 05/24/00 cdb 1.1
             5B 00 09 00 00 01 00*4 => 05/24/00 cdb 2.3"
        ));
    }
    Rig::loaded().script("5B 00 02 00*7 => 05/24/00|07/27/00|05/30/05|05/2C/00");
    Rig::empty().script("5B 00 02 00*7 => 02/3A/01");
}

/// IMMED: the command ends, the unit is busy until the session is closed, and says how far it is.
#[rstest]
#[case(MediumKind::CdR, "41 C4 08", 2)]
#[case(MediumKind::DvdMinusR, "40 C5 08", 2)]
#[case(MediumKind::DvdPlusR, "40 C5 08", 6)]
#[case(MediumKind::BdR, "40 C5 08", 6)]
fn immediately(#[case] kind: MediumKind, #[case] page: &str, #[case] function: u8) {
    let mut rig = Rig::slow(Some(Disc::blank(kind).unwrap()));
    rig.script(&format!(
        "select {page}
         fill 0 320 11*2048
         35 02 00*8 => GOOD
         ready 120
         5B 01 {function:02X} 00 00 00 00*4 => GOOD
         00 00 00 00 00 00 => 02/04/07|02/04/08|02/04/04
         51 00 00 00 00 00 00 00 22 00 => 02/04/07|02/04/08|02/04/04
         52 01 00 00 00 01 00 00 30 00 => 02/04/07|02/04/08|02/04/04
         2A 00 00 00 02 00 00 00 10 00 [00*32768] => 02/04/07|02/04/08|02/04/04
         5B 01 {function:02X} 00 00 00 00*4 => 02/04/07|02/04/08|02/04/04
         B> 28 00 00 00 00 00 00 00 01 00 => 02/04/07|02/04/08|02/04/04
         46 00 00 00 00 00 00 00 08 00 => GOOD
         12 00 00 00 24 00 => GOOD
         03 00 00 00 12 00 => 70 00 .. 00 00 00 00 0A 00 00 00 00 04 .. 00 .. .. .."
    ));
    let progress = |rig: &mut Rig| {
        let sense = rig.data(A, "03 00 00 00 12 00");
        assert_eq!(sense[15] & 0x80, 0x80, "progress is there");
        u16::from_be_bytes([sense[16], sense[17]])
    };
    let early = progress(&mut rig);
    rig.wait(core::time::Duration::from_secs(3));
    assert!(progress(&mut rig) > early);
    rig.script(
        "ready 1200
         settle
         28 00 00 00 00 00 00 00 01 00 => 11*2048",
    );
}

/// RESERVE TRACK: so many blocks, rounded up to whole ECC blocks; or up to an address where the medium has that.
#[rstest]
#[case(MediumKind::DvdMinusR, "40 C5 08", 0x4E2, 0x4F0)]
#[case(MediumKind::DvdPlusR, "40 C5 08", 0x4E2, 0x4F0)]
#[case(MediumKind::BdR, "40 C5 08", 0x4E2, 0x500)]
fn reserved_tracks(#[case] kind: MediumKind, #[case] page: &str, #[case] asked: u32, #[case] size: u32) {
    let hex = |value: u32| crate::rig::hex(&value.to_be_bytes());
    Rig::blank(kind).script(&format!(
        "select {page}
         53 00 00 00 00 {} 00 => GOOD
         // reserved, blank, incremental; its next writable address and its free blocks
         52 01 00 00 00 01 00 00 1C 00 => 00 .. 01 01 00 .. E. .1 00 00 00 00 00 00 00 00 {} .. .. .. .. {}
         2A 00 00 00 00 10 00 00 10 00 [00*32768] => 05/21/02|05/21/00
         fill 0 32 11*2048
         52 01 00 00 00 01 00 00 18 00 => 00 .. 01 01 00 .. A. .3 00 00 00 00 00 00 00 20 {} *
         5B 00 02 00*7 => 05/72/03|05/72/04
         5B 00 01 00 00 01 00*4 => GOOD
         // padded to its end, or closed short of it
         52 01 00 00 00 01 00 00 08 00 => 00 .. 01 01 00 .. 2. .. *
         28 00 00 00 00 00 00 00 20 00 => 11*65536",
        hex(asked),
        hex(size),
        hex(size),
        hex(size - 32)
    ));
}

#[test]
fn reservations_that_cannot_be() {
    for (kind, page) in [
        (MediumKind::DvdMinusR, "40 C5 08"),
        (MediumKind::DvdPlusR, "40 C5 08"),
        (MediumKind::BdR, "40 C5 08"),
    ] {
        Rig::blank(kind).script(&format!(
            "select {page}
             53 00 00 00 00 00 00 00 00 00 => 05/24/00 cdb 5.7|05/24/00 cdb 2.7
             53 00 00 00 00 FF FF FF FF 00 => 05/63/01|05/24/00|05/21/00
             53 02 00 00 00 00 00 10 00 00 => 05/24/00 cdb 1.1
             53 04 00 00 00 00 00 10 00 00 => 05/24/00 cdb 1.2
             51 00 00 00 00 00 00 00 07 00 => 00 20 00 01 01 01 01"
        ));
    }
    Rig::blank(MediumKind::DvdMinusR).script("53 01 00 00 10 00 00 00 00 00 => 05/24/00 cdb 1.0");
    Rig::blank(MediumKind::DvdRam).script("53 00 00 00 00 00 00 10 00 00 => 05/30/05|05/2C/00|05/24/00");
    Rig::blank(MediumKind::DvdPlusRw).script("53 00 00 00 00 00 00 10 00 00 => 05/30/05|05/2C/00|05/24/00");
    Rig::blank(MediumKind::BdRe).script("53 00 00 00 00 00 00 10 00 00 => 05/30/05|05/2C/00|05/24/00");
    Rig::loaded().script("53 00 00 00 00 00 00 10 00 00 => 05/30/05|07/27/00");
    Rig::empty().script("53 00 00 00 00 00 00 10 00 00 => 02/3A/01");
}

/// Reservation by address splits the open track; feature 0021h says where there is that (ARSV).
#[test]
fn tracks_are_split_at_an_address() {
    for kind in [MediumKind::DvdPlusR, MediumKind::BdR] {
        Rig::blank(kind).script(
            "46 02 00 21 00 00 00 00 FF 00 => 00 00 00 10 00 00 .. .. 00 21 .. .. .. .. 03 .. ..*4
             53 01 00 00 04 00 00 00 00 00 => GOOD
             52 01 00 00 00 01 00 00 1C 00 => 00 .. 01 01 00 .. E. .1 00 00 00 00 00 00 00 00 00 00 0. .0 .. .. .. .. 00 00 0. .0
             fill 0 32 11*2048",
        );
    }
    Rig::blank(MediumKind::DvdMinusR)
        .script("46 02 00 21 00 00 00 00 FF 00 => 00 00 00 10 00 00 .. .. 00 21 .. .. .. .. 01 .. ..*4");
}

/// CD: track at once with a reserved track before it, which is written later; both are in the table of contents.
#[test]
fn a_reserved_track_of_cd() {
    Rig::blank(MediumKind::CdR).script(
        "select 41 C4 08
         53 00 00 00 00 00 00 01 2C 00 => GOOD
         // reserved; 300 blocks and the run-out, then the pause of the next track
         52 01 00 00 00 01 00 00 1C 00 => 00 22 01 01 00 .4 C. .1 00 00 00 00 00 00 00 00 .. .. .. .. 00 00 00 00 00 00 01 2E
         52 01 00 00 00 FF 00 00 10 00 => 00 22 02 01 00 .. .. .1 00 00 01 C4 00 00 01 C4
         fill 1C4 300 22*2048
         35 00*9 => GOOD
         5B 00 02 00*7 => 05/72/03|05/72/04
         fill 0 300 11*2048
         35 00*9 => GOOD
         5B 00 02 00*7 => GOOD
         43 00 00 00 00 00 00 00 FF 00 => 00 1A 01 02 00 14 01 00 00 00 00 00 00 14 02 00 00 00 01 C4 00 14 AA 00 00 00 02 F2",
    );
    Rig::blank(MediumKind::CdR).script(
        "select 42 00 00
         53 00 00 00 00 00 00 01 2C 00 => 05/2C/00|05/24/00|05/30/05
         select 41 C4 08
         53 00 00 00 00 00 05 80 00 00 => 05/63/01|05/24/00
         fill 0 100 11*2048
         53 00 00 00 00 00 00 01 2C 00 => 05/2C/00",
    );
}

/// REPAIR TRACK: what was cut off by a loss of power can be gone on with, or is completed; without damage nothing happens.
#[test]
fn damaged_tracks_are_repaired() {
    let mut rig = Rig::blank(MediumKind::CdR);
    rig.script(
        "select 40 C5 08
         fill 0 32 11*2048
         58 00 00 00 00 01 00*4 => GOOD
         58 00 00 00 00 07 00*4 => 05/24/00 cdb 4.7
         58 02 00 00 00 01 00*4 => 05/24/00 cdb 1.1",
    );
    rig.happen(HostEvent::PowerCycle);
    rig.settle();
    rig.script(
        "// damaged, and the drive knows where it could go on
         52 01 00 00 00 01 00 00 08 00 => 00 22 01 01 00 25 2. .. *
         select 40 C5 08
         58 00 00 00 00 01 00*4 => GOOD
         52 01 00 00 00 01 00 00 08 00 => 00 22 01 01 00 05 2. .3 *
         28 00 00 00 00 00 00 00 20 00 => 11*65536",
    );
    Rig::blank(MediumKind::DvdPlusRw).script("58 00 00 00 00 01 00*4 => 05/24/00 cdb 4.7");
    Rig::loaded().script("58 00 00 00 00 01 00*4 => 05/24/00|07/27/00|05/30/05");
    Rig::empty().script("58 00 00 00 00 01 00*4 => 02/3A/01");
}
