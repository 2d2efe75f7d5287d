//! GET CONFIGURATION by medium and state: which features are current, in what order profiles come, and what each descriptor says
//! (MMC-5 5.3 and 6.6; MMC-6 5.3).

use crate::rig::{A, Rig, hex, plain_disc};
use discrig_drive::MediumKind;
use discrig_wire::feature::{Configuration, FeatureCode};
use rstest::rstest;

/// Always there and always current.
const PERSISTENT: &[u16] = &[0x0000, 0x0001, 0x0002, 0x0003, 0x0100, 0x0105, 0x0108, 0x010C];
/// Current or not, as the drive likes: write protection of writable media, and streaming.
const EITHER: &[u16] = &[0x0004, 0x0107];
const READ_CD: &[u16] = &[0x0010, 0x001D, 0x001E, 0x0103];
const READ_DVD: &[u16] = &[0x0010, 0x001F];
const READ_DVD_PLUS: &[u16] = &[0x0010, 0x001F, 0x010A];
const READ_BD: &[u16] = &[0x0010, 0x0040];

const TAO: &str = "select 41 C4 08\nfill 0 300 11*2048\n35 00*9 => GOOD\n";
const INCREMENT: &str = "select 40 C5 08\nfill 0 32 11*2048\n35 00*9 => GOOD\n";
const CLOSE: &str = "5B 00 02 00*7 => GOOD\n";
const FINAL_CD: &str = "select 41 04 08\n5B 00 02 00*7 => GOOD\n";
const FINAL_DVD: &str = "select 40 05 08\n5B 00 02 00*7 => GOOD\n";
const FINAL: &str = "5B 00 06 00*7 => GOOD\n";

fn disc(kind: MediumKind, script: &str) -> Rig {
    let mut rig = Rig::blank(kind);
    rig.script(script);
    rig.settle();
    rig
}

fn format(list: &str) -> String {
    format!("04 11 00 00 00 00 [00 00 00 08 {list}] => GOOD")
}

