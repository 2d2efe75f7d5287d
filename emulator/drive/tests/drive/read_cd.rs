//! READ CD, READ CD MSF and READ HEADER (MMC-5 6.20, 6.21; MMC-6 6.19, 6.20, Annex E).

use crate::burnt;
use crate::rig::{A, Rig, hex, plain_disc};
use discrig_drive::MediumKind;

/// A block of each type: CD-DA, mode 1, mode 2 formless, form 1, form 2, with the value of the expected sector type field.
const BLOCKS: [(u8, u32); 5] = [(1, 0x1CC), (2, 0x00A), (3, 0x718), (4, 0x392), (5, 0x556)];

/// Bytes of a block by the main channel selection, in the order of [`BLOCKS`]; -1 is illegal. What the table says of sub-headers in sectors
/// that have none is left out.
const LENGTHS: &[(u8, [i32; 5])] = &[
    (0x00, [0, 0, 0, 0, 0]),
    (0x10, [2352, 2048, 2336, 2048, 2328]),
    (0x18, [2352, 2336, 2336, 2328, 2328]),
    (0x20, [2352, 4, 4, 4, 4]),
    (0x28, [2352, -1, -1, -1, -1]),
    (0x30, [2352, 2052, 2340, -1, -1]),
    (0x38, [2352, 2340, 2340, -1, -1]),
    (0x48, [2352, -1, -1, -1, -1]),
    (0x50, [2352, 2048, 2336, 2056, 2336]),
    (0x58, [2352, 2336, 2336, 2336, 2336]),
    (0x68, [2352, -1, -1, -1, -1]),
    (0x70, [2352, 2052, 2340, 2060, 2340]),
    (0x78, [2352, 2340, 2340, 2340, 2340]),
    (0x80, [2352, 12, 12, 12, 12]),
    (0x88, [2352, -1, -1, -1, -1]),
    (0x90, [2352, -1, -1, -1, -1]),
    (0x98, [2352, -1, -1, -1, -1]),
    (0xA0, [2352, 16, 16, 16, 16]),
    (0xA8, [2352, -1, -1, -1, -1]),
    (0xB0, [2352, 2064, 2352, -1, -1]),
    (0xB8, [2352, 2352, 2352, -1, -1]),
    (0xC0, [2352, -1, -1, -1, -1]),
    (0xC8, [2352, -1, -1, -1, -1]),
    (0xD0, [2352, -1, -1, -1, -1]),
    (0xD8, [2352, -1, -1, -1, -1]),
    (0xE8, [2352, -1, -1, -1, -1]),
    (0xF0, [2352, 2064, 2352, 2072, 2352]),
    (0xF8, [2352, 2352, 2352, 2352, 2352]),
];

/// Every selection of every type, by READ CD and by READ CD MSF, as expected and as any type, with all C2 and sub-channel selections.
#[test]
fn every_selection_has_its_length() {
    let mut rig = burnt::every_mode();
    let mut script = String::new();
    for (main, lengths) in LENGTHS {
        for ((kind, block), length) in BLOCKS.iter().zip(lengths) {
            let address = hex(&block.to_be_bytes());
            let frames = block + 150;
            let msf = |frame: u32| hex(&[(frame / 4500) as u8, (frame / 75 % 60) as u8, (frame % 75) as u8]);
            let (from, to) = (msf(frames), msf(frames + 1));
            for (c2, sub, more) in
                [(0, 0, 0), (2, 0, 294), (4, 0, 296), (0, 1, 96), (0, 2, 16), (2, 2, 310), (4, 1, 392)]
            {
                let expected = match length {
                    -1 => "05/24/00".to_owned(),
                    _ => format!("length {}", length + more),
                };
                let (main, of, any) = (main | c2, kind << 2, 0);
                for first in [of, any] {
                    script += &format!(
                        "BE {first:02X} {address} 00 00 01 {main:02X} {sub:02X} 00 => {expected}\n\
                         B9 {first:02X} 00 {from} {to} {main:02X} {sub:02X} 00 => {expected}\n"
                    );
                }
            }
        }
    }
    rig.script(&script);
}

