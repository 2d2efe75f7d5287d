//! FORMAT UNIT and READ FORMAT CAPACITIES by medium (MMC-5 6.5 and 6.24).

use crate::rig::Rig;
use discrig_drive::{Disc, MediumKind};
use rstest::rstest;

const CAPACITIES: &str = "23 00 00 00 00 00 00 00 FF 00";

/// Current or maximum capacity with its kind (1 unformatted, 2 formatted, 3 unknown), then what can be asked for: blocks, type in the upper
/// six bits, parameter.
#[rstest]
#[case(
    MediumKind::CdRw,
    "00 00 00 18 00 05 7D A9 01 00 08 00 00 04 81 40 40 00 00 20 00 04 81 40 48 00 00 20"
)]
#[case(
    MediumKind::DvdMinusRw,
    "00 00 00 20 00 23 10 20 01 00 08 00 00 23 10 20 00 00 08 00 00 23 10 20 40 00 00 10 00 23 10 20 54 00 00 10"
)]
#[case(
    MediumKind::DvdRam,
    "00 00 00 20 00 22 21 20 02 00 08 00 00 22 21 20 00 00 08 00 00 23 05 20 00 00 08 00 00 21 87 20 04 00 08 00"
)]
#[case(MediumKind::DvdPlusRw, "00 00 00 10 00 23 05 40 01 00 08 00 00 23 05 40 98 00 00 00")]
#[case(
    MediumKind::BdRe,
    "00 00 00 30 00 BA 74 00 01 00 08 00 00 B4 74 00 00 00 30 00 00 B4 74 00 C0 00 30 00 00 B0 74 00 C0 00 50 00 00 B8 74 00 C0 00 10 00 00 BA 74 00 C4 00 08 00"
)]
#[case(
    MediumKind::BdR,
    "00 00 00 28 00 BA 74 00 01 00 08 00 00 B4 74 00 00 00 30 00 00 B4 74 00 C8 00 00 00 00 58 74 00 C8 00 00 00 00 B8 74 00 C8 00 00 00"
)]
#[case(MediumKind::CdR, "00 00 00 08 00 05 7D A9 01 00 08 00")]
#[case(MediumKind::DvdPlusR, "00 00 00 08 00 23 05 40 01 00 08 00")]
#[case(MediumKind::DvdMinusR, "00 00 00 08 00 23 10 20 01 00 08 00")]
fn capacities_of_a_blank(#[case] kind: MediumKind, #[case] expected: &str) {
    Rig::blank(kind).script(&format!(
        "{CAPACITIES} => {expected}
         23 00 00 00 00 00 00 00 04 00 => {}
         23 00 00 00 00 00 00 00 00 00 => empty",
        &expected[..11]
    ));
}

#[test]
fn capacities_without_a_blank() {
    Rig::empty().script(&format!("{CAPACITIES} => 00 00 00 08 .. .. .. .. 03 00 08 00"));
    Rig::loaded().script(&format!("{CAPACITIES} => 00 00 00 08 00 00 00 64 02 00 08 00"));
}

