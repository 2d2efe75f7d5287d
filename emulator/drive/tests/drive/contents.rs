//! READ TOC/PMA/ATIP, formats 0 to 5, on discs of one and several sessions, of data, audio, both, with CD-Text, and on other media
//! (MMC-5 6.26).

use crate::burnt;
use crate::rig::{A, Rig, plain_disc};
use discrig_drive::MediumKind;

/// Format 0: reserved, ADR and control, track, reserved, address.
#[test]
fn tracks_of_a_mixed_disc() {
    burnt::mixed().script(
        "43 00 00 00 00 00 00 00 FF 00 => 00 1A 01 02 00 14 01 00 00 00 00 00 00 10 02 00 00 00 01 C2 00 10 AA 00 00 00 02 EE
         43 02 00 00 00 00 00 00 FF 00 => 00 1A 01 02 00 14 01 00 00 00 02 00 00 10 02 00 00 00 08 00 00 10 AA 00 00 00 0C 00
         43 00 00 00 00 00 01 00 FF 00 => 00 1A 01 02 00 14 01 *
         43 00 00 00 00 00 02 00 FF 00 => 00 12 01 02 00 10 02 00 00 00 01 C2 00 10 AA 00 00 00 02 EE
         43 00 00 00 00 00 AA 00 FF 00 => 00 0A 01 02 00 10 AA 00 00 00 02 EE
         43 00 00 00 00 00 03 00 FF 00 => 05/24/00 cdb 6.7
         43 00 00 00 00 00 AB 00 FF 00 => 05/24/00 cdb 6.7
         43 00 00 00 00 00 00 00 04 00 => 00 1A 01 02
         43 00 00 00 00 00 00 00 00 00 => empty
         43 01 00 00 00 00 00 00 FF 00 => 05/24/00 cdb 1.0
         43 00 10 00 00 00 00 00 FF 00 => 05/24/00 cdb 2.4",
    );
}

#[test]
fn sessions() {
    burnt::mixed().script(
        "43 00 01 00 00 00 00 00 FF 00 => 00 0A 01 01 00 14 01 00 00 00 00 00
         43 02 01 00 00 00 00 00 FF 00 => 00 0A 01 01 00 14 01 00 00 00 02 00",
    );
    burnt::two_sessions().script(
        "43 00 00 00 00 00 00 00 FF 00 => 00 1A 01 02 00 14 01 00 00 00 00 00 00 14 02 00 00 00 2D B6 00 14 AA 00 00 00 2E E4
         43 00 01 00 00 00 00 00 FF 00 => 00 0A 01 02 00 14 02 00 00 00 2D B6
         43 02 01 00 00 00 00 00 FF 00 => 00 0A 01 02 00 14 02 00 00 02 26 02",
    );
}

/// Format 2: session, ADR and control, zero, POINT, time in the lead-in, zero, and what is pointed at.
#[test]
fn the_table_as_it_is_in_the_lead_in() {
    burnt::mixed().script(
        "43 02 02 00 00 00 01 00 FF 00 => 00 39 01 01 \
            01 14 00 A0 .. .. .. 00 01 00 00 \
            01 10 00 A1 .. .. .. 00 02 00 00 \
            01 10 00 A2 .. .. .. 00 00 0C 00 \
            01 14 00 01 .. .. .. 00 00 02 00 \
            01 10 00 02 .. .. .. 00 00 08 00
         43 02 02 00 00 00 02 00 FF 00 => 05/24/00 cdb 6.7",
    );
    // Sessions after which another is possible: B0h has where its program area could begin, two and a half minutes behind the first lead-out
    // and one and a half behind later ones, and the last possible lead-out; C0h, once, has the lead-in of the disc.
    burnt::two_sessions().script(
        "43 02 02 00 00 00 00 00 FF 00 => 00 7B 01 02 \
            01 14 00 A0 .. .. .. 00 01 00 00 \
            01 14 00 A1 .. .. .. 00 01 00 00 \
            01 14 00 A2 .. .. .. 00 00 06 02 \
            01 14 00 01 .. .. .. 00 00 02 00 \
            01 5. 00 B0 02 24 02 02 4F 3B 4A \
            01 5. 00 C0 .. .. .. .. 61 1A 41 \
            02 14 00 A0 .. .. .. 00 02 00 00 \
            02 14 00 A1 .. .. .. 00 02 00 00 \
            02 14 00 A2 .. .. .. 00 02 2A 04 \
            02 14 00 02 .. .. .. 00 02 26 02 \
            02 5. 00 B0 04 0C 04 01 4F 3B 4A
         43 02 02 00 00 00 02 00 FF 00 => 00 39 01 02 02 14 00 A0 *
         43 02 02 00 00 00 03 00 FF 00 => 05/24/00 cdb 6.7",
    );
}