/// Sectors of another type than was asked for.
#[test]
fn only_the_expected_type_is_read() {
    let mut rig = burnt::every_mode();
    let mut script = String::new();
    for (kind, block) in BLOCKS {
        for (other, _) in BLOCKS {
            let expected = if other == kind { "GOOD" } else { "05/64/00" };
            script += &format!(
                "BE {:02X} {} 00 00 01 F8 00 00 => {expected}\n",
                other << 2,
                hex(&block.to_be_bytes())
            );
        }
        for reserved in [6, 7] {
            let first = hex(&block.to_be_bytes());
            script += &format!("BE {:02X} {first} 00 00 01 F8 00 00 => 05/24/00\n", reserved << 2);
        }
    }
    rig.script(&script);
}

#[test]
fn what_sectors_are_made_of() {
    burnt::every_mode().script(
        "// sync, header 00:02:10 mode 1, user data
         BE 08 00 00 00 0A 00 00 01 F0 00 00 => 00 FF*10 00 00 02 10 01 11*2048
         BE 08 00 00 00 0A 00 00 01 20 00 00 => 00 02 10 01
         // eight zeros stand between EDC and ECC
         BE 08 00 00 00 0A 00 00 01 18 00 00 => 11*2048 ..*4 00*8 ..*276
         BE 04 00 00 01 CC 00 00 01 10 00 00 => 22*2352
         BE 04 00 00 01 CC 00 00 02 F8 00 00 => 22*4704
         // block 392h is 1064 frames: 00:14:14; the sub-header is there twice, and not of form 2
         BE 10 00 00 03 92 00 00 01 F8 00 00 => 00 FF*10 00 00 14 14 02 00 00 .. 00 00 00 .. 00 33*2048 ..*280
         BE 10 00 00 03 92 00 00 01 50 00 00 => 00 00 .. 00 00 00 .. 00 33*2048
         // form 2 has bit 5 of the submode, and an EDC or zeros at its end
         BE 14 00 00 05 56 00 00 01 10 00 00 => 44*2324 ..*4
         BE 0C 00 00 07 18 00 00 01 10 00 00 => 55*4 AA*4 55*2328
         BE 0C 00 00 07 18 00 00 01 A0 00 00 => 00 FF*10 00 00 26 16 02
         // DAP changes nothing where nothing is flawed
         BE 06 00 00 01 CC 00 00 01 10 00 00 => 22*2352
         BE 00 00 00 00 0A 00 00 00 F8 00 00 => empty",
    );
    let mut rig = burnt::every_mode();
    let form_2 = rig.data(A, "BE 14 00 00 05 56 00 00 01 40 00 00");
    assert_eq!((form_2.len(), form_2[2] & 0x20, &form_2[..4]), (8, 0x20, &form_2[4..]));
}

