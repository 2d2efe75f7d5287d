//! Blocks as initiators write them: lengths, records, and what the drive adds.

use super::*;
use crate::sector::frame::{sector_type, verify};
use crate::sector::sub_channel::{Position, formatted_q, interleave};
use crate::state::Track;
use crate::store::Area;
use rstest::rstest;

const ADDRESS: Msf = Msf::new(12, 34, 56);

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8 + 1).collect()
}

/// A block of this format becomes a record; expected are its bytes, its form, and the type that a whole sector has.
#[track_caller]
fn check_format(format: BlockFormat, bytes: usize, form: Form, kind: Option<SectorType>) -> Vec<u8> {
    assert_eq!((format.bytes(), format.form(Subheader::DATA)), (bytes, form));
    let mut block = pattern(bytes);
    if format.sealing == Sealing::BySubheader {
        let at = 16 - format.first;
        let subheader = Subheader {
            submode: if kind == Some(SectorType::Mode2Form2) { 0x28 } else { 0x08 },
            ..Subheader::DATA
        };
        block[at..at + 8].copy_from_slice(&subheader.to_bytes());
    } else if bytes == 2056 {
        block[..8].copy_from_slice(&Subheader::DATA.to_bytes());
    }
    let (main, _) = format.split(&block).unwrap();
    let mut record = vec![0xEE; form.area().stride()];
    format.record(main, ADDRESS, Subheader::DATA, &mut record).unwrap();
    if let (Some(kind), Ok(sector)) = (kind, <&Sector>::try_from(&record[..])) {
        assert!(verify(kind, ADDRESS, sector).is_clean(), "{format:?}");
        if kind != SectorType::Mode2Formless {
            assert_eq!(sector_type(sector), Some(kind));
        }
        let user = kind.user_data();
        let given = if bytes == 0 { vec![] } else { main[user.start - format.first..].to_vec() };
        let length = given.len().min(user.len());
        assert_eq!(sector[user.start..user.start + length], given[..length]);
        assert!(sector[user.start + length..user.end].iter().all(|byte| *byte == 0));
    }
    assert!(format.record(main, ADDRESS, Subheader::DATA, &mut record[1..]).is_err());
    assert!(format.split(&[block, vec![0]].concat()).is_err());
    record
}

#[rstest]
#[case(0, 2352, Form::Raw, None)]
#[case(1, 2368, Form::Raw, None)]
#[case(2, 2448, Form::Raw, None)]
#[case(3, 2448, Form::Raw, None)]
#[case(8, 2048, Form::Mode1, None)]
#[case(9, 2336, Form::Mode2, Some(SectorType::Mode2Formless))]
#[case(10, 2048, Form::Mode2Form1, None)]
#[case(11, 2056, Form::Mode2, Some(SectorType::Mode2Form1))]
#[case(12, 2324, Form::Mode2, Some(SectorType::Mode2Form2))]
#[case(13, 2332, Form::Mode2, Some(SectorType::Mode2Form1))]
#[case(13, 2332, Form::Mode2, Some(SectorType::Mode2Form2))]
fn data_block_types(
    #[case] code: u8,
    #[case] bytes: usize,
    #[case] form: Form,
    #[case] kind: Option<SectorType>,
) {
    let format = BlockFormat::of_data_block_type(DataBlockType(code)).unwrap();
    let record = check_format(format, bytes, form, kind);
    if kind.is_none() {
        assert_eq!(record, pattern(bytes)[..record.len()]);
    }
}

