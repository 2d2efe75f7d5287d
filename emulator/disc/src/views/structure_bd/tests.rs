//! What is demanded of the structures of BD.

use super::*;
use crate::rules::FormatRequest;
use discrig_wire::structure::StructureData;
use rstest::rstest;

fn blank(kind: MediumKind) -> DiscState {
    DiscState::blank(kind).unwrap()
}

fn formatted(kind: MediumKind, format_type: u8, sub_type: u8) -> DiscState {
    let disc = blank(kind);
    let blocks = disc.format_capacities().1[0].blocks;
    disc.format(&FormatRequest { blocks, format_type, sub_type, ..FormatRequest::default() }).unwrap().after
}

fn read(disc: &DiscState, format: BdStructure) -> Option<Vec<u8>> {
    let row = bd_structures(disc).iter().find(|row| row.format == format.0)?;
    let mut buffer = vec![0xEE; 65_536];
    let mut reply = Reply::new(&mut buffer, 65_536);
    let StructureBody::One(encode) = row.body else { panic!("none goes by address") };
    StructureData::encode(&mut reply, |reply| encode(disc, reply));
    assert_eq!(reply.length(), usize::from(row.length), "{format}");
    Some(reply.bytes().to_vec())
}

fn every_state() -> Vec<DiscState> {
    let mut states: Vec<_> = MediumKind::TABLE
        .iter()
        .filter(|spec| matches!(spec.rules, Rules::BdR | Rules::BdRe))
        .flat_map(|spec| [blank(spec.kind), formatted(spec.kind, 0, 0)])
        .collect();
    states.extend([1_000_000, 20_000_000, 50_000_000].map(|blocks| DiscState::pressed(blocks).unwrap()));
    states
}

#[test]
fn the_list_names_every_structure_with_its_length() {
    for disc in every_state() {
        let list = read(&disc, BdStructure::LIST).unwrap();
        let entries: Vec<_> = StructureData::parse(&list).unwrap().list().collect();
        assert_eq!(entries.len(), bd_structures(&disc).len());
        for (entry, row) in entries.iter().zip(bd_structures(&disc)) {
            assert_eq!((entry.format, entry.length), (row.format, row.length));
            assert_eq!((entry.readable, entry.sendable), (row.readable, row.sendable));
            assert!(read(&disc, BdStructure(row.format)).is_some());
        }
        assert!(entries.windows(2).all(|pair| pair[0].format < pair[1].format));
    }
}

#[rstest]
#[case(MediumKind::BdR, "BDR", 1, 1)]
#[case(MediumKind::BdRDl, "BDR", 1, 2)]
#[case(MediumKind::BdRXl, "BDR", 2, 3)]
#[case(MediumKind::BdRXlQl, "BDR", 2, 4)]
#[case(MediumKind::BdRe, "BDW", 2, 1)]
#[case(MediumKind::BdReDl, "BDW", 2, 2)]
#[case(MediumKind::BdReXl, "BDW", 3, 3)]
fn disc_information(#[case] kind: MediumKind, #[case] name: &str, #[case] version: u8, #[case] layers: u8) {
    let bytes = read(&blank(kind), BdStructure::DISC_INFORMATION).unwrap();
    assert_eq!(bytes[..2], [0x10, 0x02]);
    let units: Vec<_> = StructureData::parse(&bytes).unwrap().bd_units().collect();
    assert_eq!(units.len(), usize::from(layers));
    for (layer, unit) in (0..layers).zip(&units) {
        assert_eq!((unit.disc_type.trimmed(), unit.version, unit.sequence), (name, version, layer));
        assert_eq!(unit.manufacturer.trimmed(), "DISCRG");
        assert_eq!(bytes[4 + usize::from(layer) * 112 + 3], layers << 3 | layer);
    }
}

/// The addresses of a recorded BD-R of 25 GB, as a drive gave them.
#[test]
fn the_data_zone_of_a_bd_r() {
    let bytes = read(&blank(MediumKind::BdR), BdStructure::DISC_INFORMATION).unwrap();
    let field = |at: usize| u32::from_be_bytes(bytes[4 + at..8 + at].try_into().unwrap());
    assert_eq!((field(20), field(24), field(28)), (0, 131_072, 1_658_494));
}