/// Each format that is offered, and what the disc is afterwards: profile, capacities, last block, status of the disc.
#[rstest]
// CD-RW: fixed packets; byte 2 of the disc information says erasable, complete.
#[case(MediumKind::CdRw, "00 00 00 08 00 04 81 40 40 00 00 20", "00 0A", "02", "00 04 81 3F", "1E|1F")]
#[case(MediumKind::CdRw, "00 00 00 08 00 04 81 40 48 00 00 20", "00 0A", "02", "00 04 81 3F", "1E|1F")]
#[case(MediumKind::CdRw, "00 00 00 08 00 00 03 20 40 00 00 20", "00 0A", "02", "00 00 03 1F", "1E|1F")]
// DVD-RW: whole in any of two ways, or quickly, which leaves it without a capacity.
#[case(MediumKind::DvdMinusRw, "00 00 00 08 00 23 10 20 00 00 08 00", "00 13", "02", "00 23 10 1F", "1E|1F")]
#[case(MediumKind::DvdMinusRw, "00 00 00 08 00 23 10 20 40 00 00 10", "00 13", "02", "00 23 10 1F", "1E|1F")]
#[case(MediumKind::DvdMinusRw, "00 00 00 08 00 00 00 00 54 00 00 10", "00 13", "03", "00 00 00 ..", "..")]
// DVD-RAM: the usual and the largest size, and a larger spare area.
#[case(MediumKind::DvdRam, "00 00 00 08 00 22 21 20 00 00 08 00", "00 12", "02", "00 22 21 1F", "1E|1F")]
#[case(MediumKind::DvdRam, "00 00 00 08 00 23 05 20 00 00 08 00", "00 12", "02", "00 23 05 1F", "1E|1F")]
#[case(MediumKind::DvdRam, "00 00 00 08 00 21 87 20 04 00 08 00", "00 12", "02", "00 21 87 1F", "1E|1F")]
// DVD+RW: its size, or as much as there is.
#[case(MediumKind::DvdPlusRw, "00 00 00 08 00 23 05 40 98 00 00 00", "00 1A", "02", "00 23 05 3F", "1E|1F")]
#[case(MediumKind::DvdPlusRw, "00 00 00 08 FF FF FF FF 98 00 00 00", "00 1A", "02", "00 23 05 3F", "1E|1F")]
// BD-RE: the default, with spares (all four sub-types), without.
#[case(MediumKind::BdRe, "00 00 00 08 00 B4 74 00 00 00 30 00", "00 43", "02", "00 B4 73 FF", "1E|1F")]
#[case(MediumKind::BdRe, "00 00 00 08 00 B4 74 00 C0 00 30 00", "00 43", "02", "00 B4 73 FF", "1E|1F")]
#[case(MediumKind::BdRe, "00 00 00 08 00 B4 74 00 C1 00 30 00", "00 43", "02", "00 B4 73 FF", "1E|1F")]
#[case(MediumKind::BdRe, "00 00 00 08 00 B0 74 00 C2 00 50 00", "00 43", "02", "00 B0 73 FF", "1E|1F")]
#[case(MediumKind::BdRe, "00 00 00 08 00 B8 74 00 C3 00 10 00", "00 43", "02", "00 B8 73 FF", "1E|1F")]
#[case(MediumKind::BdRe, "00 00 00 08 00 BA 74 00 C4 00 08 00", "00 43", "02", "00 BA 73 FF", "1E|1F")]
#[case(MediumKind::BdRe, "00 00 00 08 00 BA 74 00 C5 00 08 00", "00 43", "02", "00 BA 73 FF", "1E|1F")]
// BD-R: random recording is a profile of its own; the others are still blank.
#[case(MediumKind::BdR, "00 00 00 08 00 B4 74 00 02 00 30 00", "00 42", "02", "00 B4 73 FF", "..")]
#[case(MediumKind::BdR, "00 00 00 08 00 58 74 00 CA 00 00 00", "00 42", "02", "00 58 73 FF", "..")]
#[case(MediumKind::BdR, "00 00 00 08 00 B4 74 00 01 00 30 00", "00 41", "02", "00 00 00 00", "00")]
#[case(MediumKind::BdR, "00 00 00 08 00 B8 74 00 C9 00 00 00", "00 41", "02", "00 00 00 00", "00")]
#[case(MediumKind::BdR, "00 00 00 08 00 B4 74 00 00 00 30 00", "00 41", "02", "..*4", "..")]
#[case(MediumKind::BdR, "00 00 00 08 00 B4 74 00 C8 00 00 00", "00 41", "02", "..*4", "..")]
fn every_format(
    #[case] kind: MediumKind,
    #[case] list: &str,
    #[case] profile: &str,
    #[case] state: &str,
    #[case] last: &str,
    #[case] status: &str,
) {
    let mut rig = Rig::blank(kind);
    rig.script(&format!(
        "04 11 00 00 00 00 [{list}] => GOOD
         settle
         46 02 00 00 00 00 00 00 08 00 => .. .. .. .. 00 00 {profile}
         23 00 00 00 00 00 00 00 0C 00 => 00 00 00 .. .. .. .. .. {state} 00 08 00
         25 00*9 => {last} 00 00 08 00"
    ));
    let byte = rig.data(0, "51 00 00 00 00 00 00 00 22 00")[2];
    let permitted = |text: &str| text == ".." || u8::from_str_radix(text, 16) == Ok(byte);
    assert!(status.split('|').any(permitted), "{byte:02X}");
}

