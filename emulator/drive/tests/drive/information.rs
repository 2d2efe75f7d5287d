//! READ DISC INFORMATION and READ TRACK INFORMATION along sequences of commands (MMC-5 6.22 and 6.27).

use crate::burnt;
use crate::rig::Rig;
use discrig_drive::MediumKind;
use rstest::rstest;

/// READ DISC INFORMATION.
const DISC: &str = "51 00 00 00 00 00 00 00 22 00";
/// Disc id, and bar code, application code, number of OPC entries: nothing of it.
const ID: &str = "00 00 00 00";
const REST: &str = "00*10";

/// From blank to finalized. Byte 2: erasable, status of the last session, status of the disc.
#[test]
fn a_cd_r() {
    Rig::blank(MediumKind::CdR).script(&format!(
        "{DISC} => 00 20 00 01 01 01 01 20 00 00 00 00 {ID} 00 61 1A 41 00 4F 3B 4A {REST}
         select 41 C4 08
         2A 00 00 00 00 00 00 00 10 00 [00*32768] => GOOD
         {DISC} => 00 20 05 01 01 01 01 20 00 00 00 00 {ID} 00 61 1A 41 00 4F 3B 4A {REST}
         fill 10 284 11*2048
         35 00*9 => GOOD
         // the invisible track counts in an open session
         {DISC} => 00 20 05 01 01 01 02 20 00 00 00 00 {ID} 00 61 1A 41 00 4F 3B 4A {REST}
         5B 00 02 00*7 => GOOD
         // the lead-in of the next session begins behind the lead-out: 302 + 6750 is 01:36:02
         {DISC} => 00 20 01 01 02 02 02 20 00 00 00 00 {ID} 00 01 24 02 00 4F 3B 4A {REST}
         select 41 04 08
         fill 2DB6 300 22*2048
         35 00*9 => GOOD
         {DISC} => 00 20 05 01 02 02 03 20 00 00 00 00 {ID} 00 01 24 02 00 4F 3B 4A {REST}
         5B 00 02 00*7 => GOOD
         {DISC} => 00 20 0E 01 02 02 02 20 00 00 00 00 {ID} FF FF FF FF FF FF FF FF {REST}"
    ));
}

/// The same with the erasable bit, and back again.
#[test]
fn a_cd_rw() {
    Rig::blank(MediumKind::CdRw).script(&format!(
        "{DISC} => 00 20 10 01 01 01 01 20 00 00 00 00 {ID} 00 61 1A 41 00 4F 3B 4A {REST}
         select 41 C4 08
         fill 0 300 11*2048
         {DISC} => 00 20 15 *
         5B 00 02 00*7 => GOOD
         {DISC} => 00 20 11 01 02 02 02 *
         A1 01 00*10 => GOOD
         {DISC} => 00 20 10 01 01 01 01 20 00 00 00 00 {ID} 00 61 1A 41 00 4F 3B 4A {REST}
         04 11 00 00 00 00 [00 00 00 08 00 04 81 40 40 00 00 20] => GOOD
         {DISC} => 00 20 1E 01 01 01 01 20 *"
    ));
}

/// The type of the disc is that of its first session (page 05h, byte 8).
#[test]
fn disc_types() {
    for (format, expected) in [("00", "00"), ("10", "10"), ("20", "20")] {
        Rig::blank(MediumKind::CdR).script(&format!(
            "page 05 32 41 04 0A 10 00 00 {format} 00*5 00 96 00*36
             fill 0 300 11*2048
             5B 00 02 00*7 => GOOD
             51 00 00 00 00 00 00 00 09 00 => 00 20 0E 01 01 01 01 20 {expected}"
        ));
    }
}

#[rstest]
#[case(MediumKind::DvdMinusR, "00 23 10 20")]
#[case(MediumKind::DvdPlusR, "00 23 05 40")]
#[case(MediumKind::BdR, "00 BA 74 00")]
fn write_once(#[case] kind: MediumKind, #[case] lead_out: &str) {
    Rig::blank(kind).script(&format!(
        "{DISC} => 00 20 00 01 01 01 01 20 00 00 00 00 {ID} 00 00 00 00 {lead_out} {REST}
         select 40 C5 08
         fill 0 32 11*2048
         {DISC} => 00 20 05 01 01 01 01 20 *
         35 00*9 => GOOD
         5B 00 01 00 00 01 00*4 => GOOD
         {DISC} => 00 20 05 01 01 01 02 20 *
         5B 00 02 00*7 => GOOD
         {DISC} => 00 20 01 01 02 02 02 20 *"
    ));
}