/// Profile, what makes the medium readable, and what makes it writable in this state; beside them only the features that may be either.
#[rstest]
#[case::none(Rig::empty(), 0x0000, &[], &[])]
#[case::cd_rom(Rig::loaded(), 0x0008, READ_CD, &[])]
#[case::cd_r_blank(disc(MediumKind::CdR, ""), 0x0009, READ_CD, &[0x0021, 0x002D, 0x002E])]
#[case::cd_r_open(disc(MediumKind::CdR, TAO), 0x0009, READ_CD, &[0x0021, 0x002D, 0x002E])]
#[case::cd_r_appendable(disc(MediumKind::CdR, &[TAO, CLOSE].concat()), 0x0009, READ_CD, &[0x0021, 0x002D, 0x002E])]
#[case::cd_r_final(disc(MediumKind::CdR, &[TAO, FINAL_CD].concat()), 0x0009, READ_CD, &[])]
#[case::cd_rw_blank(disc(MediumKind::CdRw, ""), 0x000A, READ_CD, &[0x0021, 0x0023, 0x002D, 0x002E, 0x0037])]
#[case::cd_rw_open(disc(MediumKind::CdRw, TAO), 0x000A, READ_CD, &[0x0021, 0x0023, 0x002D, 0x002E, 0x0037])]
#[case::cd_rw_formatted(disc(MediumKind::CdRw, &format("00 04 81 40 40 00 00 20")), 0x000A, READ_CD, &[0x0023, 0x0026, 0x0037])]
#[case::dvd_rom(Rig::with(plain_disc(400_000), &[]), 0x0010, READ_DVD, &[])]
#[case::dvd_r_blank(disc(MediumKind::DvdMinusR, ""), 0x0011, READ_DVD, &[0x0021, 0x002F])]
#[case::dvd_r_appendable(disc(MediumKind::DvdMinusR, &[INCREMENT, CLOSE].concat()), 0x0011, READ_DVD, &[0x0021, 0x002F])]
#[case::dvd_r_final(disc(MediumKind::DvdMinusR, &[INCREMENT, FINAL_DVD].concat()), 0x0011, READ_DVD, &[])]
#[case::dvd_ram(disc(MediumKind::DvdRam, ""), 0x0012, READ_DVD, &[0x0020, 0x0023, 0x0024])]
#[case::dvd_rw_blank(disc(MediumKind::DvdMinusRw, ""), 0x0014, READ_DVD, &[0x0021, 0x0023, 0x002F])]
#[case::dvd_rw_minimally_blanked(disc(MediumKind::DvdMinusRw, "A1 01 00*10 => GOOD"), 0x0014, READ_DVD, &[0x0023, 0x002F])]
#[case::dvd_rw_final(disc(MediumKind::DvdMinusRw, &[INCREMENT, FINAL_DVD].concat()), 0x0014, READ_DVD, &[0x0023])]
#[case::dvd_rw_formatted(disc(MediumKind::DvdMinusRw, &format("00 23 10 20 00 00 08 00")), 0x0013, READ_DVD, &[0x0021, 0x0023, 0x0026, 0x002C])]
#[case::dvd_rw_quick(disc(MediumKind::DvdMinusRw, &format("00 00 00 00 54 00 00 10")), 0x0013, READ_DVD, &[0x0021, 0x0023, 0x0026, 0x002C])]
#[case::dvd_r_dl(disc(MediumKind::DvdMinusRDl, ""), 0x0015, READ_DVD, &[0x0021, 0x002F])]
#[case::dvd_plus_rw_blank(disc(MediumKind::DvdPlusRw, ""), 0x001A, READ_DVD_PLUS, &[0x0020, 0x0023, 0x002A])]
#[case::dvd_plus_rw(disc(MediumKind::DvdPlusRw, &format("FF FF FF FF 98 00 00 00")), 0x001A, READ_DVD_PLUS, &[0x0020, 0x0023, 0x002A])]
#[case::dvd_plus_r_blank(disc(MediumKind::DvdPlusR, ""), 0x001B, READ_DVD_PLUS, &[0x0021, 0x002B])]
#[case::dvd_plus_r_appendable(disc(MediumKind::DvdPlusR, &[INCREMENT, CLOSE].concat()), 0x001B, READ_DVD_PLUS, &[0x0021, 0x002B])]
#[case::dvd_plus_r_final(disc(MediumKind::DvdPlusR, &[INCREMENT, FINAL].concat()), 0x001B, READ_DVD_PLUS, &[])]
#[case::dvd_plus_r_dl(disc(MediumKind::DvdPlusRDl, ""), 0x002B, READ_DVD_PLUS, &[0x0021, 0x003B])]
#[case::bd_rom(Rig::with(plain_disc(5_000_000), &[]), 0x0040, READ_BD, &[])]
#[case::bd_r_blank(disc(MediumKind::BdR, ""), 0x0041, READ_BD, &[0x0021, 0x0023, 0x0041])]
#[case::bd_r_open(disc(MediumKind::BdR, INCREMENT), 0x0041, READ_BD, &[0x0021, 0x0041])]
#[case::bd_r_srm(disc(MediumKind::BdR, &format("00 B4 74 00 01 00 30 00")), 0x0041, READ_BD, &[0x0021, 0x0024, 0x0041])]
#[case::bd_r_pow(disc(MediumKind::BdR, &format("00 B4 74 00 00 00 30 00")), 0x0041, READ_BD, &[0x0021, 0x0024, 0x0038, 0x0041])]
#[case::bd_r_rrm(disc(MediumKind::BdR, &format("00 B4 74 00 02 00 30 00")), 0x0042, READ_BD, &[0x0024, 0x0025, 0x0041])]
#[case::bd_r_final(disc(MediumKind::BdR, &[INCREMENT, FINAL].concat()), 0x0041, READ_BD, &[])]
#[case::bd_re_blank(disc(MediumKind::BdRe, ""), 0x0043, READ_BD, &[0x0023, 0x0041])]
#[case::bd_re(disc(MediumKind::BdRe, &format("00 B4 74 00 00 00 30 00")), 0x0043, READ_BD, &[0x0020, 0x0023, 0x0024, 0x0041])]
#[case::bd_re_without_spares(disc(MediumKind::BdRe, &format("00 BA 74 00 C4 00 08 00")), 0x0043, READ_BD, &[0x0020, 0x0023, 0x0041])]
fn current_features(
    #[case] mut rig: Rig,
    #[case] profile: u16,
    #[case] reads: &[u16],
    #[case] writes: &[u16],
) {
    let data = rig.data(A, "46 01 00 00 00 00 00 10 00 00");
    assert_eq!(data[6..8], profile.to_be_bytes());
    let current: Vec<u16> = codes(&data).into_iter().filter(|code| !EITHER.contains(code)).collect();
    let mut expected = [PERSISTENT, reads, writes].concat();
    expected.sort_unstable();
    assert_eq!(format!("{current:04X?}"), format!("{expected:04X?}"));
    // RT 0 has the same current bits, RT 2 each descriptor as RT 0 has it.
    let all = rig.data(A, "46 00 00 00 00 00 00 10 00 00");
    let configuration = Configuration::parse(&all).unwrap();
    for feature in configuration.features() {
        let feature = feature.unwrap();
        assert_eq!(feature.current, codes(&data).contains(&feature.code.0), "{}", feature.code);
        assert_eq!(feature.persistent, PERSISTENT.contains(&feature.code.0), "{}", feature.code);
        let one = rig.data(A, &format!("46 02 {} 00 00 00 10 00 00", hex(&feature.code.0.to_be_bytes())));
        assert_eq!(usize::from(one[11]), feature.payload.len());
        assert_eq!((&one[8..10], &one[12..]), (&feature.code.0.to_be_bytes()[..], feature.payload));
        assert_eq!(one[..4], (one.len() as u32 - 4).to_be_bytes());
    }
    profiles(&configuration, profile);
}