/// What the list says of itself, and what the command says of the list.
#[test]
fn lists_that_are_none() {
    let mut rig = Rig::blank(MediumKind::BdRe);
    rig.script(
        "04 11 00 00 00 00 => 05/1A/00
         04 11 00 00 00 00 [00 00 00] => 05/1A/00
         04 11 00 00 00 00 [00 00 00 08] => 05/1A/00
         04 11 00 00 00 00 [00 00 00 08 00 B4 74 00 00 00 30] => 05/1A/00
         // the length of the descriptor is eight
         04 11 00 00 00 00 [00 00 00 04 00 B4 74 00 00 00 30 00] => 05/26/00 list 2.7
         04 11 00 00 00 00 [00 00 00 00 00 B4 74 00 00 00 30 00] => 05/26/00 list 2.7
         04 11 00 00 00 00 [00 00 00 10 00 B4 74 00 00 00 30 00 00*8] => 05/26/00 list 2.7
         04 11 00 00 00 00 [00 00 01 08 00 B4 74 00 00 00 30 00] => 05/26/00 list 2.7
         // options count with FOV alone, and have to be zero without it; there is no initialization pattern
         04 11 00 00 00 00 [00 20 00 08 00 B4 74 00 00 00 30 00] => 05/26/00 list 1.5
         04 11 00 00 00 00 [00 10 00 08 00 B4 74 00 00 00 30 00] => 05/26/00 list 1.4
         04 11 00 00 00 00 [00 40 00 08 00 B4 74 00 00 00 30 00] => 05/26/00 list 1.6
         04 11 00 00 00 00 [00 08 00 08 00 B4 74 00 00 00 30 00] => 05/26/00 list 1.3
         04 11 00 00 00 00 [00 04 00 08 00 B4 74 00 00 00 30 00] => 05/26/00 list 1.2
         04 11 00 00 00 00 [00 88 00 08 00 B4 74 00 00 00 30 00] => 05/26/00 list 1.3
         04 01 00 00 00 00 [00 00 00 08 00 B4 74 00 00 00 30 00] => 05/24/00 cdb 1.4
         04 10 00 00 00 00 [00 00 00 08 00 B4 74 00 00 00 30 00] => 05/24/00 cdb 1.2
         04 15 00 00 00 00 [00 00 00 08 00 B4 74 00 00 00 30 00] => 05/24/00 cdb 1.2",
    );
    rig.script(&format!("{CAPACITIES} => 00 00 00 30 00 BA 74 00 01 00 08 00 *   // still unformatted"));
}

/// Whether it could be formatted, without doing it.
#[test]
fn trying_out() {
    Rig::blank(MediumKind::BdRe).script(&format!(
        "04 11 00 00 00 00 [00 84 00 08 00 B4 74 00 00 00 30 00] => GOOD
         {CAPACITIES} => 00 00 00 30 00 BA 74 00 01 00 08 00 *
         04 11 00 00 00 00 [00 84 00 08 00 B4 74 00 60 00 30 00] => 05/26/00 list 8.7"
    ));
}