/// Byte 7: background format 0 none, 1 suspended, 2 running, 3 complete, and the dirty bit (2).
#[test]
fn a_dvd_plus_rw() {
    Rig::blank(MediumKind::DvdPlusRw).script(&format!(
        "{DISC} => 00 20 10 01 01 01 01 20 *
         04 11 00 00 00 00 [00 02 00 08 FF FF FF FF 98 00 00 00] => GOOD
         {DISC} => 00 20 1E 01 01 01 01 23 *
         2A 00 00 00 10 00 00 00 01 00 [11*2048] => GOOD
         {DISC} => 00 20 1E 01 01 01 01 23 *"
    ));
}

#[test]
fn formatted_media_and_pressed_ones() {
    Rig::blank(MediumKind::DvdRam).script(&format!("{DISC} => 00 20 1. 01 01 01 01 20 *"));
    Rig::blank(MediumKind::BdRe).script(&format!(
        "{DISC} => 00 20 10 01 01 01 01 20 *
         04 11 00 00 00 00 [00 00 00 08 00 B4 74 00 00 00 30 00] => GOOD
         {DISC} => 00 20 1. 01 01 01 01 20 *"
    ));
    Rig::loaded().script(&format!("{DISC} => 00 20 0E 01 01 01 01 20 00 *"));
    Rig::empty().script(&format!("{DISC} => 02/3A/01"));
    Rig::loaded().script(
        "51 03 00 00 00 00 00 00 22 00 => 05/24/00 cdb 1.2
         51 07 00 00 00 00 00 00 22 00 => 05/24/00 cdb 1.2
         51 08 00 00 00 00 00 00 22 00 => 05/24/00 cdb 1.3
         51 00 00 00 00 00 00 00 02 00 => 00 20
         51 00 00 00 00 00 00 00 00 00 => empty",
    );
}

/// POW resources: remaining replacements, map entries, updates; only with pseudo-overwrite.
#[test]
fn pseudo_overwrite_resources() {
    Rig::blank(MediumKind::BdR).script(
        "51 02 00 00 00 00 00 00 22 00 => 05/24/00 cdb 1.2
         04 11 00 00 00 00 [00 00 00 08 00 B4 74 00 00 00 30 00] => GOOD
         51 02 00 00 00 00 00 00 22 00 => 00 0E 40 00 ..*12",
    );
}

/// Tracks of a CD-R by number, by block, by session. Bytes 5 and 6: track mode; reserved, blank, packet, fixed, data mode.
#[test]
fn tracks_by_every_address() {
    let mut rig = burnt::every_mode();
    let first = "00 22 01 01 00 04 01 .2 00 00 00 00 00 00 00 00 00 00 00 00 .. .. .. .. 00 00 01 2E 00 00 01 2B 00 00 00 00";
    let audio = "00 22 02 01 00 00 0. .2 00 00 01 C4 00 00 00 00 00 00 00 00 .. .. .. .. 00 00 01 2E 00 00 02 EF 00 00 00 00";
    let second_mode = "00 22 03 01 00 04 02 .2 00 00 03 88 *";
    rig.script(&format!(
        "52 01 00 00 00 01 00 00 FF 00 => {first}
         52 00 00 00 00 00 00 00 FF 00 => {first}
         52 00 00 00 01 2B 00 00 FF 00 => {first}
         52 02 00 00 00 01 00 00 FF 00 => {first}
         52 01 00 00 00 02 00 00 FF 00 => {audio}
         52 00 00 00 01 C4 00 00 FF 00 => {audio}
         52 00 00 00 02 EF 00 00 FF 00 => {audio}
         52 01 00 00 00 03 00 00 FF 00 => {second_mode}
         52 00 00 00 03 88 00 00 FF 00 => {second_mode}
         52 01 00 00 00 05 00 00 0C 00 => 00 22 05 01 00 04 02 .2 00 00 07 10
         // the second session is empty: its first track is the one that would come, 11400 behind the lead-out
         52 02 00 00 00 02 00 00 FF 00 => 00 22 06 02 00 .. .. .1 00 00 34 C6 00 00 34 C6 *
         52 01 00 00 00 FF 00 00 FF 00 => 00 22 06 02 00 .. .. .1 00 00 34 C6 00 00 34 C6 *
         52 05 00 00 00 01 00 00 FF 00 => 00 22 06 02 00 .. .. .1 00 00 34 C6 *
         52 02 00 00 00 03 00 00 FF 00 => 05/24/00 cdb 2.7
         52 02 00 00 00 00 00 00 FF 00 => 05/24/00 cdb 2.7
         52 01 00 00 00 07 00 00 FF 00 => 05/24/00 cdb 2.7
         52 03 00 00 00 01 00 00 FF 00 => 05/24/00 cdb 1.1
         52 00 00 05 7D A9 00 00 FF 00 => 05/21/00
         52 01 00 00 00 01 00 00 02 00 => 00 22
         52 01 00 00 00 01 00 00 00 00 => empty
         52 08 00 00 00 01 00 00 FF 00 => 05/24/00 cdb 1.3"
    ));
}