#[rstest]
#[case(0x00, 2352, Form::Audio, None)]
#[case(0x01, 0, Form::Audio, None)]
#[case(0x10, 2048, Form::Mode1, None)]
#[case(0x11, 2352, Form::Mode1, None)]
#[case(0x14, 0, Form::Mode1, None)]
#[case(0x20, 2336, Form::Mode2, Some(SectorType::Mode2Form1))]
#[case(0x20, 2336, Form::Mode2, Some(SectorType::Mode2Form2))]
#[case(0x21, 2352, Form::Mode2, Some(SectorType::Mode2Form1))]
#[case(0x24, 0, Form::Mode2, Some(SectorType::Mode2Form2))]
#[case(0x30, 2336, Form::Mode2, Some(SectorType::Mode2Formless))]
#[case(0x31, 2352, Form::Mode2, Some(SectorType::Mode2Formless))]
#[case(0x34, 0, Form::Mode2, Some(SectorType::Mode2Formless))]
fn data_forms(#[case] code: u8, #[case] bytes: usize, #[case] form: Form, #[case] kind: Option<SectorType>) {
    let format = BlockFormat::of_data_form(code).unwrap();
    let record = check_format(format, bytes, form, kind);
    match (bytes, kind) {
        (0, None) => assert!(record.iter().all(|byte| *byte == 0)),
        (2352, None) if form == Form::Mode1 => assert_eq!(record, pattern(bytes)[16..2064]),
        (_, None) => assert_eq!(record, pattern(bytes)),
        _ => {}
    }
    for (bits, more) in [(0x40, 96), (0xC0, 96)] {
        assert_eq!(BlockFormat::of_data_form(code | bits).unwrap().bytes(), bytes + more);
    }
    assert_eq!(BlockFormat::of_data_form(code | 0x80), None);
}

#[test]
fn what_is_reserved() {
    let types = (0..=255).filter(|code| BlockFormat::of_data_block_type(DataBlockType(*code)).is_some());
    assert!(types.eq([0, 1, 2, 3, 8, 9, 10, 11, 12, 13]));
    let forms = (0..0x40).filter(|code| BlockFormat::of_data_form(*code).is_some());
    assert!(forms.eq([0x00, 0x01, 0x10, 0x11, 0x14, 0x20, 0x21, 0x24, 0x30, 0x31, 0x34]));
}

#[test]
fn a_subheader_of_the_page() {
    let subheader = Subheader { file: 1, channel: 2, submode: 0x64, coding: 3 };
    let mut record = [0; 2352];
    let form_1 = BlockFormat::of_data_block_type(DataBlockType::MODE_2_FORM_1).unwrap();
    assert_eq!(form_1.form(subheader).area(), Area::Raw);
    form_1.record(&pattern(2048), ADDRESS, subheader, &mut record).unwrap();
    assert_eq!(record[12..24], [0x12, 0x34, 0x56, 2, 1, 2, 0x44, 3, 1, 2, 0x44, 3]);
    assert!(verify(SectorType::Mode2Form1, ADDRESS, &record).is_clean());
    let form_2 = BlockFormat::of_data_block_type(DataBlockType::MODE_2_FORM_2).unwrap();
    form_2.record(&pattern(2324), ADDRESS, subheader, &mut record).unwrap();
    assert_eq!(record[16..20], [1, 2, 0x64, 3]);
    assert!(verify(SectorType::Mode2Form2, ADDRESS, &record).is_clean());
}

#[test]
fn sub_channels_of_blocks() {
    let zero = [0; 96];
    let channels = Position::in_track(&Track::open(3, 5000), 5100).unwrap().sub_channels();
    let given = |format: SubChannelFormat, bytes: &[u8]| format.sub_channels(bytes, [&zero, &zero]);
    assert_eq!(given(SubChannelFormat::RawPw, &interleave(&channels)), Some(channels));
    assert_eq!(given(SubChannelFormat::Pq, &formatted_q(&channels)), Some(channels));
    assert_eq!(given(SubChannelFormat::PackedRw, &interleave(&channels)), Some(channels));
    for format in [SubChannelFormat::RawPw, SubChannelFormat::Pq, SubChannelFormat::PackedRw] {
        assert_eq!(given(format, &[0; 95]), None);
    }
    assert_eq!(given(SubChannelFormat::None, &[]), None);
}

/// Packs come back, with parity, as corrected R to W.
#[test]
fn packed_symbols_come_back() {
    let zero = [0; 96];
    let mut packs: PackSymbols = core::array::from_fn(|at| (at * 5 % 64) as u8);
    let format = SubChannelFormat::PackedRw;
    let first = format.sub_channels(&packs, [&zero, &zero]).unwrap();
    protect(&mut packs);
    let second = format.sub_channels(&zero, [&zero, &packs]).unwrap();
    let third = format.sub_channels(&zero, [&packs, &zero]).unwrap();
    assert_eq!(crate::sector::pack::collect([&first, &second, &third]), packs);
}