/// Formats that the medium has not, sizes and parameters that it does not take.
#[rstest]
#[case(MediumKind::CdRw, "00 00 00 08 00 04 81 60 40 00 00 20", "05/26/00 list 4.7")]
#[case(MediumKind::CdRw, "00 00 00 08 00 00 00 00 40 00 00 20", "05/26/00 list 4.7")]
#[case(MediumKind::CdRw, "00 00 00 08 00 00 03 20 40 00 00 10", "05/26/00 list 9.7")]
#[case(MediumKind::CdRw, "00 00 00 08 00 00 03 20 44 00 00 20", "05/26/00 list 8.7")]
#[case(MediumKind::CdRw, "00 00 00 08 00 04 81 40 98 00 00 00", "05/26/00 list 8.7")]
#[case(MediumKind::CdRw, "00 00 00 08 00 04 81 40 54 00 00 10", "05/26/00 list 8.7")]
#[case(MediumKind::DvdMinusRw, "00 00 00 08 00 23 10 30 40 00 00 10", "05/26/00 list 4.7")]
#[case(MediumKind::DvdMinusRw, "00 00 00 08 00 00 10 00 4C 00 00 10", "05/26/00 list 8.7")]
#[case(MediumKind::DvdMinusRw, "00 00 00 08 00 23 10 20 98 00 00 00", "05/26/00 list 8.7")]
#[case(MediumKind::DvdRam, "00 00 00 08 00 22 21 21 00 00 08 00", "05/26/00 list 4.7")]
#[case(MediumKind::DvdRam, "00 00 00 08 00 23 05 20 04 00 08 00", "05/26/00 list 4.7")]
#[case(MediumKind::DvdRam, "00 00 00 08 00 22 21 20 98 00 00 00", "05/26/00 list 8.7")]
#[case(MediumKind::DvdRam, "00 00 00 08 00 22 21 20 40 00 00 10", "05/26/00 list 8.7")]
#[case(MediumKind::DvdPlusRw, "00 00 00 08 00 23 05 40 00 00 08 00", "05/26/00 list 8.7")]
#[case(MediumKind::DvdPlusRw, "00 00 00 08 00 23 05 50 98 00 00 00", "05/26/00 list 4.7")]
#[case(MediumKind::DvdPlusRw, "00 00 00 08 FF FF FF FF 98 00 00 01", "05/26/00 list 11.0")]
#[case(MediumKind::BdRe, "00 00 00 08 00 B4 74 00 98 00 00 00", "05/26/00 list 8.7")]
#[case(MediumKind::BdRe, "00 00 00 08 00 B4 74 00 C8 00 00 00", "05/26/00 list 8.7")]
#[case(MediumKind::BdRe, "00 00 00 08 00 BA 74 20 C4 00 08 00", "05/26/00 list 4.7")]
#[case(MediumKind::BdRe, "00 00 00 08 00 BA 74 00 C0 00 00 00", "05/26/00 list 4.7")]
#[case(MediumKind::BdR, "00 00 00 08 00 B4 74 00 03 00 30 00", "05/26/00 list 8.1")]
#[case(MediumKind::BdR, "00 00 00 08 00 B4 74 00 C0 00 30 00", "05/26/00 list 8.7")]
#[case(MediumKind::BdR, "00 00 00 08 00 B4 74 00 98 00 00 00", "05/26/00 list 8.7")]
#[case(MediumKind::CdR, "00 00 00 08 00 05 7D A9 40 00 00 20", "05/30/06")]
#[case(MediumKind::DvdMinusR, "00 00 00 08 00 23 10 20 00 00 08 00", "05/30/06")]
#[case(MediumKind::DvdPlusR, "00 00 00 08 00 23 05 40 98 00 00 00", "05/30/06")]
fn refused(#[case] kind: MediumKind, #[case] list: &str, #[case] expected: &str) {
    let mut rig = Rig::blank(kind);
    let before = rig.data(0, CAPACITIES);
    rig.script(&format!("04 11 00 00 00 00 [{list}] => {expected}"));
    assert_eq!(rig.data(0, CAPACITIES), before);
}

#[test]
fn what_is_not_recordable_is_not_formatted() {
    let list = "[00 00 00 08 00 00 00 00 00 00 08 00]";
    Rig::loaded().script(&format!("04 11 00 00 00 00 {list} => 05/30/06|07/27/00"));
    Rig::empty().script(&format!("04 11 00 00 00 00 {list} => 02/3A/01"));
    Rig::blank(MediumKind::BdRe).script(&format!(
        "page 1D 0A 00 00 01 00 00 0A 00 B4 00 00
         04 11 00 00 00 00 {list} => 07/27/02"
    ));
}