/// Format 3: every track with its start in PMIN to PFRAME and its end in MIN to FRAME.
#[test]
fn the_program_memory_area() {
    Rig::blank(MediumKind::CdR).script("43 02 03 00 00 00 00 00 FF 00 => 00 02 00 00");
    burnt::two_sessions().script(
        "43 02 03 00 00 00 00 00 FF 00 => 00 18 .. .. \
            00 1. 00 01 00 06 02 .. 00 02 00 \
            00 1. 00 02 02 2A 04 .. 02 26 02",
    );
    Rig::loaded().script("43 02 03 00 00 00 00 00 FF 00 => 05/24/00");
}

/// Format 4: power, speed, kind of disc, start of the lead-in and last possible lead-out.
#[test]
fn time_in_pre_groove() {
    Rig::blank(MediumKind::CdR)
        .script("43 02 04 00 00 00 00 00 FF 00 => 00 1A 00 00 C. 40 8. 00 61 1A 41 00 4F 3B 4A 00 *");
    Rig::blank(MediumKind::CdRw)
        .script("43 02 04 00 00 00 00 00 FF 00 => 00 1A 00 00 C. 40 C. 00 61 1A 41 00 4F 3B 4A 00 *");
    Rig::blank(MediumKind::CdR74)
        .script("43 02 04 00 00 00 00 00 FF 00 => 00 1A 00 00 C. 40 8. 00 .. .. .. 00 4A 02 00 00 *");
    Rig::blank(MediumKind::CdRw).script("43 02 04 00 00 00 00 00 08 00 => 00 1A 00 00 C. 40 C. 00");
    Rig::loaded().script("43 02 04 00 00 00 00 00 FF 00 => 05/24/00");
    Rig::blank(MediumKind::DvdMinusRw).script("43 02 04 00 00 00 00 00 FF 00 => 05/24/00");
}

/// Format 5: packs as they were written, in session at once with a lead-in of data form 41h.
#[test]
fn cd_text() {
    let packs = [
        pack(0x80, 0, 0, b"Disc\0One\0Two"),
        pack(0x81, 0, 1, b"Band\0A\0B\0\0\0\0"),
        pack(0x8F, 0, 2, &[0, 1, 2, 0, 1, 1, 0, 0, 0, 0, 0, 0]),
        pack(0x8F, 1, 3, &[0, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0]),
    ];
    let text = |bytes: &[u8]| crate::rig::hex(bytes);
    let blocks = text(&sub_channels(&packs));
    let read = text(&packs.concat());
    Rig::blank(MediumKind::CdR).script(&format!(
        "select 42 00 00
         5D 00 00 00 00 00 00 00 28 00 [01 00 00 41 00 00 00 00  01 01 00 00 00 00 00 00  01 01 01 00 00 00 02 00  01 02 01 00 00 00 06 00  01 AA 01 01 00 00 0A 00] => GOOD
         // the lead-in begins at block -11635, 97:26:65
         {}
         fill FFFFFF6A 750 22*2352
         35 00*9 => GOOD
         settle
         43 00 05 00 00 00 00 00 FF 00 => 00 4A 00 00 {read}
         43 00 05 00 00 00 00 00 04 00 => 00 4A 00 00
         43 00 05 00 00 00 00 00 16 00 => 00 4A 00 00 {}
         43 00 00 00 00 00 AA 00 FF 00 => 00 0A 01 02 00 10 AA 00 00 00 02 58",
        lead_in(&blocks),
        text(&packs[0]),
    ));
    burnt::audio().script("43 00 05 00 00 00 00 00 FF 00 => 00 02 00 00");
    Rig::blank(MediumKind::CdR).script("43 00 05 00 00 00 00 00 FF 00 => 05/24/00");
}

