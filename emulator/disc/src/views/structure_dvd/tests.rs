//! Each structure of each medium.

use super::*;
use crate::state::{Session, Track, TrackStatus};
use discrig_wire::structure::StructureData;

const RECORDABLE: [MediumKind; 7] = [
    MediumKind::DvdMinusR,
    MediumKind::DvdMinusRDl,
    MediumKind::DvdMinusRw,
    MediumKind::DvdPlusR,
    MediumKind::DvdPlusRDl,
    MediumKind::DvdPlusRw,
    MediumKind::DvdRam,
];

fn discs() -> Vec<DiscState> {
    let mut discs: Vec<_> = RECORDABLE.iter().map(|kind| DiscState::blank(*kind).unwrap()).collect();
    discs.extend([400_000, 4_000_000].map(|blocks| DiscState::pressed(blocks).unwrap()));
    discs
}

fn body(disc: &DiscState, format: DvdStructure) -> Option<Vec<u8>> {
    let row = dvd_structures(disc).into_iter().find(|row| row.format == format.0)?;
    let mut buffer = vec![0xEE; 65_536];
    let mut reply = Reply::new(&mut buffer, 65_536);
    let StructureBody::One(encode) = row.body else { return Some(Vec::new()) };
    StructureData::encode(&mut reply, |reply| encode(disc, reply));
    assert_eq!(reply.length(), usize::from(row.length), "{format} of {:?}", disc.kind);
    Some(reply.bytes()[4..].to_vec())
}

#[test]
fn every_structure_has_the_length_that_the_list_says() {
    for disc in discs() {
        let rows = dvd_structures(&disc);
        assert!(rows.windows(2).all(|pair| pair[0].format < pair[1].format));
        let list = body(&disc, DvdStructure::LIST).unwrap();
        let entries: Vec<_> = list.chunks(4).map(|entry| StructureListEntry::parse(entry).unwrap()).collect();
        assert_eq!(entries.len(), rows.len());
        for (entry, row) in entries.iter().zip(rows) {
            assert!(body(&disc, DvdStructure(row.format)).is_some());
            let expected = (row.format, row.length, row.sendable, row.readable);
            assert_eq!((entry.format, entry.length, entry.sendable, entry.readable), expected);
        }
    }
}

#[test]
fn which_medium_has_what() {
    let formats = |kind| {
        let disc = DiscState::blank(kind).unwrap();
        dvd_structures(&disc).iter().map(|row| (row.format, row.sendable)).collect::<Vec<_>>()
    };
    let has = |kind, format| formats(kind).iter().find(|row| row.0 == format).map(|row| row.1);
    assert_eq!(has(MediumKind::DvdMinusR, 0x0E), Some(false));
    assert_eq!(has(MediumKind::DvdPlusR, 0x0E), None);
    assert_eq!(has(MediumKind::DvdPlusR, 0x11), Some(false));
    assert_eq!(has(MediumKind::DvdPlusR, 0x20), None);
    assert_eq!(has(MediumKind::DvdPlusRDl, 0x20), Some(true));
    assert_eq!(has(MediumKind::DvdMinusRDl, 0x22), Some(true));
    assert_eq!(has(MediumKind::DvdRam, 0xC0), Some(true));
    assert_eq!(has(MediumKind::DvdMinusR, 0xC0), Some(false));
}