#[test]
fn the_second_layer_is_read_inwards() {
    let disc = blank(MediumKind::BdRDl);
    let (first, last) = data_zone(&disc, 0);
    assert_eq!(data_zone(&disc, 1), (LAYER_PAIR - last, LAYER_PAIR - first));
    assert_eq!(LAYER_PAIR - first, 0x1EF_FFFF);
}

#[test]
fn a_pressed_disc() {
    let disc = DiscState::pressed(1_000_000 + 12_219_392).unwrap();
    let bytes = read(&disc, BdStructure::DISC_INFORMATION).unwrap();
    let units: Vec<_> = StructureData::parse(&bytes).unwrap().bd_units().collect();
    assert_eq!(units.iter().map(|unit| unit.disc_type.trimmed()).collect::<Vec<_>>(), ["BDO", "BDO"]);
    assert_eq!(read(&disc, BdStructure::DDS), None);
    assert_eq!(read(&disc, BdStructure::BURST_CUTTING_AREA).unwrap().len(), 68);
}

#[test]
fn defects_are_managed_where_a_disc_is_formatted() {
    for kind in [MediumKind::BdR, MediumKind::BdRe] {
        for format in [BdStructure::DDS, BdStructure::SPARE_AREA, BdStructure::RAW_DEFECT_LIST] {
            assert_eq!(read(&blank(kind), format), None);
            assert!(read(&formatted(kind, 0, 0), format).is_some());
        }
    }
}

#[test]
fn a_replaced_cluster_is_seen_everywhere() {
    let mut disc = formatted(MediumKind::BdRe, 0, 0);
    disc.replaced.insert(64..96);
    disc.replaced.insert(320..352);
    let spare = read(&disc, BdStructure::SPARE_AREA).unwrap();
    assert_eq!(spare, [0, 14, 0, 0, 0, 0, 0, 0, 0, 0, 0x2F, 0xFE, 0, 0, 0x30, 0]);
    let definition = read(&disc, BdStructure::DDS).unwrap();
    let field = |bytes: &[u8], at: usize| u32::from_be_bytes(bytes[4 + at..8 + at].try_into().unwrap());
    assert_eq!(&definition[4..6], b"DS");
    assert_eq!([32, 36, 40, 44, 48].map(|at| field(&definition, at)), [0x12_0000, 11_826_175, 4096, 8192, 0]);
    let list = read(&disc, BdStructure::RAW_DEFECT_LIST).unwrap();
    assert_eq!((&list[4..6], field(&list, 12)), (&b"DL"[..], 2));
    assert_eq!([64, 68, 72, 76].map(|at| field(&list, at)), [0x12_0040, 0x10_0000, 0x12_0140, 0x10_0020]);
}

#[test]
fn the_spares_of_two_layers() {
    let disc = formatted(MediumKind::BdReDl, 0, 0);
    let definition = read(&disc, BdStructure::DDS).unwrap();
    assert_eq!(definition[44..56], [0, 0, 0x10, 0, 0, 0, 0x20, 0, 0, 0, 0x10, 0]);
}

#[test]
fn one_format_is_recognised() {
    let layers = read(&blank(MediumKind::BdR), BdStructure::FORMAT_LAYERS).unwrap();
    assert_eq!(layers, [0, 6, 0, 0, 1, 0, 0, 0x40]);
}

#[test]
fn write_protection_is_the_state_s() {
    let mut disc = blank(MediumKind::BdRe);
    assert_eq!(read(&disc, BdStructure::WRITE_PROTECTION).unwrap(), [0, 6, 0, 0, 0, 0, 0, 0]);
    disc = disc.send_structure(0xC0, &[2, 0, 0, 0]).unwrap().after;
    assert_eq!(read(&disc, BdStructure::WRITE_PROTECTION).unwrap(), [0, 6, 0, 0, 2, 0, 0, 0]);
}