/// The form of initiators before MMC-2: format code 111b, and a descriptor of its own.
#[test]
fn the_legacy_format_of_cd_rw() {
    Rig::blank(MediumKind::CdRw).script(
        "04 17 00 00 00 00 [00 00 00 08 00 00 00 00 00 00 03 20] => GOOD
         settle
         25 00*9 => 00 00 03 1F 00 00 08 00
         04 17 00 00 00 00 [00 00 00 08 40 00 00 00 00 00 03 20] => GOOD
         25 00*9 => 00 00 06 3F 00 00 08 00
         04 17 00 00 00 00 [00 00 00 04 00 00 00 00 00 00 03 20] => 05/26/00
         04 17 00 00 00 00 [00 00 00 08 00 00 00 00] => 05/1A/00",
    );
    Rig::blank(MediumKind::DvdPlusRw)
        .script("04 17 00 00 00 00 [00 00 00 08 00 00 00 00 00 00 03 20] => 05/24/00|05/26/00");
}

/// DVD-RAM: with DCRT and without the complete list the size is kept whatever is asked for; with both it is taken, and nothing certified.
#[test]
fn certification_of_dvd_ram() {
    let mut rig = Rig::slow(Some(Disc::blank(MediumKind::DvdRam).unwrap()));
    rig.script(
        "04 11 00 00 00 00 [00 A2 00 08 00 23 05 20 00 00 08 00] => GOOD
         ready 300
         settle
         25 00*9 => 00 22 21 1F 00 00 08 00
         04 19 00 00 00 00 [00 A2 00 08 00 23 05 20 00 00 08 00] => GOOD
         ready 300
         settle
         25 00*9 => 00 23 05 1F 00 00 08 00
         // certified: the longest of the three
         04 11 00 00 00 00 [00 82 00 08 00 22 21 20 00 00 08 00] => GOOD
         wait 60
         00 00 00 00 00 00 => 02/04/04
         ready 6000
         25 00*9 => 00 22 21 1F 00 00 08 00",
    );
}

/// IMMED: the command ends, the unit is busy, REQUEST SENSE tells how far it is, and what needs no medium goes on.
#[rstest]
#[case(MediumKind::DvdRam, "00 02 00 08 00 22 21 20 00 00 08 00")]
#[case(MediumKind::DvdMinusRw, "00 02 00 08 00 23 10 20 00 00 08 00")]
#[case(MediumKind::CdRw, "00 02 00 08 00 04 81 40 40 00 00 20")]
#[case(MediumKind::BdRe, "00 02 00 08 00 B4 74 00 C2 00 30 00")]
fn immediately(#[case] kind: MediumKind, #[case] list: &str) {
    let mut rig = Rig::slow(Some(Disc::blank(kind).unwrap()));
    rig.script(&format!(
        "04 11 00 00 00 00 [{list}] => GOOD
         00 00 00 00 00 00 => 02/04/04
         B> 00 00 00 00 00 00 => 02/04/04
         28 00 00 00 00 00 00 00 01 00 => 02/04/04
         2A 00 00 00 00 00 00 00 10 00 [00*32768] => 02/04/04
         04 11 00 00 00 00 [{list}] => 02/04/04
         35 00*9 => 02/04/04
         1B 00 00 00 02 00 => 02/04/04|02/04/07|05/53/02
         12 00 00 00 24 00 => GOOD
         46 00 00 00 00 00 00 00 08 00 => GOOD
         4A 01 00 00 10 00 00 00 08 00 => GOOD
         5A 08 2A 00 00 00 00 00 FF 00 => GOOD
         1E 00 00 00 01 00 => GOOD
         1E 00 00 00 00 00 => GOOD"
    ));
    let mut last = 0;
    for _ in 0..3 {
        rig.wait(core::time::Duration::from_secs(20));
        let sense = rig.data(0, "03 00 00 00 12 00");
        assert_eq!((sense[0] & 0x7F, sense[7], sense[12], sense[13]), (0x70, 10, 0x04, 0x04));
        let progress = u16::from_be_bytes([sense[16], sense[17]]);
        assert!(sense[15] & 0x80 != 0 && progress > last, "{progress} after {last}");
        last = progress;
    }
    rig.script(
        "ready 20000
         settle
         03 00 00 00 12 00 => 70 00 00 00 00 00 00 0A 00 00 00 00 00 00 00 00 00 00
         23 00 00 00 00 00 00 00 0C 00 => 00 00 00 .. .. .. .. .. 02 00 08 00",
    );
}