/// Main channel, C2 pointers, sub-channel, in this order. Nothing is flawed, so no pointer is set.
#[test]
fn pointers_and_sub_channels() {
    let mut rig = burnt::every_mode();
    rig.script(
        "BE 04 00 00 01 C4 00 00 01 12 00 00 => 22*2352 00*294
         BE 04 00 00 01 C4 00 00 01 14 00 00 => 22*2352 00*296
         // control 0, ADR 1, track 2, index 1, 00:00:00 in it, 00:08:02 on the disc
         BE 04 00 00 01 C4 00 00 01 00 02 00 => 01 02 01 00 00 00 00 00 08 02 .. .. 00 00 00 ..
         BE 04 00 00 01 C4 00 00 01 12 02 00 => 22*2352 00*294 01 02 01 00 00 00 00 00 08 02 .. .. 00 00 00 ..
         BE 04 00 00 01 C4 00 00 02 10 02 00 => 22*2352 01 02 01 *
         // data have control 4
         BE 08 00 00 00 00 00 00 01 00 02 00 => 41 01 01 00 00 00 00 00 02 00 .. .. 00 00 00 ..
         BE 04 00 00 01 C4 00 00 01 10 04 00 => length 2448
         BE 04 00 00 01 C4 00 00 01 16 00 00 => 05/24/00
         BE 04 00 00 01 C4 00 00 01 11 00 00 => 05/24/00 cdb 9.0
         BE 04 00 00 01 C4 00 00 01 10 03 00 => 05/24/00
         BE 04 00 00 01 C4 00 00 01 10 05 00 => 05/24/00
         BE 04 00 00 01 C4 00 00 01 10 06 00 => 05/24/00
         BE 04 00 00 01 C4 00 00 01 10 07 00 => 05/24/00
         BE 05 00 00 01 C4 00 00 01 10 00 00 => 05/24/00 cdb 1.0
         BE 24 00 00 01 C4 00 00 01 10 00 00 => 05/24/00 cdb 1.5
         BE 04 00 00 01 C4 00 00 01 10 08 00 => 05/24/00 cdb 10.3",
    );
    // P to W as they are on the disc: Q is bit 6 of each of the 96 bytes, the most significant bit first.
    let raw = rig.data(A, "BE 04 00 00 01 C4 00 00 01 00 01 00");
    let q: Vec<u8> =
        raw.chunks(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | bit >> 6 & 1)).collect();
    assert_eq!(hex(&q[..10]), "01 02 01 00 00 00 00 00 08 02");
    // CRC of ECMA-130 22.3.6: x^16 + x^12 + x^5 + 1, inverted.
    let crc = q[..10].iter().fold(0_u16, |crc, byte| {
        (0..8).fold(
            crc ^ u16::from(*byte) << 8,
            |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 },
        )
    });
    assert_eq!(q[10..], (!crc).to_be_bytes());
}

/// No transfer goes from data to audio or back, whatever type is expected.
#[test]
fn borders_between_tracks() {
    burnt::mixed().script(
        "BE 00 00 00 01 2B 00 00 01 10 00 00 => length 2048
         BE 00 00 00 01 2C 00 00 01 10 00 00 => length 2352
         BE 00 00 00 01 2B 00 00 02 10 00 00 => 05/64/00
         BE 08 00 00 01 2B 00 00 02 10 00 00 => 05/64/00
         BE 04 00 00 01 2B 00 00 02 10 00 00 => 05/64/00
         B9 00 00 00 05 4A 00 06 01 10 00 00 => 05/64/00
         28 00 00 00 01 2B 00 00 02 00 => 05/64/00
         // the pause belongs to the audio track, and so does everything up to the lead-out
         BE 04 00 00 01 2C 00 01 C2 10 00 00 => length 1058400
         BE 04 00 00 02 ED 00 00 02 10 00 00 => 05/21/00
         BE 00 00 00 02 EE 00 00 01 10 00 00 => 05/21/00
         BE 00 7F FF FF FF 00 00 01 10 00 00 => 05/21/00
         // the pause before the first track
         BE 08 FF FF FF FF 00 00 02 10 00 00 => 11*4096",
    );
    burnt::every_mode().script(
        "// run-out, then the pause before the next track
         BE 08 00 00 01 2B 00 00 01 10 00 00 => 11*2048
         BE 00 00 00 01 2B 00 00 02 10 00 00 => 03/11/05|05/64/00|05/21/00|03/11/00|03/11/06
         BE 00 00 00 01 2B 00 00 9A 10 00 00 => 03/11/05|05/64/00|05/21/00|03/11/00|03/11/06",
    );
}

#[test]
fn by_minute_second_and_frame() {
    burnt::every_mode().script(
        "B9 08 00 00 02 0A 00 02 0B 10 00 00 => 11*2048
         B9 08 00 00 02 0A 00 02 0C 20 00 00 => 00 02 10 01 00 02 11 01
         B9 00 00 00 02 0A 00 02 0A 10 00 00 => empty
         B9 00 00 00 02 0B 00 02 0A 10 00 00 => 05/24/00 cdb 6.7
         B9 00 00 00 3C 00 00 3C 01 10 00 00 => 05/24/00|05/21/00
         B9 00 00 00 02 4B 00 03 01 10 00 00 => 05/24/00|05/21/00
         B9 00 00 46 00 00 46 00 01 10 00 00 => 05/21/00
         B9 18 00 00 02 0A 00 02 0B 10 00 00 => 05/24/00",
    );
}