#[test]
fn physical_formats() {
    let of =
        |disc: &DiscState| DvdPhysicalFormat::parse(&body(disc, DvdStructure::PHYSICAL).unwrap()).unwrap();
    let single = of(&DiscState::blank(MediumKind::DvdMinusRw).unwrap());
    assert_eq!((single.book_type, single.layer_type, single.number_of_layers), (BookType::DVD_RW, 4, 0));
    assert_eq!((single.first_sector, single.last_sector), (0x3_0000, 0x3_0000 + 2_297_888 - 1));
    let dual = of(&DiscState::blank(MediumKind::DvdPlusRDl).unwrap());
    assert_eq!((dual.number_of_layers, dual.opposite_track_path), (1, true));
    assert_eq!(dual.last_sector_of_layer_0, 0x3_0000 + 4_173_824 / 2 - 1);
    // 4,000,000 blocks on two layers that are both read outwards.
    let parallel = of(&DiscState { parallel_track_path: true, ..DiscState::pressed(4_000_000).unwrap() });
    assert_eq!((parallel.number_of_layers, parallel.opposite_track_path), (1, false));
    assert_eq!((parallel.last_sector, parallel.last_sector_of_layer_0), (0x3_0000 + 1_999_999, 0));
    let pressed = of(&DiscState::pressed(400_000).unwrap());
    assert_eq!((pressed.book_type, pressed.layer_type), (BookType::DVD_ROM, 1));
    assert_eq!(pressed.last_sector, 0x3_0000 + 399_999);
    assert_eq!(of(&DiscState::blank(MediumKind::DvdRam).unwrap()).first_sector, 0x3_1000);
}

#[test]
fn who_made_the_disc() {
    let plus = DiscState::blank(MediumKind::DvdPlusR).unwrap();
    for format in [DvdStructure::PHYSICAL, DvdStructure::ADIP] {
        assert_eq!(&body(&plus, format).unwrap()[19..30], b"DISCRIG 001");
    }
    let minus = body(&DiscState::blank(MediumKind::DvdMinusR).unwrap(), DvdStructure::PRE_RECORDED).unwrap();
    assert_eq!((minus[16], &minus[17..23]), (3, &b"DISCRI"[..]));
    assert_eq!((minus[24], &minus[25..31]), (4, &b"G00001"[..]));
}

/// One closed border of 32 blocks, and an RZone in the next one.
fn two_borders() -> DiscState {
    let complete = Track { next: 32, end: Some(32), status: TrackStatus::Complete, ..Track::open(1, 0) };
    let first = Session { tracks: vec![complete], closed: true, lead_out: Some(32), ..Session::default() };
    let begun = Track { next: 0x7030, packets: crate::state::Packets::Variable, ..Track::open(2, 0x7020) };
    let second = Session { tracks: vec![begun], ..Session::default() };
    let sequence = Sequence { sessions: vec![first, second], ..Sequence::default() };
    DiscState::with(MediumKind::DvdMinusR, Recording::Sequential(sequence))
}

#[test]
fn management_data_follow_the_recording() {
    let word = |bytes: &[u8], at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    let disc = two_borders();
    let recent = body(&disc, DvdStructure::RECENT_RMD).unwrap();
    assert_eq!(word(&recent, 3 * 2048), 0x3_0020);
    assert_eq!(recent[4 * 2048..][..2], [0, 2], "the invisible RZone");
    let zones = 4 * 2048 + 16;
    assert_eq!(
        [0, 4, 8, 12, 16].map(|at| word(&recent, zones + at)),
        [0x3_0000, 0x3_001F, 0x3_7020, 0x3_702F, 0]
    );
    let closed = body(&disc, DvdStructure::LAST_BORDER_OUT_RMD).unwrap();
    assert_eq!(word(&closed, zones + 8), 0, "the second border came later");
    let blank = DiscState::blank(MediumKind::DvdMinusR).unwrap();
    assert!(body(&blank, DvdStructure::LAST_BORDER_OUT_RMD).unwrap().iter().all(|byte| *byte == 0));
    assert_eq!(body(&blank, DvdStructure::RECENT_RMD).unwrap()[2], 0);

    let physical = body(&disc, DvdStructure::RECORDABLE_PHYSICAL).unwrap();
    assert_eq!(DvdPhysicalFormat::parse(&physical).unwrap().last_sector, 0x3_001F);
    assert_eq!(word(&physical, 32), 0x3_0020);
}