fn codes(data: &[u8]) -> Vec<u16> {
    Configuration::parse(data).unwrap().features().map(|feature| feature.unwrap().code.0).collect()
}

/// The newest first, each once; the current one is marked and no other.
fn profiles(configuration: &Configuration<'_>, current: u16) {
    const ORDER: [u16; 18] = [
        0x43, 0x42, 0x41, 0x40, 0x2B, 0x1B, 0x1A, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11, 0x10, 0x0A, 0x09, 0x08,
        0x02,
    ];
    let list = configuration.feature(FeatureCode::PROFILE_LIST).unwrap();
    for (entry, profile) in list.payload.chunks(4).zip(ORDER) {
        let [high, low] = profile.to_be_bytes();
        assert_eq!(entry, [high, low, u8::from(profile == current), 0], "profile {profile:04X}");
    }
    assert_eq!(list.payload.len(), 4 * ORDER.len());
}

/// The starting feature number: RT 0 and 1 from there on, RT 2 it alone, or none.
#[test]
fn where_a_list_starts() {
    Rig::blank(MediumKind::CdR).script(
        "46 01 01 00 00 00 00 00 FF 00 => 00 00 00 .. 00 00 00 09 01 00 03 00 *
         46 00 01 08 00 00 00 00 FF 00 => 00 00 00 .. 00 00 00 09 01 08 *
         46 01 01 0D 00 00 00 00 FF 00 => 00 00 00 04 00 00 00 09
         46 00 FF FF 00 00 00 00 FF 00 => 00 00 00 04 00 00 00 09
         46 02 FF FF 00 00 00 00 FF 00 => 00 00 00 04 00 00 00 09
         46 02 00 22 00 00 00 00 FF 00 => 00 00 00 04 00 00 00 09
         46 02 00 1F 00 00 00 00 FF 00 => 00 00 00 0C 00 00 00 09 00 1F .4 04 ..*4
         46 03 00 00 00 00 00 00 FF 00 => 05/24/00 cdb 1.1
         46 04 00 00 00 00 00 00 FF 00 => 05/24/00 cdb 1.2
         46 00 00 00 00 00 00 00 00 00 => empty
         46 01 00 00 00 00 00 00 02 00 => 00 00",
    );
}

/// What descriptors say, with the version in bits 5 to 2 of byte 2. Bits that stand for what other commands do: C2 pointers and CD-Text of READ
/// CD and READ TOC, data block types of page 05h, the BCA of READ DISC STRUCTURE.
#[test]
fn descriptors_of_cd() {
    Rig::blank(MediumKind::CdRw).script(
        "46 02 00 01 00 00 00 00 FF 00 => 00 00 00 10 00 00 00 0A 00 01 0B 08 00 00 00 01 03 00 00 00
         46 02 00 02 00 00 00 00 FF 00 => 00 00 00 0C 00 00 00 0A 00 02 07 04 02 00 00 00
         46 02 00 03 00 00 00 00 FF 00 => 00 00 00 0C 00 00 00 0A 00 03 0B 04 3B 00 00 00
         46 02 00 04 00 00 00 00 FF 00 => 00 00 00 0C 00 00 00 0A 00 04 0. 04 0. 00 00 00
         46 02 00 10 00 00 00 00 FF 00 => 00 00 00 10 00 00 00 0A 00 10 01 08 00 00 08 00 00 01 01 00
         46 02 00 1D 00 00 00 00 FF 00 => 00 00 00 08 00 00 00 0A 00 1D 01 00
         46 02 00 1E 00 00 00 00 FF 00 => 00 00 00 0C 00 00 00 0A 00 1E 09 04 .3 00 00 00
         // packets: block types 8, 10, 11, 13; links of seven blocks; under-run protection
         46 02 00 21 00 00 00 00 FF 00 => 00 00 00 10 00 00 00 0A 00 21 .5 08 2D 00 0. 01 07 00 00 00
         46 02 00 23 00 00 00 00 FF 00 => 00 00 00 10 00 00 00 0A 00 23 .5 08 0. 00 00 00 0. 00 00 00
         46 02 00 26 00 00 00 00 FF 00 => 00 00 00 08 00 00 00 0A 00 26 00 00
         // tracks at once: block types 0, 8 to 13; under-run protection, test write, CD-RW
         46 02 00 2D 00 00 00 00 FF 00 => 00 00 00 0C 00 00 00 0A 00 2D 09 04 46 00 3F 01
         // mastering: the same, session at once, raw, sub-channels; cue sheets of 3072 bytes
         46 02 00 2E 00 00 00 00 FF 00 => 00 00 00 0C 00 00 00 0A 00 2E 0. 04 6F 00 0C 00
         46 02 00 37 00 00 00 00 FF 00 => 00 00 00 0C 00 00 00 0A 00 37 01 04 00 0F 00 00
         46 02 01 00 00 00 00 00 FF 00 => 00 00 00 08 00 00 00 0A 01 00 03 00
         46 02 01 03 00 00 00 00 FF 00 => 00 00 00 0C 00 00 00 0A 01 03 01 04 07 00 01 00
         46 02 01 05 00 00 00 00 FF 00 => 00 00 00 0C 00 00 00 0A 01 05 07 04 0. 00 00 00
         46 02 01 07 00 00 00 00 FF 00 => 00 00 00 0C 00 00 00 0A 01 07 1. 04 1F 00 00 00",
    );
}