/// Writes the lead-in up to the pause: the same four packs again and again.
fn lead_in(block: &str) -> String {
    let mut script = String::new();
    let mut at: i32 = -11_635;
    while at < -150 {
        let count = (-150 - at).min(256);
        let address = crate::rig::hex(&at.to_be_bytes());
        let data = vec![block; count as usize].join(" ");
        script +=
            &format!("2A 00 {address} 00 {:02X} {:02X} 00 [{data}] => GOOD\n", count >> 8, count & 0xFF);
        at += count;
    }
    script
}

/// Kind, track, sequence number, position, twelve bytes, and the CRC of ECMA-130, inverted.
fn pack(kind: u8, track: u8, sequence: u8, text: &[u8; 12]) -> Vec<u8> {
    let mut pack = vec![kind, track, sequence, 0];
    pack.extend(text);
    let crc =
        pack.iter().fold(0_u16, |crc, byte| {
            (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| {
                if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 }
            })
        });
    pack.extend((!crc).to_be_bytes());
    pack
}

/// Four packs of 18 bytes as 96 symbols of six bits.
fn sub_channels(packs: &[Vec<u8>]) -> Vec<u8> {
    let bits: Vec<u8> =
        packs.concat().iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    bits.chunks(6).map(|six| six.iter().fold(0, |symbol, bit| symbol << 1 | bit)).collect()
}

/// What is not closed has no table; a blank has none.
#[test]
fn before_a_session_is_closed() {
    Rig::blank(MediumKind::CdR).script(
        "43 00 00 00 00 00 00 00 FF 00 => 05/24/00
         43 00 01 00 00 00 00 00 FF 00 => 05/24/00
         43 02 02 00 00 00 00 00 FF 00 => 05/24/00
         select 41 C4 08
         fill 0 300 11*2048
         35 00*9 => GOOD
         43 00 00 00 00 00 00 00 FF 00 => 05/24/00
         5B 00 02 00*7 => GOOD
         43 00 00 00 00 00 00 00 FF 00 => 00 12 01 01 00 14 01 00 00 00 00 00 00 14 AA 00 00 00 01 2E",
    );
}

/// DVD and BD have a table that is made up: formats 0 and 1 alone.
#[test]
fn media_without_a_table() {
    Rig::with(plain_disc(400_000), &[]).script(
        "43 00 00 00 00 00 00 00 FF 00 => 00 12 01 01 00 14 01 00 00 00 00 00 00 14 AA 00 00 06 1A 80
         43 00 01 00 00 00 00 00 FF 00 => 00 0A 01 01 00 14 01 00 00 00 00 00
         43 02 02 00 00 00 00 00 FF 00 => 05/24/00
         43 02 03 00 00 00 00 00 FF 00 => 05/24/00
         43 02 04 00 00 00 00 00 FF 00 => 05/24/00
         43 00 05 00 00 00 00 00 FF 00 => 05/24/00",
    );
    Rig::blank(MediumKind::DvdRam).script(
        "43 00 00 00 00 00 00 00 FF 00 => 00 12 01 01 00 14 01 00 00 00 00 00 00 14 AA 00 00 22 21 20
         43 00 01 00 00 00 00 00 FF 00 => 00 0A 01 01 00 14 01 00 00 00 00 00",
    );
    // Two sessions of a DVD+R, each with a track of 32 blocks.
    let mut rig = Rig::blank(MediumKind::DvdPlusR);
    rig.script(
        "fill 0 32 11*2048
         35 00*9 => GOOD
         5B 00 02 00*7 => GOOD
         settle",
    );
    let next = rig.data(A, "52 01 00 00 00 02 00 00 28 00")[12..16].to_vec();
    let start = crate::rig::hex(&next);
    let end = crate::rig::hex(&(u32::from_be_bytes(next.try_into().unwrap()) + 32).to_be_bytes());
    rig.script(&format!(
        "2A 00 {start} 00 00 20 00 [22*65536] => GOOD
         5B 00 06 00*7 => GOOD
         43 00 00 00 00 00 00 00 FF 00 => 00 1A 01 02 00 14 01 00 00 00 00 00 00 14 02 00 {start} 00 14 AA 00 {end}
         43 00 01 00 00 00 00 00 FF 00 => 00 0A 01 02 00 14 02 00 {start}
         28 00 {start} 00 00 01 00 => 22*2048"
    ));
    Rig::empty().script("43 00 00 00 00 00 00 00 FF 00 => 02/3A/01");
}