/// Without IMMED the command ends when the format does.
#[test]
fn not_immediately() {
    let mut rig = Rig::slow(Some(Disc::blank(MediumKind::BdRe).unwrap()));
    let before = rig.clock.now();
    rig.script(
        "04 11 00 00 00 00 [00 00 00 08 00 B4 74 00 C1 00 30 00] => GOOD
         00 00 00 00 00 00 => GOOD",
    );
    assert!(rig.clock.now().since(before) > core::time::Duration::from_secs(1));
}

/// A BD-R is formatted once, before anything is recorded.
#[test]
fn bd_r_is_formatted_once() {
    Rig::blank(MediumKind::BdR).script(
        "04 11 00 00 00 00 [00 00 00 08 00 B4 74 00 01 00 30 00] => GOOD
         04 11 00 00 00 00 [00 00 00 08 00 B4 74 00 01 00 30 00] => 05/30/06|05/2C/00|05/24/00
         23 00 00 00 00 00 00 00 FF 00 => 00 00 00 08 00 B4 74 00 02 00 08 00",
    );
    Rig::blank(MediumKind::BdR).script(
        "fill 0 32 11*2048
         04 11 00 00 00 00 [00 00 00 08 00 B4 74 00 01 00 30 00] => 05/30/06|05/2C/00|05/24/00
         23 00 00 00 00 00 00 00 0C 00 => 00 00 00 08 .. .. .. .. 02 00 08 00",
    );
}

/// Types that no medium of ours has: adding sessions and borders to a disc in restricted overwrite, other families' and other generations'.
#[rstest]
#[case::in_sequence(MediumKind::DvdMinusRw, "")]
#[case::quick(MediumKind::DvdMinusRw, "04 11 00 00 00 00 [00 00 00 08 00 00 00 00 54 00 00 10] => GOOD")]
#[case::full(MediumKind::DvdMinusRw, "04 11 00 00 00 00 [00 00 00 08 00 23 10 20 00 00 08 00] => GOOD")]
#[case::packets(MediumKind::CdRw, "04 11 00 00 00 00 [00 00 00 08 00 04 81 40 40 00 00 20] => GOOD")]
#[case::background(MediumKind::DvdPlusRw, "04 11 00 00 00 00 [00 00 00 08 FF FF FF FF 98 00 00 00] => GOOD")]
#[case::spares(MediumKind::BdRe, "04 11 00 00 00 00 [00 00 00 08 00 B4 74 00 00 00 30 00] => GOOD")]
fn types_that_are_not_offered(#[case] kind: MediumKind, #[case] before: &str) {
    let mut rig = Rig::blank(kind);
    rig.script(before).script("settle");
    // Add session, quick add border, HD DVD, fast reformat, DDCD-RW, MRW, DDCD-RW quick, BD-R.
    for format_type in [0x12, 0x14, 0x16, 0x18, 0x20, 0x24, 0x28, 0x32] {
        if kind == MediumKind::CdRw && format_type == 0x12 {
            continue;
        }
        let code = format_type << 2;
        rig.script(&format!(
            "04 11 00 00 00 00 [00 00 00 08 00 00 10 00 {code:02X} 00 00 10] => 05/26/00 list 8.7"
        ));
    }
}