#[test]
fn layer_structures() {
    let mut disc = DiscState::blank(MediumKind::DvdPlusRDl).unwrap();
    assert_eq!(body(&disc, DvdStructure::LAYER_BOUNDARY).unwrap(), [0, 0, 0, 0, 0, 0x1F, 0xD8, 0]);
    let Recording::Sequential(sequence) = &mut disc.recording else { panic!("blank") };
    sequence.layer_boundary = Some(0x1000);
    assert_eq!(body(&disc, DvdStructure::LAYER_BOUNDARY).unwrap(), [0x80, 0, 0, 0, 0, 0, 0x10, 0]);

    let mut disc = DiscState::blank(MediumKind::DvdMinusRDl).unwrap();
    let Recording::Sequential(sequence) = &mut disc.recording else { panic!("blank") };
    (sequence.jump_interval, sequence.jump_at) = (Some(0x200), Some(0x1FF));
    assert_eq!(body(&disc, DvdStructure::JUMP_INTERVAL).unwrap()[4..], [0, 0, 2, 0]);
    assert_eq!(body(&disc, DvdStructure::MANUAL_LAYER_JUMP).unwrap()[4..], [0, 0, 1, 0xFF]);
    assert_eq!(body(&disc, DvdStructure::SHIFTED_MIDDLE_AREA).unwrap()[0], 0);
}

#[test]
fn protection_and_spares() {
    let mut disc = DiscState::blank(MediumKind::DvdRam).unwrap();
    disc.write_protected = true;
    assert_eq!(body(&disc, DvdStructure::WRITE_PROTECTION).unwrap(), [2, 0, 0, 0]);
    let Recording::Random(surface) = &mut disc.recording else { panic!("random") };
    surface.spares = 1000;
    let spares = body(&disc, DvdStructure::DVD_RAM_SPARE_AREA).unwrap();
    assert_eq!(spares, [0, 0, 0x32, 0, 0, 0, 0x0C, 0x80, 0, 0, 0x0C, 0x80]);
}

/// What DVD+R and DVD+RW say of their sessions and formats, by hand.
#[test]
fn control_blocks() {
    let block =
        |disc: &DiscState, content: &[u8; 4]| control_blocks::block(disc, u32::from_be_bytes(*content));
    let mut disc = DiscState::blank(MediumKind::DvdPlusR).unwrap();
    assert_eq!(block(&disc, b"SDC\0"), None, "no session was begun");
    assert_eq!(block(&disc, &[0xFF; 4]).unwrap()[40..], [0, 0, 0, 0]);
    disc.recording = two_borders().recording;
    let list = block(&disc, &[0xFF; 4]).unwrap();
    assert_eq!(list[40..], *b"\0\x01\0\0SDC\0");
    let session = block(&disc, b"SDC\0").unwrap();
    assert_eq!(
        (session.len(), &session[..8], &session[8..15]),
        (0x8000, &b"SDC\0\0\0\0\0"[..], &b"DISCRIG"[..])
    );
    assert_eq!(session[40..42], [0, 2]);
    assert_eq!(session[128..144], *b"PSN\x01\x00\x03\x00\x00\x00\x03\x00\x1F\0\0\0\0");
    assert_eq!(session[144..160], *b"FRG\x02\x00\x03\x70\x20\x00\x03\x70\x2F\0\0\0\0");
    assert!(session[160..0x2000].iter().all(|byte| *byte == 0));
    assert_eq!(session[..0x2000], session[0x6000..]);
    assert_eq!(block(&disc, b"FDC\0"), None);

    let mut disc = DiscState::blank(MediumKind::DvdPlusRw).unwrap();
    assert_eq!(block(&disc, b"FDC\0"), None, "not formatted");
    let Recording::Random(surface) = &mut disc.recording else { panic!("random") };
    (surface.blocks, disc.rewrites) = (2_295_104, 3);
    assert_eq!(block(&disc, b"FDC\0").unwrap()[40..44], [0, 0, 0, 3]);
    assert_eq!(block(&DiscState::blank(MediumKind::DvdMinusR).unwrap(), b"SDC\0"), None);
}