/// A track as it is being written: next writable address, free blocks, last recorded block; and the one after it.
#[test]
fn a_track_grows() {
    Rig::blank(MediumKind::CdR).script(
        "52 01 00 00 00 FF 00 00 FF 00 => 00 22 01 01 00 .. 4F .1 00 00 00 00 00 00 00 00 00 05 7D .. 00 00 00 .. 00 05 7D A9 00 00 00 00 00 00 00 00
         select 41 C4 08
         fill 0 300 11*2048
         52 01 00 00 00 01 00 00 FF 00 => 00 22 01 01 00 04 01 .3 00 00 00 00 00 00 01 2C 00 05 7C .. .. .. .. .. .. .. .. .. 00 00 01 2B 00 00 00 00
         35 00*9 => GOOD
         52 01 00 00 00 01 00 00 FF 00 => 00 22 01 01 00 04 01 .2 00 00 00 00 00 00 00 00 00 00 00 00 .. .. .. .. 00 00 01 2E 00 00 01 2B 00 00 00 00
         52 01 00 00 00 FF 00 00 FF 00 => 00 22 02 01 00 .. .. .1 00 00 01 C4 00 00 01 C4 *",
    );
}

/// Incremental media: the packet bit, the ECC block as packet size, the length that their family has.
#[rstest]
#[case(MediumKind::DvdMinusR, "00 22", "10", "00 23 10 20", "00 23 10 00")]
#[case(MediumKind::DvdPlusR, "00 26", "10", "00 23 05 40", "00 23 05 20")]
#[case(MediumKind::BdR, "00 22", "20", "00 BA 74 00", "00 BA 73 E0")]
fn incremental_tracks(
    #[case] kind: MediumKind,
    #[case] length: &str,
    #[case] packet: &str,
    #[case] size: &str,
    #[case] left: &str,
) {
    Rig::blank(kind).script(&format!(
        "52 01 00 00 00 01 00 00 20 00 => {length} 01 01 00 .. 6F .1 00 00 00 00 00 00 00 00 {size} 00 00 00 {packet} {size} 00 00 00 00
         select 40 C5 08
         fill 0 32 11*2048
         52 01 00 00 00 01 00 00 20 00 => {length} 01 01 00 .. 21 .3 00 00 00 00 00 00 00 20 {left} 00 00 00 {packet} {size} 00 00 00 1F
         35 00*9 => GOOD
         5B 00 01 00 00 01 00*4 => GOOD
         52 01 00 00 00 01 00 00 14 00 => {length} 01 01 00 .. 21 .2 00 00 00 00 00 00 00 00 00 00 00 00
         52 01 00 00 00 02 00 00 08 00 => {length} 02 01 00 .. 6F .1"
    ));
}