/// Growing by nothing is not offered where nothing is left, and a CD-RW that was formatted smaller grows to its size.
#[test]
fn growing_a_cd_rw() {
    Rig::blank(MediumKind::CdRw).script(&format!(
        "04 11 00 00 00 00 [00 00 00 08 00 00 03 20 40 00 00 20] => GOOD
         settle
         {CAPACITIES} => 00 00 00 18 00 00 03 20 02 00 08 00 00 04 81 40 40 00 00 20 00 04 7E 20 44 00 00 20
         04 11 00 00 00 00 [00 00 00 08 00 04 7E 40 44 00 00 20] => 05/26/00 list 4.7
         04 11 00 00 00 00 [00 00 00 08 00 04 7E 20 44 00 00 20] => GOOD
         {CAPACITIES} => 00 00 00 10 00 04 81 40 02 00 08 00 00 04 81 40 40 00 00 20
         04 11 00 00 00 00 [00 00 00 08 00 00 00 00 44 00 00 20] => 05/26/00
         25 00*9 => 00 04 81 3F 00 00 08 00"
    ));
}

/// A session is recorded raw on a blank disc alone: the drive does not claim raw multi-session (feature 002Eh, byte 4 bit 4).
#[test]
fn raw_sessions_are_first_sessions() {
    Rig::blank(MediumKind::CdR).script(
        "46 02 00 2E 00 00 00 00 10 00 => 00 00 00 0C 00 00 00 09 00 2E 05 04 6F 00 0C 00
         select 41 C4 08
         fill 0 300 11*2048
         35 00*9 => GOOD
         5B 00 02 00*7 => GOOD
         select 43 C4 01
         2A 00 00 00 2C 88 00 00 01 00 [00*2368] => 05/2C/03
         2A 00 FF FF D2 F5 00 00 01 00 [00*2368] => 05/2C/03
         select 41 04 08
         fill 2DB6 300 22*2048
         35 00*9 => GOOD
         5B 00 02 00*7 => GOOD
         select 43 C4 01
         2A 00 FF FF D2 F5 00 00 01 00 [00*2368] => 07/27/00",
    );
}

/// DVD-RW: quickly formatted, written in sequence, closed, grown, and blanked again; profiles and offers follow.
#[test]
fn the_ways_of_dvd_rw() {
    Rig::blank(MediumKind::DvdMinusRw).script(
        "46 02 00 00 00 00 00 00 08 00 => .. .. .. .. 00 00 00 14
         04 11 00 00 00 00 [00 00 00 08 00 00 00 00 54 00 00 10] => GOOD
         46 02 00 00 00 00 00 00 08 00 => .. .. .. .. 00 00 00 13
         // unknown; neither growing nor adding is offered
         23 00 00 00 00 00 00 00 FF 00 => 00 00 00 20 .. .. .. .. 03 00 08 00 00 23 10 20 00 00 08 00 00 23 10 20 40 00 00 10 00 23 10 20 54 00 00 10
         2A 00 00 00 00 20 00 00 10 00 [11*32768] => 05/21/02|05/21/00
         2A 00 00 00 00 00 00 00 08 00 [11*16384] => 05/21/00|05/21/02|05/24/00|05/64/01|05/63/00
         2A 00 00 00 00 00 00 00 10 00 [11*32768] => GOOD
         2A 00 00 00 00 10 00 00 10 00 [22*32768] => GOOD
         2A 00 00 00 00 00 00 00 10 00 [33*32768] => GOOD
         35 00*9 => GOOD
         5B 00 02 00*7 => GOOD
         25 00*9 => 00 00 00 1F 00 00 08 00
         28 00 00 00 00 00 00 00 01 00 => 33*2048
         28 00 00 00 00 10 00 00 01 00 => 22*2048
         23 00 00 00 00 00 00 00 0C 00 => 00 00 00 30 00 00 00 20 02 00 08 00
         2A 00 00 00 00 20 00 00 10 00 [44*32768] => 05/21/00|05/21/02
         04 11 00 00 00 00 [00 00 00 08 00 00 00 00 4C 00 00 10] => GOOD
         2A 00 00 00 00 20 00 00 10 00 [44*32768] => GOOD
         5B 00 02 00*7 => GOOD
         25 00*9 => 00 00 00 2F 00 00 08 00
         28 00 00 00 00 00 00 00 01 00 => 33*2048
         A1 00 00*10 => GOOD
         46 02 00 00 00 00 00 00 08 00 => .. .. .. .. 00 00 00 14
         51 00 00 00 00 00 00 00 03 00 => 00 20 10",
    );
}