#[test]
fn descriptors_of_dvd() {
    Rig::blank(MediumKind::DvdMinusR).script(
        "46 02 00 10 00 00 00 00 FF 00 => 00 00 00 10 00 00 00 11 00 10 01 08 00 00 08 00 00 10 01 00
         46 02 00 1F 00 00 00 00 FF 00 => 00 00 00 0C 00 00 00 11 00 1F .5 04 01 00 0. 00
         // data of 2048 bytes, links of 16 blocks
         46 02 00 21 00 00 00 00 FF 00 => 00 00 00 10 00 00 00 11 00 21 .5 08 01 00 01 01 10 00 00 00
         46 02 00 2F 00 00 00 00 FF 00 => 00 00 00 0C 00 00 00 11 00 2F 09 04 4E 00 00 00",
    );
    Rig::blank(MediumKind::DvdRam).script(
        "46 02 00 20 00 00 00 00 FF 00 => 00 00 00 14 00 00 00 12 00 20 05 0C 00 22 21 1F 00 00 08 00 00 10 01 00
         46 02 00 24 00 00 00 00 FF 00 => 00 00 00 0C 00 00 00 12 00 24 .. 04 80 00 00 00",
    );
    Rig::blank(MediumKind::DvdPlusRw)
        .script("46 02 00 2A 00 00 00 00 FF 00 => 00 00 00 0C 00 00 00 1A 00 2A 05 04 01 0. 00 00");
    Rig::blank(MediumKind::DvdPlusR)
        .script("46 02 00 2B 00 00 00 00 FF 00 => 00 00 00 0C 00 00 00 1B 00 2B 01 04 01 00 00 00");
    Rig::blank(MediumKind::DvdPlusRDl)
        .script("46 02 00 3B 00 00 00 00 FF 00 => 00 00 00 0C 00 00 00 2B 00 3B 01 04 01 00 00 00");
    Rig::blank(MediumKind::DvdMinusRDl).script(
        "46 02 00 33 00 00 00 00 FF 00 => 00 00 00 10 00 00 00 15 00 33 00 08 00 00 00 01 10 00 00 00",
    );
    disc(MediumKind::DvdMinusRw, &format("00 23 10 20 00 00 08 00"))
        .script("46 02 00 2C 00 00 00 00 FF 00 => 00 00 00 0C 00 00 00 13 00 2C 01 04 03 00 00 00");
}

#[test]
fn descriptors_of_bd() {
    Rig::blank(MediumKind::BdRe).script(
        "46 02 00 10 00 00 00 00 FF 00 => 00 00 00 10 00 00 00 43 00 10 01 08 00 00 08 00 00 20 01 00
         46 02 00 40 00 00 00 00 FF 00 => 00 00 00 24 00 00 00 43 00 40 .. 1C 01 00 00 00 00 0C 00*6 00 06 00*6 00 02 00*6
         46 02 00 41 00 00 00 00 FF 00 => 00 00 00 1C 00 00 00 43 00 41 .. 14 00 00 00 00 00 0C 00*6 00 06 00*6
         04 11 00 00 00 00 [00 00 00 08 00 B4 74 00 00 00 30 00] => GOOD
         46 02 00 20 00 00 00 00 FF 00 => 00 00 00 14 00 00 00 43 00 20 05 0C 00 B4 73 FF 00 00 08 00 00 20 01 00
         46 02 00 24 00 00 00 00 FF 00 => 00 00 00 0C 00 00 00 43 00 24 .. 04 80 00 00 00",
    );
    disc(MediumKind::BdR, &format("00 B4 74 00 02 00 30 00")).script(
        "46 02 00 25 00 00 00 00 FF 00 => 00 00 00 10 00 00 00 42 00 25 01 08 00 00 08 00 00 20 01 00",
    );
}