#[test]
fn not_a_cd() {
    Rig::with(plain_disc(400_000), &[]).script(
        "BE 00 00 00 00 00 00 00 01 10 00 00 => 05/30/02
         B9 00 00 00 02 00 00 02 01 10 00 00 => 05/30/02",
    );
    Rig::blank(MediumKind::BdR).script("BE 00 00 00 00 00 00 00 01 10 00 00 => 05/30/02");
    Rig::blank(MediumKind::CdR).script("BE 00 00 00 00 00 00 00 01 10 00 00 => 05/21/00|08/64/00|08/00/00");
    Rig::empty().script(
        "BE 00 00 00 00 00 00 00 01 10 00 00 => 02/3A/01
         B9 00 00 00 02 00 00 02 01 10 00 00 => 02/3A/01
         44 00 00 00 00 00 00 00 08 00 => 02/3A/01",
    );
}

#[test]
fn headers_of_blocks() {
    burnt::every_mode().script(
        "44 00 00 00 00 0A 00 00 08 00 => 01 00 00 00 00 00 00 0A
         44 02 00 00 00 0A 00 00 08 00 => 01 00 00 00 00 00 02 0A
         44 00 00 00 00 0A 00 00 01 00 => 01
         44 00 00 00 03 92 00 00 08 00 => 02 00 00 00 00 00 03 92
         44 00 00 00 05 56 00 00 08 00 => 02 00 00 00 00 00 05 56
         44 00 00 00 07 18 00 00 08 00 => 02 00 00 00 00 00 07 18
         44 00 00 00 01 CC 00 00 08 00 => 05/64/00
         44 00 00 01 00 00 00 00 08 00 => 05/21/00",
    );
    // What is recorded as whole sectors has headers as well: data form 11h, mode 1 of 2352 bytes.
    let mut rig = Rig::blank(MediumKind::CdR);
    let pause: String = sectors(-150, 150);
    let track: String = sectors(0, 300);
    rig.script(&format!(
        "select 42 00 00
         5D 00 00 00 00 00 00 00 20 00 [41 00 00 14 00 00 00 00 41 01 00 11 00 00 00 00 41 01 01 11 00 00 02 00 41 AA 01 14 00 00 06 00] => GOOD
         2A 00 FF FF FF 6A 00 00 96 00 [{pause}] => GOOD
         2A 00 00 00 00 00 00 01 2C 00 [{track}] => GOOD
         35 00*9 => GOOD
         settle
         44 00 00 00 00 0A 00 00 08 00 => 01 00 00 00 00 00 00 0A
         44 02 00 00 00 0A 00 00 08 00 => 01 00 00 00 00 00 02 0A
         BE 00 00 00 00 0A 00 00 01 20 00 00 => 00 02 10 01"
    ));
}

/// Whole sectors in mode 1 with their headers; EDC and ECC are not looked at.
fn sectors(first: i32, count: i32) -> String {
    let bcd = |value: i32| value / 10 * 16 + value % 10;
    let sector = |block: i32| {
        let frames = block + 150;
        let (minute, second, frame) = (bcd(frames / 4500), bcd(frames / 75 % 60), bcd(frames % 75));
        format!("00 FF*10 00 {minute:02X} {second:02X} {frame:02X} 01 00*2336")
    };
    (first..first + count).map(sector).collect::<Vec<_>>().join(" ")
}

/// A formatted CD-RW is one track of mode 1.
#[test]
fn a_formatted_cd_rw() {
    Rig::blank(MediumKind::CdRw).script(
        "04 11 00 00 00 00 [00 00 00 08 00 00 03 20 40 00 00 20] => GOOD
         settle
         select 40 E5 08 20
         fill 20 32 11*2048
         BE 00 00 00 00 20 00 00 02 10 00 00 => 11*4096
         BE 08 00 00 00 20 00 00 01 20 02 00 => 00 02 32 01 41 01 01 00 00 .. 00 00 02 .. .. .. 00 00 00 ..
         BE 04 00 00 00 20 00 00 01 10 00 00 => 05/64/00
         44 00 00 00 00 20 00 00 08 00 => 01 00 00 00 00 00 00 20
         BE 00 00 00 03 20 00 00 01 10 00 00 => 05/21/00",
    );
}