/// Media that are written in any order have one track, which is no other.
#[rstest]
#[case(MediumKind::DvdRam, "", "00 22 21 20")]
#[case(MediumKind::DvdPlusRw, "00 00 00 08 FF FF FF FF 98 00 00 00", "00 23 05 40")]
#[case(MediumKind::BdRe, "00 00 00 08 00 B4 74 00 00 00 30 00", "00 B4 74 00")]
#[case(MediumKind::DvdMinusRw, "00 00 00 08 00 23 10 20 40 00 00 10", "00 23 10 20")]
#[case(MediumKind::CdRw, "00 00 00 08 00 04 81 40 40 00 00 20", "00 04 81 40")]
fn one_track(#[case] kind: MediumKind, #[case] list: &str, #[case] size: &str) {
    let mut rig = Rig::blank(kind);
    if !list.is_empty() {
        rig.script(&format!("04 11 00 00 00 00 [{list}] => GOOD\nsettle"));
    }
    rig.script(&format!(
        "52 01 00 00 00 01 00 00 1C 00 => 00 .. 01 01 00 0. .1 .0 00 00 00 00 00 00 00 00 00 00 00 00 .. .. .. .. {size}
         52 00 00 00 00 00 00 00 04 00 => 00 .. 01 01
         52 02 00 00 00 01 00 00 04 00 => 00 .. 01 01
         52 01 00 00 00 02 00 00 FF 00 => 05/24/00 cdb 2.7
         52 02 00 00 00 02 00 00 FF 00 => 05/24/00 cdb 2.7
         52 05 00 00 00 01 00 00 FF 00 => 05/24/00 cdb 1.2
         52 00 7F FF FF FF 00 00 FF 00 => 05/21/00"
    ));
}

/// Tracks, speeds and blocks of media on which nothing is recorded, nor formatted where that has to come first.
#[rstest]
// Blank, packets, data mode 1 or none yet; a next writable address where something could be recorded: it is 0. Free blocks, packet size, size.
#[case(
    MediumKind::DvdPlusRw,
    "61 00",
    "00 23 05 40 00 00 00 10 00 23 05 40",
    "11 E9 00 23 05 3F 00 00 2B 48",
    "05/30/10"
)]
#[case(
    MediumKind::BdRe,
    "61 00",
    "00 BA 74 00 00 00 00 20 00 BA 74 00",
    "23 1E 00 BA 73 FF 00 00 23 1E",
    "05/30/10"
)]
#[case(
    MediumKind::BdR,
    "6F 01",
    "00 BA 74 00 00 00 00 20 00 BA 74 00",
    "74 40 00 BA 73 FF 00 01 18 F0",
    "GOOD"
)]
#[case(
    MediumKind::DvdMinusR,
    "6F 01",
    "00 23 10 20 00 00 00 10 00 23 10 20",
    "23 D2 00 23 10 1F 00 00 56 90",
    "GOOD"
)]
#[case(
    MediumKind::DvdMinusRw,
    "6F 01",
    "00 23 10 20 00 00 00 10 00 23 10 20",
    "15 A4 00 08 CA 90 00 00 15 A4",
    "GOOD"
)]
fn before_anything_is_recorded(
    #[case] kind: MediumKind,
    #[case] flags: &str,
    #[case] blocks: &str,
    #[case] zone: &str,
    #[case] write: &str,
) {
    let track = format!("00 22 01 01 00 05 {flags} 00 00 00 00 00 00 00 00 {blocks} 00 00 00 00 00 00 00 00");
    Rig::blank(kind).script(&format!(
        "52 01 00 00 00 01 00 00 24 00 => {track}
         52 00 00 00 00 00 00 00 24 00 => {track}
         52 02 00 00 00 01 00 00 24 00 => {track}
         52 01 00 00 00 02 00 00 24 00 => 05/24/00
         52 01 00 00 00 00 00 00 24 00 => 05/24/00
         52 01 00 00 00 FF 00 00 24 00 => 05/24/00
         // as fast as it will be recorded
         AC 14 00 00 00 00 00 00 00 01 00 00 => 00 00 00 .. 02 00 00 00 00 00 00 00 00 00 {zone}
         28 00 00 00 00 00 00 00 01 00 => 05/30/10|05/21/00|05/64/00|08/00/00
         2A 00 00 00 00 00 00 00 20 00 [00*65536] => {write}"
    ));
}
